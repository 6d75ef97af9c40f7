"""How a customer record of either system is entered in the local index, to be found by likeness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sync.core.flow import RuleSet
from sync.core.likeness.keys import keys_of
from sync.core.likeness.parties import party
from sync.core.likeness.usage import call_of
from sync.core.matching import MARK, Candidate
from sync.core.money import Money
from sync.core.records import Record, System

from . import account, contact, parties, party_contact

NEVER_INVOICED = "No invoice was ever made for it in Xero."


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
            "unwanted": unwanted(record),
            "locked": account.locked_in_salesforce(record) if ours else "",
            "shown": _shown(record),
        },
        called=call_of(seen),
    )


def unwanted(record: Record) -> str:
    """Return why a record that is not linked does not belong, in words; empty when it does."""
    if record.key.system is System.SALESFORCE:
        return account.unwanted_account(record)
    return "" if party_contact.is_customer(record) else NEVER_INVOICED


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
