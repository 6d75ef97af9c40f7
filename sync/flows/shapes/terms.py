"""Payment terms: Xero's day and type, and the words that people write for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sync.core.errors import Fix, NeedsPerson
from sync.core.texts import plain, text_key

from .lengths import Customer

_NAMED = {
    "DAYSAFTERBILLDATE": "{days} after the invoice date",
    "DAYSAFTERBILLMONTH": "{days} after the end of the invoice month",
    "OFFOLLOWINGMONTH": "{nth} of the following month",
    "OFCURRENTMONTH": "{nth} of the current month",
}
"""Xero's types of terms, in the words of its own pages."""
_BILL = r"(the |an? )?(invoice|bill|billing)( date)?"
_READ: tuple[tuple[str, str], ...] = (
    ("DAYSAFTERBILLDATE", rf"(net )?(\d{{1,3}})( days?)?( net)?( (after|from) {_BILL})?"),
    (
        "DAYSAFTERBILLMONTH",
        r"(net )?(\d{1,3})( days?)?( (after|from))?( the)? "
        r"(eom|month end|end of( the)?( invoice| bill)? month)",
    ),
    ("OFFOLLOWINGMONTH", r"(the )?(\d{1,2})(st|nd|rd|th)? of( the)? (following|next) month"),
    ("OFCURRENTMONTH", r"(the )?(\d{1,2})(st|nd|rd|th)? of( the)? (current|same|this) month"),
)
_AT_ONCE = {"due on receipt", "on receipt", "immediate", "immediately", "due immediately"}


def words(day: Any, kind: str) -> str:
    """Return Xero's terms in words (`30 days after the invoice date`); empty without any."""
    if day is None or kind not in _NAMED:
        return ""
    number = int(Decimal(str(day)))
    days = f"{number} day{'' if number == 1 else 's'}"
    return _NAMED[kind].format(days=days, nth=_nth(number))


def of_contact(terms: Mapping[str, Any]) -> str:
    """Return a contact's sales terms in words, from its PaymentTerms."""
    sales = terms.get("Sales") or {}
    return words(sales.get("Day"), str(sales.get("Type") or ""))


def tidy(text: Any) -> str:
    """Return what people wrote (`Net 30`) in the words that Xero's terms come in, if it is any."""
    found = parse(plain(text))
    return words(*found) if found else " ".join(plain(text).split())


def parse(text: str) -> tuple[int, str] | None:
    """Return the day and Xero's type of the terms that a text means, or None."""
    key = text_key(text).rstrip(".")
    if key in _AT_ONCE:
        return 0, "DAYSAFTERBILLDATE"
    for kind, pattern in _READ:
        found = re.fullmatch(pattern, key)
        if found and (kind.startswith("DAYS") or 1 <= int(found[2]) <= 31):
            return int(found[2]), kind
    return None


def to_xero(text: str, existing: Mapping[str, Any], whose: Customer) -> dict[str, Any]:
    """Return Xero's PaymentTerms for the words; the terms of bills stay as they are.

    Raises NeedsPerson for words that are no terms.
    """
    found = parse(text)
    if found is None:
        raise NeedsPerson(
            f"“{text}” of “{whose.name}” are no payment terms that Xero knows.",
            cause=f"payment_terms:{text_key(text)}",
            fix=Fix(
                "Write them in Salesforce like “30 days”, “30 days after month end” or “20th "
                "of the following month”."
            ),
        )
    sales = {"Day": found[0], "Type": found[1]}
    return {**({"Bills": existing["Bills"]} if existing.get("Bills") else {}), "Sales": sales}


def _nth(number: int) -> str:
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
