"""Amounts of a multicurrency org in one currency: for totals, for order, and where a query asks.

Salesforce's page on querying currency fields: totals are in the org's own currency, order goes by
the amount converted, `convertCurrency` by the caller's currency, `USD5000` by that amount anywhere.
"""

import re
from decimal import Decimal
from typing import Any

from sandbox.salesforce.choices import own_currency
from sandbox.salesforce.numbers import rounded
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Field
from sandbox.salesforce.soql.paths import Found
from sandbox.store import Record

PLACES = 6  # to which an amount is converted; how exact Salesforce is, it does not say
DATED = {"Opportunity", "OpportunityLineItem"}  # the kinds for which the rates of a day hold
_AMOUNT = re.compile(r"([A-Z]{3})(\d+(?:\.\d+)?)", re.IGNORECASE)


def has_many(org: Org) -> bool:
    """Whether the org sells in several currencies."""
    return "currencytype" in org.catalogue.kinds


def in_own(org: Org, found: Found, record: Record) -> Any:
    """The field's value seen from the record; amounts of many currencies in the org's own."""
    value = found.value(org, record)
    if not _converts(org, found.field, value):
        return value
    holder = found.holder(org, record)
    return value / rate_of(org, found.kind.name, holder or {})


def converted(org: Org, kind: str, record: Record, amount: Decimal, to: str) -> Decimal:
    """An amount of this record in another currency."""
    if record.get("CurrencyIsoCode") == to:
        return amount
    there = rate_of(org, kind, {**record, "CurrencyIsoCode": to})
    return rounded(amount / rate_of(org, kind, record) * there, PLACES)


def currency_of_user(org: Org, user: str) -> str:
    """The currency in which a user sees amounts."""
    own = org.get("User", user) or {}
    return str(own.get("DefaultCurrencyIsoCode") or own_currency(org))


def read_amount(org: Org, text: str) -> Decimal | None:
    """What `USD5000` is in the org's own currency; None for what is no amount in one of its own."""
    found = _AMOUNT.fullmatch(text)
    if not found or not has_many(org):
        return None
    code = found[1].upper()
    if not any(one["IsActive"] for one in org.all_with("CurrencyType", "IsoCode", code)):
        return None
    return Decimal(found[2]) / _usual_rate(org, code)


def rate_of(org: Org, kind: str, record: Record) -> Decimal:
    """Units of the record's currency per unit of the org's own, on the record's day if need be."""
    code = str(record.get("CurrencyIsoCode") or own_currency(org))
    day = _day(org, kind, record) if "datedconversionrate" in org.catalogue.kinds else None
    dated = [
        one
        for one in org.all_with("DatedConversionRate", "IsoCode", code)
        if day and one["StartDate"] <= day
    ]
    if dated:
        return Decimal(max(dated, key=lambda one: str(one["StartDate"]))["ConversionRate"])
    return _usual_rate(org, code)


def _usual_rate(org: Org, code: str) -> Decimal:
    (found, *_) = org.all_with("CurrencyType", "IsoCode", code) or [{}]
    return Decimal(found.get("ConversionRate") or 1)


def _day(org: Org, kind: str, record: Record) -> str | None:
    if kind not in DATED:
        return None
    deal = record if kind == "Opportunity" else org.get("Opportunity", record["OpportunityId"])
    return str(deal["CloseDate"]) if deal else None


def _converts(org: Org, field: Field, value: Any) -> bool:
    return field.type == "currency" and isinstance(value, Decimal) and has_many(org)
