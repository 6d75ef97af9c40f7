"""Figures that no ledger takes are questions; none of them stops a run."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sync.core.flow import Condition, TableRow
from sync.core.planning import Action
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import changed, deal, deal_line, rules, with_lines
from tests.flows import random_deals
from tests.flows.acts import DEAL, the_question
from tests.flows.books import Books
from tests.flows.test_tax_rows import organisation

ALL = frozenset({"GBP", "EUR", "USD", "JPY", "KWD", "BHD"})
ROWS = {
    "currency": ("GBP by salesforce", "JPY by 999999999.999999999", "KWD by 0.000000001"),
    "rounding": ("leave", "line"),
    "amounts_are": ("Inclusive", "NoTax"),
    "rate": ("salesforce", "999999999.123456789", "0.000000001"),
}


def opened(*rows: TableRow, **own: Any) -> Books:
    known = replace(organisation(), **{"currencies": ALL, **own})
    org = random_deals.salesforce()
    return Books(FLOW, builders.around(known, rules=rules(*rows), salesforce=org))


def any_figure(dice: random.Random) -> Decimal:
    figure = Decimal(dice.randint(0, 10 ** dice.randint(0, 22))).scaleb(-dice.randint(0, 20))
    return -figure if dice.random() < 0.25 else figure


def test_nothing_is_too_strange_to_be_planned() -> None:
    dice, told = random.Random(99), set()
    for number in range(3_000):
        lines = [
            {
                "Description": "Survey",
                "Quantity": any_figure(dice),
                "UnitPrice": any_figure(dice),
                "Discount": dice.choice((None, None, any_figure(dice))),
            }
            for _ in range(dice.choice((0, 1, 2, 3)))
        ]
        currency = dice.choice(sorted(ALL))
        pinned = (Condition("CurrencyIsoCode", "is", currency),)
        chosen = [(name, dice.choice(v)) for name, v in ROWS.items() if dice.random() < 0.5]
        books = opened(*(TableRow(name, value, pinned) for name, value in chosen))
        record = deal(
            number % 1000,
            CurrencyIsoCode=currency,
            Amount=dice.choice((any_figure(dice), Decimal("0.01"))),
            OpportunityLineItems=lines,
        )
        books.put(record)
        told.add(books.prepare(record.key).action)
    assert told == {Action.CREATE, Action.QUESTION}


def test_a_discount_that_is_an_amount_by_mistake_is_a_question() -> None:
    line = deal_line("10000", "100000", "9000000000000000")
    books = opened()
    books.put(with_lines(DEAL, line, amount="100.00"))
    assert the_question(books.prepare(DEAL.key)).cause.startswith("largest:")


@pytest.mark.parametrize("amount", ["9999999999.99", "10000000000.00"])
def test_the_largest_amount_that_xero_takes_is_billed_and_a_cent_more_is_asked(
    amount: str,
) -> None:
    books = opened()
    books.put(changed(DEAL, Amount=Decimal(amount)))
    plan = books.prepare(DEAL.key)
    assert plan.action is (Action.CREATE if amount.startswith("9") else Action.QUESTION)


def test_five_hundred_lines_are_counted_one_by_one() -> None:
    lines = [deal_line("0.333", "3", Description=f"Day {n}") for n in range(500)]
    books = opened(TableRow("rounding", "line"))
    plan = books.sync(with_lines(DEAL, *lines, amount="499.50"))
    body = next(i for i in plan.intents if i.kind == "Invoice").body
    assert len(body["LineItems"]) == 501
    assert body["LineItems"][-1]["UnitAmount"] == Decimal("-0.50")


def test_a_plan_that_lost_its_currencies_bills_in_its_own_alone() -> None:
    books = opened(actions={"UseMulticurrency": False})
    books.put(changed(DEAL, CurrencyIsoCode="EUR"))
    question = the_question(books.prepare(DEAL.key))
    assert "its Xero plan has only GBP" in question.title
    books.put(DEAL)
    assert books.prepare(DEAL.key).action is Action.CREATE


def test_a_deal_of_no_known_currency_is_a_question() -> None:
    books = opened()
    books.around = replace(books.around, home_currency="")
    books.put(changed(DEAL, CurrencyIsoCode=None))
    question = the_question(books.prepare(DEAL.key))
    assert question.title == "Salesforce does not say which currency its deals are in"
