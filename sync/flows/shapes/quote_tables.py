"""The value tables of quotes: the stage that a status means, and what a new deal begins with."""

from __future__ import annotations

from collections.abc import Sequence

from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import Condition, RuleSet, TableRow, ValueTable
from sync.core.mapping import look_up
from sync.core.organisation import Stage

from . import quote

STAGE, CLOSE, OWNER, FALLBACK, BOOK, MARK = (
    *("stage", "close_date", "owner", "owner_instead", "pricebook", "mark_invoiced"),
)
NONE = "none"
"""The stage of a quote that has no opportunity made for it."""
_REST = r"[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?"

TABLES = (
    ValueTable(
        STAGE,
        "Stages",
        {
            "=first open": "the first open stage",
            "=last open": "the last stage before a deal is closed",
            "=won": "the first stage that means won",
            "=lost": "the first stage that means lost",
            NONE: "no opportunity is made",
        },
        listed="stages",
        several=True,
        asks="status",
        asked=quote.STATUS_WORDS,
        may_ask=False,
        hint="One stage or several, tried in turn; the first that the org has is taken.",
    ),
    ValueTable(
        CLOSE,
        "Close date of a quote that does not expire",
        free=r"\d{1,4}",
        bare=True,
        may_ask=False,
        hint="Give a number of days after the quote’s own date.",
    ),
    ValueTable(
        OWNER,
        "Owner",
        {"=account": "the owner of the account", "=user": "Counterpart’s own user"},
        listed="users",
        free="005" + _REST,
        bare=True,
        may_ask=False,
        hint="An active user. Where there are many, type the name, the user name or the id.",
    ),
    ValueTable(
        FALLBACK,
        "Owner where the account’s is no longer active",
        {"=user": "Counterpart’s own user"},
        listed="users",
        free="005" + _REST,
        gives=OWNER,
        bare=True,
        may_ask=False,
        hint="An active user. Where there are many, type the name, the user name or the id.",
    ),
    ValueTable(
        BOOK,
        "Price book",
        {"=standard": "the standard price book"},
        listed="price_books",
        free="01s" + _REST,
        bare=True,
        may_ask=False,
        hint="Give the id of a price book, which begins with 01s.",
    ),
    ValueTable(
        MARK,
        "Mark the quote as invoiced once its deal is billed",
        {"yes": "yes, so that nobody invoices it once more", "no": "no"},
        free="",
        gives="marked",
        bare=True,
        may_ask=False,
    ),
)


def _when(status: str, value: str) -> TableRow:
    words = quote.STATUS_WORDS[status]
    return TableRow(STAGE, value, (Condition("=status", "is", status),), f"{words} quotes")


ROWS = (
    _when("DRAFT", "=first open"),
    _when("SENT", "Proposal/Price Quote,=last open"),
    _when("ACCEPTED", "Negotiation/Review,=last open"),
    _when("INVOICED", "=won"),
    _when("DECLINED", "=lost"),
    _when("DELETED", "=lost"),
    TableRow(CLOSE, "30", name="30 days after the quote’s date"),
    TableRow(OWNER, "=account", name="The owner of the account"),
    TableRow(FALLBACK, "=user", name="Counterpart’s own user"),
    TableRow(BOOK, "=standard", name="The standard price book"),
    TableRow(MARK, "no", name="Quotes are left as they are"),
)


def value(rules: RuleSet, table: str, default: str) -> str:
    """Return what a table without conditions gives, or the default."""
    return (look_up(rules, table, lambda path: "") or default).strip()


def row_of(rules: RuleSet, status: str) -> str:
    """Return what the stage's table says of a status: words tried in order, or empty."""
    return (look_up(rules, STAGE, lambda path: status) or "").strip()


def makes_none(rules: RuleSet, status: str) -> bool:
    """Return whether no opportunity is made for quotes of a status."""
    return row_of(rules, status).casefold() in ("", NONE)


def stage(rules: RuleSet, status: str, stages: Sequence[Stage]) -> Stage | None:
    """Return the stage that a quote's status means, or None where its row says none.

    Raises NeedsPerson where the org has none of the row's stages.
    """
    row = row_of(rules, status)
    words = [part.strip() for part in row.split(",") if part.strip()]
    if not words or makes_none(rules, status):
        return None
    found = (_stage(word, stages) for word in words)
    chosen = next((one for one in found if one is not None), None)
    if chosen is not None:
        return chosen
    named = quote.STATUS_WORDS.get(status, status).lower()
    raise NeedsPerson(
        f"Salesforce has no stage “{row}”, which {named} quotes are to be in.",
        cause=f"quote_stage:{status}",
        fix=Fix("Correct the row of the table “Stages”.", "table", STAGE),
    )


def _stage(word: str, stages: Sequence[Stage]) -> Stage | None:
    open_ones = [one for one in stages if not one.closed]
    pools = {
        "=first open": open_ones,
        "=last open": open_ones[::-1],
        "=won": [one for one in stages if one.won],
        "=lost": [one for one in stages if one.closed and not one.won],
    }
    named = [one for one in stages if one.name.casefold() == word.casefold()]
    return next(iter(pools.get(word.casefold(), named)), None)
