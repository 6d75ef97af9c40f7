"""Xero's Contact as a customer kept in step: as shared values, and the body that is written to it.

Nothing of finance's is lost by a write: only what changed is sent, lists come whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.core import people, phones
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import Shared, Surroundings
from sync.core.records import Record, System
from sync.core.texts import name_key, plain

from . import addresses, persons, terms
from .lengths import Customer, fitting

TEXTS: Mapping[str, str] = {
    "name": "Name",
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "EmailAddress",
    "tax_number": "TaxNumber",
    "company_number": "CompanyNumber",
}
"""The shared fields that are one text in Xero."""
_PERSON: Mapping[str, str] = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "EmailAddress",
    "invoiced": "IncludeInEmails",
}
_PHONE = ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")


def is_customer(record: Record) -> bool:
    """Return whether a sales invoice was ever made for the contact: Xero then marks it."""
    return record.get("IsCustomer") is True


def to_shared_party(record: Record, around: Surroundings) -> dict[str, Any]:
    """Return the contact's shared values; see account.to_shared for their forms.

    A contact without a currency of its own is billed in the organisation's.
    """
    places = addresses.of_contact(record)
    country = addresses.country_of(places) or around.reference.country
    return {
        **{name: _line(record.get(field)) for name, field in TEXTS.items()},
        **places,
        "phone": phones.international(phone_of(record), country),
        "website": _line(record.get("Website")),
        "contact_persons": [
            {name: person[name] for name in people.NAMES} for person in _persons(record)
        ],
        "currency": _line(record.get("DefaultCurrency")).upper() or around.reference.base_currency,
        "payment_terms": terms.of_contact(record.get("PaymentTerms") or {}),
    }


def party_body(
    shared: Shared, existing: Record | None, account_id: str, base_currency: str = ""
) -> dict[str, Any]:
    """Return the body that makes a contact, or writes these shared values into the existing one.

    `account_id` goes into a new contact's ContactNumber, by which it is found again. A new one in
    the organisation's own currency is left without a currency, as Xero itself does. Raises
    NeedsPerson for what Xero would refuse.
    """
    whose = Customer(_line(shared.get("name") or (existing and existing.get("Name"))), account_id)
    body: dict[str, Any] = {
        field: _text(name, str(shared[name] or ""), whose)
        for name, field in TEXTS.items()
        if name in shared
    }
    body["Addresses"] = addresses.xero_addresses(shared, existing, whose)
    body["Phones"] = _phones(shared, existing, whose)
    body["ContactPersons"] = _written_persons(shared, existing)
    if shared.get("payment_terms"):
        there = (existing.get("PaymentTerms") if existing else None) or {}
        body["PaymentTerms"] = terms.to_xero(str(shared["payment_terms"]), there, whose)
    if existing is not None or shared.get("currency") != base_currency:
        body["DefaultCurrency"] = str(shared.get("currency") or "")
    return _created(body, whose) if existing is None else _updated(body, existing)


def phone_of(record: Record) -> str:
    """Return the contact's default number as one text, as people would write it."""
    entries = record.get("Phones") or []
    default: Mapping[str, Any] = next((e for e in entries if e.get("PhoneType") == "DEFAULT"), {})
    country, area, number = (_line(default.get(name)) for name in _PHONE)
    if not number or number.startswith("+"):
        return number
    digits = country.lstrip("+0")
    return " ".join(filter(None, (f"+{digits}" if digits.isdigit() else country, area, number)))


def _created(body: Mapping[str, Any], whose: Customer) -> dict[str, Any]:
    if not whose.name:
        raise NeedsPerson(
            "A customer without a name cannot be made in Xero.",
            cause=f"no_name:{whose.id}",
            fix=Fix("Give the account a name in Salesforce."),
        )
    filled = {name: value for name, value in body.items() if value}
    return {**filled, "ContactNumber": whose.id} if whose.id else filled


def _updated(body: Mapping[str, Any], existing: Record) -> dict[str, Any]:
    """Return an update: by the contact's id, with its name always (Xero refuses a batch without).

    A cleared text is sent empty; an empty list would say nothing, or take everything away.
    """
    cleared = set(TEXTS.values()) - {"Name"}
    sent = {name: value for name, value in body.items() if value or name in cleared}
    return {"ContactID": existing.key.id, "Name": str(existing.get("Name") or ""), **sent}


def _text(name: str, text: str, whose: Customer) -> str:
    if name == "email" and text and not persons.takes_mail(text):
        raise NeedsPerson(
            f"Xero does not take “{text}” as the e-mail address of “{whose.name}”: it takes one "
            "address, in plain letters.",
            cause=f"email:{whose.id}",
            fix=Fix("Correct the address in Salesforce."),
        )
    return fitting(name, text, System.XERO, whose)


def _phones(shared: Shared, existing: Record | None, whose: Customer) -> list[dict[str, str]]:
    """Return Xero's Phones with the default number in them; empty where it is not about it."""
    number = str(shared.get("phone") or "")
    if "phone" not in shared or (existing is None and not number):
        return []
    written = {"PhoneType": "DEFAULT", "PhoneNumber": fitting("phone", number, System.XERO, whose)}
    if existing is not None:
        written |= {"PhoneAreaCode": "", "PhoneCountryCode": ""}
    others = [
        {name: str(entry[name]) for name in ("PhoneType", *_PHONE) if entry.get(name)}
        for entry in (existing.get("Phones") if existing else None) or []
        if entry.get("PhoneType") != "DEFAULT" and entry.get("PhoneNumber")
    ]
    return [written, *others]


def _persons(record: Record) -> list[dict[str, Any]]:
    return [
        {
            name: row.get(field) is True if name == "invoiced" else _line(row.get(field))
            for name, field in _PERSON.items()
        }
        for row in record.get("ContactPersons") or []
    ]


def _written_persons(shared: Shared, existing: Record | None) -> list[dict[str, Any]]:
    """Return Xero's ContactPersons, whole as Xero wants them; empty where nobody changes."""
    there = _persons(existing) if existing else []
    wanted = shared.get("contact_persons") or []
    if people.same(wanted, there):
        return []
    return [
        {field: person.get(name, False) for name, field in _PERSON.items()}
        for person in people.joined(there, wanted)
    ]


def _line(value: Any) -> str:
    text = " ".join(plain(value).split())
    return text if name_key(text) else ""  # marks that nobody sees say nothing
