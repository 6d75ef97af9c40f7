"""A customer record of either system as the raw columns that matching compares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sync.core import mapping
from sync.core.flow import RuleSet
from sync.core.records import Record, System
from sync.core.texts import plain

from . import account, addresses, party_contact, persons
from .party_fields import FIELDS, PARTS
from .party_tables import TABLES

SHIPPED = RuleSet(FIELDS, TABLES)
IDS = "match_ids"
_OWN = ("name", "first_name", "last_name", "email", "phone", "tax_number", "company_number")


def raw_of(record: Record, rules: RuleSet = SHIPPED) -> dict[str, str]:
    """Return the record's columns as people wrote them: `id`, `name`, `first_name`, `last_name`,
    `email`, `phone`, `street`, `city`, `region`, `postcode`, `country`, `tax_number`,
    `company_number`, `website`, and `id:<field>` for each external id that both systems keep.

    An account's are read by the mapping rows. The billing address stands before the delivery
    address, which is taken only where the first is empty.
    """
    ours = record.key.system is System.SALESFORCE
    found = _of_account(record, rules) if ours else _of_contact(record)
    for salesforce, xero in id_fields(rules):
        found[f"id:{salesforce}"] = _line(record.get(salesforce if ours else xero))
    return {"id": record.key.id, **{name: text for name, text in found.items() if text}}


def id_fields(rules: RuleSet) -> Iterator[tuple[str, str]]:
    """Yield the Salesforce field and the Xero field of each external id that both systems keep.

    A row's value is `Salesforce_Field__c = XeroField`.
    """
    for row in rules.table(IDS):
        ours, sign, theirs = row.value.partition("=")
        if sign and ours.strip() and theirs.strip():
            yield ours.strip(), theirs.strip()


def _of_account(record: Record, rules: RuleSet) -> dict[str, str]:
    made = mapping.evaluate([r for r in rules.fields if r.source or r.argument], record.get)
    texts = {name: plain(value).strip() for name, value in made.items()}
    person = account.billing_values(record)
    found = {name: texts.get(name) or person.get(name, "") for name in (*_OWN, "website")}
    found["phone"] = found["phone"] or _line(persons.billing(record).get("Phone"))
    return found | _place(texts)


def _of_contact(record: Record) -> dict[str, str]:
    texts = {name: _line(record.get(field)) for name, field in party_contact.TEXTS.items()}
    places = addresses.of_contact(record)
    phone, website = party_contact.phone_of(record), _line(record.get("Website"))
    return {**texts, "phone": phone, "website": website} | _place(places)


def _place(texts: dict[str, str]) -> dict[str, str]:
    billing, delivery = (
        {part: texts.get(f"{place}_{part}", "") for part in PARTS} for place in addresses.TYPES
    )
    return billing if any(billing.values()) else delivery


def _line(value: Any) -> str:
    return " ".join(plain(value).split())
