"""The tasks that a rule would have made, and what became of their invoices."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sync.core.risk.judging import judge_one
from sync.core.risk.replay import DAYS, Episode, Outcome, replay, tally
from sync.core.risk.rules import RiskKind, RiskRule
from sync.core.risk.standing import Credit, Entry, Promise, Standing, standing_on

from .ledger import TODAY, ago, invoice, note, rule, rules, settled, standing, standings

OVERDUE = rule(RiskKind.OVERDUE)


def only(at: Standing, of: RiskRule = OVERDUE) -> Episode:
    (episode,) = replay(of, at)
    return episode


def test_an_invoice_that_was_paid_forty_days_late_would_have_had_its_task() -> None:
    episode = only(standing(settled("A", due=60, late=40)))
    assert (episode.opened, episode.closed) == (ago(45), ago(20))
    assert (episode.first.level, episode.worst.level) == (1, 2)
    assert episode.outcome is Outcome.LATE
    assert episode.words == f"paid 40 days late on {ago(20):%-d %b %Y}"
    assert (episode.paid_after, episode.soon, episode.before) == (25, False, False)


def test_what_was_paid_within_a_week_of_the_task_might_have_been_anyway() -> None:
    episode = only(standing(settled("A", due=60, late=22)))
    assert (episode.paid_after, episode.soon) == (7, True)
    assert not only(standing(settled("A", due=60, late=23))).soon


def test_what_was_never_late_enough_makes_no_task() -> None:
    assert replay(OVERDUE, standing(settled("A", due=60, late=14))) == []
    assert replay(OVERDUE, standing(invoice(due=14))) == []


def test_what_is_still_open_has_no_end() -> None:
    episode = only(standing(invoice(due=40)))
    assert (episode.opened, episode.closed, episode.outcome) == (ago(25), None, Outcome.OPEN)
    assert episode.words == "still open, 40 days late"


def test_what_was_late_before_the_days_began_is_said_to_have_been() -> None:
    episode = only(standing(settled("A", due=200, late=150)))
    assert (episode.before, episode.opened) == (True, ago(DAYS))
    assert episode.closed == ago(50)


def test_a_reason_that_comes_back_is_a_second_task() -> None:
    two = standing(settled("A", due=90, late=20), settled("B", due=40, late=20))
    assert [e.opened for e in replay(OVERDUE, two)] == [ago(75), ago(25)]


def test_several_invoices_are_told_by_their_number() -> None:
    at = standing(
        settled("A", due=60, late=40), invoice("B", due=60), settled("C", due=60, late=30)
    )
    assert only(at).words == "2 paid up to 40 days late; 1 still open, 60 days late"


def test_a_credit_note_is_no_payment() -> None:
    credited = invoice(due=60, credited=((20, "1000.00"),))
    episode = only(standing(credited))
    assert (episode.outcome, episode.words) == (Outcome.CREDITED, "credited")


def test_a_limit_that_was_passed_by_what_is_paid_on_time_is_a_false_alarm() -> None:
    at = standing(settled("A", due=30), limit=invoice().total / 2)
    episode = only(at, rule(RiskKind.LIMIT))
    assert (episode.outcome, episode.words) == (Outcome.ON_TIME, "paid on time")
    assert episode.opened == ago(60)


def test_a_limit_passed_by_what_is_not_due_yet_is_told_so() -> None:
    at = standing(invoice(due=-20), limit=invoice().total / 2)
    assert only(at, rule(RiskKind.LIMIT)).outcome is Outcome.NOT_DUE


def test_credit_notes_with_nothing_open_have_nothing_to_tell() -> None:
    notes = (note("CN-1", days=20), note("CN-2", days=20))
    episode = only(standing(credits=notes), rule(RiskKind.CREDITED))
    assert (episode.outcome, episode.words) == (Outcome.NOTHING, "nothing was open")


def test_a_payment_in_parts_is_judged_by_what_was_open_then() -> None:
    parts = [invoice(f"P{n}", due=80, paid=((75, "500.00"), (70, "500.00"))) for n in range(2)]
    at = standing(*parts, settled("NEXT", due=30, late=10))
    first, again = replay(rule(RiskKind.PART_PAYMENTS), at)
    assert (first.opened, first.closed, first.paid_after) == (ago(75), ago(70), 5)
    assert (again.opened, again.outcome) == (ago(60), Outcome.LATE)


def test_the_sum_of_it_is_a_sentence() -> None:
    late, still = standing(settled("A", due=60, late=22)), standing(invoice(due=40))
    told = tally([*replay(OVERDUE, late), *replay(OVERDUE, still)])
    assert told.in_words() == (
        "It would have made 2 tasks for 1 account in the last 90 days: "
        "1 was paid late, 1 is still open. 1 of the late ones was paid within a week of the task."
    )
    assert tally([]).in_words() == "It would have made no task in the last 90 days."


@given(rules(), standings())
def test_looking_on_turning_days_alone_misses_no_day(of: RiskRule, at: Standing) -> None:
    first = at.day - timedelta(days=DAYS)
    levels = {}
    for number in range(DAYS + 1):
        day = first + timedelta(days=number)
        finding = judge_one(of, standing_on(day, at))
        levels[day] = finding.level if finding else 0
    spells, before = [], 0
    for day, level in levels.items():
        if level and not before:
            spells.append((day, [level]))
        elif level:
            spells[-1][1].append(level)
        before = level
    told = replay(of, at)
    assert [(e.opened, e.worst.level) for e in told] == [(d, max(ls)) for d, ls in spells]
    for episode, (day, row) in zip(told, spells, strict=True):
        end = day + timedelta(days=len(row))
        assert episode.closed == (end if end <= TODAY else None)


@given(st.lists(st.tuples(rules(), standings()), max_size=4))
def test_every_task_has_its_outcome(several: list[tuple[RiskRule, Standing]]) -> None:
    told = [episode for of, at in several for episode in replay(of, at)]
    assert sum(number for _, number in tally(told).outcomes) == len(told)
    for episode in told:
        assert episode.words
        assert episode.paid_after is None or episode.paid_after >= 0


def test_a_credit_counts_as_free_on_the_day_before_it_was_set_off() -> None:
    used = Credit("P", "P", "GBP", ago(200), Decimal(1000), Decimal(0), False,
                  (Entry(ago(40), Decimal(1000)),))  # fmt: skip
    set_off = invoice(due=60, credited=((40, "1000.00"),))
    assert standing_on(ago(40), standing(set_off, credits=(used,))).credits[0].left == 0
    assert standing_on(ago(41), standing(set_off, credits=(used,))).credits[0].left == 1000
    assert replay(OVERDUE, standing(set_off, credits=(used,))) == []


def test_a_promise_holds_no_task_of_the_days_before_it_was_made() -> None:
    late = invoice(due=60)
    known = standing(late, promises=(Promise(late.id, TODAY, made_on=ago(10)),))
    assert (only(known).opened, only(known).closed) == (ago(45), ago(10))
    always = standing(late, promises=(Promise(late.id, TODAY),))
    assert replay(OVERDUE, always) == []
    broken = standing(late, promises=(Promise(late.id, ago(20)),))
    assert only(broken).opened == ago(19)


def test_credit_notes_stop_counting_on_the_day_they_are_too_old() -> None:
    notes = (note("CN-1", days=95), note("CN-2", days=95))
    at = standing(invoice(amount="100.00", due=-20, terms=130), credits=notes)
    assert only(at, rule(RiskKind.CREDITED)).closed == ago(5)
