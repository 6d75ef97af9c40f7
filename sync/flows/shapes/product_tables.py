"""The value tables of the catalogue: which prices count, where things are made, what ends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync.core.flow import Condition, RuleSet, Surroundings, TableRow, ValueTable
from sync.core.mapping import look_up
from sync.core.organisation import PriceBook
from sync.core.records import System

from .choosing import choose

BOOK, BELONGS, CREATE, ENDED, ACCOUNT, TAX = (
    *("price_book", "belongs", "create_in", "ended_in", "account_code", "tax_type"),
)
STANDARD = "=standard"
STOP, KEEP = "stop", "keep"
_SYSTEMS = {"xero": "in Xero", "salesforce": "in Salesforce"}
_REST = r"[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?"

TABLES = (
    ValueTable(
        BOOK,
        "Price book",
        {STANDARD: "the standard price book"},
        listed="price_books",
        free="01s" + _REST,
        gives="price",
        bare=True,
        may_ask=False,
        hint="Its price in the organisation’s own currency is held against Xero’s one price. Give "
        "the id of a price book, which begins with 01s.",
    ),
    ValueTable(
        ACCOUNT,
        "Sales accounts",
        {
            "=item": "the account that the item has",
            "=first revenue": "the organisation’s first revenue account",
        },
        listed="accounts",
        several=True,
        gives="account",
    ),
    ValueTable(
        TAX,
        "Sales tax rates",
        {"=item": "the tax rate that the item has", "=account": "the account’s tax rate"},
        listed="tax_rates",
        several=True,
        gives="tax",
        needs_rest=True,
    ),
    ValueTable(
        BELONGS,
        "Which products and items belong",
        {"yes": "keep it in step", "no": "leave it alone"},
        free="",
        may_ask=False,
        hint="The first row that holds says so. What is linked stays in step.",
    ),
    ValueTable(
        CREATE,
        "Where what is missing is made",
        {"yes": "make it", "no": "leave it out"},
        free="",
        asks="system",
        asked=_SYSTEMS,
        may_ask=False,
    ),
    ValueTable(
        ENDED,
        "What follows when the other system stops selling it",
        {STOP: "it is no longer sold here either", KEEP: "it stays as it is"},
        free="",
        gives="active",
        asks="system",
        asked=_SYSTEMS,
        may_ask=False,
        hint="Xero forgets the price, the account and the tax rate of an item that is not sold. "
        "What open deals sell is always asked first.",
    ),
)


def _in(table: str, system: System, value: str, words: str) -> TableRow:
    return TableRow(table, value, (Condition("=system", "is", system.value),), words)


ROWS = (
    TableRow(BOOK, STANDARD, name="The standard price book"),
    TableRow(ACCOUNT, "=item,=first revenue", name="The item’s own, else the first"),
    TableRow(TAX, "=item,=account", name="The item’s own, else the account’s"),
    TableRow(BELONGS, "yes", name="Every product and every item"),
    _in(CREATE, System.XERO, "yes", "Products are made in Xero"),
    _in(CREATE, System.SALESFORCE, "yes", "Items are made in Salesforce"),
    _in(ENDED, System.XERO, KEEP, "Items of products that are not active stay as they are"),
    _in(ENDED, System.SALESFORCE, STOP, "Products whose item is gone are deactivated"),
)
"""The rows it comes with."""


def of_system(rules: RuleSet, table: str, system: System) -> str:
    """Return what a table that is asked for a system says, or empty."""
    return (look_up(rules, table, lambda path: system.value) or "").strip()


def book(around: Surroundings) -> PriceBook | None:
    """Return the price book whose prices are compared; None where the org does not show it."""
    books = around.salesforce.price_books if around.salesforce else ()
    wanted = chosen(around.rules)
    return next((one for one in books if one.id[:15] == wanted), None) or (
        None if wanted else standard(around)
    )


def chosen(rules: RuleSet) -> str:
    """Return the id (15 letters) of the price book that the table names; empty: the standard."""
    wanted = (look_up(rules, BOOK, lambda path: "") or STANDARD).strip()
    return "" if wanted == STANDARD else wanted[:15]


def lacks_book(around: Surroundings) -> str:
    """Return the id of the price book that the table names where the org does not show it.

    The standard prices never take its place by themselves.
    """
    wanted = chosen(around.rules)
    return wanted if wanted and book(around) is None else ""


def standard(around: Surroundings) -> PriceBook | None:
    """Return the org's standard price book, without whose price no other price may be."""
    books = around.salesforce.price_books if around.salesforce else ()
    return next((one for one in books if one.standard), None)


def account(around: Surroundings, at: Callable[[str], Any], own: str | None) -> str:
    """Return the account that the table gives a product, or empty.

    `own` is its item's; None where it has no item yet: only then an account is looked for that no
    row names. Raises NeedsPerson where a row says `ask`.
    """
    new = _first_revenue(around) if own is None else ""
    return _first(choose(around.rules, ACCOUNT, at), {"=item": own or "", "=first revenue": new})


def tax(around: Surroundings, at: Callable[[str], Any], own: str | None, account: str) -> str:
    """Return the tax type that the table gives a product, or empty; as `account` does.

    Never chosen by its percentage. An item without one has its account's, as Xero fills it in.
    """
    ledger = around.reference.account(account) if own is None else None
    new = ledger.tax_type if ledger else ""
    return _first(choose(around.rules, TAX, at), {"=item": own or "", "=account": new})


def _first(value: str | None, choices: dict[str, str]) -> str:
    words = [word.strip() for word in (value or "").split(",") if word.strip()]
    found = (choices.get(word, "") if word.startswith("=") else word for word in words)
    return next(filter(None, found), "")


def _first_revenue(around: Surroundings) -> str:
    kinds = ("REVENUE", "SALES")
    accounts = around.reference.accounts
    codes = [a.code for a in accounts if a.active and a.code and not a.system and a.type in kinds]
    return min(codes, default="")
