"""A Xero quote and its Salesforce deal: both sides' shared values, and the bodies of a deal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sync.core.bodies import Body
from sync.core.couples import Couple
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import (
    OF_LINE,
    TO_SALESFORCE,
    Empty,
    FieldRule,
    RuleSet,
    Shared,
    Surroundings,
)
from sync.core.intents import COUNTERPART
from sync.core.organisation import Stage
from sync.core.records import Record, System

from . import quote, quote_carried, quote_ends, quote_lines, quote_tables, salesforce_ids

QUOTE_ID = "Counterpart_Quote_Id__c"
NAME_LENGTH = 120
DESCRIPTION_LENGTH = 32_000
ACCOUNT, CATALOGUE, BILLED = "account", "catalogue", "billed"
"""Names of a couple's facts: its account, what can be sold, whether we billed it."""
FITTED, MADE = quote_carried.FITTED, quote_carried.MADE


def line_rules(couple: Couple) -> tuple[FieldRule, ...]:
    """Return a rule for each line that either side has or that was agreed on."""
    ours = quote_lines.of_deal(couple.salesforce) if couple.salesforce is not None else {}
    agreed = [n for n in (couple.link.agreed if couple.link else ()) if n.startswith(OF_LINE)]
    names = dict.fromkeys(
        [*(OF_LINE + each for each in (*quote_carried.lines(couple), *ours)), *agreed]
    )
    return tuple(
        FieldRule(name, writes=TO_SALESFORCE, empty=Empty.ERASE, compare="line", computed=True)
        for name in names
    )


def of_quote(couple: Couple, around: Surroundings) -> dict[str, Any]:
    """Return the shared values of the quote; raises NeedsPerson for what cannot be mapped."""
    record, deal = couple.xero, couple.salesforce
    if record is None:
        return {}
    _require_currency(record, around)
    shared: dict[str, Any] = {
        "name": _name(record),
        "currency": quote.currency(record),
        "net": quote.net(record),
        "quote_id": record.key.id,
        "quote_number": quote.words(record)[:255],
        "quote_status": quote.STATUS_WORDS.get(quote.status(record), quote.status(record).title()),
        "quote_url": around.addresses(record.key),
    }
    wanted = _stage(couple, record, around)
    if wanted is not None:
        shared["stage"] = wanted.name
    if not _is_closed(deal):
        last = _close_date(record, around)
        ends = wanted is not None and wanted.closed
        shared["close_date"] = min(last, around.today) if ends else last
    if deal is None:
        return shared | _first(couple, around)
    if _is_comparable(couple):
        shared |= {OF_LINE + line: values for line, values in quote_carried.lines(couple).items()}
        shared["amount"] = None if _has_lines(couple) else quote.net(record) or None
    if _is_to_be_marked(couple, around):
        shared["marked"] = ""
    return shared


def of_deal(couple: Couple, around: Surroundings) -> dict[str, Any]:
    """Return the shared values of the deal."""
    deal = couple.salesforce
    if deal is None:
        return {}
    lines = quote_lines.of_deal(deal)
    shared = {
        rule.target: deal.get(rule.source)
        for rule in around.rules.fields
        if rule.source and not rule.create_only
    }
    shared["amount"] = None if _has_lines(couple) else deal.get("Amount") or None
    if not _is_comparable(couple):
        shared.pop("amount", None)
    # a value that only one side has would be a move of the other's
    if couple.xero is not None and _stage(couple, couple.xero, around) is None:
        shared.pop("stage", None)
    if _is_closed(deal):
        shared.pop("close_date", None)
    currency = str(deal.get("CurrencyIsoCode") or around.home_currency)
    shared |= {"currency": currency, "net": deal.get("Amount")}
    if _is_to_be_marked(couple, around):
        shared["marked"] = "INVOICED"
    return shared | {OF_LINE + line: values for line, values in lines.items()}


def _is_comparable(couple: Couple) -> bool:
    """Return whether the deal is in the currency of its quote."""
    deal, record = couple.salesforce, couple.xero
    if deal is None or record is None:
        return True
    return deal.get("CurrencyIsoCode") in (None, "", quote.currency(record))


def _has_lines(couple: Couple) -> bool:
    """Return whether the deal's amount is what its lines come to: then neither side says one.

    So the amount that a deal is left with once its lines are taken off counts as nobody's.
    """
    deal = couple.salesforce
    return bool(
        quote_carried.lines(couple) or (deal is not None and deal.get("OpportunityLineItems"))
    )


def _is_closed(deal: Record | None) -> bool:
    return deal is not None and deal.get("IsClosed") is True


def _stage(couple: Couple, record: Record, around: Surroundings) -> Stage | None:
    """Return the stage that the deal is to be in, or None where it does not follow its quote."""
    stages = around.salesforce.stages if around.salesforce else ()
    wanted = quote_tables.stage(around.rules, quote.status(record), stages)
    return wanted if wanted is not None and quote_ends.may_move(couple, wanted) else None


def _is_to_be_marked(couple: Couple, around: Surroundings) -> bool:
    """Return whether an accepted quote is to be marked as invoiced: we have billed its deal."""
    record = couple.xero
    accepted = record is not None and quote.status(record) == "ACCEPTED"
    billed = bool(couple.facts.get(BILLED))
    return (
        accepted and billed and quote_tables.value(around.rules, quote_tables.MARK, "no") == "yes"
    )


def _require_currency(record: Record, around: Surroundings) -> None:
    known = around.salesforce.currencies if around.salesforce else frozenset()
    currency = quote.currency(record)
    if currency in (known or {around.home_currency}):
        return
    raise NeedsPerson(
        f"Salesforce has no currency {currency}, so that quotes in it cannot be entered.",
        cause=f"quote_currency:{currency}",
        fix=Fix(
            f"Add {currency} to the active currencies in Salesforce; they go on by themselves."
        ),
    )


