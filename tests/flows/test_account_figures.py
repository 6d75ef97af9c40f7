"""What an account is told: by currency, never across, and in its own currency by known rates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.money import round_half_up
from sync.core.projection import Billed, Standpoint
from sync.core.records import Record
from sync.flows.shapes import account_figures
from tests.builders import NOON, TODAY

from .billed import EARLIER, bill, payment, seen

AT = Standpoint("GBP", as_of=NOON)
RATES = {"GBP": Decimal(1), "EUR": Decimal("1.25"), "JPY": Decimal(200)}
WITH_RATES = Standpoint("GBP", RATES, NOON)


def told(*records: Record, at: Standpoint = AT) -> dict[str, Any]:
    return named([seen(record) for record in records], at)


def named(invoices: list[Billed], at: Standpoint) -> dict[str, Any]:
    found = account_figures.figures(invoices, at)
    assert set(found) == set(account_figures.NAMES)
    return {name.removeprefix("account."): value for name, value in found.items()}


def test_what_is_open_and_late_is_summed() -> None:
    found = told(
        bill("A", "100.00"), bill("B", "50.50", "20.00", DueDate=EARLIER), bill("C", "9.00", "9.00")
    )
    assert found == {
        "outstanding": Decimal("130.50"),
        "overdue": Decimal("30.50"),
        "oldest_days_overdue": 10,
        "open_invoices": 2,
        "last_payment": Decimal("29.00"),
        "last_payment_on": TODAY,
        "balances": "GBP 130.50 outstanding, GBP 30.50 overdue",
        "days_to_pay": 18,
        "as_of": NOON,
    }


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "VOIDED", "DELETED"])
def test_what_is_not_approved_is_not_owed(status: str) -> None:
    assert set(told(bill(Status=status)).values()) == {None}


def test_a_customer_who_has_paid_owes_nothing_and_one_never_billed_is_told_nothing() -> None:
    found = told(bill(paid="1200"))
    assert (found["outstanding"], found["overdue"], found["open_invoices"]) == (0, 0, 0)
    assert found["balances"] == "Nothing is open."
    assert set(told().values()) == {None}


def test_other_currencies_come_by_known_rates_and_their_own_lines() -> None:
    found = told(bill("A", "100.00"), bill("B", "250.00", CurrencyCode="EUR"), at=WITH_RATES)
    assert found["outstanding"] == Decimal("300.00")
    assert found["balances"] == (
        "GBP 100.00 outstanding, GBP 0.00 overdue\n"
        "EUR 250.00 outstanding, EUR 0.00 overdue · GBP 200.00 at 0.8"
    )


def test_without_a_rate_an_amount_is_empty_and_said() -> None:
    late = bill("B", "250.00", CurrencyCode="CHF")
    found = told(bill("A", "100.00", DueDate=EARLIER), late, at=WITH_RATES)
    assert (found["outstanding"], found["overdue"]) == (None, Decimal("100.00"))
    assert "CHF 250.00 outstanding" in found["balances"]
    assert "no rate from CHF to GBP" in found["balances"]


def test_an_account_whose_currency_nobody_knows_is_told_no_sum() -> None:
    found = told(bill(total="100.00"), at=Standpoint("", RATES))
    assert found["outstanding"] is None
    assert found["balances"].endswith("the currency of the account is not known")


def test_two_organisations_add_up_each_by_its_own_day() -> None:
    due = TODAY
    one = seen(bill("A", "100.00", DueDate=due), "Fernhill UK", TODAY)
    other = seen(bill("B", "30.00", DueDate=due), "Fernhill NZ", TODAY + timedelta(days=1))
    found = named([one, other], AT)
    assert (found["outstanding"], found["overdue"]) == (Decimal("130.00"), Decimal("30.00"))
    assert found["balances"].splitlines() == [
        "GBP 130.00 outstanding, GBP 30.00 overdue",
        "Fernhill NZ: GBP 30.00 outstanding, GBP 30.00 overdue",
        "Fernhill UK: GBP 100.00 outstanding, GBP 0.00 overdue",
    ]


def test_one_transfer_that_pays_several_invoices_is_one_last_payment() -> None:
    earlier = bill("A", "40.00", "40.00", Payments=[payment("40.00", EARLIER)])
    found = told(earlier, bill("B", "60.00", "60.00"), bill("C", "70.00", "7.00"))
    assert (found["last_payment"], found["last_payment_on"]) == (Decimal("67.00"), TODAY)


def test_the_habit_is_the_median_of_the_last_ten() -> None:
    def paid_after(number: int, days: int) -> Record:
        day = date(2026, 1, 1) + timedelta(days=number)
        paid_on = day + timedelta(days=days)
        return bill(str(number), "9.00", "9.00", Date=day, FullyPaidOnDate=paid_on)

    old = [paid_after(number, 0) for number in range(5)]
    late = [paid_after(100 + number, 30 + number) for number in range(10)]
    assert told(*old, *late)["days_to_pay"] == 35  # 34.5, half up
    assert told(bill())["days_to_pay"] is None


AMOUNTS = st.decimals("0.01", "99999.99", places=2)
OWED = st.lists(st.tuples(AMOUNTS, st.sampled_from(["GBP", "EUR", "JPY", "CHF"])), max_size=6)


@given(OWED)
def test_sums_never_go_across_currencies(owed: list[tuple[Decimal, str]]) -> None:
    records = [bill(str(n), str(a), CurrencyCode=c) for n, (a, c) in enumerate(owed)]
    found = told(*records, at=WITH_RATES)
    if any(currency == "CHF" for _, currency in owed):
        assert found["outstanding"] is None
    elif owed:
        by_currency: dict[str, Decimal] = {}
        for amount, currency in owed:
            by_currency[currency] = by_currency.get(currency, Decimal(0)) + amount
        expected = sum(round_half_up(a / RATES[c]) for c, a in by_currency.items())
        assert found["outstanding"] == expected


@given(OWED, st.integers(1, 40))
def test_what_is_overdue_is_part_of_what_is_outstanding(
    owed: list[tuple[Decimal, str]], late: int
) -> None:
    day = TODAY - timedelta(days=late)
    records = [
        bill(str(n), str(a), CurrencyCode="GBP", DueDate=day if n % 2 else TODAY)
        for n, (a, _) in enumerate(owed)
    ]
    found = told(*records)
    if records:
        assert 0 <= found["overdue"] <= found["outstanding"]
        assert found["oldest_days_overdue"] == (late if len(records) > 1 else 0)
