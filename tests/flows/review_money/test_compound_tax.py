"""Tax upon a tax: Xero shows four decimals of what it comes to, and charges all of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connections.xero.organisation import read
from sync.core.flow import TableRow
from sync.core.records import System
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import changed, deal_line, rules, with_lines
from tests.flows.acts import DEAL
from tests.flows.books import Books
from tests.flows.ledger import Ledger, ledger

COMPOUND = "TAX003"


@pytest.fixture(scope="module")
def world() -> Ledger:
    """Return an organisation with a tax of 5 % and one of 9.975 % upon it."""
    return ledger("GLOBAL")


@pytest.mark.parametrize(
    ("amounts", "amount", "tax"),
    [
        ("Exclusive", "100000.00", "15473.75"),
        ("Exclusive", "9999999.99", "1547375.00"),
        ("Inclusive", "115473.75", "15473.75"),
    ],
)
def test_a_tax_upon_a_tax_is_counted_with_all_its_decimals(
    world: Ledger, amounts: str, amount: str, tax: str
) -> None:
    rows = TableRow("tax_type", COMPOUND), TableRow("amounts_are", amounts)
    books = Books(FLOW, builders.around(world.reference(), rules=rules(*rows)))
    record = changed(with_lines(DEAL, deal_line(amount), amount=amount), CurrencyIsoCode="EUR")
    books.put(record)
    plan = books.prepare(record.key)
    shared = plan.couple.shared[System.SALESFORCE]
    assert shared["gross"] - shared["net"] == Decimal(tax)
    (made,) = world.bill([dict(next(i for i in plan.intents if i.kind == "Invoice").body)])
    assert made["TotalTax"] == Decimal(tax)


def test_what_xero_shows_is_four_decimals(world: Ledger) -> None:
    (rate,) = [r for r in world.get("get_tax_rates")["TaxRates"] if r["TaxType"] == COMPOUND]
    assert rate["EffectiveRate"] == Decimal("15.4738")


class Door:
    """Answers as Xero does, but for one tax rate's percentage."""

    def __init__(self, world: Ledger, effective: Decimal | None) -> None:
        self.world, self.effective = world, effective

    def get(self, name: str, **parameters: object) -> dict[str, object]:
        found = self.world.get(name, **parameters)
        for rate in found.get("TaxRates", ()):
            if rate["TaxType"] == COMPOUND:
                rate["EffectiveRate"] = self.effective
        return found


@pytest.mark.parametrize(
    ("effective", "counted"),
    [(None, "15.47375"), (Decimal("15.4738"), "15.47375"), (Decimal(0), "0"), (Decimal(5), "5")],
)
def test_what_xero_says_counts_where_the_parts_say_otherwise(
    world: Ledger, effective: Decimal | None, counted: str
) -> None:
    known = read(Door(world, effective))  # type: ignore[arg-type]
    found = known.tax_rate(COMPOUND)
    assert found is not None
    assert found.rate == Decimal(counted)
