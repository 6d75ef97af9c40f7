"""From quote to invoice: which invoices were made from a deal's quotes, so none is billed twice.

Xero keeps no bond between a quote and the invoice that was made from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sync.core.couples import Couple
from sync.core.matching import PERSON, Match, Outcome
from sync.core.money import Money
from sync.core.questions import RETRY, Choice, Question, QuestionKind
from sync.core.records import Record
from sync.core.texts import text_key
from sync.core.transforms import as_number

from . import invoice, quote

NUMBER, REFERENCE = "names the quote’s number", "has the quote’s reference"
LINES, TOTAL, PART = "has the same lines", "is over the same", "has lines of it in part"
PARTS, JOINING, TRACED, INVOICES = "parts", "joining", "traced", "invoices"
"""Names of a couple's facts: part invoices besides the main one; those to join it; invoices traced
to its quote; those that the deal is linked to."""
QUOTED = "quoted"
"""One more: the quotes of a deal that nothing speaks against billing."""
BILLED, MARKED = "billed", "marked"
"""Facts, too: whether we made the deal's invoice, and whether we marked its quote as invoiced."""
NEW, ALL = "new", "all"
MOST = 5


@dataclass(frozen=True)
class Traced:
    """An invoice of the quote's customer with what it has in common with the quote."""

    record: Record
    quote: Record
    why: tuple[str, ...]

    @property
    def is_named(self) -> bool:
        """Whether the invoice itself tells of the quote."""
        money = bool({LINES, TOTAL, PART} & {*self.why})
        same = self.record.get("CurrencyCode") == quote.currency(self.quote)
        telling = NUMBER in self.why and same and is_telling(quote.words(self.quote))
        return telling or (money and bool({NUMBER, REFERENCE} & {*self.why}))

    @property
    def is_sure(self) -> bool:
        """Whether that proves that the invoice was made from the quote."""
        if self.is_named:
            return True
        invoiced = quote.status(self.quote) == "INVOICED"
        return invoiced and LINES in self.why and TOTAL in self.why


def trace(record: Record, invoices: Sequence[Record]) -> tuple[Traced, ...]:
    """Return the living invoices, all of the quote's customer, that it may have become.

    An invoice of before the quote was not made from it, unless it names it.
    """
    found = (Traced(one, record, _in_common(record, one)) for one in invoices if lives(one))
    return tuple(one for one in found if one.why)


def lives(record: Record) -> bool:
    """Return whether an invoice bills somebody."""
    return record.get("Status") not in invoice.ENDED and not record.gone and invoice.is_sale(record)


def _in_common(record: Record, billed: Record) -> tuple[str, ...]:
    number = [NUMBER] if _names(billed, quote.words(record)) else []
    told = bool(number) and is_telling(quote.words(record))
    theirs, mine = text_key(record.get("Reference")), text_key(billed.get("Reference"))
    found = [*number, *([REFERENCE] if theirs and theirs == mine else [])]
    if not told and _is_earlier(billed, record):
        return ()
    same_money = billed.get("CurrencyCode") == record.get("CurrencyCode")
    if same_money and _key_of_lines(record) and _key_of_lines(record) == _key_of_lines(billed):
        found.append(LINES)
    if same_money and quote.net(record) and quote.net(billed) == quote.net(record):
        found.append(TOTAL)
    elif same_money and _is_part(record, billed):
        found.append(PART)
    return tuple(found)


def _is_part(record: Record, billed: Record) -> bool:
    """Return whether an invoice has nothing but lines of the quote, of each no more than it has."""
    whole, part = _quantities(record), _quantities(billed)
    return bool(part) and all(key in whole and 0 < q <= whole[key] for key, q in part.items())


def _quantities(record: Record) -> dict[tuple[Any, ...], Decimal]:
    found: dict[tuple[Any, ...], Decimal] = {}
    for line in quote.lines(record):
        key = (text_key(line.description), line.unit_amount, line.discount, line.code.upper())
        found[key] = found.get(key, quote.ZERO) + line.quantity
    return found


def _names(billed: Record, number: str) -> bool:
    text = str(billed.get("Reference") or "").casefold()
    pattern = rf"(?<![\w-]){re.escape(number.casefold())}(?![\w-])"
    return len(number) > 2 and bool(re.search(pattern, text))


def is_telling(number: str) -> bool:
    """Return whether a number is a quote's alone: a few digits may be a year, or another order."""
    return sum(map(str.isdigit, number)) > 5 or any(map(str.isalpha, number))


def _is_earlier(billed: Record, record: Record) -> bool:
    billed_on, quoted_on = quote.day(billed, "Date"), quote.day(record, "Date")
    return billed_on is not None and quoted_on is not None and billed_on < quoted_on


def _key_of_lines(record: Record) -> list[tuple[Any, ...]]:
    return sorted((line.net, line.quantity, line.code.upper()) for line in quote.lines(record))


@dataclass(frozen=True)
class Quoted:
    """What is known of a won deal's quotes: those linked to it, and those that may be it.

    `traced` are the invoices that may have been made from them, but for what bills another deal.
    """

    linked: tuple[Record, ...] = ()
    likely: tuple[Record, ...] = ()
    traced: tuple[Traced, ...] = ()


Judged = tuple[Match | None, tuple[Record, ...]]
"""The match of a won deal's invoice, and further part invoices."""


def left(couple: Couple) -> Judged | None:
    """Return the parts that still bill a deal whose main invoice has ended, or None."""
    parts = tuple(part for part in couple.facts.get(PARTS, ()) if lives(part))
    found = invoice.candidate(parts[0]) if parts and couple.link is not None else None
    return (Match(Outcome.FOUND, found, (found,), (PART,)), parts[1:]) if found else None


