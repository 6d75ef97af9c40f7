"""The difference between a deal and the invoice that stands for it, in money and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sync.core.couples import Couple
from sync.core.flow import Shared
from sync.core.money import Money
from sync.core.questions import LEAVE, RETRY, Question, QuestionKind
from sync.core.records import System

from . import invoice


def question(couple: Couple, written: Iterable[str] = ()) -> Question | None:
    """Return the question that a live invoice raises while it is not its deal's amount, or
    bills another customer; None where they agree or a person chose to leave it.

    `written` are the fields that are about to be written to it: they will be the deal's. That
    lines to be written add up to the deal is a check of its own.
    """
    record = couple.xero
    ours, theirs = couple.shared.get(System.SALESFORCE), couple.shared.get(System.XERO)
    if record is None or ours is None or theirs is None:
        return None
    theirs = {**theirs, **{name: ours.get(name) for name in written}}
    if "lines" in written:
        theirs |= {"net": ours.get("deal_total"), "gross": ours.get("deal_total")}
    deal, billed = deal_money(ours), _with_parts(couple, ours, billed_money(ours, theirs))
    strangers = _strangers(couple, ours, theirs)
    if deal is None or billed is None:
        return None
    if billed in (deal, _rounded(deal, ours)) and not strangers:
        return None
    number = str(record.get("InvoiceNumber") or "The invoice")
    status = invoice.status_words(record)
    asked = Question(
        QuestionKind.PROBLEM,
        f"differs:{record.key.id}",
        f"{_name(couple)} and its invoice {number} are not the same any more",
        f"{_words(deal, billed, number, status)}{strangers} {_what_to_do(number, status)}",
        choices=(LEAVE, RETRY),
        about=f"{deal} {billed} {ours.get('contact')} {theirs.get('contact')}",
        alone=True,
        holds=False,
    )
    return None if couple.decided(asked.cause, asked.about) == LEAVE.value else asked


def deal_money(ours: Shared) -> Money | None:
    """Return the deal's amount in the sense of its prices: with tax where they include it."""
    return _money(ours.get("deal_total"), ours.get("currency"))


def _rounded(deal: Money, ours: Shared) -> Money:
    """Return the deal's amount with the cents that rounding explains and that were accepted."""
    by = ours.get("_rounded_by") if ours.get("_rounding") else None
    return replace(deal, amount=deal.amount + by) if by else deal


def billed_money(ours: Shared, theirs: Shared) -> Money | None:
    """Return what the invoice bills in the same sense as the deal's amount."""
    inclusive = ours.get("amounts_are") == "Inclusive"
    return _money(theirs.get("gross" if inclusive else "net"), theirs.get("currency"))


def _with_parts(couple: Couple, ours: Shared, billed: Money | None) -> Money | None:
    """Return what all invoices of a deal that is billed in parts come to; None where they differ
    in currency.
    """
    inclusive = ours.get("amounts_are") == "Inclusive"
    for part in (*couple.facts.get("parts", ()), *couple.facts.get("joining", ())):
        if part.get("Status") in invoice.ENDED:
            continue
        more = _money(part.get("Total" if inclusive else "SubTotal"), part.get("CurrencyCode"))
        if billed is None or more is None or more.currency != billed.currency:
            return None
        billed += more
    return billed


def _money(amount: Any, currency: Any) -> Money | None:
    return Money(Decimal(amount), str(currency)) if amount is not None and currency else None


def _strangers(couple: Couple, ours: Shared, theirs: Shared) -> str:
    """Return the sentence that the invoice bills another customer than the deal names.

    A contact that would be asked about for the deal is none: a person billed it for this deal.
    """
    base = couple.link.agreed.get("contact") if couple.link else None
    stood = base is not None and not base.apart and base.salesforce == ours.get("contact")
    match = couple.needs.get("contact")
    likely = {candidate.key.id for candidate in match.candidates} if match else set()
    same = stood or theirs.get("contact") in {ours.get("contact"), *likely}
    return "" if same else " The deal belongs to another customer than the invoice."


def _words(deal: Money, billed: Money, number: str, status: str) -> str:
    words = f"The deal is {deal}, {number} ({status}) is {billed}"
    if deal.currency == billed.currency and deal != billed:
        return f"{words}: a difference of {deal - billed}."
    return f"{words}."


def _what_to_do(number: str, status: str) -> str:
    if status == "draft":
        return f"{number} was changed by a person, so it stands until you correct one side."
    return (
        f"An invoice that is {status} is never touched: correct it in Xero, or with a credit "
        "note there."
    )


def _name(couple: Couple) -> str:
    return f"“{couple.salesforce.get('Name')}”" if couple.salesforce else "A deal"
