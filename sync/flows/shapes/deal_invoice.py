"""A Salesforce deal as the invoice it should become: shared values and bodies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sync.core import mapping, zones
from sync.core.couples import Couple
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import Shared, Surroundings
from sync.core.records import Key, Record, System
from sync.core.transforms_rates import KnownRates

from . import (
    billing_terms,
    choosing,
    deal_lines,
    deal_sums,
    due_dates,
    invoice,
    made_with,
    salesforce_ids,
)

REFERENCE_LENGTH = 255


def to_shared(couple: Couple, around: Surroundings) -> dict[str, Any]:
    """Return the shared values of the deal; raises NeedsPerson for what cannot be mapped."""
    deal = couple.salesforce
    if deal is None:
        return {}
    _require_account(deal)
    rules = [r for r in around.rules.fields if not r.target.startswith("line.")]
    currency = str(deal.get("CurrencyIsoCode") or around.home_currency)
    at = choosing.deal_paths(deal, currency)
    zone = around.reference.timezone
    known = KnownRates(around.salesforce, around.home_currency, zone)
    filled = [r for r in rules if r.source or r.argument]
    values = mapping.evaluate(filled, choosing.with_tables(at, around.rules, known))
    moves: made_with.Moves = {}
    amounts = made_with.amounts(couple, choosing.amounts_are(around, at), moves)
    day = _day("date", values.get("date"), zone)
    terms = billing_terms.terms(couple, around, currency, day, at)
    sale = deal_lines.Sale(deal, currency, amounts, known, terms)
    lines = deal_lines.lines(couple, around, sale, moves)
    sums = deal_sums.sums(couple, around, at, deal_sums.Sold(lines, amounts, currency, terms))
    return {
        **values,
        "date": day,
        "contact": contact_id(couple),
        "currency": terms.currency,
        "rate": terms.kept(),
        "reference": _reference(str(values.get("reference") or ""), deal.key),
        "due_date": _day("due_date", values.get("due_date"), zone)
        or due_dates.due_date(couple, day, around, at),
        "amounts_are": amounts.value,
        "theme": (choosing.choose(around.rules, "theme", at) or "").lower(),
        "status": choosing.choose(around.rules, "status", at) or "DRAFT",
        "url": _url(around.addresses(couple.subject)),
        "_moves": [list(move) for move in moves],
        "_converted": list(known.told),
        **sums,
    }


def as_billed(couple: Couple, billed: Record, around: Surroundings) -> dict[str, Any]:
    """Return the shared values of the invoice as it stands in Xero.

    A total in another currency than the deal's is none that the deal could be told.
    """
    values = invoice.to_shared(billed, around.addresses)
    deal = couple.salesforce
    own = str((deal.get("CurrencyIsoCode") if deal else "") or around.home_currency)
    return values if values["currency"] == own else {**values, "invoice_total": None}


def contact_id(couple: Couple) -> str:
    """Return the id of the deal's Xero contact, or `@contact` while it is yet to be made."""
    match = couple.needs.get("contact")
    return match.candidate.key.id if match and match.candidate else "@contact"


def _require_account(deal: Record) -> None:
    if not deal.get("AccountId"):
        raise NeedsPerson(
            f"“{deal.get('Name')}” has no account, so nobody can be billed for it.",
            cause=f"no_account:{deal.key.id}",
            fix=Fix("Set the account of the opportunity in Salesforce."),
        )
    if not deal.get("Account.Name"):
        raise NeedsPerson(
            f"The account of “{deal.get('Name')}” cannot be read in Salesforce: it was deleted "
            "or is hidden from the integration user.",
            cause=f"account_unreadable:{deal.get('AccountId')}",
            fix=Fix("Restore the account, or give the integration user access to it."),
        )


def _reference(text: str, subject: Key) -> str:
    """Return the reference so that it ends with the deal's id and fits Xero's 255 characters.

    Other deals' ids are left out: the invoice would be found as theirs, and they never billed.
    """
    deal_id = salesforce_ids.to_18(subject.id)
    words = [w for w in text.split() if not salesforce_ids.find(w, "006")]
    head = " ".join(words).strip(" ·")
    room = REFERENCE_LENGTH - len(deal_id) - len(" · ")
    return f"{head[:room].rstrip()} · {deal_id}" if head else deal_id


def _url(address: str) -> str:
    """Return the address, or empty where Xero would refuse it for holding its own name."""
    return "" if "xero" in address.lower() else address


def _day(name: str, value: Any, zone: str) -> date | None:
    """Return a mapped value as a date, a time as the day it was in the organisation's zone.

    Raises NeedsPerson for what is none.
    """
    if isinstance(value, datetime):
        return value.astimezone(zones.zone(zone)).date()
    if value in (None, "") or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise NeedsPerson(
            f"The mapping of the {name.replace('_', ' ')} gives “{value}”, which is no date.",
            cause=f"not_a_date:{name}",
            fix=Fix("Choose a date field in its mapping.", "mapping", name),
        ) from None


def xero_body(shared: Shared, couple: Couple, around: Surroundings) -> dict[str, Any]:
    """Return the body of an invoice for these shared values, complete for a create."""
    body = invoice.body(shared)
    if couple.xero is None:
        return {"Type": "ACCREC", **body}
    return {"InvoiceID": couple.xero.key.id, **invoice.cleared(shared), **body}


def salesforce_body(shared: Shared, couple: Couple, around: Surroundings) -> dict[str, Any]:
    """Return the Salesforce fields to be written, by the rules' own sources."""
    body: dict[str, Any] = {"Id": couple.subject.id}
    for name, value in shared.items():
        rule = around.rules.field(name)
        if rule is not None and System.SALESFORCE in rule.writes and rule.source:
            body[rule.source] = value
    return body
