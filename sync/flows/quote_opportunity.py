"""Flow: a Xero quote becomes one Salesforce opportunity, which then follows it."""

from __future__ import annotations

from typing import Any

from sync.core.couples import Couple
from sync.core.flow import (
    TO_SALESFORCE,
    TO_XERO,
    Empty,
    FieldRule,
    Flow,
    Owner,
    RuleSet,
    Shared,
    Surroundings,
)
from sync.core.matching import Outcome, Wanted
from sync.core.questions import LEAVE, RETRY, Check, Question, QuestionKind
from sync.core.records import Record, System

from .shapes import quote, quote_deal, quote_ends, quote_lines, quote_tables, quote_twice


def _told(target: str, source: str, *, fixed: bool = False) -> FieldRule:
    """Return the rule of what Xero owns; `fixed` where the deal is found again by the field."""
    owner, writes = Owner.XERO, TO_SALESFORCE
    return FieldRule(target, source, owner=owner, writes=writes, optional=True, computed=fixed)


def _kept(target: str, source: str, *, create_only: bool = False) -> FieldRule:
    return FieldRule(
        target,
        source,
        writes=TO_SALESFORCE,
        create_only=create_only,
        optional=create_only,
        computed=True,
    )


FIELDS = (
    _kept("name", "Name"),
    _kept("stage", "StageName"),
    FieldRule("amount", "Amount", writes=TO_SALESFORCE, empty=Empty.ERASE, computed=True),
    _kept("close_date", "CloseDate"),
    _kept("account", "AccountId", create_only=True),
    _kept("owner", "OwnerId", create_only=True),
    _kept("currency", "CurrencyIsoCode", create_only=True),
    _kept("description", "Description", create_only=True),
    _kept("pricebook", "Pricebook2Id", create_only=True),
    _told("quote_id", quote_deal.QUOTE_ID, fixed=True),
    _told("quote_number", "Counterpart_Quote_Number__c"),
    _told("quote_status", "Counterpart_Quote_Status__c"),
    _told("quote_url", "Counterpart_Quote_Url__c"),
    FieldRule("marked", owner=Owner.SALESFORCE, writes=TO_XERO, computed=True),
)
LABELS = {
    "name": "Name",
    "stage": "Stage",
    "amount": "Amount before tax",
    "close_date": "Close date",
    "quote_id": "Xero quote ID",
    "quote_number": "Xero quote",
    "quote_status": "Xero quote status",
    "quote_url": "Quote in Xero",
    "marked": "The quote’s mark",
}


def _is_quote(record: Record) -> bool:
    return record.key.system is System.XERO


def _unwanted(record: Record) -> str:
    """Return why a quote that has no opportunity gets none, or empty."""
    if not _is_quote(record) or quote.status(record) not in quote.ENDED:
        return ""
    return f"The quote was {quote.STATUS_WORDS[quote.status(record)].lower()}."


def _left_out(record: Record, rules: RuleSet) -> str:
    if not _is_quote(record) or not quote_tables.makes_none(rules, quote.status(record)):
        return ""
    words = quote.STATUS_WORDS.get(quote.status(record), quote.status(record))
    return f"No opportunity is made for quotes that are {words.lower()}."


def _to_shared(system: System, couple: Couple, around: Surroundings) -> dict[str, Any]:
    of_quote = system is System.XERO
    return (quote_deal.of_quote if of_quote else quote_deal.of_deal)(couple, around)


def _to_body(
    system: System, shared: Shared, couple: Couple, around: Surroundings
) -> dict[str, Any]:
    return dict(quote_deal.bodies(system, shared, couple, around)[0].values)


def _check(couple: Couple, around: Surroundings) -> list[Check]:
    asked = [
        *quote_ends.questions(couple),
        *quote_twice.billed_twice(couple),
        *_of_products(couple),
        *_of_refused_lines(couple),
    ]
    fitted = couple.facts.get(quote_deal.FITTED)
    words = fitted.why if isinstance(fitted, quote_lines.Fitted) else ""
    told = [Check(words)] if words else []
    return [*told, *(Check("", question) for question in asked)]


def _of_products(couple: Couple) -> list[Question]:
    """Return one question for all quotes that an item without a product leaves without lines."""
    fitted = couple.facts.get(quote_deal.FITTED)
    lacking = fitted.lacking if isinstance(fitted, quote_lines.Fitted) else ()
    codes = [code for code in lacking if not code.startswith("“")]
    if not codes or couple.xero is None or quote.status(couple.xero) in quote.ENDED:
        return []
    if couple.match is not None and couple.match.outcome is Outcome.FURTHER:
        return []  # its deal has the lines of another quote
    asked = Question(
        QuestionKind.PROBLEM,
        f"quote_product:{codes[0]}",
        f"Salesforce cannot sell the item {codes[0]}",
        "No active product has its code, or it has no active price in the quote’s currency in the "
        "deal’s price book. Quotes with it become opportunities with their amount alone, without "
        "product lines. Add the product and its price, then try again.",
        choices=(RETRY, LEAVE),
        about=codes[0],
        holds=False,
    )
    return [] if couple.decided(asked.cause, asked.about) == LEAVE.value else [asked]


def _of_refused_lines(couple: Couple) -> list[Question]:
    fitted = couple.facts.get(quote_deal.FITTED)
    if not isinstance(fitted, quote_lines.Fitted) or not fitted.refused:
        return []
    asked = quote_ends.of_refusal(couple, fitted.why, fitted.refused)
    left = asked is None or couple.decided(asked.cause, asked.about) == LEAVE.value
    return [] if asked is None or left else [asked]


def _lost(couple: Couple, reason: str) -> Question | None:
    """Return the question when the opportunity of a living quote is gone."""
    record, deal = couple.xero, couple.salesforce
    if record is None or quote.status(record) in quote.ENDED:
        return None
    name = f"“{deal.get('Name')}”" if deal is not None and deal.get("Name") else "Its opportunity"
    return Question(
        QuestionKind.PROBLEM,
        f"quote_without_deal:{record.key.id}",
        f"The opportunity of {quote.words(record)} is gone in Salesforce",
        f"{reason} {name} stood for {quote.words(record)} over {quote.money(record)}. No other is "
        "made in its place. Restore it from Salesforce’s recycle bin, or leave the quote alone.",
        choices=(LEAVE, RETRY),
        about=f"{record.key.id} {quote.status(record)}",
        alone=True,
    )


FLOW = Flow(
    key="quote_opportunity",
    title="Quotes to opportunities",
    salesforce_kind="Opportunity",
    xero_kind="Quote",
    starts_on=frozenset({(System.XERO, "Quote")}),
    creates_in=TO_SALESFORCE,
    fields=FIELDS,
    tables=quote_tables.ROWS,
    value_tables=quote_tables.TABLES,
    unwanted=_unwanted,
    left_out=_left_out,
    marker=lambda subject: subject.id,
    wanted=lambda record: Wanted(quote.words(record)),
    subject_of=lambda candidate: "",
    to_shared=_to_shared,
    to_body=_to_body,
    further=quote_deal.bodies,
    day_of=lambda record: quote.day(record, "Date"),
    indexes=("Contact", "Quote", "Item", "Invoice"),
    check=_check,
    money_of=lambda shared: (
        (shared["net"], shared["currency"]) if shared.get("net") is not None else None
    ),
    lost=_lost,
    lasting=True,
    labels=LABELS,
    conflicts_hold=False,
    begins_in_xero=True,
    lines=quote_deal.line_rules,
)
