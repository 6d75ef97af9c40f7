"""The value tables of customers: how they are matched, where they are made, who comes along."""

from __future__ import annotations

from sync.core.flow import Condition, TableRow, ValueTable
from sync.core.likeness.rules import EVIDENCE, SHIPPED, THRESHOLDS

from . import match_words

_WHERE = {"yes": "make it", "ask": "ask a person", "no": "leave it out"}

BELONGS = "belongs"

VALUE_TABLES = (
    ValueTable(
        "match_points",
        "Points of each evidence",
        free=r"[-+−]?\d{1,3}",
        asks="evidence",
        asked={name: called for name, (called, _) in match_words.EVIDENCE.items()},
        may_ask=False,
        hint=match_words.POINTS_HINT,
    ),
    ValueTable(
        "match_thresholds",
        "Points to link and to ask",
        free=r"\d{1,3}",
        asks="threshold",
        asked={name: called for name, (called, _) in match_words.THRESHOLDS.items()},
        may_ask=False,
        hint=match_words.LIMIT_HINT,
    ),
    ValueTable(
        "match_words",
        "Words that matching knows",
        several=True,
        asks="list",
        asked=match_words.LISTS,
        may_ask=False,
        hint=match_words.WORDS_HINT,
    ),
    ValueTable(
        "match_ids",
        "Ids that both systems keep",
        bare=True,
        free=r"[A-Za-z]\w*(\.[A-Za-z]\w*)* *= *[A-Za-z]\w*",
        may_ask=False,
        hint=match_words.IDS_HINT,
    ),
    ValueTable(
        BELONGS,
        "Which records belong",
        {"yes": "keep it in step", "no": "leave it alone"},
        free="",
        may_ask=False,
        hint="The first row that holds says so; what no row takes in is left alone. What is linked "
        "stays in step.",
        knows=("=won_deal", "=customer"),
    ),
    ValueTable(
        "create_in",
        "Where a missing record is made",
        _WHERE,
        free="",
        asks="system",
        asked={"xero": "in Xero", "salesforce": "in Salesforce"},
    ),
    ValueTable(
        "contact_persons",
        "Contact persons in Xero",
        {
            "all": "up to five people of the account, who pays invoices first",
            "billing": "only those who are ticked or have a title of who pays invoices",
            "none": "nobody",
        },
        free="",
        may_ask=False,
    ),
)


def _named(table: str, name: str, of: str, value: object, words: str = "") -> TableRow:
    return TableRow(table, str(value), (Condition(f"={of}", "is", name),), words)


TABLES = (
    *(
        _named(
            "match_points",
            name,
            "evidence",
            getattr(SHIPPED.points, name),
            match_words.EVIDENCE[name][1],
        )
        for name in EVIDENCE
    ),
    *(
        _named(
            "match_thresholds",
            name,
            "threshold",
            getattr(SHIPPED, name),
            match_words.THRESHOLDS[name][1],
        )
        for name in THRESHOLDS
    ),
    TableRow(BELONGS, "yes", (Condition("=won_deal", "is", "yes"),), "Accounts with a won deal"),
    TableRow(BELONGS, "yes", (Condition("=customer", "is", "yes"),), "Contacts ever invoiced"),
    _named("create_in", "xero", "system", "yes", "Accounts that belong are made in Xero"),
    _named("create_in", "salesforce", "system", "yes", "Customers are made in Salesforce"),
    TableRow("contact_persons", "all", name="Everybody with an e-mail address, up to five"),
)
"""The rows it comes with. A name that starts with = is asked of the matching, not of a record."""
