"""How a customer record of either system is entered in the local index, to be found by likeness."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sync.core import mapping
from sync.core.flow import RuleSet
from sync.core.likeness.keys import keys_of
from sync.core.likeness.parties import party
from sync.core.likeness.usage import call_of
from sync.core.matching import MARK, Candidate
from sync.core.money import Money
from sync.core.records import Record, System

from . import account, contact, parties, party_contact, party_tables

NEVER_INVOICED = "No invoice was ever made for it in Xero."
NOT_TAKEN = "No row of “Which records belong” takes it in."


def entry(record: Record, rules: RuleSet = parties.SHIPPED) -> Candidate:
    """Return the record's entry: its exact keys and, marked, those of the scorer.

    The facts hold the raw columns (`party`), why the record does not belong (`unwanted`) and what
    a desk shows of it (`shown`).
    """
    ours = record.key.system is System.SALESFORCE
    exact = _account(record) if ours else contact.candidate(record)
    raw = parties.raw_of(record, rules)
    seen = party(raw)
    marked = {((MARK + name)[:20], value) for name, value in keys_of(seen)}
    return replace(
        exact,
        keys=exact.keys | marked,
        facts={
            **exact.facts,
            "party": raw,
            "unwanted": left_out(record, rules),
            "locked": account.locked_in_salesforce(record) if ours else "",
            "shown": _shown(record),
        },
        called=call_of(seen),
    )


def left_out(record: Record, rules: RuleSet) -> str:
    """Return why a record that is not linked does not belong, in words; empty when it does.

    The first row of the table `belongs` that holds says so; without one it does not.
    """
    rows = rules.table(party_tables.BELONGS)
    row = next((row for row in rows if mapping.holds(row, _asked_of(record))), None)
    if row is None:
        return _not_taken(record)
    return "" if row.value == "yes" else f"Its row “{row.name or row.value}” leaves it alone."


def _asked_of(record: Record) -> Callable[[str], Any]:
    """Return what a condition is held against: the record's fields and what is known of it."""
    ours = record.key.system is System.SALESFORCE
    known = {
        "=system": record.key.system.value,
        "=won_deal": "yes" if ours and not account.unwanted_account(record) else "no",
        "=customer": "yes" if not ours and party_contact.is_customer(record) else "no",
    }
    return lambda path: known[path] if path in known else record.get(path)


def _not_taken(record: Record) -> str:
    if record.key.system is System.XERO:
        return NEVER_INVOICED if not party_contact.is_customer(record) else NOT_TAKEN
    return account.unwanted_account(record) or NOT_TAKEN


def _account(record: Record) -> Candidate:
    marker = str(record.get(account.MARKER) or "").lower()
    keys = frozenset({("xero", marker)}) if marker else frozenset()
    return Candidate(record.key, str(record.get("Name") or ""), keys, record.gone)


def _shown(record: Record) -> dict[str, str]:
    """Return what tells a person which of several records is the living one."""
    shown = _of_account(record) if record.key.system is System.SALESFORCE else _of_contact(record)
    return {name: text for name, text in shown.items() if text}


def _of_account(record: Record) -> dict[str, str]:
    deals = record.get("Opportunities") or []
    return {
        "made": _day(record.get("CreatedDate")),
        "last_used": _day(record.get("LastModifiedDate")),
        "deals": "has a won deal" if deals else "no won deal",
        "owner": str(record.get("Owner.Name") or ""),
    }


def _of_contact(record: Record) -> dict[str, str]:
    owed: Mapping[str, Any] = (record.get("Balances") or {}).get("AccountsReceivable") or {}
    outstanding = owed.get("Outstanding")
    currency = str(record.get("DefaultCurrency") or "")
    return {
        "last_used": _day(record.stamp),
        "invoices": "" if party_contact.is_customer(record) else "none",
        "owes": str(Money(outstanding, currency)) if outstanding and currency else "",
    }


def _day(value: Any) -> str:
    return f"{value:%-d %b %Y}" if isinstance(value, datetime) else ""
