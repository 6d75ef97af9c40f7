"""A customer's own habit, broken promises, and payments in parts, at their edges."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sync.core.risk.rules import RiskKind
from sync.core.risk.standing import Invoice, Promise

from .ledger import TODAY, ago, found, invoice, level, settled, standing, words

HABIT, PROMISE, PARTS = RiskKind.HABIT, RiskKind.PROMISE, RiskKind.PART_PAYMENTS


def history(*late: int, terms: int = 30) -> list[Invoice]:
    """Return invoices of long ago, paid so many days after they were due."""
    return [
        settled(f"H{n}", due=100 + 30 * n, late=days, terms=terms) for n, days in enumerate(late)
    ]


def open_for(days: int, amount: str = "1000.00", terms: int = 30) -> Invoice:
    """Return an invoice that is open for so many days."""
    return invoice("OPEN", amount, due=days - terms, terms=terms)


@pytest.mark.parametrize("days", [31, 38])
def test_a_customer_who_always_pays_on_the_day_has_four_days_to_spare(days: int) -> None:
    assert level(HABIT, standing(*history(0, 0, 0, 0), open_for(days))) == 0


@pytest.mark.parametrize(("days", "wanted"), [(39, 1), (46, 1), (47, 2), (54, 2), (55, 3)])
def test_a_level_is_reached_beyond_so_many_spreads(days: int, wanted: int) -> None:
    assert level(HABIT, standing(*history(0, 0, 0, 0), open_for(days))) == wanted


def test_who_always_pays_late_is_late_only_when_later_than_that() -> None:
    always = history(40, 40, 40, 40, 40)
    assert level(HABIT, standing(*always, open_for(78))) == 0
    assert level(HABIT, standing(*always, open_for(79))) == 1


def test_who_pays_when_they_please_is_given_more_time() -> None:
    irregular = history(-20, -10, 0, 10, 20)  # median 30 days, median deviation 10
    assert level(HABIT, standing(*irregular, open_for(59))) == 0
    assert level(HABIT, standing(*irregular, open_for(60))) == 1


def test_one_invoice_that_was_forgotten_for_months_moves_neither_median_nor_spread() -> None:
    once = history(0, 0, 0, 0, 95)
    assert level(HABIT, standing(*once, open_for(39))) == 1
    assert "usually paid after 30 days, give or take 4" in words(
        HABIT, standing(*once, open_for(39))
    )


@pytest.mark.parametrize(("paid", "wanted"), [(0, 0), (3, 0), (4, 3), (12, 3)])
def test_a_habit_says_nothing_below_four_paid_invoices(paid: int, wanted: int) -> None:
    assert level(HABIT, standing(*history(*[0] * paid), open_for(60))) == wanted


def test_the_last_ten_invoices_are_the_habit() -> None:
    changed = history(*[0] * 10, *[60] * 30)  # the first are the latest
    assert level(HABIT, standing(*changed, open_for(39))) == 1
    assert "(the last 10 that were paid before it fell due)" in words(
        HABIT, standing(*changed, open_for(39))
    )


def test_what_was_paid_in_advance_is_paid_on_its_first_day() -> None:
    ahead = [invoice(f"A{n}", due=60 + n, paid=((200, "1000.00"),)) for n in range(5)]
    told = words(HABIT, standing(*ahead, invoice(due=20)))
    assert "usually paid after 0 days, give or take 4" in told


def test_what_is_not_due_yet_is_not_late_whatever_the_habit() -> None:
    quick = history(-25, -25, -25, -25)
    assert level(HABIT, standing(*quick, open_for(30))) == 0
    assert level(HABIT, standing(*quick, open_for(31))) == 3


def test_what_is_paid_after_an_invoice_fell_due_is_no_measure_for_it() -> None:
    at = standing(*history(40, 40, 40, 40), open_for(60))
    lately = [settled(f"L{n}", due=20 - n, late=0) for n in range(5)]
    quick = standing(*history(40, 40, 40, 40), open_for(60), *lately)
    assert level(HABIT, at) == level(HABIT, quick) == 0


def test_credited_and_disputed_invoices_make_no_habit_and_are_not_late() -> None:
    credited = [invoice(f"C{n}", due=100, credited=((90, "1000.00"),)) for n in range(9)]
    assert level(HABIT, standing(*credited, open_for(60))) == 0
    at = standing(*history(0, 0, 0, 0), open_for(60), disputed=frozenset({"OPEN"}))
    assert level(HABIT, at) == 0


@pytest.mark.parametrize(("amount", "wanted"), [("500.00", 0), ("500.01", 1)])
def test_a_habit_is_not_asked_for_small_amounts(amount: str, wanted: int) -> None:
    assert level(HABIT, standing(*history(0, 0, 0, 0), open_for(39, amount))) == wanted


@pytest.mark.parametrize(
    ("days", "wanted"), [(-3, 0), (0, 0), (1, 1), (7, 1), (8, 2), (21, 2), (22, 3)]
)
def test_a_promise_is_broken_on_the_day_after(days: int, wanted: int) -> None:
    promise = Promise("INV-1", ago(days))
    assert level(PROMISE, standing(invoice(), promises=(promise,))) == wanted


def test_a_promise_that_was_kept_or_given_anew_is_not_broken() -> None:
    old = Promise("INV-1", ago(9))
    kept = invoice(paid=((8, "1000.00"),))
    assert level(PROMISE, standing(kept, promises=(old,))) == 0
    assert level(PROMISE, standing(invoice(), promises=(old, Promise("INV-1", TODAY)))) == 0


def test_a_promise_kept_in_part_is_broken_for_the_rest() -> None:
    part = invoice(paid=((8, "800.00"),))
    finding = found(PROMISE, standing(part, promises=(Promise("INV-1", ago(1)),)))
    assert finding is not None
    assert finding.amount == Decimal("200.00")
    assert finding.words[:2] == (
        "GBP 200.00 is still open after the day it was promised for, on 1 invoice.",
        f"INV-1 · due {ago(20)} · GBP 200.00 · promised for {ago(1)}",
    )


def test_a_promise_before_the_due_date_may_be_broken_before_it_too() -> None:
    early = invoice(due=-10)
    assert level(PROMISE, standing(early, promises=(Promise("INV-1", ago(1)),))) == 1


@pytest.mark.parametrize(("left", "wanted"), [("100.00", 0), ("100.01", 1)])
def test_a_small_rest_breaks_no_promise(left: str, wanted: int) -> None:
    at = standing(invoice(amount=left), promises=(Promise("INV-1", ago(1)),))
    assert level(PROMISE, at) == wanted


def test_a_promise_for_an_invoice_that_is_not_known_says_nothing() -> None:
    assert level(PROMISE, standing(invoice(), promises=(Promise("gone", ago(9)),))) == 0


def in_parts(number: str, *, due: int = 40) -> Invoice:
    """Return an invoice that was paid late and in two parts."""
    return invoice(number, due=due, paid=((due - 5, "500.00"), (due - 9, "500.00")))


@pytest.mark.parametrize(("number", "wanted"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_so_many_invoices_paid_in_parts_reach_a_level(number: int, wanted: int) -> None:
    several = [in_parts(f"P{n}") for n in range(number)]
    assert level(PARTS, standing(*several, invoice(due=-9))) == wanted


def test_a_part_paid_invoice_that_is_late_counts_and_one_that_is_not_late_does_not() -> None:
    begun = invoice("B", due=3, paid=((9, "100.00"),))
    assert level(PARTS, standing(in_parts("P"), begun)) == 1
    in_time = invoice("B", due=0, paid=((9, "100.00"),))
    assert level(PARTS, standing(in_parts("P"), in_time)) == 0


def test_instalments_before_the_due_date_are_none() -> None:
    agreed = [invoice(f"A{n}", paid=((50, "500.00"), (20, "500.00"))) for n in range(9)]
    assert level(PARTS, standing(*agreed, invoice(due=-9))) == 0


def test_two_transfers_of_one_day_are_one_payment() -> None:
    at_once = [invoice(f"A{n}", paid=((5, "500.00"), (5, "500.00"))) for n in range(9)]
    assert level(PARTS, standing(*at_once, invoice(due=-9))) == 0


def test_once_nothing_is_open_there_is_nothing_to_do() -> None:
    assert level(PARTS, standing(*(in_parts(f"P{n}") for n in range(5)))) == 0


@pytest.mark.parametrize(("due", "wanted"), [(179, 1), (180, 0)])
def test_invoices_due_in_the_last_half_year_count(due: int, wanted: int) -> None:
    at = standing(in_parts("P", due=40), in_parts("Q", due=due), invoice(due=-9))
    assert level(PARTS, at) == wanted


def test_the_words_name_each_invoice_with_its_payments() -> None:
    told = words(PARTS, standing(in_parts("P"), in_parts("Q"), invoice(due=-9)))
    assert "2 invoices due in 180 days were paid in parts and late; GBP 1,000.00 is open" in told
    assert f"P · due {ago(40)} · 2 payments {ago(35)} to {TODAY - timedelta(days=31)}" in told


def test_a_promise_for_what_is_disputed_now_is_not_called_broken() -> None:
    promises = (Promise("INV-1", ago(9)),)
    assert level(PROMISE, standing(invoice(), promises=promises)) == 2
    disputed = standing(invoice(), promises=promises, disputed=frozenset({"INV-1"}))
    assert level(PROMISE, disputed) == 0


def test_the_latest_of_two_promises_counts_in_whatever_order_they_come() -> None:
    old, new = Promise("INV-1", ago(9)), Promise("INV-1", TODAY)
    for promises in ((old, new), (new, old)):
        assert level(PROMISE, standing(invoice(), promises=promises)) == 0
