"""A worker that is dead tells nothing: the web pages see its silence, and tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from sync.engine import announcing_silence, announcing_watch
from sync.models import Announcement, Email, Heartbeat, heartbeats
from tests.announcing.conftest import person
from tests.announcing.postbox import Postbox

Forget = Callable[[], None]


@pytest.fixture
def next_minute() -> Iterator[Forget]:
    """Return what lets this process look again, as if a minute had passed."""

    def forget() -> None:
        announcing_silence._looked_at[0] = float("-inf")
        Heartbeat.objects.filter(name=announcing_silence.PURPOSE).update(
            seen_at=timezone.now() - timedelta(minutes=2)
        )

    announcing_silence._looked_at[0] = float("-inf")
    yield forget
    announcing_silence._looked_at[0] = float("-inf")


def beat(minutes_ago: float) -> None:
    heartbeats.beat("worker")
    seen = timezone.now() - timedelta(minutes=minutes_ago)
    Heartbeat.objects.filter(name="worker").update(seen_at=seen)


@pytest.mark.django_db(transaction=True)
def test_a_page_or_a_watching_machine_finds_the_silence_and_the_mail_goes_out(
    client: Client, box: Postbox, next_minute: Forget
) -> None:
    person("ana", "Administrators")
    beat(minutes_ago=10)
    assert client.get("/healthz").status_code == 503
    for _ in range(600):
        if Email.objects.filter(state="sent").exists():
            break
        time.sleep(0.05)
    assert len(box.mails) == 1
    assert "The worker has not reported since" in box.mails[0]
    client.get("/healthz")
    next_minute()
    client.get("/healthz")
    assert Announcement.objects.filter(kind="silent").count() == 1
    announcing_watch.look()  # a worker is back
    assert Announcement.objects.get(kind="silent").over_at is not None


def test_a_house_without_a_worker_yet_and_one_that_works_are_no_news(
    ana: User, next_minute: Forget
) -> None:
    assert announcing_silence.look_from_web() is False
    next_minute()
    beat(minutes_ago=1)
    assert announcing_silence.look_from_web() is False
    assert Announcement.objects.count() == 0


def test_it_is_looked_for_once_a_minute_however_many_pages_are_opened(
    client: Client, ana: User, next_minute: Forget
) -> None:
    client.force_login(ana)
    client.get("/admin/")
    beat(minutes_ago=10)
    client.get("/admin/")
    assert Announcement.objects.count() == 0
