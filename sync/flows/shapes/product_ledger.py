"""Accounts and tax rates of the tables that Xero cannot take: asked before an item has them."""

from __future__ import annotations

from sync.core.couples import Couple
from sync.core.errors import Fix
from sync.core.flow import Surroundings
from sync.core.questions import Question, QuestionKind
from sync.core.records import System

from . import product_tables
from .item_record import LEDGER

WORDS = {"account": "account", "tax": "tax rate"}
TABLES = {"account": product_tables.ACCOUNT, "tax": product_tables.TAX}


def refused(name: str, value: str, around: Surroundings) -> str:
    """Return why an item cannot have this account or tax rate, or empty."""
    books = around.reference
    found = books.account(value) if name == "account" else books.tax_rate(value)
    active = found is not None and found.active
    return "" if active else f"{books.name} has no active {WORDS[name]} {value}."


def questions(couple: Couple, around: Surroundings) -> list[Question]:
    """Return one question for each code that Xero would be told and does not have."""
    if couple.xero is None:
        told = couple.shared.get(System.SALESFORCE, {})
    else:
        told = couple.merged.writes[System.XERO] if couple.merged else {}
    found = ((name, str(told.get(name) or "")) for name in sorted(LEDGER))
    return [
        Question(
            QuestionKind.PROBLEM,
            f"item_{name}:{value}",
            why,
            f"The rows give it to products. It may be archived, or of another organisation. "
            f"Nothing is written with it until the table names another {WORDS[name]}.",
            Fix("Choose another in the table, or make it active in Xero.", "table", TABLES[name]),
            about=value,
        )
        for name, value in found
        if value and (why := refused(name, value, around))
    ]
