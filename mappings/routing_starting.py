"""Rows to start with, made of what the pairs' own organisations are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connections.models import Connection, Pair
from mappings.choices import SalesforceFields
from mappings.routing import ASK, OF_ACCOUNT, kinds_of, other_side, pairs_of
from mappings.routing_choices import facts_of
from sync.core import countries
from sync.core.records import System

CURRENCY: Mapping[str, str] = {
    "Opportunity": "CurrencyIsoCode",
    "Account": "CurrencyIsoCode",
    "Contact": "DefaultCurrency",
    "Quote": "CurrencyCode",
}
COUNTRY, COUNTRY_CODE = "BillingCountry", "BillingCountryCode"


@dataclass(frozen=True)
class Start:
    """A set of rows that is offered: how it is asked for, what it is called, and its rows."""

    key: str
    title: str
    told: str
    rows: tuple[dict[str, Any], ...]


def starts(connection: Connection, known: Mapping[str, SalesforceFields]) -> list[Start]:
    """Return the rows that can be offered: by currency, and by the country of the account.

    Offered only where the field is there and tells the organisations apart.
    """
    found = [_by_currency(connection, known)]
    if connection.system == System.SALESFORCE:
        found.append(_by_country(connection, known))
    return [each for each in found if each is not None]


def _by_currency(connection: Connection, known: Mapping[str, SalesforceFields]) -> Start | None:
    own = _told_apart(connection, lambda pair: other_side(pair, connection).currency)
    kinds = [k for k in kinds_of(connection) if facts_of(known[k], k, CURRENCY[k]) is not None]
    if len(own) < 2 or kinds != list(kinds_of(connection)):
        return None
    rows = [
        _row(kind, pair, code, (CURRENCY[kind], "is", code))
        for kind in kinds
        for code, pair in own.items()
    ]
    told = "; ".join(f"{code} to {pair.name}" for code, pair in own.items())
    return Start("currency", "By currency", told, (*rows, *map(_rest, kinds)))


def _by_country(connection: Connection, known: Mapping[str, SalesforceFields]) -> Start | None:
    own = _told_apart(connection, lambda pair: pair.xero.country.upper())
    coded = facts_of(known["Account"], "Account", COUNTRY_CODE) is not None
    path = COUNTRY_CODE if coded else COUNTRY
    if len(own) < 2 or facts_of(known["Account"], "Account", path) is None:
        return None
    rows = []
    for code, pair in own.items():
        name = countries.name_of(code)
        said = code if coded else ";".join(dict.fromkeys([name, code]))
        rows.append(_row("Account", pair, name, (path, "is" if coded else "in", said)))
    deals = {**_rest("Opportunity"), "name": "As its account", "value": OF_ACCOUNT}
    told = "; ".join(f"{countries.name_of(code)} to {pair.name}" for code, pair in own.items())
    title = "By the account’s country"
    return Start(
        "country", title, f"{told}; deals as their account", (*rows, _rest("Account"), deals)
    )


def _told_apart(connection: Connection, mark: Callable[[Pair], str]) -> dict[str, Pair]:
    """Return the active pairs by a mark that only one of them has."""
    pairs = [pair for pair in pairs_of(connection) if pair.active and mark(pair)]
    counted = Counter(map(mark, pairs))
    return {mark(pair): pair for pair in pairs if counted[mark(pair)] == 1}


def _row(kind: str, pair: Pair, name: str, asked: tuple[str, str, str]) -> dict[str, Any]:
    condition = dict(zip(("path", "operator", "value"), asked, strict=True))
    made = {"kind": kind, "name": name, "conditions": [condition], "value": str(pair.pk)}
    return {**made, "active": True}


def _rest(kind: str) -> dict[str, Any]:
    return {"kind": kind, "name": "All others", "conditions": [], "value": ASK, "active": True}
