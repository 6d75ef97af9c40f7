"""A deal that is billed, and whose quote became an invoice as well: finance is told of both."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sync.core.couples import Couple
from sync.core.money import Money
from sync.core.named import Named
from sync.core.questions import LEAVE, RETRY, Question, QuestionKind
from sync.core.records import Record

from . import invoice, quote, quote_chain

TWICE = "quote_billed_twice:"
"""How the cause begins of a deal that has an invoice, and another made from its quote."""


def billed_twice(couple: Couple) -> list[Question]:
    """Return the question of a billed deal whose quote seems to have become an invoice as well."""
    record, facts = couple.xero, couple.facts
    own: Sequence[Record] = [
        one for one in facts.get(quote_chain.INVOICES) or () if quote_chain.lives(one)
    ]
    traced: Sequence[quote_chain.Traced] = facts.get(quote_chain.TRACED) or ()
    if record is None or not own:
        return []
    ours = bool(facts.get(quote_chain.BILLED))
    # that we marked it ourselves tells of no invoice
    counts = ours and not facts.get(quote_chain.MARKED)
    found = [
        one.record
        for one in quote_chain.once(traced)
        if not _names_a_deal(one.record)  # that is asked about where the deal is billed
        if one.is_named or (counts and quote.status(one.quote) == "INVOICED")
    ]
    if not found or (not ours and quote_chain.fit_together(record, [*own, *found])):
        return []
    asked = _twice(couple, own, found)
    return [] if couple.decided(asked.cause, asked.about) == LEAVE.value else [asked]


def _names_a_deal(record: Record) -> bool:
    return any(name == "deal" for name, _ in invoice.candidate(record).keys)


def _twice(couple: Couple, own: Sequence[Record], found: Sequence[Record]) -> Question:
    record, deal = couple.xero, couple.salesforce
    number = quote.words(record) if record is not None else "the quote"
    name = f"“{deal.get('Name')}”" if deal is not None else "A deal"
    ours, theirs = _numbers(own), _numbers(found)
    return Question(
        QuestionKind.DUPLICATE,
        f"{TWICE}{record.key.id if record is not None else ''}",
        f"{name} may be billed twice: {ours} and {theirs}",
        f"{ours} bills the deal, and {theirs} seems to have been made from its quote {number}. If "
        "both bill the same, void or delete one in Xero; this question then goes away by itself.",
        choices=(LEAVE, RETRY),
        about=",".join(sorted(one.key.id for one in (*own, *found))),
        alone=True,
        holds=False,
        named=(
            *(_named(one, "Bills the deal") for one in _in_order(own)),
            *(_named(one, "Seems made from its quote") for one in _in_order(found)),
        ),
    )


def _numbers(records: Sequence[Record]) -> str:
    return ", ".join(quote_chain.number_of(one) for one in _in_order(records))


def _in_order(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.key.id)


def _named(record: Record, what: str) -> Named:
    total, currency = record.get("Total"), str(record.get("CurrencyCode") or "")
    money = Money(total, currency) if isinstance(total, Decimal) and currency else None
    return Named(record.key, quote_chain.number_of(record), what, money, "with tax")
