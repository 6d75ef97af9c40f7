"""What routing rows may ask for: fields of the records, the values that these have, the pairs."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from difflib import get_close_matches

from django.core.cache import cache
from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Connection
from connections.remote import Lane
from mappings.choices import (
    FRESH_SECONDS,
    MOST_KINDS,
    RETRY_SECONDS,
    OpenRemote,
    SalesforceFields,
    offers,
)
from mappings.routing import ASK, NONE, OF_ACCOUNT, kinds_of, other_side, pairs_of
from sync.core.errors import SyncError
from sync.core.fields import Describing, FieldFacts, Holds, Org
from sync.core.mapping import paths_of
from sync.core.records import System

LATELY = timedelta(days=400)
RECENT = 200  # one call reads them
MOST_VALUES = 60

_XERO: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Contact": (
        ("DefaultCurrency", "Currency", "string"),
        ("Name", "Name", "string"),
        ("AccountNumber", "Account number", "string"),
        ("ContactNumber", "Contact number", "string"),
        ("CompanyNumber", "Company number", "string"),
        ("TaxNumber", "Tax number", "string"),
        ("EmailAddress", "E-mail address", "string"),
    ),
    "Quote": (
        ("CurrencyCode", "Currency", "string"),
        ("Reference", "Reference", "string"),
        ("Title", "Title", "string"),
        ("Summary", "Summary", "string"),
        ("Contact.Name", "Contact: Name", "string"),
        ("Total", "Total", "double"),
    ),
}
"""Xero describes nothing; these fields of it tell one org's records from another's."""
_CURRENCIES = frozenset({"DefaultCurrency", "CurrencyCode"})


def fields_of(
    connection: Connection, kind: str, open_remote: OpenRemote = open_live
) -> SalesforceFields:
    """Return the fields of a kind, kept for ten minutes; raises nothing.

    Where Salesforce does not tell, `unknown` says why in words.
    """
    if connection.system == System.XERO:
        facts = {path: FieldFacts(path, label, type_) for path, label, type_ in _XERO[kind]}
        return SalesforceFields(org=Org({kind: facts}))
    key = f"routing_fields:{connection.pk}:{kind}"
    found: SalesforceFields | None = cache.get(key)
    if found is None:
        found = _described(connection, kind, open_remote)
        cache.set(key, found, RETRY_SECONDS if found.unknown else FRESH_SECONDS)
    return found


def _described(connection: Connection, kind: str, open_remote: OpenRemote) -> SalesforceFields:
    try:
        remote = open_remote(connection, Lane.PERSON)
        if not isinstance(remote, Describing):
            return SalesforceFields(remote.fields(kind))
        kinds = dict(remote.described(list(kinds_of(connection))))
        around = [f.leads_to for known in kinds.values() for f in known.values() if f.relationship]
        more = [each for each in dict.fromkeys(around) if each and each not in kinds]
        org = Org({**kinds, **remote.described(more[:MOST_KINDS])})
        record = {name: facts.type for name, facts in org.kinds.get(kind, {}).items()}
    except SyncError as error:
        return SalesforceFields(unknown=str(error))
    except ValueError:
        return SalesforceFields(unknown=f"{connection.name} has no address yet.")
    return SalesforceFields(record, org=org)


def fields_offered(known: SalesforceFields, kind: str) -> list[tuple[str, str]]:
    """Return (path, its words) of every field that a condition may ask for."""
    return offers(known, kind) if known.org.kinds else [(name, "") for name in known.record]


def facts_of(known: SalesforceFields, kind: str, path: str) -> FieldFacts | None:
    """Return what is known of the field that a path leads to, or None."""
    return known.org.kinds.get(kind, {}).get(path) or known.org.find(kind, path)


def label_of(known: SalesforceFields, kind: str, path: str) -> str:
    """Return a path as people call it: `Account: Billing Country`; the path where not known.

    A name stands for what bears it: `Territory2.Name` is the Territory.
    """
    facts = facts_of(known, kind, path)
    if facts is None:
        return path
    *steps, field = path.split(".")
    if "." in facts.name or not steps:
        return facts.label
    above = " ".join(map(_step, steps))
    return above if field == "Name" else f"{above}: {facts.label}"


def _step(relationship: str) -> str:
    return relationship.removesuffix("__r").replace("_", " ").rstrip("0123456789")


def close_to(known: SalesforceFields, kind: str, path: str) -> str:
    """Return the path that somebody may have meant, or nothing."""
    by_fold = {each.casefold(): each for each, _ in fields_offered(known, kind)}
    close = get_close_matches(path.casefold(), by_fold, n=1, cutoff=0.75)
    return by_fold[close[0]] if close else ""


def values_of(
    connection: Connection, kind: str, path: str, open_remote: OpenRemote = open_live
) -> list[tuple[str, str]]:
    """Return (value, its words) of what a field has: how often lately, then the rest of its list.

    Two calls, kept for ten minutes; empty where there is nothing or the system is silent.
    """
    known = fields_of(connection, kind, open_remote)
    facts = facts_of(known, kind, path)
    if facts is None:
        return []
    if connection.system == System.XERO:
        codes = (connection.organisation or {}).get("currencies") or []
        return [(code, "") for code in codes] if path in _CURRENCIES else []
    key = f"routing_values:{connection.pk}:{kind}:{path}"
    met: list[tuple[str, int]] | None = cache.get(key)
    if met is None:
        met = _met(connection, kind, path, open_remote)
        cache.set(key, met, FRESH_SECONDS if met else RETRY_SECONDS)
    labels = dict(facts.choices)
    lately = [(value, _words(labels.get(value, ""), value, count)) for value, count in met]
    said = {value for value, _ in met}
    rest = [(v, label if label != v else "") for v, label in facts.choices if v not in said]
    if facts.holds is Holds.YES_NO:
        rest += [(v, w) for v, w in (("true", "yes"), ("false", "no")) if v not in said]
    return [*lately, *rest]


def _words(label: str, value: str, count: int) -> str:
    lately = f"{count} lately"
    return f"{label}, {lately}" if label and label != value else lately


def _met(
    connection: Connection, kind: str, path: str, open_remote: OpenRemote
) -> list[tuple[str, int]]:
    """Return the values of the newest records with their counts, the most frequent first."""
    try:
        remote = open_remote(connection, Lane.PERSON)
        keys = remote.glance(kind, timezone.now() - LATELY).keys[-RECENT:]
        records = remote.read(kind, [key.id for key in keys], [path]) if keys else []
    except (SyncError, ValueError):
        return []
    found = Counter(_text(paths_of(record.values)(path)) for record in records)
    return [(value, count) for value, count in found.most_common(MOST_VALUES) if value]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or (isinstance(value, str) and len(value) > 80):
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def organisations(connection: Connection, kind: str) -> list[tuple[str, str]]:
    """Return (value, its words) of what a row of the kind may give: a pair, or what else."""
    told = [
        (str(pair.pk), named(pair.name, other_side(pair, connection)))
        for pair in pairs_of(connection)
        if pair.active
    ]
    more = [(OF_ACCOUNT, "as its account")] if kind == "Opportunity" else []
    return [*told, *more, (ASK, "ask a person each time"), (NONE, "none: left alone")]


def named(pair: str, organisation: Connection) -> str:
    """Return what people call the organisation of a pair: its name, currency, and its pair."""
    name = organisation.organisation_name or organisation.name
    told = f"{name}, {organisation.currency}" if organisation.currency else name
    return told if pair == name else f"{told} ({pair})"
