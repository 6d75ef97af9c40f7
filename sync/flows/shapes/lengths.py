"""What a field of either system takes: nothing is cut, a text too long is a person's to shorten."""

from __future__ import annotations

from dataclasses import dataclass

from sync.core.errors import Fix, NeedsPerson
from sync.core.records import System

from .party_fields import WORDS

XERO = {
    "name": 255,
    "first_name": 255,
    "last_name": 255,
    "email": 255,
    "phone": 50,
    "line": 500,
    "city": 255,
    "region": 255,
    "postcode": 50,
    "country": 50,
    "tax_number": 50,
    "company_number": 50,
}
"""The longest texts that Xero takes (its Contacts page); `line` is a line of a street."""

SALESFORCE = {
    "name": 255,
    "first_name": 40,
    "last_name": 80,
    "email": 80,
    "phone": 40,
    "street": 255,
    "city": 40,
    "region": 80,
    "postcode": 20,
    "country": 80,
    "website": 255,
}
"""The longest texts of Salesforce's own fields (its object reference)."""
OF_A_CUSTOM_FIELD = 255


@dataclass(frozen=True)
class Customer:
    """Who a text is about, for the words of a question; `id` is the record's that it came from."""

    name: str
    id: str


def fitting(field: str, text: str, written: System, whose: Customer) -> str:
    """Return the text, or raise NeedsPerson where the field of the written system is shorter.

    `field` is a shared field (`billing_city`, `name`); fields that the organisation added itself
    take 255 letters.
    """
    limits = XERO if written is System.XERO else SALESFORCE
    part = field if field in limits else field.partition("_")[2]
    limit = limits.get(part, OF_A_CUSTOM_FIELD)
    if len(text) <= limit:
        return text
    raise too_long(field, len(text), limit, written, whose)


def too_long(field: str, length: int, limit: int, written: System, whose: Customer) -> NeedsPerson:
    """Return the error for a text that the written system has no room for."""
    what = words(field)
    return NeedsPerson(
        f"The {what} of “{whose.name}” has {length} characters; {written.label} takes {limit}.",
        cause=f"too_long:{field}:{whose.id}",
        fix=Fix(f"Shorten it in {written.other.label}."),
    )


def words(field: str) -> str:
    """Return what people call a field, amid a sentence."""
    title = WORDS.get(field, field.replace("_", " "))
    return title[:1].lower() + title[1:]
