"""Bursts and floods of events cost a bounded number of calls, and lose nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from sync.engine import housekeeping
from sync.intake import hearing, pacing, storing, sweeps
from sync.intake.storing import Heard
from sync.models import Event, Notice
from tests.fakes.remote import deal
from tests.intake.conftest import TENANT, Hall, rings
from tests.intake.post import delivery, event, send_xero
from tests.intake.telling import invoices, tell, waiting


@pytest.mark.slow
def test_ten_thousand_events_in_a_burst_are_few_calls_and_none_is_lost(hall: Hall) -> None:
    ids = invoices(hall, 10_000)
    for start in range(0, len(ids), 500):
        tell(hall, *ids[start : start + 500])
    hearing.hear(hall.xero_id, hall.door)
    assert set(Notice.objects.values_list("remote_id", flat=True)) == set(ids)
    assert hall.xero.calls <= 3
    assert waiting() == 0


def test_events_wait_when_the_calls_for_them_are_spent_and_a_sweep_brings_the_same(
    hall: Hall,
) -> None:
    (one,) = invoices(hall, 1)
    pacing.purse_of(hall.switch.pair.xero).spend(62)
    tell(hall, one, when=hall.xero.clock - timedelta(minutes=3))
    assert hearing.hear(hall.xero_id, hall.door) == 0
    assert (hall.xero.calls, waiting()) == (0, 1)
    sweeps.sweep(hall.switch.pair, hall.door)
    hearing.hear(hall.xero_id, hall.door)
    assert waiting() == 0
    assert Notice.objects.filter(remote_id=one).exists()


@pytest.mark.slow
def test_an_event_each_three_minutes_costs_a_quarter_of_the_calls_and_a_burst(
    hall: Hall, time_machine: Any
) -> None:
    ids = invoices(hall, 1)
    began = timezone.now()
    for minute in range(0, 12 * 60, 3):
        time_machine.move_to(began + timedelta(minutes=minute), tick=False)
        tell(hall, ids[0])
        hearing.hear(hall.xero_id, hall.door)
    assert 180 <= hall.xero.calls <= 125 + 63 < 240


@pytest.mark.slow
def test_a_flood_of_forged_deals_is_one_sweep_and_no_notice(
    hall: Hall, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for start in range(0, 20_000, 2_500):
            numbers = range(start, start + 2_500)
            told = [Heard("Opportunity", deal(n)["Id"], str(n)) for n in numbers]
            storing.keep(hall.salesforce_door, told)
            hearing.hear(hall.salesforce_id, hall.door)
    assert Notice.objects.count() == 0
    assert waiting() == 0
    sweeps_rung = rings() - 1  # one ring was for the events themselves
    assert sweeps_rung <= 8


def test_a_real_burst_that_is_taken_for_a_flood_is_found_by_the_sweep(hall: Hall) -> None:
    sweeps.sweep(hall.switch.pair, hall.door)
    for number in range(2_100):
        body = deal(number)
        hall.salesforce.put("Opportunity", body["Id"], body)
    told = [Heard("Opportunity", deal(n)["Id"], str(n)) for n in range(2_100)]
    storing.keep(hall.salesforce_door, told)
    hearing.hear(hall.salesforce_id, hall.door)
    sweeps.sweep(hall.switch.pair, hall.door)
    assert Notice.objects.filter(kind="Opportunity").count() == 2_100


def test_looks_are_four_times_rarer_while_salesforce_tells_by_itself(
    hall: Hall, time_machine: Any
) -> None:
    def looks(hours: int) -> int:
        found, began = 0, timezone.now()
        for second in range(0, hours * 3600, 10):
            time_machine.move_to(began + timedelta(seconds=second), tick=False)
            found += sweeps.look_is_due(hall.switch.pair, 30)
        return found

    before = looks(1)
    hall.salesforce_door.heard_at = timezone.now()
    hall.salesforce_door.save()
    assert looks(1) == pytest.approx(before / 4, abs=1)
    hall.salesforce_door.heard_at = timezone.now() - timedelta(hours=25)
    hall.salesforce_door.save()
    assert looks(1) == pytest.approx(before, abs=1)


def test_events_are_forgotten_only_when_xero_can_no_longer_repeat_them(hall: Hall) -> None:
    tell(hall, str(uuid4()), str(uuid4()))
    now = timezone.now()
    old, young = Event.objects.all()
    for event_, days in ((old, 36), (young, 31)):
        Event.objects.filter(pk=event_.pk).update(received_at=now - timedelta(days=days))
    housekeeping.tidy()
    assert list(Event.objects.all()) == [young]


@pytest.mark.slow
def test_ten_thousand_events_at_the_door_become_ten_thousand_notices(
    hall: Hall, stranger: Client
) -> None:
    ids = invoices(hall, 10_000)
    for start in range(0, len(ids), 500):
        many = [event(TENANT, each) for each in ids[start : start + 500]]
        answer = send_xero(stranger, hall.xero_door, delivery(*many, first=start + 1))
        assert answer.status_code == 200
        if start % 2_000 == 0:
            hearing.hear(hall.xero_id, hall.door)
    hearing.hear(hall.xero_id, hall.door)
    assert set(Notice.objects.values_list("remote_id", flat=True)) == set(ids)
    assert waiting() == 0
