"""Which deal of a customer a quote is: by what it names, by what both are over, or none yet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sync.core.couples import Couple
from sync.core.matching import PERSON, Candidate, Match, Outcome
from sync.core.money import Money
from sync.core.questions import RETRY, Choice, Question, QuestionKind
from sync.core.records import Key, Record
from sync.core.texts import text_key
from sync.core.transforms import as_number

from . import quote, quote_deal, salesforce_ids

CAUSE = "which_deal:"
MOST = 5
BEFORE = timedelta(days=60)
"""A deal that was won so long before a quote is another one, though it be over the same."""
NEW = "new"


@dataclass(frozen=True)
class Deals:
    """The deals that a quote may be: those of its account, and those that its reference names.

    `taken` are the ids of deals that have a quote of their own already.
    """

    of_account: Sequence[Record] = ()
    named: Sequence[Record] = ()
    taken: Collection[str] = frozenset()


def choose(couple: Couple, account: Record, deals: Deals) -> Match:
    """Return the deal that a quote is, the question which one it is, or that there is none.

    The one deal that its reference names is it, if it is the same account's. A deal that names the
    quote, or is called the same, and is over the same is it too. Any other likeness is asked about.
    """
    record = couple.xero
    if record is None:
        return Match(Outcome.NEW)
    mine = [d for d in deals.named if d.get("AccountId") == account.key.id and not d.gone]
    if len(mine) == 1 and len(deals.named) == 1:
        return _found(record, mine[0], ("named in the quote’s reference",), deals)
    free = [
        d
        for d in deals.of_account
        if not d.gone and not _is_another_quotes(d, record) and d.key.id not in deals.taken
    ]
    likely = {d.key: why for d in free if (why := likeness(record, d))}
    sure = [d for d in free if is_sure(likely.get(d.key, ()))]
    asked = [*deals.named, *(d for d in free if d.key in likely and d not in deals.named)]
    if len(sure) == 1 and len(asked) == 1:
        return _found(record, sure[0], likely[sure[0].key], deals)
    return _asked(couple, record, asked, likely, deals) if asked else Match(Outcome.NEW)


def carried(deal: Record) -> str:
    """Return the id of the quote that a deal carries, or empty."""
    return str(deal.get(quote_deal.QUOTE_ID) or "").lower()


def carries(deal: Record, record: Record) -> bool:
    """Return whether a deal carries the quote's id."""
    return carried(deal) == record.key.id


def deals_in(text: Any) -> tuple[str, ...]:
    """Return the ids of deals that a text holds."""
    return salesforce_ids.find(str(text or ""), "006")


def _is_another_quotes(deal: Record, record: Record) -> bool:
    return bool(deal.get(quote_deal.QUOTE_ID)) and not carries(deal, record)


NUMBER, AMOUNT, NAME = "names the quote’s number", "is over the same", "is called the same"


def likeness(record: Record, deal: Record) -> tuple[str, ...]:
    """Return in words what a quote and a deal have in common, strongest first; a lost deal nothing.

    A deal that was won long before the quote counts only where it names it.
    """
    if deal.get("IsClosed") is True and deal.get("IsWon") is not True:
        return ()
    found = [NUMBER] if _names(deal, quote.words(record)) else []
    if not found and _is_of_earlier_days(record, deal):
        return ()
    found += [AMOUNT] if is_over_the_same(record, deal) else []
    found += [NAME] if _is_called_alike(record, deal) else []
    return tuple(found)


def _is_of_earlier_days(record: Record, deal: Record) -> bool:
    closed, quoted = deal.get("CloseDate"), quote.day(record, "Date")
    if not isinstance(closed, date) or quoted is None or deal.get("IsClosed") is not True:
        return False
    return closed < quoted - BEFORE


def is_sure(why: Collection[str]) -> bool:
    """Return whether what two have in common proves that they are the same."""
    return AMOUNT in why and (NUMBER in why or NAME in why)


