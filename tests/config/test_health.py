"""The page for machines that watch: well, or what is not."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import Schedule

from sync.bell import ensure_schedule
from sync.models import Heartbeat
from sync.models.heartbeats import beat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def new_schedule(db: None) -> None:
    """The tick that migrating planned may lie minutes back when these tests come."""
    Schedule.objects.all().delete()
    ensure_schedule()


def health(client: Client) -> tuple[int, dict[str, str]]:
    answer = client.get("/healthz")
    return answer.status_code, answer.json()["faults"]


def test_all_is_well_with_a_beating_worker_and_a_planned_tick(client: Client):
    beat("one")
    assert health(client) == (200, {})


def test_a_worker_that_never_ran_is_told(client: Client):
    status, faults = health(client)
    assert status == 503
    assert faults == {"worker": "has never run: start `manage.py worker`"}


def test_a_silent_worker_is_told_with_its_seconds_and_without_its_name(
    client: Client, time_machine: Any
):
    time_machine.move_to(timezone.now(), tick=False)
    beat("host-of-ours:12")
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(seconds=200))
    status, faults = health(client)
    assert status == 503
    assert faults["worker"].startswith("was last heard 200 seconds ago")
    assert "host-of-ours" not in str(faults)


def test_one_beating_worker_among_dead_ones_is_enough(client: Client):
    beat("dead")
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(days=2))
    beat("alive")
    assert health(client) == (200, {})


def test_a_schedule_that_stands_still_or_is_gone_is_told(client: Client, time_machine: Any):
    time_machine.move_to(timezone.now(), tick=False)
    beat("one")
    Schedule.objects.update(next_run=timezone.now() - timedelta(minutes=6))
    assert health(client) == (503, {"schedule": "is 360 seconds late"})
    Schedule.objects.all().delete()
    assert health(client) == (503, {"schedule": "has no tick: run `manage.py migrate`"})


def test_a_load_balancer_asks_about_the_web_alone(client: Client):
    assert client.get("/healthz/web").json() == {"status": "well", "faults": {}}
    assert client.post("/healthz/web").status_code == 405


def test_it_answers_by_address_and_without_tls_too(client: Client, settings: Any):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz/web", headers={"host": "10.0.0.7"}).status_code == 200
