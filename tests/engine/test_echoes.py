"""What we wrote to Salesforce ourselves is no news when it comes back; what a person wrote is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections.models import Pair
from sync.core import snapshots
from sync.core.records import Key, Record, System
from sync.engine import echoing
from sync.models import Write
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db
FLOW = "account_contact"
BEFORE = datetime(2026, 11, 25, 20, tzinfo=UTC)
AFTER = BEFORE + timedelta(minutes=1)
KEY = Key(System.SALESFORCE, "Account", "001A")


def account(stamp: datetime, email: str = "a@b.example", **values: Any) -> Record:
    person = {"Id": "003A", "SystemModstamp": stamp, "Email": email}
    read = {"Id": KEY.id, "Phone": "1", "City": "Hull", "SystemModstamp": stamp, **values}
    return Record(KEY, {"Contacts": [person], **read}, stamp)


def wrote(pair: Pair, target: str = KEY.id, **values: Any) -> Write:
    return Write.objects.create(
        key=f"{target} {sorted(values)}", pair=pair, flow=FLOW, system="salesforce",
        kind="Account", verb="update", subject=str(KEY), target_id=target,
        body=snapshots.dump(values), based_on=BEFORE.isoformat(), state=Write.State.CONFIRMED,
        sent_at=timezone.now(), settled_at=timezone.now(),
    )  # fmt: skip


def echoes(now: Record) -> dict[tuple[int, str], set[Key]]:
    return echoing.among([now], {KEY.id: account(BEFORE)})


def test_our_own_value_is_an_echo_for_its_pair_and_flow_alone() -> None:
    pair = PairFactory.create()
    wrote(pair, Phone="2")
    assert echoes(account(AFTER, Phone="2")) == {(pair.pk, FLOW): {KEY}}


def test_an_e_mail_that_we_wrote_below_the_account_is_an_echo() -> None:
    pair = PairFactory.create()
    wrote(pair, target="003A", Email="new@b.example")
    assert echoes(account(AFTER, email="new@b.example")) == {(pair.pk, FLOW): {KEY}}


@pytest.mark.parametrize(
    "values",
    [{"Phone": "3"}, {"Phone": "2", "City": "York"}, {"Phone": "2", "Contacts": []}],
    ids=["another value", "another field besides", "a person left"],
)
def test_what_a_person_changed_besides_or_since_is_news(values: dict[str, Any]) -> None:
    wrote(PairFactory.create(), Phone="2")
    assert echoes(account(AFTER, **values)) == {}


def test_a_write_without_its_answer_hides_nothing() -> None:
    row = wrote(PairFactory.create(), Phone="2")
    Write.objects.filter(pk=row.pk).update(state=Write.State.IN_DOUBT)
    assert echoes(account(AFTER, Phone="2")) == {}


def test_a_record_that_was_not_known_before_is_news() -> None:
    wrote(PairFactory.create(), Phone="2")
    assert echoing.among([account(AFTER, Phone="2")], {}) == {}


def test_a_quick_look_leaves_to_the_sweep_what_was_just_written() -> None:
    pair = PairFactory.create()
    row = wrote(pair, Phone="2")
    assert echoing.written_lately(pair, [KEY]) == {KEY}
    Write.objects.filter(pk=row.pk).update(sent_at=timezone.now() - timedelta(minutes=6))
    assert echoing.written_lately(pair, [KEY]) == set()
