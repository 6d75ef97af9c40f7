"""In which currency a deal is billed and at which rates: the rows decide, once for an invoice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sync.core import mapping, rates
from sync.core.couples import Couple
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import Surroundings, TableRow
from sync.core.lines import Line
from sync.core.money import places
from sync.core.rates import Rate
from sync.core.transforms import as_number

from . import choosing, made_with

SALESFORCE, XERO = "salesforce", "xero"
PRICE_PLACES = 4
NAMES_CURRENCY = ("=currency", "CurrencyIsoCode")
FIGURE = re.compile(r"\d")
CURRENCY = re.compile(r"([A-Z]{3})(?: BY (\S+))?")


@dataclass(frozen=True)
class Terms:
    """The invoice's currency; its rate to the organisation's own, None where Xero has the say;
    and the rate by which the deal's amounts are converted into it, None where they are not.
    """

    currency: str
    rate: Rate | None = None
    conversion: Rate | None = None

    def converted(self, line: Line) -> Line:
        """Return a line at its converted price, as it is where nothing is converted.

        The price of a single thing has no more decimals than money, others four.
        """
        rate = self.conversion
        if rate is None:
            return line
        single = line.quantity == 1 and not line.discount_rate
        decimals = places(rate.currency) if single else PRICE_PLACES
        return replace(line, unit_amount=rates.at_rate(line.unit_amount, rate, decimals))

    def kept(self) -> dict[str, Any] | None:
        """Return the rates as plans and links keep them; None where there is none."""
        if self.rate is None and self.conversion is None:
            return None
        told = [str(self.conversion)] if self.conversion else []
        return {
            "words": "; ".join([*told, str(self.rate)] if self.rate else told),
            "rate": rates.as_xero_takes(self.rate) if self.rate else None,
            "from": self.rate.kept() if self.rate else None,
            "conversion": self.conversion.kept() if self.conversion else None,
        }


def terms(
    couple: Couple, around: Surroundings, own: str, day: date | None, at: choosing.At
) -> Terms:
    """Return the terms of a deal whose own currency is `own`; raises NeedsPerson without a rate.

    What an invoice was made with stays with it, whatever rows and rates say by now, until the
    deal's currency or the invoice's day moves. Salesforce's rates are those of the close date, by
    which it converts deals itself; a deal without one takes the invoice's day.
    """
    known = _known(couple, own, day)
    if known is not None:
        return known
    closed = at("CloseDate")
    rated = closed if isinstance(closed, date) else day
    currency, conversion = _currency(around, own, rated, at)
    return Terms(currency, _rate(around, currency, rated, at), conversion)


def _known(couple: Couple, own: str, day: date | None) -> Terms | None:
    agreed = couple.link.agreed if couple.link else {}
    billed, on = agreed.get("currency"), agreed.get("date")
    if not made_with.stands(couple) or billed is None or on is None or on.salesforce != day:
        return None
    said = agreed["rate"].salesforce if "rate" in agreed else None
    kept: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    rate, conversion = (Rate.of(kept[n]) if kept.get(n) else None for n in ("from", "conversion"))
    before = conversion.base if conversion else billed.salesforce
    return Terms(str(billed.salesforce), rate, conversion) if before == own else None


def _currency(
    around: Surroundings, own: str, day: date | None, at: choosing.At
) -> tuple[str, Rate | None]:
    """Return the currency to bill in and the rate that converts into it, None for the deal's."""
    value = choosing.choose(around.rules, "currency", at)
    if not value or not value.strip():
        return own, None
    named = CURRENCY.fullmatch(value.strip().upper())
    if named is None:
        raise _problem("currency", f"A row of the table of currencies says “{value}”.", value)
    wanted, how = named.groups()
    if wanted == own:
        return own, None
    if how is None:
        raise _problem(
            "currency",
            f"A row says to bill in {wanted} what was sold in {own}, but not by which rate.",
            f"{own}:{wanted}",
            f"Let the row say “{wanted} by salesforce” or “{wanted} by” and the {wanted} that one "
            f"{own} is worth.",
        )
    if how.casefold() == SALESFORCE:
        return wanted, _of_salesforce(around, wanted, own, day, "currency")
    _require_pinned(around, at, own, "currency")
    return wanted, _fixed(how, wanted, own, "currency")


def _rate(around: Surroundings, currency: str, day: date | None, at: choosing.At) -> Rate | None:
    """Return the rate that Xero is to be given; None where it takes its own."""
    base = around.reference.base_currency
    if currency == base:
        return None
    billed = choosing.over(at, {"=currency": currency})
    value = (choosing.choose(around.rules, "rate", billed) or XERO).strip().casefold()
    if value == XERO:
        return None
    if value == SALESFORCE:
        rate = _of_salesforce(around, currency, base, day, "rate")
    else:
        _require_pinned(around, billed, currency, "rate")
        rate = _fixed(value, currency, base, "rate")
    if rates.is_lost(rate):
        raise _problem(
            "rate",
            f"Xero keeps {rates.PLACES} decimals of a rate, too few for {rate}.",
            f"{currency}:decimals",
            f"Let Xero choose the rate of {currency}, or bill in another currency.",
        )
    return rate


def _of_salesforce(
    around: Surroundings, currency: str, base: str, day: date | None, table: str
) -> Rate:
    found = rates.by_salesforce(around.salesforce, currency, base, day)
    if found is None:
        when = f" on {day:%-d %b %Y}" if day else ""
        raise _problem(
            table,
            f"Salesforce has no rate between {base} and {currency}{when}.",
            f"{base}:{currency}:{day}",
            "Enter it under Manage Currencies in Salesforce, or let the row take another rate.",
        )
    return found


def is_open_to_all(row: TableRow) -> bool:
    """Return whether a row gives a fixed rate without saying of which one currency it is."""
    return row.table in ("currency", "rate") and bool(FIGURE.search(row.value)) and not _named(row)


def _named(row: TableRow) -> frozenset[str]:
    """Return the one currency that each of a row's conditions on it names."""
    said = (c for c in row.when if c.path in NAMES_CURRENCY and c.operator in ("is", "in"))
    values = (condition.value.strip().upper() for condition in said)
    return frozenset(value for value in values if CURRENCY.fullmatch(value))


def _require_pinned(around: Surroundings, at: choosing.At, currency: str, table: str) -> None:
    """Raise NeedsPerson where the row of a fixed rate would give it to any currency."""
    row = next(r for r in around.rules.table(table) if mapping.holds(r, at))
    if currency not in _named(row):
        raise _problem(
            table,
            f"A row gives the rate of “{row.value}” to every currency, {currency} among them.",
            f"{row.value}:any",
            "Let its condition say of which currency that is the rate: the currency is "
            f"{currency}, or another.",
        )


def _fixed(text: str, currency: str, base: str, table: str) -> Rate:
    number = as_number(text)
    if number is None or number <= 0:
        raise _problem(table, f"“{text}” in the table {table} is no rate above zero.", text)
    return Rate(currency, base, Decimal(number), "fixed")


def _problem(table: str, words: str, about: str, hint: str = "") -> NeedsPerson:
    fix = Fix(hint or "Correct the row.", "table", table)
    return NeedsPerson(words, cause=f"{table}_row:{about}", fix=fix)
