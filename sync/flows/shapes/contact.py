"""Xero's Contact, and how it is made and found from a Salesforce deal's account."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sync.core.errors import Fix, NeedsPerson
from sync.core.matching import Candidate, IndexKey, Wanted
from sync.core.records import Record

from . import salesforce_ids

_EMAIL = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def candidate(record: Record) -> Candidate:
    """Return the contact's entry in the local index: every key it can be found by."""
    name, email = _fold(record.get("Name")), _fold(record.get("EmailAddress"))
    terms = record.get("PaymentTerms.Sales") or {}
    return Candidate(
        record.key,
        str(record.get("Name") or ""),
        frozenset(_keys(record, name, email)),
        gone=record.gone,
        status=str(record.get("ContactStatus") or ""),
        facts={
            "email": str(record.get("EmailAddress") or ""),
            "tax_type": str(record.get("AccountsReceivableTaxType") or ""),
            "terms_day": "" if terms.get("Day") is None else str(terms["Day"]),
            "terms_type": str(terms.get("Type") or ""),
        },
    )


def _keys(record: Record, name: str, email: str) -> list[IndexKey]:
    named = {
        "number": next(
            iter(salesforce_ids.find(str(record.get("ContactNumber") or ""), "001")), ""
        ),
        "tax": _bare(record.get("TaxNumber")),
        "company": _bare(record.get("CompanyNumber")),
        "account": _fold(record.get("AccountNumber")),
        "name": name,
        "email": email,
        "name_email": f"{name}|{email}" if name and email else "",
    }
    return [(key, value) for key, value in named.items() if value]


def account_id(deal: Record) -> str:
    """Return the id of the deal's account, or empty."""
    return salesforce_ids.to_18(str(deal.get("AccountId") or ""))


def wanted(deal: Record) -> Wanted:
    """Return what the contact of a deal's account is looked for by."""
    name, email = _fold(deal.get("Account.Name")), _fold(_email(deal))
    strong = {
        "account": _fold(deal.get("Account.AccountNumber")),
        "name_email": f"{name}|{email}" if name and email else "",
    }
    number = account_id(deal)
    return Wanted(
        str(deal.get("Account.Name") or ""),
        (("number", number),) if number else (),
        tuple((key, value) for key, value in strong.items() if value),
        tuple((key, value) for key, value in (("name", name), ("email", email)) if value),
    )


def billing_person(deal: Record) -> Mapping[str, Any]:
    """Return the fields of the primary contact role's contact; empty without one."""
    roles = deal.get("OpportunityContactRoles") or []
    primary = next((r for r in roles if r.get("IsPrimary")), None)
    return (primary or {}).get("Contact") or {}


def _email(deal: Record) -> str:
    return str(billing_person(deal).get("Email") or deal.get("Account.PersonEmail") or "")


def body(deal: Record) -> dict[str, Any]:
    """Return the body that creates a contact from the deal's account and primary contact.

    Raises NeedsPerson where the account has no usable name. An e-mail address that Xero would
    refuse (it takes ASCII only) is left out: the contact can be billed without it.
    """
    name = " ".join(str(deal.get("Account.Name") or "").split())
    if not name or len(name) > 255:
        raise NeedsPerson(
            f"The account of “{deal.get('Name')}” has no name that Xero takes (1 to 255 letters).",
            cause=f"account_name:{account_id(deal)}",
            fix=Fix("Correct the account’s name in Salesforce."),
        )
    person = billing_person(deal)
    email = _email(deal)
    fields = {
        "Name": name,
        "ContactNumber": account_id(deal),
        "AccountNumber": str(deal.get("Account.AccountNumber") or "")[:50],
        "FirstName": str(person.get("FirstName") or "")[:255],
        "LastName": str(person.get("LastName") or "")[:255],
        "EmailAddress": email if _EMAIL.fullmatch(email) and len(email) <= 255 else "",
        "Phones": _phones(str(deal.get("Account.Phone") or "")),
        "Addresses": _addresses(deal),
    }
    return {key: value for key, value in fields.items() if value}


def _phones(number: str) -> list[dict[str, str]]:
    return [{"PhoneType": "DEFAULT", "PhoneNumber": number[:50]}] if number else []


def _addresses(deal: Record) -> list[dict[str, str]]:
    street = str(deal.get("Account.BillingStreet") or "").splitlines()
    lines = {f"AddressLine{i}": line.strip()[:500] for i, line in enumerate(street[:4], 1)}
    rest = {
        "City": str(deal.get("Account.BillingCity") or "")[:255],
        "Region": str(deal.get("Account.BillingState") or "")[:255],
        "PostalCode": str(deal.get("Account.BillingPostalCode") or "")[:50],
        "Country": str(deal.get("Account.BillingCountry") or "")[:50],
    }
    filled = {key: value for key, value in {**lines, **rest}.items() if value}
    return [{"AddressType": "POBOX", **filled}] if filled else []


def _fold(value: Any) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(value or "")).split()).casefold()


def _bare(value: Any) -> str:
    return re.sub(r"[^A-Z0-9]", "", str(value or "").upper())
