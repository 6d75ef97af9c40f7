"""The fields that the tests edit: where each stands in either system, and how it is compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sync.core.sameness import same

COMPARED: Mapping[str, str] = {
    "name": "name",
    "first_name": "name",
    "last_name": "name",
    "email": "email",
    "phone": "phone",
    "billing_city": "text",
    "billing_postcode": "postcode",
    "delivery_street": "street",
    "tax_number": "number",
    "company_number": "number",
}
"""Every shared field that people edit here, with its comparer."""
OF_ACCOUNT: Mapping[str, str] = {
    "name": "Name",
    "email": "Counterpart_Billing_Email__c",
    "phone": "Phone",
    "billing_city": "BillingCity",
    "billing_postcode": "BillingPostalCode",
    "delivery_street": "ShippingStreet",
    "tax_number": "Counterpart_Tax_Number__c",
    "company_number": "Counterpart_Company_Number__c",
}
OF_PERSON: Mapping[str, str] = {"first_name": "FirstName", "last_name": "LastName"}
_TEXTS: Mapping[str, str] = {
    "name": "Name",
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "EmailAddress",
    "tax_number": "TaxNumber",
    "company_number": "CompanyNumber",
}
_PLACES: Mapping[str, tuple[str, str]] = {
    "billing_city": ("POBOX", "City"),
    "billing_postcode": ("POBOX", "PostalCode"),
    "delivery_street": ("STREET", "AddressLine1"),
}


def alike(field: str, one: Any, other: Any) -> bool:
    """Return whether two values of a field are the same to people."""
    return same(COMPARED[field], one or "", other or "")


def xero_body(values: Mapping[str, str]) -> dict[str, Any]:
    """Return what a person enters in Xero for these shared values."""
    body: dict[str, Any] = {_TEXTS[name]: text for name, text in values.items() if name in _TEXTS}
    if "phone" in values:
        number = {"PhoneType": "DEFAULT", "PhoneNumber": values["phone"]}
        body["Phones"] = [{**number, "PhoneAreaCode": "", "PhoneCountryCode": ""}]
    places: dict[str, dict[str, str]] = {}
    for name in _PLACES.keys() & values.keys():
        kind, part = _PLACES[name]
        places.setdefault(kind, {"AddressType": kind})[part] = values[name]
    return body | ({"Addresses": list(places.values())} if places else {})


def of_contact(record: Record) -> dict[str, str]:
    """Return the shared values of a contact as Xero holds it."""
    found = {name: str(record.get(field) or "") for name, field in _TEXTS.items()}
    entries = {e["AddressType"]: e for e in record["Addresses"]}
    for name, (kind, part) in _PLACES.items():
        found[name] = str(entries[kind].get(part) or "")
    default = next(e for e in record["Phones"] if e["PhoneType"] == "DEFAULT")
    parts = ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")
    found["phone"] = " ".join(filter(None, (str(default.get(p) or "") for p in parts)))
    return found


def of_account(record: Record) -> dict[str, str]:
    """Return the shared values of an account itself as Salesforce holds it."""
    return {name: str(record.get(field) or "") for name, field in OF_ACCOUNT.items()}
