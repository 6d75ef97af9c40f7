"""Salesforce's Account with the people below it: as shared values, and as what is written to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from sync.core import mapping, phones
from sync.core.bodies import Body
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import RuleSet, Shared, Surroundings
from sync.core.organisation import Reference
from sync.core.records import Record, System
from sync.core.texts import name_key, plain

from . import account_places, addresses, billing_person, persons, terms
from .drafts import BILLING_EMAIL, Draft
from .lengths import Customer, fitting

MARKER = "Counterpart_Xero_Contact_Id__c"
DO_NOT_SYNC = "Counterpart_Do_Not_Sync__c"
DO_NOT_SYNC_REASON = "Counterpart_Do_Not_Sync_Reason__c"
PERSON_FIELDS: Mapping[str, str] = {"first_name": "FirstName", "last_name": "LastName"}
_NO_FIELDS: Mapping[str, Collection[str]] = MappingProxyType({})


def unwanted_account(record: Record) -> str:
    """Return why an account does not belong: no deal of it is won; empty when it belongs."""
    deals = record.get("Opportunities") or []
    won = any(deal.get("IsWon", True) is True for deal in deals)
    return "" if won else "No deal of the account is won."


def locked_in_salesforce(record: Record) -> str:
    """Return why the account is kept out of sync by its box in Salesforce; empty when it is not."""
    if record.get(DO_NOT_SYNC) is not True:
        return ""
    reason = " ".join(plain(record.get(DO_NOT_SYNC_REASON)).split())
    return reason or "It is ticked “Do not sync” in Salesforce."


def to_shared(record: Record, rules: RuleSet, around: Surroundings) -> dict[str, Any]:
    """Return the account's shared values: one for each of the rules, by its own mapping row.

    Where no row says where the billing person is, it is the account itself (a person account)
    or the contact below it that is to be billed. Numbers come in their international form,
    countries by their common English name.
    """
    made = mapping.evaluate([r for r in rules.fields if r.source or r.argument], record.get)
    person = billing_values(record)
    values = {rule.target: made.get(rule.target) for rule in rules.fields}
    found: dict[str, Any] = {name: _tidy(name, value) for name, value in values.items()}
    found |= {name: found[name] or person[name] for name in person if name in found}
    country = addresses.country_of(found) or around.reference.country
    if "phone" in found:
        found["phone"] = phones.international(found["phone"], country)
    if "currency" in found:
        found["currency"] = _currency(found["currency"], around.reference)
    if "contact_persons" in found:
        which = mapping.look_up(rules, "contact_persons", record.get) or "all"
        found["contact_persons"] = persons.others(record, which)
    return found


def bodies(
    shared: Shared,
    record: Record | None,
    rules: RuleSet,
    around: Surroundings,
    *,
    marker: str = "",
    fields: Mapping[str, Collection[str]] = _NO_FIELDS,
) -> tuple[Body, ...]:
    """Return what is to be written for these shared values: the account, then its people.

    `record` is the account as read, None to make it; then the first body is the account's.
    `marker` is the Xero contact's id, `fields` the fields that each kind has in this org, where
    known. Raises NeedsPerson for what Salesforce cannot hold.
    """
    draft = Draft(shared, rules, record, fields, _whose(shared, record, marker), marker)
    own, person = _own_values(draft)
    found: list[Body] = []
    if record is None:
        marked = {MARKER: marker} if marker else {}
        own.setdefault("Name", draft.whose.name)
        found.append(Body("Account", {**marked, **own}, _carried(draft), "", marker))
    elif own:
        found.append(Body("Account", {"Id": record.key.id, **own}, _carried(draft), record.key.id))
    people = billing_person.bodies(draft, person) if person else ()
    return (*found, *people)


def billing_values(record: Record) -> dict[str, str]:
    """Return the names and the e-mail address of who is to be billed."""
    if record.get("IsPersonAccount") is True:
        mail = {"email": _line(record.get("PersonEmail"))}
        found = {n: _line(record.get(field)) for n, field in PERSON_FIELDS.items()} | mail
    else:
        found = persons.values(persons.billing(record))
    return {**found, "email": _line(record.get(BILLING_EMAIL)) or found["email"]}


def _tidy(name: str, value: Any) -> Any:
    if name in addresses.FIELDS:
        return addresses.tidy(name, value)
    return terms.tidy(value) if name == "payment_terms" else _line(value)


def _line(value: Any) -> str:
    text = " ".join(plain(value).split())
    return text if name_key(text) else ""  # marks that nobody sees say nothing


def _currency(code: str, organisation: Reference) -> str:
    """Return a currency that the organisation bills in; another says nothing of its contact."""
    known = {organisation.base_currency, *organisation.currencies}
    return code.upper() if code.upper() in known else ""


def _whose(shared: Shared, record: Record | None, marker: str) -> Customer:
    name = record.get("Name") if record else shared.get("name")
    return Customer(_line(name), record.key.id if record else marker)


def _carried(draft: Draft) -> frozenset[str]:
    return frozenset(name for name in draft.values if _is_own(draft, name))


def _is_own(draft: Draft, name: str) -> bool:
    """Return whether a shared field is written into the account itself."""
    if name == "email":
        return bool(draft.mail_field)
    return bool(_field(draft, name)) and not _cannot_be_kept(draft, name)


def _field(draft: Draft, name: str) -> str:
    if draft.is_person and name in PERSON_FIELDS and not draft.source(name):
        return PERSON_FIELDS[name]
    return draft.mail_field if name == "email" else draft.source(name)


def _cannot_be_kept(draft: Draft, name: str) -> bool:
    """Return whether the region of a country of whose regions Salesforce has no list is meant."""
    coded = account_places.is_coded(draft, name) and name.endswith("_region")
    return coded and f"{draft.source(name)}Code" not in account_places.coded(draft)


def _own_values(draft: Draft) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the account's fields to be written, and what its billing person is to say."""
    own: dict[str, Any] = {}
    person: dict[str, str] = {}
    for name, value in draft.values.items():
        field = _field(draft, name)
        if name in billing_person.FIELDS and not field:
            person[name] = str(value or "")
        elif name == "name" and draft.is_person:
            _require_own_name(draft, str(value))
        elif field and not account_places.is_coded(draft, name):
            own[field] = fitting(name, str(value or ""), System.SALESFORCE, draft.whose) or None
    if not draft.values.get("email", True) and draft.mail_field == BILLING_EMAIL:
        person["email"] = ""  # or the contact's address would stand in its place
    own |= account_places.coded(draft)
    filled = {field: value for field, value in own.items() if value or draft.record is not None}
    return filled, {name: text for name, text in person.items() if text or draft.record}


def _require_own_name(draft: Draft, name: str) -> None:
    """A person account's name is made of its first and last name, and cannot be written itself."""
    names = [
        str(draft.values.get(target, draft.there(field))) for target, field in PERSON_FIELDS.items()
    ]
    if name_key(" ".join(names)) == name_key(name):
        return
    raise NeedsPerson(
        f"Xero now calls “{draft.whose.name}” “{name}”. It is a person account in Salesforce, "
        "whose name is its first and last name.",
        cause=f"person_name:{draft.whose.id}",
        fix=Fix("Correct first and last name in Salesforce, or in Xero’s contact person."),
    )
