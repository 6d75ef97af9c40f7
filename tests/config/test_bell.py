"""The bell: rings after commit, with ids only, and probes its own worker."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django_q.models import OrmQ, Schedule
from django_q.signing import SignedPackage

from sync import bell
from sync.models import Heartbeat
from sync.models.heartbeats import claim_look

pytestmark = pytest.mark.django_db(transaction=True)


def queued() -> list[dict[str, Any]]:
    return [SignedPackage.loads(row.payload) for row in OrmQ.objects.order_by("pk")]


def test_a_ring_is_heard_only_after_the_commit():
    with transaction.atomic():
        bell.ring("work", 7, "won_opportunity_invoice")
        assert queued() == []
    (task,) = queued()
    assert task["func"] == "sync.tasks.work"
    assert task["args"] == (7, "won_opportunity_invoice")
    assert task["save"] is False
    assert bell.waiting() == 1


def test_a_ring_in_a_transaction_that_fails_is_never_heard():
    with transaction.atomic():
        bell.ring("work", 7)
        transaction.set_rollback(True)
    assert queued() == []


def test_there_is_one_schedule_however_often_it_is_ensured():
    bell.ensure_schedule()
    bell.ensure_schedule()
    (tick,) = Schedule.objects.all()
    assert (tick.func, tick.schedule_type, tick.minutes) == ("sync.tasks.tick", "I", 1)


def test_migrating_mends_a_schedule_that_somebody_spoilt():
    Schedule.objects.all().delete()
    bell.ensure_schedule()
    Schedule.objects.update(func="os.system", args="('x',)", minutes=99)
    call_command("migrate", verbosity=0)
    (tick,) = Schedule.objects.all()
    assert (tick.func, tick.args, tick.minutes) == ("sync.tasks.tick", None, 1)


def test_the_broker_hands_out_a_probe_that_needs_no_acknowledging():
    bell.ring("tick")
    broker = bell.Broker("counterpart")
    ring, probe = broker.dequeue() or []
    assert ring[0] == OrmQ.objects.get().pk
    assert probe[0] is None
    assert SignedPackage.loads(probe[1])["func"] == "sync.bell.beat"
    assert not broker.dequeue(), "the next probe is due later"


def test_a_beat_is_kept_under_the_name_the_supervisor_gave(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(bell.WORKER_VARIABLE, "one")
    bell.beat()
    bell.beat()
    assert Heartbeat.objects.get().name == "one"


def test_of_two_askers_one_takes_the_look():
    every = timedelta(seconds=30)
    assert claim_look("quick", every)
    assert not claim_look("quick", every)
    assert claim_look("quick", timedelta(0))
