"""Dated rates at their edges: the first and last day, days before, nothing, nonsense."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sync.core import rates
from sync.core.flow import TableRow
from sync.core.organisation import Reference
from tests.builders import TODAY, changed, deal
from tests.flows import random_deals
from tests.flows.acts import now, quiet, the_invoice, written
from tests.flows.test_currency import asked, body, fixed, opened

FIRST = TODAY - timedelta(days=10)
DAY = timedelta(days=1)
ROW = TableRow("currency", "GBP by salesforce")


def org(*dated: tuple[date, str], **plain: str) -> Reference:
    """Return an org in pounds with these rates of the dollar."""
    rows = tuple((day, Decimal(value)) for day, value in dated)
    known = {code: Decimal(value) for code, value in plain.items()}
    return replace(
        random_deals.salesforce(), dated_rates={"USD": rows} if rows else {}, rates=known
    )


def pounds(known: Reference, day: date | None) -> Decimal | None:
    found = rates.by_salesforce(known, "GBP", "USD", day)
    return rates.converted(Decimal(100), found) if found else None


@pytest.mark.parametrize(
    ("day", "worth"),
    [
        (FIRST - DAY, None),
        (FIRST, "50.00"),
        (FIRST + DAY, "50.00"),
        (TODAY - DAY, "50.00"),
        (TODAY, "80.00"),
        (TODAY + 400 * DAY, "80.00"),
        (None, None),
    ],
)
def test_a_dated_rate_holds_from_its_first_day_to_the_next_one(
    day: date | None, worth: str | None
) -> None:
    known = org((FIRST, "2"), (TODAY, "1.25"), USD="1000")
    assert pounds(known, day) == (Decimal(worth) if worth else None)


@pytest.mark.parametrize("wrong", ["0", "-1.25"])
def test_a_rate_of_nothing_or_less_is_none_and_hides_no_question(wrong: str) -> None:
    assert pounds(org((FIRST, "2"), (TODAY, wrong)), TODAY) is None
    assert pounds(org(USD=wrong), TODAY) is None
    assert pounds(org((TODAY + DAY, "2"), USD="2"), TODAY) is None


def test_a_deal_whose_day_has_no_rate_waits_and_is_billed_once_it_has() -> None:
    dollars = deal(CurrencyIsoCode="USD", CloseDate=FIRST - DAY)
    books = opened(ROW, salesforce=org((FIRST, "2")))
    assert "no rate between USD and GBP on 8 Nov 2026" in asked(books, dollars).title
    books.put(changed(dollars, CloseDate=FIRST))
    made = body(books, books.records[dollars.key])
    assert made["LineItems"][0]["UnitAmount"] == Decimal("500.00")


def test_a_rate_that_is_entered_late_moves_no_invoice_that_was_made_before() -> None:
    dollars = deal(CurrencyIsoCode="USD")
    books = opened(ROW, salesforce=org((FIRST, "2")))
    books.sync(dollars)
    late = org((FIRST, "2"), (TODAY, "1.25"))
    books.around = replace(books.around, salesforce=late)
    assert quiet(books.again(dollars.key))
    assert written(now(books, Amount=Decimal(2000))) == {"lines"}
    assert the_invoice(books).get("SubTotal") == Decimal("1000.00")


def test_xero_is_given_so_many_units_of_the_foreign_currency_for_one_of_its_own() -> None:
    """Xero's CurrencyRate as it is shown there: 2 dollars for a pound, not half a pound."""
    dollars = deal(CurrencyIsoCode="USD")
    books = opened(TableRow("rate", "salesforce"), salesforce=org((FIRST, "2")))
    assert body(books, dollars)["CurrencyRate"] == 2
    assert body(opened(fixed("2", "USD", "rate")), dollars)["CurrencyRate"] == 2
