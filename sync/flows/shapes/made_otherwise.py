"""An invoice in Xero held against what was sent: its terms, its codes and its tax.

Xero may take an invoice otherwise than planned: a draft loses an account that is gone, a tax rate
was edited since it was read. And a person may change the terms that new lines would fall under.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sync.core.couples import Couple
from sync.core.errors import Fix
from sync.core.flow import Shared
from sync.core.lines import Line
from sync.core.money import Money, round_half_up
from sync.core.organisation import Reference
from sync.core.questions import LEAVE, RETRY, Check, Choice, Question, QuestionKind
from sync.core.records import Record, System
from sync.core.tax import Amounts

from . import invoice
from .made_with import AMOUNTS

PRICE_PLACES = 4
WRITE = Choice("write", "Write it", "The rate is then looked at in Xero.")


def check(couple: Couple, written: Shared, organisation: Reference) -> Iterator[Check]:
    """Yield the questions about an invoice that is not as the plan takes it to be."""
    ours, theirs = couple.shared.get(System.SALESFORCE), couple.shared.get(System.XERO)
    if couple.xero is None or ours is None or theirs is None:
        return
    if _leaves_a_rate(couple, ours, written, organisation):
        question = _rate_left(couple.xero, ours, theirs)
        if couple.decided(question.cause, question.about) != WRITE.value:
            yield Check("", question)
    apart = [*_terms_apart(ours, {**theirs, **written})]
    if "lines" in written:
        if apart:
            yield Check("", _held(couple.xero, ours, apart))
        return
    told = [*_lines_otherwise(couple, ours, theirs)]
    if not apart:
        told += _tax_otherwise(couple.xero, ours, theirs, organisation)
    if told and _is_as_sent(couple, ours, theirs):
        question = _otherwise(couple, couple.xero, told)
        if couple.decided(question.cause, question.about) != LEAVE.value:
            yield Check("", question)


def _leaves_a_rate(couple: Couple, ours: Shared, written: Shared, organisation: Reference) -> bool:
    """Return whether a rate that we gave for another currency or day might stay in Xero.

    Xero says that it takes its own rate for a new invoice without one; of a changed one nothing.
    """
    common = couple.link.agreed.get("rate") if couple.link else None
    moves = "currency" in written or "date" in written
    foreign = ours.get("currency") != organisation.base_currency
    return bool(moves and foreign and common and _given(common.salesforce)) and not _given(
        ours.get("rate")
    )


def _given(rate: Any) -> bool:
    return isinstance(rate, Mapping) and rate.get("rate") is not None


def _rate_left(record: Record, ours: Shared, theirs: Shared) -> Question:
    number = str(record.get("InvoiceNumber") or "The invoice")
    was = f"{theirs.get('currency')} at {theirs.get('rate')}"
    return Question(
        QuestionKind.PROBLEM,
        f"rate_left:{record.key.id}",
        f"{number} is in {was}, and may keep that rate for {ours.get('currency')} of "
        f"{ours.get('date'):%-d %b %Y}",
        "The rate was given by a row; by the rows of today Xero is to take its own, but it does "
        f"not say whether it does so for an invoice that is changed. Write it and look at the "
        f"rate of {number} in Xero, or add a row to the table of rates.",
        Fix("Add a row for this currency to the table of rates.", "table", "rate"),
        choices=(WRITE, RETRY),
        about=f"{was} {ours.get('currency')} {ours.get('date')}",
        alone=True,
    )


def _terms_apart(ours: Shared, theirs: Shared) -> Iterator[str]:
    """Yield in words what a person changed of the terms that all lines fall under."""
    for name in ("currency", "amounts_are"):
        mine, there = ours.get(name), theirs.get(name)
        if mine and there and mine != there:
            yield f"{_term(there)} in Xero, {_term(mine)} by the deal"


def _term(value: Any) -> str:
    return AMOUNTS[Amounts(value)] if value in list(Amounts) else str(value)


def _held(record: Record, ours: Shared, apart: list[str]) -> Question:
    number = str(record.get("InvoiceNumber") or "The invoice")
    return Question(
        QuestionKind.PROBLEM,
        f"terms_apart:{record.key.id}",
        f"{number} has {' and '.join(apart)}: its new lines are not written",
        "A person changed that in Xero, so the deal's figures would mean something else there. "
        f"Change {number} back in Xero, or write the lines there by hand.",
        choices=(RETRY,),
        about=" ".join(apart),
        alone=True,
    )


def _is_as_sent(couple: Couple, ours: Shared, theirs: Shared) -> bool:
    """Return whether the invoice has the lines that we sent, and the deal has not moved since."""
    common = couple.link.agreed.get("lines") if couple.link else None
    if common is None or common.apart or couple.adopts is not None:
        return False
    return bool(common.salesforce == ours.get("lines") and common.xero == theirs.get("lines"))


def _lines_otherwise(couple: Couple, ours: Shared, theirs: Shared) -> Iterator[str]:
    sent, kept = ([Line.from_shared(x) for x in side.get("lines") or []] for side in (ours, theirs))
    if len(sent) != len(kept):
        yield f"It has {len(kept)} lines; {len(sent)} were sent."
        return
    for number, (mine, there) in enumerate(zip(sent, kept, strict=True), start=1):
        for name, one, other in _parts(mine, there):
            if one != other:
                yield f"Line {number} has {name} {other or 'none'}; {one or 'none'} was sent."


def _parts(mine: Line, there: Line) -> Iterator[tuple[str, Any, Any]]:
    yield "account", mine.account_code, there.account_code
    yield "tax rate", mine.tax_type, there.tax_type
    yield "item", mine.item_code.upper(), there.item_code.upper()
    kept = [(c, o) for c, o in mine.tracking if {(c, o), (c, "")} & {*there.tracking}]
    yield "tracking options", len(mine.tracking), len(kept)
    yield "quantity", mine.quantity, there.quantity
    yield "price", round_half_up(mine.unit_amount, PRICE_PLACES), there.unit_amount
    yield "discount", mine.discount_rate, there.discount_rate


def _tax_otherwise(
    record: Record, ours: Shared, theirs: Shared, organisation: Reference
) -> Iterator[str]:
    """Yield how the tax differs, of a draft or of what was written since rates were last read.

    An approved invoice keeps the tax of its day, whatever rates were edited later.
    """
    fresh = record.stamp is not None and record.stamp >= organisation.read_at
    codes = {line["tax_type"] for line in ours.get("lines") or []} - {""}
    if record.get("Status") in invoice.ENDED or not (fresh or record.get("Status") == "DRAFT"):
        return
    if any(organisation.tax_rate(code) is None for code in codes):
        return
    if theirs.get("net") != ours.get("net") or theirs.get("gross") is None:
        return  # another question tells of that
    planned, made = (Decimal(side["gross"] - side["net"]) for side in (ours, theirs))
    if planned != made:
        currency = str(ours["currency"])
        yield (
            f"Its tax is {Money(made, currency)}; by the rates of {organisation.name}, line by "
            f"line, it would be {Money(planned, currency)}."
        )


def _otherwise(couple: Couple, record: Record, told: list[str]) -> Question:
    number = str(record.get("InvoiceNumber") or "The invoice")
    name = couple.salesforce.get("Name") if couple.salesforce else ""
    return Question(
        QuestionKind.PROBLEM,
        f"made_otherwise:{record.key.id}",
        f"Xero has {number} otherwise than it was planned for “{name}”",
        f"{' '.join(told)} Correct {number} in Xero, or leave it as it is.",
        choices=(LEAVE, RETRY),
        about=" ".join(told),
        alone=True,
        holds=False,
    )
