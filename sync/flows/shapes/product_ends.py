"""What is asked about products and items: ends, lost names, prices that do not fit."""

from __future__ import annotations

from sync.core.couples import Couple
from sync.core.errors import Fix
from sync.core.flow import Surroundings
from sync.core.questions import AGAIN, LEAVE, RETRY, Check, Choice, Question, QuestionKind
from sync.core.records import System

from . import item, open_deals, product, product_ledger, product_tables
from .item_record import (
    ELSEWHERE,
    ROOMS,
    TAKE,
    USED,
    XERO_PLACES,
    cause,
    is_sold,
    kind_of_end,
    places_of,
    said,
    too_fine,
    would_be_lost,
)
from .product_tables import STOP


def checks(couple: Couple, around: Surroundings) -> list[Check]:
    """Return what the two were held against, and what a person must say."""
    asked = [*_of_ends(couple), *_of_texts(couple, around), *_of_prices(couple, around)]
    asked += [*_of_book(around), *product_ledger.questions(couple, around)]
    return [*_words(couple, around), *(Check("", question) for question in asked)]


def ended(couple: Couple) -> Question | None:
    """Return the question when an item is gone from Xero though its product is sold.

    None where the product is to be deactivated with it.
    """
    theirs, ours = couple.xero, couple.salesforce
    if theirs is None or ours is None or not theirs.gone or ours.get("IsActive") is not True:
        return None
    writes = couple.merged.writes[System.SALESFORCE] if couple.merged else {}
    if writes.get("active") is False:
        return None
    what, about = cause(couple, "item_gone")
    return Question(
        QuestionKind.PROBLEM,
        what,
        f"{_name(couple)} was deleted in Xero, but Salesforce still sells it",
        f"{_used_in(couple)}Invoices cannot name an item that Xero does not have.",
        choices=(
            Choice(STOP, "Deactivate the product", "Open deals keep their lines."),
            Choice(AGAIN.value, "Make the item again", "Makes one new item in Xero."),
            LEAVE,
            RETRY,
        ),
        about=about,
        alone=True,
        named=open_deals.named(couple.facts.get(USED, ())),
    )


def lost(couple: Couple, reason: str) -> Question | None:
    """Return the question when the product of a living item is gone in Salesforce."""
    theirs = couple.xero
    if theirs is None or theirs.gone:
        return None
    return Question(
        QuestionKind.PROBLEM,
        f"product_gone:{theirs.key.id}",
        f"The product of the item {theirs.get('Code')} is gone in Salesforce",
        f"{reason} The item stays as it is in Xero: invoices may name it. Restore the product, "
        "or leave the item alone.",
        choices=(LEAVE, RETRY),
        about=reason,
        alone=True,
    )


def _of_ends(couple: Couple) -> list[Question]:
    """Return the question about what one side sells no longer, while it is sold otherwise."""
    ours, theirs = couple.salesforce, couple.xero
    if ours is None or theirs is None or theirs.gone:
        return []
    active, deals = ours.get("IsActive") is True, couple.facts.get(USED, ())
    if not deals and not (active and couple.facts.get(ELSEWHERE)):
        return []
    writes = couple.merged.writes[System.SALESFORCE] if couple.merged else {}
    if active == is_sold(theirs) or writes.get("active") is True:
        return []
    kind = kind_of_end(theirs, active=active)
    if said(couple, kind) in (LEAVE.value, STOP):
        return []
    here, there = ("Salesforce", "Xero") if active else ("Xero", "Salesforce")
    ended = "sold in Xero" if active else "active in Salesforce"
    sellers = "open deals sell it" if deals else "another organisation sells it"
    what, about = cause(couple, kind)
    stop = Choice(STOP, f"Stop selling it in {here}, too", _effect(active=active))
    tracked = item.is_tracked(theirs)
    return [
        Question(
            QuestionKind.PROBLEM,
            what,
            f"{_name(couple)} is no longer {ended}, but {sellers}",
            f"{_used_in(couple)}Nothing is changed in {here} unless you say so; if it should still "
            f"be sold, make it so again in {there}.",
            choices=(LEAVE, RETRY) if tracked else (stop, LEAVE, RETRY),
            about=about,
            alone=True,
            holds=False,
            named=open_deals.named(deals),
        )
    ]


