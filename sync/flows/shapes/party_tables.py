"""The value tables of customers: how they are matched, where they are made, who comes along."""

from __future__ import annotations

from sync.core.flow import Condition, TableRow, ValueTable
from sync.core.likeness.rules import EVIDENCE, SHIPPED, THRESHOLDS

_WHERE = {"yes": "make it", "ask": "ask a person", "no": "leave it out"}

VALUE_TABLES = (
    ValueTable("match_points", "Points of each evidence", free=r"[-+−]?\d{1,3}"),
    ValueTable("match_thresholds", "Points to link and to ask", free=r"\d{1,3}"),
    ValueTable("match_words", "Words that matching knows", several=True),
    ValueTable(
        "match_ids",
        "Ids that both systems keep",
        free=r"[A-Za-z]\w*(\.[A-Za-z]\w*)* *= *[A-Za-z]\w*",
    ),
    ValueTable("create_in", "Where a missing record is made", _WHERE, free=""),
    ValueTable(
        "contact_persons",
        "Contact persons in Xero",
        {
            "all": "up to five people of the account, who pays invoices first",
            "billing": "only those who are ticked or have a title of who pays invoices",
            "none": "nobody",
        },
        free="",
    ),
)


def _named(table: str, name: str, of: str, value: object, words: str = "") -> TableRow:
    return TableRow(table, str(value), (Condition(f"={of}", "is", name),), words)


TABLES = (
    *(
        _named("match_points", name, "evidence", getattr(SHIPPED.points, name), words)
        for name in EVIDENCE
        for words in [name.replace("_", " ").capitalize()]
    ),
    *(
        _named("match_thresholds", name, "threshold", getattr(SHIPPED, name), words)
        for name, words in zip(
            THRESHOLDS,
            ("Linked without asking from", "Asked about from", "The next must be below by"),
            strict=True,
        )
    ),
    _named("create_in", "xero", "system", "yes", "Accounts that belong are made in Xero"),
    _named("create_in", "salesforce", "system", "yes", "Customers are made in Salesforce"),
    TableRow("contact_persons", "all", name="Everybody with an e-mail address, up to five"),
)
"""The rows it comes with. A name that starts with = is asked of the matching, not of a record."""