def is_over_the_same(record: Record, deal: Record) -> bool:
    """Return whether the deal is over what the quote is over, before or after tax."""
    amount = as_number(deal.get("Amount"))
    currency = deal.get("CurrencyIsoCode")
    sums: set[Decimal | None] = {quote.net(record), as_number(record.get("Total"))}
    same = currency in (None, "", quote.currency(record))
    return same and bool(amount) and amount in sums


def _names(deal: Record, number: str) -> bool:
    """Return whether a deal's name or description holds the quote's number as a word."""
    pattern = rf"(?<![\w-]){re.escape(number.casefold())}(?![\w-])"
    texts = (str(deal.get(name) or "").casefold() for name in ("Name", "Description"))
    return len(number) > 2 and any(re.search(pattern, text) for text in texts)


def _is_called_alike(record: Record, deal: Record) -> bool:
    name = text_key(deal.get("Name"))
    titles = {text_key(record.get(part)) for part in ("Title", "Reference")} - {""}
    return bool(name) and name in titles


def found(deal: Record, why: tuple[str, ...]) -> Match:
    """Return that a deal is the quote's."""
    candidate = Candidate(deal.key, str(deal.get("Name") or ""), frozenset())
    return Match(Outcome.FOUND, candidate, (candidate,), why)


def _found(record: Record, deal: Record, why: tuple[str, ...], deals: Deals) -> Match:
    """Return the deal; one that has a quote of its own gets this as a further one."""
    candidate = Candidate(deal.key, str(deal.get("Name") or ""), frozenset())
    taken = deal.key.id in deals.taken or _is_another_quotes(deal, record)
    outcome = Outcome.FURTHER if taken else Outcome.FOUND
    return Match(outcome, candidate, (candidate,), why)


def _asked(
    couple: Couple,
    record: Record,
    asked: Sequence[Record],
    likely: dict[Key, tuple[str, ...]],
    deals: Deals,
) -> Match:
    ranked = sorted(asked, key=lambda d: (-len(likely.get(d.key, ())), str(d.get("Name"))))[:MOST]
    question = _question(record, ranked, likely, deals)
    choice = couple.decided(question.cause, question.about)
    if choice == NEW:
        return Match(Outcome.NEW, reasons=PERSON)
    chosen = [d for d in ranked if choice == f"use:{d.key.id}"]
    if chosen:
        return _found(record, chosen[0], PERSON, deals)
    candidates = tuple(Candidate(d.key, str(d.get("Name") or ""), frozenset()) for d in ranked)
    return Match(Outcome.ASK, None, candidates, question=question)


def _question(
    record: Record,
    ranked: Sequence[Record],
    likely: dict[Key, tuple[str, ...]],
    deals: Deals,
) -> Question:
    number, one = quote.words(record), ranked[0]
    title = (
        f"Is {number} the quote of “{one.get('Name')}”?"
        if len(ranked) == 1
        else f"Which opportunity is {number} the quote of?"
    )
    return Question(
        QuestionKind.PROBLEM,
        f"{CAUSE}{record.key.id}",
        title,
        f"{number} over {quote.money(record)} before tax has no opportunity yet. A salesperson "
        "may have entered it, so none is made until you say.",
        choices=(
            *(_choice(deal, likely.get(deal.key, ()), deals) for deal in ranked),
            Choice(NEW, "None of them: make a new one", "Makes one opportunity for this quote."),
            RETRY,
        ),
        about=",".join(sorted(deal.key.id for deal in ranked)),
        alone=True,
    )


def _choice(deal: Record, why: Iterable[str], deals: Deals) -> Choice:
    amount = as_number(deal.get("Amount"))
    money = f"{Money(amount, str(deal.get('CurrencyIsoCode') or ''))}".strip() if amount else ""
    over = f" over {money}" if money else ""
    reasons = "; ".join(why) or "named in the quote’s reference"
    further = " It has a quote already and follows that one." if deal.key.id in deals.taken else ""
    return Choice(
        f"use:{deal.key.id}",
        f"It is “{deal.get('Name')}”",
        f"Links the two; “{deal.get('StageName')}”{over}. It {reasons}. Nothing that a "
        f"salesperson typed is changed.{further}",
    )
