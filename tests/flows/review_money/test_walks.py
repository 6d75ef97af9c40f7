"""Random days of a deal: sales, finance, rows and rates move in any order, and no cent is lost.

RANDOM_WALKS says how many deals are followed, RANDOM_SEED which ones.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sync.core.flow import TableRow
from sync.core.planning import Plan
from sync.core.records import Record, System
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import TODAY, changed, deal, rules
from tests.flows import random_deals
from tests.flows.books import Books
from tests.flows.test_currency import fixed
from tests.flows.test_tax_rows import ROUNDING, organisation

WALKS = int(os.environ.get("RANDOM_WALKS", "400"))
SEED = int(os.environ.get("RANDOM_SEED", "20261126"))
STEPS = 6
CURRENCIES = ("GBP", "USD", "EUR")
KINDS = ("Exclusive", "Inclusive", "NoTax")
VALUES = {
    "tax_type": ("OUTPUT2", "RROUTPUT", "ZERORATEDOUTPUT", "EXEMPTOUTPUT", "NONE", "ask"),
    "account_code": ("200", "205"),
    "amounts_are": KINDS,
    "rounding": ("leave", "line", "ask"),
    "currency": ("GBP by salesforce", "EUR by salesforce", "ask", "GBP"),
    "rate": ("salesforce", "xero"),
}
TERMS = ("lines", "currency", "amounts_are")
ENDED = ("VOIDED", "DELETED")
pytestmark = pytest.mark.slow


@dataclass
class Walk:
    """One deal on its way, and what happened to it."""

    dice: random.Random
    books: Books
    deal: Record
    log: list[str] = field(default_factory=list)

    @property
    def now(self) -> Record:
        """The deal as it is."""
        return self.books.records[self.deal.key]

    @property
    def invoices(self) -> list[Record]:
        """The invoices that bill somebody."""
        return [i for i in self.books.of("Invoice") if i.get("Status") not in ENDED]


def some_rows(dice: random.Random) -> list[TableRow]:
    rows = [TableRow(n, dice.choice(v)) for n, v in VALUES.items() if dice.random() < 0.4]
    pinned = [fixed("GBP by 0.79", dice.choice(CURRENCIES[1:]))]
    return rows + (pinned if dice.random() < 0.2 else [])


def some_lines(dice: random.Random) -> dict[str, Any]:
    """Return lines, and the amount that Salesforce makes of them."""
    rows: list[dict[str, Any]] = [
        {
            "Id": str(place),
            "SortOrder": place,
            "Description": dice.choice(("Day", "Survey", "Rounding", "Book")),
            "Quantity": Decimal(dice.choice((1, 1, 2, 3, 10))),
            "UnitPrice": Decimal(dice.randint(1, 99_999)).scaleb(-dice.choice((0, 2, 2, 3, 4))),
            "Discount": dice.choice((None, None, Decimal("12.5"), Decimal("33.33"))),
        }
        for place in range(dice.choice((1, 2, 3)))
    ]
    cent = Decimal("0.01")
    sums = (
        (r["Quantity"] * r["UnitPrice"] * (100 - (r["Discount"] or 0)) / 100).quantize(cent)
        for r in rows
    )
    return {"OpportunityLineItems": rows, "Amount": sum(sums, Decimal(0))}


def begun(dice: random.Random) -> Walk:
    known = replace(organisation(), currencies=frozenset(CURRENCIES))
    assert ROUNDING in known.accounts
    org = random_deals.salesforce()
    books = Books(FLOW, builders.around(known, rules=rules(*some_rows(dice)), salesforce=org))
    sold = deal(CurrencyIsoCode=dice.choice(CURRENCIES))
    sold = changed(sold, **some_lines(dice)) if dice.random() < 0.6 else sold
    books.put(sold)
    return Walk(dice, books, sold)


def sales(walk: Walk) -> None:
    """Let a salesperson change the deal."""
    dice = walk.dice
    edits: list[dict[str, Any]] = [
        {"Name": f"Harbour {len(walk.log)}"},
        {"CurrencyIsoCode": dice.choice(CURRENCIES)},
        {"CloseDate": TODAY - timedelta(days=dice.choice((0, 5, 30, 50)))},
        some_lines(dice),
    ]
    if not walk.now.get("OpportunityLineItems"):
        edits.append({"Amount": Decimal(dice.randint(1, 10**6)).scaleb(-2)})
    walk.books.edit(walk.now, **dice.choice(edits))


def finance(walk: Walk) -> None:
    """Let finance change the invoice in Xero."""
    for made in walk.invoices:
        line, *others = (dict(each) for each in made.get("LineItems"))
        edit: dict[str, Any] = walk.dice.choice(
            [
                {"CurrencyCode": walk.dice.choice(CURRENCIES)},
                {"LineAmountTypes": walk.dice.choice(KINDS)},
                {"LineItems": [{**line, "TaxType": "RROUTPUT"}, *others]},
                {"Status": walk.dice.choice(("AUTHORISED", "DRAFT"))},
            ]
        )
        walk.books.edit(made, **edit, **walk.books.sums({**made.values, **edit}))


def administrator(walk: Walk) -> None:
    """Let rows, or Salesforce's rates, change."""
    dice, around = walk.dice, walk.books.around
    if dice.random() < 0.5:
        walk.books.around = replace(around, rules=rules(*some_rows(dice)))
        return
    worth = {c: Decimal(dice.randint(900, 1500)).scaleb(-3) for c in CURRENCIES[1:]}
    org = replace(random_deals.salesforce(), dated_rates={}, rates=worth)
    walk.books.around = replace(around, salesforce=org)


