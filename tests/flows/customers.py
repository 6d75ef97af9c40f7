"""Accounts and contacts for the tests, and what each system makes of a body that is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sync.core.bodies import Body
from sync.core.flow import RuleSet
from sync.core.records import Key, Record, System
from sync.core.sameness import same
from sync.flows.shapes import account as account_shape
from sync.flows.shapes import salesforce_ids
from sync.flows.shapes.party_fields import FIELDS
from tests import builders

RULES = RuleSet(FIELDS, ())
AROUND = builders.around(rules=RULES)
ACCOUNT = builders.account_id(1)
OURS = {
    "Counterpart_Billing_Email__c": None,
    "Counterpart_Tax_Number__c": None,
    "Counterpart_Company_Number__c": None,
    "Counterpart_Payment_Terms__c": None,
}
"""Our own fields of an account, in an org that has them."""
TICK, MARKER = "Counterpart_Billing_Contact__c", "Counterpart_Xero_Contact_Id__c"


def account(*contacts: Mapping[str, Any], **values: Any) -> Record:
    """Return an account in an org without any field of ours."""
    parts = ("Street", "City", "State", "PostalCode", "Country")
    fields = {f"{place}{part}": None for place in ("Billing", "Shipping") for part in parts}
    base = {"Id": ACCOUNT, "Name": "Acme Ltd", "Phone": None, "Website": None, **fields}
    children = {"Contacts": list(contacts), "Opportunities": []}
    key = Key(System.SALESFORCE, "Account", ACCOUNT)
    return Record(key, {**base, **children, **values}, builders.NOON)


def bought(*contacts: Mapping[str, Any], **values: Any) -> Record:
    """Return an account with a won deal, in an org with our fields of ids."""
    won: dict[str, Any] = {"Opportunities": [{"Id": builders.deal_id(1)}], MARKER: None}
    return account(*contacts, **{**won, **values})


def person(number: int, first: str, last: str, email: str = "", **values: Any) -> dict[str, Any]:
    """Return a contact below the account; the one with the lower number is older."""
    made = datetime(2026, 1, number, tzinfo=UTC)
    named = {"FirstName": first or None, "LastName": last, "Email": email or None}
    return {"Id": contact_id(number), "CreatedDate": made, **named, "Title": None, **values}


def contact_id(number: int) -> str:
    """Return the id of a contact of the account."""
    return salesforce_ids.to_18(f"0035g00000Ef{number:03}")


def xero_contact(**values: Any) -> Record:
    """Return a contact of Xero as a reading of a page has it."""
    return builders.contact("Acme Ltd", ACCOUNT, **values)


def written_to_xero(body: Mapping[str, Any], existing: Record | None = None) -> Record:
    """Return the contact after a write: omitted keeps, "" clears, persons are replaced whole,
    addresses and phones go over the one of their type (Xero's Contacts page).
    """
    new = {"ContactID": builders.xero_id("Acme Ltd")}
    there: dict[str, Any] = dict(existing.values) if existing else new
    made = {**there, **{n: v for n, v in body.items() if n not in ("Addresses", "Phones")}}
    for many, kind in (("Addresses", "AddressType"), ("Phones", "PhoneType")):
        entries = {entry[kind]: dict(entry) for entry in there.get(many) or []}
        for entry in body.get(many) or []:
            entries[entry[kind]] = {**entries.get(entry[kind], {}), **entry}
        made[many] = list(entries.values())
    if "PaymentTerms" in body:
        made["PaymentTerms"] = {**(there.get("PaymentTerms") or {}), **body["PaymentTerms"]}
    return Record(Key(System.XERO, "Contact", made["ContactID"]), made, builders.NOON)


def written_to_salesforce(bodies: Iterable[Body], existing: Record | None = None) -> Record:
    """Return the account with its people after these bodies are written, in their order."""
    record = existing or account(Name="")
    for number, body in enumerate(bodies, 90):
        values = {name: value for name, value in body.values.items() if name != "AccountId"}
        if body.kind == "Account":
            record = replace(record, values={**record.values, **values})
            continue
        rows = [dict(row) for row in record.get("Contacts")]
        if body.target:
            rows = [{**row, **values} if row["Id"] == body.target else row for row in rows]
        else:
            rows.append({**person(1, "", ""), "Id": contact_id(number), **values})
            rows[-1]["CreatedDate"] = datetime(2026, 11, number % 30 + 1, tzinfo=UTC)
        record = replace(record, values={**record.values, "Contacts": rows})
    return record


def apart(one: Mapping[str, Any], other: Mapping[str, Any], *left_out: str) -> list[str]:
    """Return the fields of the rules in which two records' shared values are not the same."""
    return [
        rule.target
        for rule in FIELDS
        if rule.target not in left_out
        if not same(rule.compare, one.get(rule.target), other.get(rule.target))
    ]


def terms(day: int, kind: str = "DAYSAFTERBILLDATE") -> dict[str, Any]:
    """Return sales terms as Xero has them."""
    return {"Sales": {"Day": Decimal(day), "Type": kind}}


def shared_of_account(record: Record, rules: RuleSet = RULES) -> dict[str, Any]:
    """Return an account's shared values in the British organisation."""
    return account_shape.to_shared(record, rules, AROUND)
