"""Flow: a won Salesforce opportunity becomes one Xero sales invoice."""

from __future__ import annotations

from typing import Any

from sync.core.couples import Couple
from sync.core.flow import (
    TO_SALESFORCE,
    FieldRule,
    Flow,
    Need,
    Owner,
    Shared,
    Surroundings,
    TableRow,
)
from sync.core.matching import Candidate, Wanted
from sync.core.money import Money
from sync.core.questions import AGAIN, LEAVE, RETRY, Choice, Question, QuestionKind
from sync.core.records import Record, System

from .shapes import (
    contact,
    deal_invoice,
    deal_lines,
    differences,
    invoice,
    invoice_checks,
    invoice_tables,
    salesforce_ids,
)


def _written_back(target: str, source: str) -> FieldRule:
    return FieldRule(target, source, owner=Owner.XERO, writes=TO_SALESFORCE, optional=True)


FIELDS = (
    FieldRule("contact", "AccountId", computed=True),
    FieldRule("date", "CloseDate"),
    FieldRule("due_date"),
    FieldRule("currency", computed=True),
    FieldRule("rate", computed=True, compare="rate"),
    FieldRule("reference", transform="template", argument="{Name} · {Id}"),
    FieldRule("amounts_are", computed=True),
    FieldRule("theme", computed=True),
    FieldRule("status", create_only=True, computed=True),
    FieldRule("url", create_only=True, computed=True),
    FieldRule("lines", computed=True),
    FieldRule("line.description", "Description, Product2.Name", "first_non_empty"),
    FieldRule("line.quantity", "Quantity", "number"),
    FieldRule("line.unit_amount", "UnitPrice", "number"),
    FieldRule("line.discount_rate", "Discount", "number"),
    FieldRule("line.item_code", "Product2.ProductCode"),
    _written_back("invoice_id", "Counterpart_Invoice_Id__c"),
    _written_back("invoice_number", "Counterpart_Invoice_Number__c"),
    _written_back("invoice_status", "Counterpart_Invoice_Status__c"),
    _written_back("invoice_total", "Counterpart_Invoice_Total__c"),
    _written_back("invoice_url", "Counterpart_Invoice_Url__c"),
)

TABLES = (
    TableRow("status", "DRAFT", name="Every invoice starts as a draft"),
    TableRow("amounts_are", "Exclusive", name="Prices are before tax"),
    TableRow("account_code", "=item,=first revenue", name="The item’s account, else the first"),
    TableRow("tax_type", "=contact,=item,=account", name="As Xero itself would fill it in"),
    TableRow("rate", "xero", name="The rate is left to Xero"),
    TableRow("rounding", "ask", name="Cents that rounding makes are asked about"),
    TableRow("payment_terms", "=contact,=organisation,30", name="Agreed terms, else 30 days"),
)


def _unwanted(deal: Record) -> str:
    return "" if deal.get("IsWon") is True else "The deal is not won."


def _wanted(deal: Record) -> Wanted:
    return Wanted(str(deal.get("Name") or ""), (("deal", salesforce_ids.to_18(deal.key.id)),))


def _subject_of(found: Candidate) -> str:
    deals = [value for name, value in found.keys if name == "deal"]
    return deals[0] if len(deals) == 1 else ""


def _to_shared(system: System, couple: Couple, around: Surroundings) -> dict[str, Any]:
    if system is System.XERO and couple.xero is not None:
        return deal_invoice.as_billed(couple, couple.xero, around)
    return deal_invoice.to_shared(couple, around)


def _to_body(
    system: System, shared: Shared, couple: Couple, around: Surroundings
) -> dict[str, Any]:
    if system is System.XERO:
        return deal_invoice.xero_body(shared, couple, around)
    return deal_invoice.salesforce_body(shared, couple, around)


def _frozen(record: Record) -> str:
    status = str(record.get("Status") or "")
    return "" if status == "DRAFT" else invoice.STATUS_WORDS.get(status, status).lower()


def _money_of(shared: Shared) -> tuple[Any, str] | None:
    amount, currency = shared.get("net"), shared.get("currency")
    if shared.get("deal_total", amount) is None and not shared.get("lines"):
        return None  # a deal that says no amount is not one over 0.00
    return (amount, currency) if amount is not None and currency else None


def _ended(couple: Couple) -> Question | None:
    record = couple.xero
    if record is None or record.get("Status") not in invoice.ENDED:
        return None
    state = invoice.STATUS_WORDS[str(record.get("Status"))].lower()
    number = record.get("InvoiceNumber") or "The invoice"
    return Question(
        QuestionKind.PROBLEM,
        f"{invoice.ENDED_CAUSE}{record.key.id}",
        f"{number} was {state} in Xero, but {_name(couple)} is still won",
        "A person ended the invoice in Xero. The deal is not billed again unless you say so.",
        choices=(LEAVE, Choice(AGAIN.value, "Bill it again", "Makes one new invoice in Xero.")),
        about=record.key.id,
        alone=True,
    )


def _lost(couple: Couple, reason: str) -> Question | None:
    record = couple.xero
    if record is None or record.get("Status") in invoice.ENDED:
        return None
    number, status = record.get("InvoiceNumber") or "an invoice", invoice.status_words(record)
    total = Money(record.get("Total"), str(record.get("CurrencyCode")))
    act = "delete the draft" if record.get("Status") in ("DRAFT", "SUBMITTED") else "void it"
    return Question(
        QuestionKind.PROBLEM,
        f"no_longer_won:{record.key.id}",
        f"{_name(couple)} is no longer won, but {number} over {total} stands in Xero",
        f"{reason} {number} ({status}) was made for it. If it should not be billed, {act} in "
        "Xero; this question then goes away by itself.",
        choices=(LEAVE, RETRY),
        about=f"{record.key.id} {record.get('Status')} {reason}",
        alone=True,
    )


def _too_late(couple: Couple, fields: frozenset[str]) -> Question | None:
    """Return the question when money or customer changed after the draft stage."""
    return differences.question(couple)


def _name(couple: Couple) -> str:
    name = couple.salesforce.get("Name") if couple.salesforce else None
    return f"“{name}”" if name else "A deal"


FLOW = Flow(
    key="won_opportunity_invoice",
    title="Closed won opportunity to invoice",
    salesforce_kind="Opportunity",
    xero_kind="Invoice",
    starts_on=frozenset({(System.SALESFORCE, "Opportunity"), (System.XERO, "Invoice")}),
    creates_in=frozenset({System.XERO}),
    fields=FIELDS,
    tables=TABLES,
    value_tables=invoice_tables.TABLES,
    unwanted=_unwanted,
    marker=lambda subject: salesforce_ids.to_18(subject.id),
    wanted=_wanted,
    subject_of=_subject_of,
    to_shared=_to_shared,
    to_body=_to_body,
    item_codes=deal_lines.item_codes,
    day_of=lambda deal: deal.get("CloseDate"),
    needs=(
        Need(
            "contact",
            "Account",
            "Contact",
            "account_contact",
            key_of=contact.account_id,
            wanted=contact.wanted,
            body=contact.body,
            marker=contact.account_id,
        ),
    ),
    indexes=("Contact", "Invoice", "Item"),
    frozen=_frozen,
    too_late=_too_late,
    check=invoice_checks.check,
    ended=_ended,
    money_of=_money_of,
    lost=_lost,
    exclusive=True,
    from_quotes=True,
)
