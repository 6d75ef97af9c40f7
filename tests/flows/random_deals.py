"""Deals as they come: any currency, odd prices, quantities and discounts, and amounts that fit."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sync.core.flow import Condition, RuleSet, TableRow
from sync.core.money import places
from sync.core.organisation import Reference
from sync.core.records import Record
from tests.builders import NOON, TODAY, deal, rules
from tests.flows.ledger import CURRENCIES

ONE = Decimal(1)
RATES = {
    "GBP": "1",
    "EUR": "1.1745",
    "USD": "1.3124",
    "AUD": "2.0131",
    "NZD": "2.1988",
    "JPY": "196.412",
    "KWD": "0.40213",
    "CHF": "1.0911",
}
FIXED = ("1.234567", "0.00000012")


def salesforce() -> Reference:
    """Return an org in pounds that dates its euros and dollars and not the rest."""
    dated = {
        code: tuple(
            (TODAY - timedelta(days=days), Decimal(rate)) for days, rate in ((60, old), (20, new))
        )
        for code, old, new in (("EUR", "1.16", "1.183345"), ("USD", "1.29", "1.333337"))
    }
    return Reference(
        read_at=NOON,
        name="Fernhill",
        country="GB",
        base_currency="GBP",
        timezone="Europe/London",
        currencies=frozenset(RATES),
        rates={code: Decimal(rate) for code, rate in RATES.items()},
        dated_rates=dated,
    )


def tables(reference: Reference) -> RuleSet:
    """Return rows that let a deal's own fields say everything that finance may decide."""

    def says(table: str, field: str, value: str, currency: str = "") -> TableRow:
        pinned = (Condition("=currency", "is", currency),) if currency else ()
        return TableRow(table, value, (Condition(field, "is", value), *pinned))

    own = reference.base_currency
    return rules(
        *(says("tax_type", "Product2.Family", rate.tax_type) for rate in reference.tax_rates),
        *(says("amounts_are", "Prices__c", kind) for kind in ("Exclusive", "Inclusive", "NoTax")),
        *(says("rounding", "Cents__c", how) for how in ("leave", "line", "ask")),
        *(says("rate", "Rate__c", how, c) for how in FIXED for c in CURRENCIES),
        says("rate", "Rate__c", "salesforce"),
        *(says("currency", "Bill__c", f"{own} by 0.7113", c) for c in CURRENCIES),
        says("currency", "Bill__c", f"{own} by salesforce"),
        says("currency", "Bill__c", own),
    )


def any_deal(dice: random.Random, number: int, reference: Reference) -> Record:
    """Return a deal of the dice; most can be billed."""
    currency = dice.choice(CURRENCIES)
    lines = [any_line(dice, currency, reference) for _ in range(dice.choice((1, 1, 2, 3, 5, 12)))]
    sums = [
        x["Quantity"] * x["UnitPrice"] * (ONE - (x["Discount"] or Decimal(0)) / 100) for x in lines
    ]
    unit = ONE.scaleb(-places(currency))
    each = sum((amount.quantize(unit, ROUND_HALF_UP) for amount in sums), Decimal(0))
    whole = sum(sums, Decimal(0)).quantize(unit, ROUND_HALF_UP)
    amount = dice.choice((each, each, whole, whole, whole + dice.choice((0, 0, unit, -unit))))
    bare = dice.random() < 0.1
    said = {
        "Prices__c": dice.choice(("Exclusive", "Exclusive", "Inclusive", "NoTax")),
        "Cents__c": dice.choice(("leave", "line", "line", "ask")),
        "Rate__c": dice.choice((None, None, "salesforce", "1.234567", "0.00000012"))
        if dice.random() < 0.5
        else None,
        "Bill__c": dice.choice((None, *_conversions(reference))) if dice.random() < 0.4 else None,
    }
    return deal(
        number % 1000,
        CurrencyIsoCode=currency,
        Amount=amount,
        CloseDate=TODAY - timedelta(days=dice.choice((0, 0, 30, 90))),
        OpportunityLineItems=[] if bare else lines,
        **said,
    )


def _conversions(reference: Reference) -> tuple[str, ...]:
    own = reference.base_currency
    return own, f"{own} by salesforce", f"{own} by salesforce", f"{own} by 0.7113"


def any_line(dice: random.Random, currency: str, reference: Reference) -> dict[str, Any]:
    """Return a line whose product family names the tax rate that it is to bear."""
    fine = dice.choice((0, places(currency), places(currency), places(currency), 4, 4, 6))
    price = Decimal(dice.randint(1, 10 ** dice.choice((3, 5, 7)))).scaleb(-fine)
    sign = -1 if dice.random() < 0.05 else 1
    rate = dice.choice([*reference.tax_rates, *(r for r in reference.tax_rates if _sells(r))])
    if dice.random() < 0.8 and not _sells(rate):
        rate = dice.choice([r for r in reference.tax_rates if _sells(r)])
    return {
        "Description": "Survey day",
        "Quantity": _quantity(dice),
        "UnitPrice": price * sign,
        "Discount": dice.choice((None, None, None, Decimal(dice.randint(0, 10_000)) / 100)),
        "Product2": {"Family": rate.tax_type},
    }


def _quantity(dice: random.Random) -> Decimal:
    decimals = dice.choice((0, 0, 0, 2, 2, 4)) if dice.random() < 0.99 else 5
    return Decimal(dice.randint(1, 999 * 10 ** min(decimals, 2))).scaleb(-decimals)


def _sells(rate: Any) -> bool:
    return rate.active and "REVENUE" in rate.classes