def _effect(*, active: bool) -> str:
    if active:
        return "Deactivates the product; open deals keep their lines."
    return "Xero forgets its price, account and tax rate."


def _of_texts(couple: Couple, around: Surroundings) -> list[Question]:
    """Return one question for each text that Xero changed and that is longer in Salesforce."""
    writes = couple.merged.writes[System.SALESFORCE] if couple.merged else {}
    asked = []
    for field in ROOMS:
        if field not in writes or not would_be_lost(couple, around, field):
            continue
        kind = f"{field}_lost"
        if said(couple, kind) in (LEAVE.value, TAKE):
            continue
        what, about = cause(couple, kind)
        whole = product.text(couple.salesforce, around.rules, field) if couple.salesforce else ""
        asked.append(
            Question(
                QuestionKind.PROBLEM,
                what,
                f"{_name(couple)}: its {field} was changed in Xero, where it is shortened",
                f"Salesforce has “{whole}”, of which Xero has room for {ROOMS[field]} characters. "
                f"Xero now says “{writes[field]}”.",
                choices=(
                    Choice(TAKE, "Take Xero’s", f"The longer {field} in Salesforce is lost."),
                    LEAVE,
                    RETRY,
                ),
                about=about,
                alone=True,
                holds=False,
            )
        )
    return asked


def _of_prices(couple: Couple, around: Surroundings) -> list[Question]:
    """Return the question about a price with more decimals than the other system keeps."""
    asked = []
    rooms = {System.XERO: XERO_PLACES, System.SALESFORCE: places_of(couple, around)}
    for system, room in rooms.items():
        value = _price_for(couple, system)
        if not too_fine(value, room):
            continue
        what = f"price_decimals:{couple.subject.id}"
        if couple.decided(what, str(value)) == LEAVE.value:
            continue
        base = around.reference.base_currency
        asked.append(
            Question(
                QuestionKind.PROBLEM,
                what,
                f"{_name(couple)} costs {base} {value}; {system.label} keeps {room} decimals",
                f"Nothing is rounded by itself. Round the price in {system.other.label}, or leave "
                f"it: then {system.label} is not told this price.",
                choices=(LEAVE, RETRY),
                about=str(value),
                alone=True,
                holds=False,
            )
        )
    return asked


def _of_book(around: Surroundings) -> list[Question]:
    """Return the question about a price book that is gone: no other's prices take their place."""
    gone = product_tables.lacks_book(around)
    if not gone:
        return []
    return [
        Question(
            QuestionKind.PROBLEM,
            f"price_book_gone:{gone}",
            f"The price book {gone} that the table “Price book” names is not there",
            "It was deleted in Salesforce, or Counterpart’s user may not see it any more. No price "
            "is compared or written meanwhile, in either system.",
            Fix("Choose another price book, or share this one with Counterpart’s user.",
                "table", product_tables.BOOK),
            about=gone,
            holds=False,
        )
    ]  # fmt: skip


def _price_for(couple: Couple, system: System) -> object:
    """Return the price that a system is to be told: a change, or that of a new record."""
    if couple.record(system) is None:
        return couple.shared.get(system.other, {}).get("price")
    return couple.merged.writes[system].get("price") if couple.merged else None


def _words(couple: Couple, around: Surroundings) -> list[Check]:
    """Return in words which two prices were compared."""
    base, book = around.reference.base_currency, product_tables.book(around)
    if product_tables.lacks_book(around):
        return [Check("The chosen price book is not there, so prices are not compared.")]
    if not product.takes_currency(around):
        return [Check(f"Salesforce has no prices in {base}, so prices are not compared.")]
    if book is None or couple.salesforce is None:
        return []
    if product.price(couple.salesforce, around) is None:
        return [Check(f"It has no active price in {base} in “{book.name}”: none is compared.")]
    return [Check(f"Its price in {base} in “{book.name}” is held against Xero’s one price.")]


def _used_in(couple: Couple) -> str:
    elsewhere = " and ".join(f"“{name}”" for name in couple.facts.get(ELSEWHERE, ()))
    still = f"{elsewhere} still sells it. " if elsewhere else ""
    return f"{open_deals.in_words(couple.facts.get(USED, ()))}{still}"


def _name(couple: Couple) -> str:
    for record in couple.records:
        if record.get("Name"):
            return f"“{record.get('Name')}”"
    return "A product"