def billed_by(couple: Couple, known: Quoted) -> Judged:
    """Return the match of a won deal's invoice as its quotes tell it, and further part invoices.

    None: nothing speaks against billing it. Several invoices that all name the one quote and are
    together over no more than it are its parts.
    """
    mine = [one for one in known.traced if one.quote in known.linked]
    sure = once([one for one in mine if one.is_sure])
    if len(sure) == 1 and not known.likely:
        return _adopted(sure, sure[0].why), ()
    if len(sure) > 1 and _are_parts(sure):
        return _adopted(sure, sure[0].why), tuple(one.record for one in sure[1:])
    invoiced = [one for one in known.linked if quote.status(one) == "INVOICED"]
    if not known.traced and not invoiced and not known.likely:
        return None, ()
    return by_person(couple, known)


def once(traced: Sequence[Traced]) -> list[Traced]:
    """Return each invoice once, best first."""
    ranked = sorted(traced, key=lambda one: (not one.is_sure, -len(one.why), one.record.key.id))
    return list({one.record.key: one for one in reversed(ranked)}.values())[::-1]


def _adopted(traced: Sequence[Traced], why: tuple[str, ...]) -> Match:
    found = invoice.candidate(traced[0].record)
    return Match(Outcome.FOUND, found, (found,), why)


def _are_parts(sure: Sequence[Traced]) -> bool:
    first = sure[0].quote
    if any(one.quote != first or not one.is_named for one in sure):
        return False
    return fit_together(first, [one.record for one in sure])


def fit_together(record: Record, invoices: Sequence[Record]) -> bool:
    """Return whether these invoices are together over no more than the quote."""
    alive = [one for one in invoices if lives(one)]
    one_currency = {one.get("CurrencyCode") for one in alive} <= {quote.currency(record)}
    nets = [quote.net(one) or quote.ZERO for one in alive]
    return one_currency and sum(nets, quote.ZERO) <= (quote.net(record) or quote.ZERO)


def has_room(record: Record, invoices: Sequence[Record]) -> bool:
    """Return whether a quote is over more than these invoices come to."""
    nets = [quote.net(one) or quote.ZERO for one in invoices if lives(one)]
    return sum(nets, quote.ZERO) < (quote.net(record) or quote.ZERO)


def joining(record: Record, own: Sequence[Record], traced: Sequence[Traced]) -> list[Record]:
    """Return the invoices that tell of the quote and join those which bill its deal in parts."""
    more = [one.record for one in traced if one.is_named]
    return more if more and fit_together(record, [*own, *more]) else []


def by_person(couple: Couple, known: Quoted) -> Judged:
    """Return what a person said of the deal's invoice, or the question."""
    traced = once(list(known.traced))
    question = _question(couple, known, traced)
    choice = couple.decided(question.cause, question.about)
    chosen = [one for one in traced if choice in (ALL, f"use:{one.record.key.id}")]
    if choice == NEW:
        return None, ()
    if chosen:
        return _adopted(chosen, PERSON), tuple(one.record for one in chosen[1:])
    found = tuple(invoice.candidate(one.record) for one in traced)
    return Match(Outcome.ASK, None, found, question=question), ()


def _question(couple: Couple, known: Quoted, traced: Sequence[Traced]) -> Question:
    deal = couple.salesforce
    name = f"“{deal.get('Name')}”" if deal is not None else "The deal"
    every = (*known.linked, *known.likely)
    numbers = ", ".join(quote.words(one) for one in every)
    states = " ".join(sorted(f"{one.key.id}={quote.status(one)}" for one in every))
    ids = ",".join(sorted(one.record.key.id for one in traced))
    whole = Choice(ALL, "All of these invoices", "Links each of them to the deal as a part.")
    return Question(
        QuestionKind.PROBLEM,
        f"quote_billed:{couple.subject.id}",
        f"Has {name} been billed from {numbers} already?",
        _explanation(known, traced),
        choices=(
            *(_choice(one) for one in traced[:MOST]),
            *([whole] if 1 < len(traced) <= MOST else []),
            Choice(NEW, "No: bill the deal", "Makes one new invoice in Xero for the deal."),
            RETRY,
        ),
        about=f"{states} {ids}",
        alone=True,
    )


def _explanation(known: Quoted, traced: Sequence[Traced]) -> str:
    if known.likely:
        waits = ", ".join(quote.words(one) for one in known.likely)
        return (
            f"The deal may be what {waits} is for, which has no opportunity yet. Say there which "
            "it is, or here how the deal is billed; nothing is billed until then."
        )
    if traced:
        return (
            "Xero does not say which invoice was made from a quote. What was found may be it, so "
            "nothing is billed until you say."
        )
    return (
        "The quote is marked as invoiced in Xero, but no invoice of this customer fits it: it may "
        "have been voided, changed, or never made. Nothing is billed until you say."
    )


def _choice(traced: Traced) -> Choice:
    record = traced.record
    total = Money(as_number(record.get("Total")) or quote.ZERO, str(record.get("CurrencyCode")))
    number = number_of(record)
    why = "; ".join(traced.why)
    return Choice(
        f"use:{record.key.id}",
        f"Yes: {number} over {total}",
        f"Links {number} to the deal; no field of it is changed. It {why}.",
    )


def number_of(record: Record) -> str:
    """Return an invoice's number as people know it."""
    return str(record.get("InvoiceNumber") or "an invoice without a number")
