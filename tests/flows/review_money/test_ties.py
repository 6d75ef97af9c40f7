"""Halves of cents wherever they may arise: our count of lines is the sandbox's Xero's."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from sync.core import tax
from sync.core.lines import Line
from sync.flows.shapes import invoice
from tests.flows.ledger import Ledger, ledger

IN_A_CALL, CALLS = 50, 6
QUANTITIES = ("1", "2", "3", "7", "0.5", "0.25", "0.0001", "12.3456", "1000", "33333", "-1", "0")
PRICES = ("0.005", "0.00005", "0.00015", "0.0125", "0.99", "2.165", "14.43", "33.3333", "1000.0005")
DISCOUNTS = ("0", "0", "12.5", "33.3333", "50", "2.5", "99.9999", "100")
CODES = ("OUTPUT2", "RROUTPUT", "ZERORATEDOUTPUT", "EXEMPTOUTPUT", "NONE", "TAX001", "TAX002")


@pytest.fixture(scope="module")
def books() -> tuple[Ledger, dict[str, Decimal]]:
    """Return a British organisation with rates of 17.5 and 12.5 % beside its own."""
    opened = ledger("UK")
    for name, rate in (("Old", "17.5"), ("Odd", "12.5")):
        opened.enter("TaxRate", Name=name, EffectiveRate=rate)
    return opened, {rate.tax_type: rate.rate for rate in opened.reference().tax_rates}


def any_line(dice: random.Random, place: int) -> Line:
    return Line(
        f"Line {place}",
        Decimal(dice.choice(QUANTITIES)),
        Decimal(dice.choice(PRICES)) * dice.choice((1, 1, 1, -1, 11)),
        Decimal(dice.choice(DISCOUNTS)),
        account_code="200",
        tax_type=dice.choice(CODES),
    )


def body(lines: list[Line], kind: str) -> dict[str, Any]:
    """Return a body with a line that keeps the total above nothing."""
    shared = {"lines": [line.to_shared() for line in lines], "amounts_are": kind}
    return {"Type": "ACCREC", **invoice.body(shared)}


@pytest.mark.parametrize("kind", [str(each) for each in tax.Amounts])
def test_every_half_of_a_cent_is_rounded_as_xero_does(
    books: tuple[Ledger, dict[str, Decimal]], kind: str
) -> None:
    xero, rates = books
    dice = random.Random(20261126)
    for _ in range(CALLS):
        deals = [
            [any_line(dice, n) for n in range(dice.choice((1, 2, 5)))]
            + [Line("Floor", Decimal(1), Decimal(10**9), account_code="200", tax_type="NONE")]
            for _ in range(IN_A_CALL)
        ]
        for lines, made in zip(deals, xero.bill([body(x, kind) for x in deals]), strict=True):
            assert made["StatusAttributeString"] == "OK", made.get("ValidationErrors")
            ours = tax.totals(lines, tax.Amounts(kind), rates)
            assert [x["LineAmount"] for x in made["LineItems"]] == [*ours.line_amounts], lines
            sums = (made["SubTotal"], made["TotalTax"], made["Total"])
            assert sums == (ours.net, ours.tax, ours.gross), lines
