"""Xero's own examples of rounding, counted in the plan and by the sandbox's Xero alike."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.core.records import System
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import deal_line, rules, with_lines
from tests.flows.acts import DEAL
from tests.flows.books import Books
from tests.flows.ledger import Ledger, ledger


@pytest.fixture(scope="module")
def zealand() -> Ledger:
    """Return an organisation in New Zealand, where Xero's own examples are from."""
    return ledger("NZ")


@pytest.mark.parametrize(
    ("prices", "net", "tax"),
    [
        (("25.06", "25.61", "25.63"), "76.30", "11.44"),
        (("14.43",), "14.43", "2.16"),
        (("2.165",), "2.17", "0.33"),
    ],
)
def test_xeros_own_examples_of_rounding_in_the_plan_and_in_xero(
    zealand: Ledger, prices: tuple[str, ...], net: str, tax: str
) -> None:
    books = Books(FLOW, builders.around(zealand.reference(), rules=rules()))
    record = with_lines(DEAL, *(deal_line(price) for price in prices), amount=net)
    record = builders.changed(record, CurrencyIsoCode="NZD")
    books.put(record)
    plan = books.prepare(record.key)
    shared = plan.couple.shared[System.SALESFORCE]
    assert (shared["net"], shared["gross"]) == (Decimal(net), Decimal(net) + Decimal(tax))
    (made,) = zealand.bill([dict(next(i for i in plan.intents if i.kind == "Invoice").body)])
    assert (made["SubTotal"], made["TotalTax"]) == (Decimal(net), Decimal(tax))