def _name(record: Record) -> str:
    """Return a name for the deal: what the quote is called and its number, which is never cut."""
    number = quote.words(record)
    words = str(record.get("Title") or record.get("Reference") or "").split()
    head = " ".join(w for w in words if not salesforce_ids.find(w, "006")).strip(" ·")
    room = NAME_LENGTH - len(number) - len(" · ")
    if not head or room < 1 or head == number:
        return number[:NAME_LENGTH]
    short = head if len(head) <= room else head[: room - 1].rstrip() + "…"
    return f"{short} · {number}"


def _close_date(record: Record, around: Surroundings) -> date:
    expires = quote.day(record, "ExpiryDate")
    days = quote_tables.value(around.rules, quote_tables.CLOSE, "30")
    begun = quote.day(record, "Date") or around.today
    return expires or begun + timedelta(days=int(days) if days.isdigit() else 30)


def _first(couple: Couple, around: Surroundings) -> dict[str, Any]:
    """Return what only a new deal is given."""
    record, account = couple.xero, couple.facts.get(ACCOUNT)
    if record is None or not isinstance(account, Record):
        return {}
    fitted, catalogue = quote_carried.fitted(couple), couple.facts.get(CATALOGUE)
    book = catalogue.book if isinstance(catalogue, quote_lines.Catalogue) else ""
    found: dict[str, Any] = {
        "account": account.key.id,
        "owner": _owner(account, around.rules),
        "description": _description(record, fitted.why),
        "amount": quote.net(record),
        "pricebook": book if fitted.lines else "",
    }
    found |= {OF_LINE + line: values for line, values in fitted.lines.items()}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _owner(account: Record, rules: RuleSet) -> str:
    chosen = quote_tables.value(rules, quote_tables.OWNER, "=account")
    if chosen == "=account":
        active = account.get("Owner.IsActive") is not False
        instead = quote_tables.value(rules, quote_tables.FALLBACK, "=user")
        chosen = str(account.get("OwnerId") or "") if active else instead
    return "" if chosen == "=user" else chosen


def _description(record: Record, why: str) -> str:
    summary = str(record.get("Summary") or "").strip()
    note = f"{why} So the quote’s amount is given without product lines." if why else ""
    return "\n\n".join(part for part in (summary, note) if part)[:DESCRIPTION_LENGTH]


def bodies(
    system: System, shared: Shared, couple: Couple, around: Surroundings
) -> tuple[Body, ...]:
    """Return what these values come to: the deal first, then each of its lines.

    Of an update only what has something to say; of Xero's side a mark on the quote alone.
    """
    if system is System.XERO:
        return _mark(shared, couple)
    deal = couple.salesforce
    values = {
        rule.source: shared[rule.target]
        for rule in around.rules.fields
        if rule.source and rule.target in shared and System.SALESFORCE in rule.writes
    }
    names = frozenset(name for name in shared if not name.startswith(OF_LINE))
    lines = [
        body
        for name, value in shared.items()
        if name.startswith(OF_LINE)
        for body in _of_line(name, value, couple)
    ]
    if deal is None:
        quote_id = couple.xero.key.id if couple.xero is not None else ""
        made = {"Name": quote_id, **values, QUOTE_ID: quote_id}
        return (Body("Opportunity", made, names, marker=quote_id), *lines)
    own = Body("Opportunity", {"Id": deal.key.id, **values}, names, deal.key.id)
    return (*([own] if values else []), *lines)


def _of_line(name: str, value: Mapping[str, Any] | None, couple: Couple) -> tuple[Body, ...]:
    """Return the body of one line: made, changed, or taken off; none for what is gone already."""
    deal, line = couple.salesforce, name.removeprefix(OF_LINE)
    rows = (deal.get("OpportunityLineItems") or []) if deal is not None else []
    row = next((row for row in rows if quote_lines.line_id(row) == line), None)
    fields, kind = frozenset({name}), "OpportunityLineItem"
    if row is not None and (value is None or row.get("Product2Id") != value["product"]):
        # its product is fixed: it is taken off, and made anew by the next plan
        return (Body(kind, {"Id": row["Id"]}, fields, str(row["Id"]), removes=True),)
    if value is None:
        return ()
    values = {
        "Quantity": value["quantity"],
        "UnitPrice": value["price"],
        "Discount": value["discount"] or None,
        "Description": value["description"] or None,
    }
    if row is not None:
        return (Body(kind, {"Id": row["Id"], **values}, fields, str(row["Id"])),)
    catalogue = couple.facts.get(CATALOGUE)
    entries = catalogue.entries if isinstance(catalogue, quote_lines.Catalogue) else {}
    values |= {
        "OpportunityId": deal.key.id if deal is not None else f"@{COUNTERPART}",
        "PricebookEntryId": entries[value["product"]],
        quote_lines.MARKER: line,
    }
    made = {key: one for key, one in values.items() if one is not None}
    return (Body(kind, made, fields, marker=line),)


def _mark(shared: Shared, couple: Couple) -> tuple[Body, ...]:
    record = couple.xero
    if record is None or "marked" not in shared:
        return ()
    values = {
        "QuoteID": record.key.id,
        "Contact": {"ContactID": str(record.get("Contact.ContactID") or "")},
        "Date": f"{record.get('Date') or ''}",
        "Status": shared["marked"],
    }
    return (Body("Quote", values, frozenset({"marked"}), record.key.id),)
