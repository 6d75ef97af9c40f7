"""The credit limit and credit notes against sales, at their edges."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.core.risk.rules import RiskKind
from sync.core.risk.standing import Promise

from .ledger import TODAY, ago, found, invoice, level, note, settled, standing, words

LIMIT, CREDITED = RiskKind.LIMIT, RiskKind.CREDITED


@pytest.mark.parametrize(
    ("owed", "wanted"),
    [
        ("799.99", 0), ("800.00", 0), ("800.01", 1), ("1000.00", 1),
        ("1000.01", 2), ("1200.00", 2), ("1200.01", 3),
    ],
)  # fmt: skip
def test_a_level_is_reached_above_its_share_of_the_limit(owed: str, wanted: int) -> None:
    assert level(LIMIT, standing(invoice(amount=owed), limit=Decimal(1000))) == wanted


def test_what_is_not_due_yet_uses_the_limit_too() -> None:
    told = words(LIMIT, standing(invoice(amount="1044.00", due=-20), limit=Decimal(1000)))
    assert "GBP 1,044.00 is open, 104.4 % of the credit limit of GBP 1,000.00." in told


def test_an_account_without_a_limit_has_no_share_of_it() -> None:
    assert level(LIMIT, standing(invoice(amount="99999"))) == 0


@pytest.mark.parametrize("limit", ["0", "-5"])
def test_a_limit_of_nothing_gives_no_credit_at_all(limit: str) -> None:
    at = standing(invoice(amount="0.01", due=-9), limit=Decimal(limit))
    assert level(LIMIT, at) == 3
    assert "GBP 0.01 is open, and the credit limit is 0." in words(LIMIT, at)
    assert level(LIMIT, standing(settled("A", due=5), limit=Decimal(limit))) == 0


def test_credit_and_payments_give_the_limit_back() -> None:
    owed = invoice(amount="1100.00")
    assert level(LIMIT, standing(owed, limit=Decimal(1000))) == 2
    ahead = note(amount="500.00", left="300.00", is_note=False)
    assert level(LIMIT, standing(owed, limit=Decimal(1000), credits=(ahead,))) == 0
    assert level(LIMIT, standing(invoice(amount="1100.00", paid=((1, "300.00"),)),
                                 limit=Decimal(1000))) == 0  # fmt: skip


def test_what_is_disputed_or_promised_is_owed_all_the_same() -> None:
    owed = invoice(amount="1100.00")
    more = {"disputed": frozenset({owed.id}), "promises": (Promise(owed.id, TODAY),)}
    at = standing(owed, limit=Decimal(1000), **more)
    assert level(LIMIT, at) == 2
    assert "not counted" not in words(LIMIT, at)


def two_notes(whole: str, days: int = 10) -> dict[str, object]:
    half = str(Decimal(whole) / 2)
    return {"credits": (note("CN-1", half, days=days), note("CN-2", half, days=days))}


@pytest.mark.parametrize(
    ("credited", "wanted"),
    [("1000", 0), ("1000.02", 1), ("2000", 1), ("2000.02", 2), ("4000", 2), ("4000.02", 3)],
)
def test_a_level_is_reached_above_its_share_of_the_sales(credited: str, wanted: int) -> None:
    at = standing(invoice(amount="10000.00", due=0), **two_notes(credited))
    assert level(CREDITED, at) == wanted


@pytest.mark.parametrize(("days", "wanted"), [(89, 3), (90, 0)])
def test_credit_notes_of_the_last_ninety_days_count(days: int, wanted: int) -> None:
    at = standing(invoice(amount="100.00", due=0), **two_notes("900.00", days))
    assert level(CREDITED, at) == wanted


@pytest.mark.parametrize(("days", "wanted"), [(89, 0), (90, 3)])
def test_sales_of_the_last_ninety_days_count(days: int, wanted: int) -> None:
    at = standing(invoice(amount="10000.00", due=days, terms=0), **two_notes("900.00"))
    assert level(CREDITED, at) == wanted


def test_one_credit_note_alone_or_a_small_amount_says_nothing() -> None:
    sale = invoice(amount="1000.00", due=0)
    assert level(CREDITED, standing(sale, credits=(note(amount="900.00"),))) == 0
    assert level(CREDITED, standing(sale, **two_notes("500.00"))) == 0
    assert level(CREDITED, standing(sale, **two_notes("500.02"))) == 3


def test_without_any_sale_every_credit_is_more_than_its_share() -> None:
    assert "nothing was sold in that time" in words(CREDITED, standing(**two_notes("900.00")))
    assert level(CREDITED, standing(**two_notes("900.00"))) == 3


def test_money_paid_ahead_is_no_credit_note() -> None:
    ahead = tuple(note(f"P{n}", "900.00", is_note=False) for n in range(3))
    assert level(CREDITED, standing(invoice(amount="1000.00"), credits=ahead)) == 0


def test_what_has_no_rate_counts_on_neither_side() -> None:
    francs = invoice("F", "90000.00", due=0, currency="CHF")
    in_francs = note("CN-F", "90000.00", currency="CHF")
    at = standing(
        invoice(amount="10000.00", due=0), francs, credits=(in_francs, note("CN-2", "900.00"))
    )
    assert level(CREDITED, at) == 0
    assert level(CREDITED, at, count=1) == 0
    assert level(CREDITED, at, count=1, steps=(Decimal(5),)) == 1


def test_a_finding_on_credit_notes_names_them_with_their_days() -> None:
    finding = found(CREDITED, standing(invoice(amount="2000.00", due=0), **two_notes("900.00")))
    assert finding is not None
    assert finding.words[0] == (
        "GBP 900.00 was credited in 90 days, on 2 credit notes: "
        "more than 40 % of the sales in that time (with tax)."
    )
    assert f"CN-1 · {ago(10)} · GBP 450.00" in finding.words


def test_another_sale_does_not_change_the_words_on_credit_notes() -> None:
    """Sales come and go each day: a task that named their sum would be written each day."""
    sale = invoice(amount="2000.00", due=0)
    before = standing(sale, **two_notes("900.00"))
    after = standing(sale, invoice("INV-2", "100.00", due=-20), **two_notes("900.00"))
    assert found(CREDITED, after) == found(CREDITED, before)
