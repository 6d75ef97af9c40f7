"""A person names the counterpart though it was no candidate, and takes answers back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from connections.models import Pair
from sync.core.records import Key, System
from sync.engine import deciding, pointing, retracting, telling
from sync.models import Decision, KnownRecord, Lock, Notice, ReviewItem, ReviewNote, Verdict
from tests.desks import matches
from tests.factories import PairFactory

OTHER = Key(System.XERO, "Contact", "c0ffee00-0000-4000-8000-000000000077")
NEAR = matches.contact(1, "Harbour & Vine P/L")


@pytest.fixture
def pair(db: None) -> Pair:
    made: Pair = PairFactory.create()
    return made


@pytest.fixture
def item(pair: Pair) -> ReviewItem:
    subject = matches.account(1, "Harbour & Vine Pty Ltd")
    return matches.ask(pair, subject, matches.candidate(NEAR, ("same name", 40)))


def known(pair: Pair, key: Key = OTHER, gone: str = "") -> KnownRecord:
    return KnownRecord.objects.create(
        connection=pair.xero, kind=key.kind, remote_id=key.id, name="Vine Events", gone=gone
    )


def test_a_record_outside_the_candidates_is_kept_as_the_answer(
    pair: Pair, item: ReviewItem
) -> None:
    known(pair)
    assert pointing.point(item.pk, OTHER, "Priya", mark=deciding.mark_of(item)) == 1
    decision = Decision.objects.get()
    assert (decision.choice, decision.by, decision.cause) == (f"use:{OTHER.id}", "Priya", "match")
    assert decision.about == item.subjects.get().about
    noticed = {notice.remote_id for notice in Notice.objects.all()}
    assert noticed == {"0015g0000000001AAA", OTHER.id, Key.parse(NEAR["key"]).id}
    item.refresh_from_db()
    assert item.answered_at is not None


def test_an_unknown_or_ended_record_cannot_be_named(pair: Pair, item: ReviewItem) -> None:
    with pytest.raises(deciding.NotOffered, match="no such record"):
        pointing.point(item.pk, OTHER, "Priya")
    known(pair, gone="archived")
    with pytest.raises(deciding.NotOffered, match="no longer in use"):
        pointing.point(item.pk, OTHER, "Priya")
    assert not Decision.objects.exists()


def test_a_record_of_the_same_system_cannot_be_named(pair: Pair, item: ReviewItem) -> None:
    with pytest.raises(deciding.NotOffered, match="Both records are Salesforce’s"):
        pointing.point(item.pk, Key(System.SALESFORCE, "Account", "0015g0000000002AAA"), "Priya")


def test_naming_a_record_is_refused_when_a_colleague_was_faster_or_the_row_moved(
    pair: Pair, item: ReviewItem
) -> None:
    known(pair)
    mark = deciding.mark_of(item)
    ReviewItem.objects.filter(pk=item.pk).update(details={"subject": {"name": "renamed"}})
    with pytest.raises(deciding.Moved):
        pointing.point(item.pk, OTHER, "Priya", mark=mark)
    deciding.decide(item.pk, "new", "Dev")
    with pytest.raises(deciding.NotOffered, match="already answered"):
        pointing.point(item.pk, OTHER, "Priya")
    assert Decision.objects.get().by == "Dev"


def test_an_answer_is_refused_while_a_colleagues_is_being_carried_out(item: ReviewItem) -> None:
    mark = deciding.mark_of(item)
    deciding.decide(item.pk, "new", "Dev", mark=mark)
    with pytest.raises(deciding.NotOffered, match="already answered"):
        deciding.decide(item.pk, "never", "Priya", mark=mark)
    assert Decision.objects.get().by == "Dev"


def test_an_answer_nobody_has_begun_with_is_taken_back_and_asked_again(item: ReviewItem) -> None:
    deciding.decide(item.pk, "new", "Priya")
    decision = Decision.objects.get()
    assert retracting.retractable(decision)
    retracting.retract(decision.pk, "Priya")
    item.refresh_from_db()
    decision.refresh_from_db()
    assert item.answered_at is None
    assert decision.spent_at is not None
    assert ReviewNote.objects.get().text == "Took back: Create new"
    with pytest.raises(retracting.TooLate):
        retracting.retract(decision.pk, "Priya")


@pytest.mark.parametrize("whose", ["the subject", "a candidate"])
def test_an_answer_that_a_worker_has_begun_with_is_not_taken_back(
    pair: Pair, item: ReviewItem, whose: str
) -> None:
    deciding.decide(item.pk, f"use:{Key.parse(NEAR['key']).id}", "Priya")
    claimed = {"state": "claimed", "lease_until": timezone.now() + timedelta(minutes=1)}
    if whose == "the subject":
        Notice.objects.update(**claimed)
    else:
        key = Key.parse(NEAR["key"])
        Notice.objects.create(
            pair=pair, flow=item.flow, system=key.system, kind=key.kind, remote_id=key.id,
            source="sweep", due_at=timezone.now(), **claimed,
        )  # fmt: skip
    with pytest.raises(retracting.TooLate, match="being carried out already"):
        retracting.retract(Decision.objects.get().pk, "Priya")
    assert Decision.objects.get().spent_at is None


def test_an_answer_that_was_carried_out_says_where_it_is_undone(item: ReviewItem) -> None:
    deciding.decide(item.pk, "new", "Priya")
    Notice.objects.update(state="done")
    ReviewItem.objects.update(state="solved")
    assert not retracting.retractable(Decision.objects.select_related("item").get())
    with pytest.raises(retracting.TooLate, match="link’s own page"):
        retracting.retract(Decision.objects.get().pk, "Priya")


def test_not_the_same_is_forgotten_even_after_the_worker_has_gone_on(item: ReviewItem) -> None:
    deciding.decide(item.pk, f"not:{NEAR['key']}", "Priya")
    assert Verdict.objects.count() == 1
    Notice.objects.all().delete()
    ReviewItem.objects.update(state="solved")
    retracting.retract(Decision.objects.get().pk, "Priya")
    assert not Verdict.objects.exists()
    assert {n.remote_id for n in Notice.objects.all()} == {
        "0015g0000000001AAA",
        Key.parse(NEAR["key"]).id,
    }


def test_not_a_customer_is_taken_back_by_ending_the_lock(item: ReviewItem) -> None:
    deciding.decide(item.pk, "never", "Priya")
    retracting.retract(Decision.objects.get().pk, "Dev")
    lock = Lock.objects.get()
    assert (lock.ended_by, lock.why) == ("Dev", "Not a customer")


def test_only_the_newest_answer_is_taken_back(item: ReviewItem) -> None:
    deciding.decide(item.pk, "new", "Priya")
    first = Decision.objects.get()
    deciding.decide(item.pk, "never", "Dev")
    with pytest.raises(retracting.TooLate, match="answered anew"):
        retracting.retract(first.pk, "Priya")


def test_what_was_said_of_two_records_is_forgotten_from_the_list(
    pair: Pair, item: ReviewItem
) -> None:
    subject = Key.parse(item.details["subject"]["key"])
    verdict = telling.tell_apart(pair, subject, OTHER, Verdict.Kind.BRANCH, "Priya")
    retracting.forget(verdict)
    assert not Verdict.objects.exists()
