"""The people below a Salesforce account: who is billed, and who else Xero should know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sync.core.people import MOST
from sync.core.records import Record
from sync.core.texts import email_key, plain

TICK = "Counterpart_Billing_Contact__c"
"""The box that names a contact as the one to be billed."""
NO_LAST_NAME = "(no last name)"
"""Salesforce wants a last name of every contact; where there is none, it has this or the
e-mail address, and neither is taken for a name when it is read."""
_BILLING = re.compile(
    r"\b(billing|invoic\w*|accounts|accounting|accountant|finance|payables?|bookkeep\w*)\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

Row = Mapping[str, Any]
"""A contact as Salesforce has it below its account."""


def billing(account: Record) -> Row:
    """Return the contact to be billed; empty without one.

    The one that is ticked; else one whose title says so; else the only one; else the oldest with
    an e-mail address. Among several alike the oldest, with an address before without.
    """
    return billing_of(account.get("Contacts") or [])


def billing_of(rows: Iterable[Row]) -> Row:
    """Return the one of these contacts who is to be billed; empty without one."""
    everyone = _oldest_first(rows)
    if len(everyone) == 1:
        return everyone[0]
    by_mail = sorted(everyone, key=lambda row: not row.get("Email"))
    ticked = [row for row in everyone if row.get(TICK) is True]
    titled = [row for row in by_mail if says_billing(row)]
    reachable = [row for row in by_mail if row.get("Email")]
    return next(iter([*ticked, *titled, *reachable]), {})


def says_billing(row: Row) -> bool:
    """Return whether the contact is ticked, or has a title of somebody who pays invoices."""
    return row.get(TICK) is True or bool(_BILLING.search(plain(row.get("Title"))))


def others(account: Record, which: str) -> list[dict[str, str]]:
    """Return at most five other people as shared values: those with an address that Xero takes.

    `which` is `all`, `billing` for those who pay invoices, or `none`. The likeliest come first.
    """
    if which == "none":
        return []
    main = billing(account)
    rest = [row for row in _oldest_first(account.get("Contacts") or []) if row is not main]
    able = [row for row in rest if takes_mail(values(row)["email"])]
    chosen = able if which == "all" else [row for row in able if says_billing(row)]
    ranked = sorted(chosen, key=lambda row: (row.get(TICK) is not True, not says_billing(row)))
    people: dict[str, dict[str, str]] = {}
    for row in ranked:
        people.setdefault(email_key(row.get("Email")), values(row))
    people.pop(email_key(main.get("Email")), None)
    return list(people.values())[:MOST]


def values(row: Row) -> dict[str, str]:
    """Return a contact's names and e-mail address as shared values."""
    last = _text(row.get("LastName"))
    nameless = last == NO_LAST_NAME or takes_mail(last)
    return {
        "first_name": _text(row.get("FirstName")),
        "last_name": "" if nameless else last,
        "email": _text(row.get("Email")),
    }


def takes_mail(address: str) -> bool:
    """Return whether Xero takes the e-mail address: plain letters only, 255 at most."""
    return len(address) <= 255 and bool(_MAIL.fullmatch(address))


def _oldest_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (_made(row), str(row.get("Id") or "")))


def _made(row: Row) -> datetime:
    made = row.get("CreatedDate")
    return made if isinstance(made, datetime) else datetime.min.replace(tzinfo=UTC)


def _text(value: Any) -> str:
    return " ".join(plain(value).split())
