"""Reads the fields of a contact that a client sends, with Xero's limits."""

import re
from typing import Any, NamedTuple

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.errors import RefusedError
from sandbox.xero.reading import Given, flag, part, parts, text
from sandbox.xero.reading import number as read_number

LIMITS = {
    "Name": 255, "ContactNumber": 50, "AccountNumber": 50, "FirstName": 255, "LastName": 255,
    "CompanyNumber": 50, "EmailAddress": 255, "TaxNumber": 50, "BankAccountDetails": 255,
    "XeroNetworkKey": 100, "SalesDefaultAccountCode": 10, "PurchasesDefaultAccountCode": 10,
    "AccountsReceivableTaxType": 50, "AccountsPayableTaxType": 50, "DefaultCurrency": 3,
    "SalesDefaultLineAmountType": 10, "PurchasesDefaultLineAmountType": 10,
    "TrackingCategoryName": 100, "TrackingCategoryOption": 100,
}  # fmt: skip
ADDRESS_LIMITS = {
    **{f"AddressLine{n}": 500 for n in (1, 2, 3, 4)},
    "City": 255, "Region": 255, "PostalCode": 50, "Country": 50, "AttentionTo": 255,
}  # fmt: skip
PHONE_LIMITS = {"PhoneNumber": 50, "PhoneAreaCode": 10, "PhoneCountryCode": 20}
ADDRESS_TYPES = ("STREET", "POBOX")
PHONE_TYPES = ("DDI", "DEFAULT", "FAX", "MOBILE")


class Shape(NamedTuple):
    """A list of which a contact has one entry per type."""

    many: str
    type_field: str
    types: tuple[str, ...]
    limits: dict[str, int]


ADDRESSES = Shape("Addresses", "AddressType", ADDRESS_TYPES, ADDRESS_LIMITS)
PHONES = Shape("Phones", "PhoneType", PHONE_TYPES, PHONE_LIMITS)
TERM_TYPES = ("DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH")
MOST_PERSONS = 5
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def new_contact() -> Record:
    """What a contact has before anything is said of it."""
    blank = {"City": "", "Region": "", "PostalCode": "", "Country": ""}
    numbers = dict.fromkeys(PHONE_LIMITS, "")
    return {
        "ContactStatus": "ACTIVE",
        "EmailAddress": "",
        "BankAccountDetails": "",
        "Addresses": [{"AddressType": kind, **blank} for kind in ADDRESS_TYPES],
        "Phones": [{"PhoneType": kind, **numbers} for kind in PHONE_TYPES],
        "ContactPersons": [],
        "IsSupplier": False,
        "IsCustomer": False,
    }


def read_contact(books: Books, given: Given, current: Record) -> Record:
    """The contact with what is given over it: omitted keeps, "" clears, persons are replaced.

    Raises RefusedError for what Xero would refuse of a contact by itself.
    """
    texts = {name: text(given, name, limit) for name, limit in LIMITS.items()}
    contact = current | {name: value for name, value in texts.items() if value is not None}
    if contact.get("EmailAddress") and not _EMAIL.fullmatch(contact["EmailAddress"]):
        raise RefusedError("Email address must be valid.")
    code = texts["DefaultCurrency"]
    if code and not books.find("Currency", "Code", code):
        raise RefusedError(f"Organisation is not subscribed to currency {code}")
    contact["Addresses"] = _by_type(given, current, ADDRESSES)
    contact["Phones"] = _by_type(given, current, PHONES)
    persons = parts(given, "ContactPersons")
    if persons is not None:
        contact["ContactPersons"] = _persons(persons)
    if terms := part(given, "PaymentTerms"):
        contact["PaymentTerms"] = (current.get("PaymentTerms") or {}) | _terms(terms)
    return contact


def _by_type(given: Given, current: Record, shape: Shape) -> list[Record]:
    """The list with each given entry over the one of its type."""
    merged = {one[shape.type_field]: one for one in current[shape.many]}
    for raw in parts(given, shape.many) or []:
        kind = text(raw, shape.type_field) or shape.types[0]
        if kind == "OFFICE":
            kind = "DEFAULT"
        if kind not in shape.types:
            raise RefusedError(f"{shape.type_field} '{kind}' is not valid for a contact")
        texts = {name: text(raw, name, limit) for name, limit in shape.limits.items()}
        sent = {name: value for name, value in texts.items() if value is not None}
        merged[kind] = merged.get(kind, {shape.type_field: kind}) | sent
    return list(merged.values())


def _persons(given: list[dict[str, Any]]) -> list[Record]:
    if len(given) > MOST_PERSONS:
        raise RefusedError(f"A contact can have at most {MOST_PERSONS} contact persons")
    persons = []
    for raw in given:
        email = text(raw, "EmailAddress", 255) or ""
        if email and not _EMAIL.fullmatch(email):
            raise RefusedError("Email address must be valid.")
        persons.append(
            {
                "FirstName": text(raw, "FirstName", 255) or "",
                "LastName": text(raw, "LastName", 255) or "",
                "EmailAddress": email,
                "IncludeInEmails": bool(flag(raw, "IncludeInEmails")),
            }
        )
    return persons


def _terms(given: Given) -> Record:
    terms: Record = {}
    for side in ("Bills", "Sales"):
        if raw := part(given, side):
            day, kind = read_number(raw, "Day"), text(raw, "Type")
            if day is None or day != int(day) or kind not in TERM_TYPES:
                raise RefusedError(f"The payment terms for {side} are not valid")
            terms[side] = {"Day": int(day), "Type": kind}
    return terms