def answers(walk: Walk) -> None:
    """Let a person answer what is asked."""
    for question in walk.books.prepare(walk.deal.key).questions:
        if walk.dice.random() < 0.5:
            choice = walk.dice.choice(question.choices).value
            walk.log.append(f"{question.cause.partition(':')[0]}={choice}")
            walk.books.decide(question, choice)


ACTS: tuple[Callable[[Walk], None], ...] = (sales, sales, finance, administrator, answers)


def check_written(walk: Walk, plan: Plan) -> None:
    """Hold what Xero has, once lines were written to it, against the plan to the cent."""
    written = {n for i in plan.intents if i.kind == "Invoice" for n in i.shared}
    if "lines" not in written:
        return
    ours, made = plan.couple.shared[System.SALESFORCE], walk.invoices[-1]
    names = ("CurrencyCode", "LineAmountTypes", "SubTotal", "Total")
    planned = (ours["currency"], ours["amounts_are"], ours["net"], ours["gross"])
    assert tuple(made.get(n) for n in names) == planned, walk.log


def check_standing(walk: Walk) -> None:
    """Hold what stands without a question against the deal, where nobody wrote it by hand."""
    plan = walk.books.prepare(walk.deal.key)
    assert not [i for i in plan.intents if i.system is System.XERO], walk.log
    assert len(walk.invoices) <= 1, walk.log
    ours = plan.couple.shared.get(System.SALESFORCE)
    link = walk.books.links.get(walk.deal.key.id)
    if ours is None or link is None or plan.questions or "=leave" in " ".join(walk.log):
        return
    agreed = [link.agreed[name] for name in TERMS if name in link.agreed]
    if any(common.apart for common in agreed) or walk.invoices[0].get("Status") != "DRAFT":
        return
    made = walk.invoices[0]
    billed = made.get("Total" if ours["amounts_are"] == "Inclusive" else "SubTotal")
    allowed = {ours["deal_total"]}
    if ours["_rounding"] in ("leave", "ask"):
        allowed.add(ours["deal_total"] + ours["_rounded_by"])
    assert billed in allowed, walk.log
    assert made.get("CurrencyCode") == ours["currency"], walk.log


def test_whoever_moves_what_the_invoice_is_the_plan_to_the_cent_or_it_is_asked() -> None:
    made = 0
    for number in range(WALKS):
        walk = begun(random.Random(SEED + number))
        for _ in range(STEPS):
            for _ in range(2):
                check_written(walk, walk.books.again(walk.deal.key))
            check_standing(walk)
            act = walk.dice.choice(ACTS)
            walk.log.append(act.__name__)
            act(walk)
        made += bool(walk.invoices)
    assert made > WALKS / 4
