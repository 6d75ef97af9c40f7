"""Saves one record: reads its fields, derives, checks, stamps and keeps it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sandbox.salesforce.errors import RefusedError, deleted
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.writing import (
    accounts,
    assignments,
    bodies,
    checks,
    contacts,
    currency_types,
    duplicates,
    lines,
    opportunities,
    org_rules,
    prices,
    roles,
    tasks,
)
from sandbox.salesforce.writing.change import Author, Change
from sandbox.salesforce.writing.records import new_record, sign

Step = Callable[[Org, Change], None]


class Rules(NamedTuple):
    """What is special about a kind: before a record is checked, and after it is kept."""

    before: Step | None = None
    after: Step | None = None


RULES: dict[str, Rules] = {
    "Account": Rules(accounts.before, accounts.after),
    "Contact": Rules(contacts.before),
    "CurrencyType": Rules(currency_types.before),
    "Opportunity": Rules(opportunities.before, opportunities.after),
    "OpportunityContactRole": Rules(roles.before, roles.after),
    "OpportunityLineItem": Rules(lines.before, lines.after),
    "PermissionSetAssignment": Rules(assignments.before),
    "PricebookEntry": Rules(prices.before_entry, prices.after_entry),
    "Product2": Rules(None, prices.after_product),
    "Task": Rules(tasks.before),
    "User": Rules(contacts.before_user),
}
_NO_RULES = Rules()


def insert(org: Org, author: Author, kind: Kind, values: Mapping[str, Any]) -> str:
    """Create a record; its id. Raises RefusedError."""
    if not (kind.can("create") or author.by_hand):
        message = f"entity type cannot be inserted: {kind.label}"
        raise RefusedError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, [])
    given = bodies.read(org, kind, values, creates=True)
    filled = {
        name: value
        for name, value in given.items()
        if value is not None or not kind.fields[name].has("d")
    }
    new = new_record(org, author, kind, filled)
    _save(org, Change(kind, author, None, new, set(given)))
    return str(new["Id"])


def update(org: Org, author: Author, kind: Kind, key: str, values: Mapping[str, Any]) -> None:
    """Change a record's fields. Raises RefusedError."""
    old = org.get(kind.name, key)
    if old is None:
        raise RefusedError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if old.get("IsDeleted"):
        raise deleted()
    if not (kind.can("update") or author.by_hand):
        message = f"entity type cannot be updated: {kind.label}"
        raise RefusedError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, [])
    named = {name: value for name, value in values.items() if name.lower() != "id"}
    given = bodies.read(org, kind, named, creates=False)
    _save(org, Change(kind, author, old, {**old, **given}, set(given)))


def _save(org: Org, change: Change) -> None:
    rules = RULES.get(change.kind.name, _NO_RULES)
    with org.transaction():
        org_rules.check_locks(org, change)
        if rules.before:
            rules.before(org, change)
        checks.check_required(change)
        checks.check_references(org, change)
        org_rules.check_validation(org, change)
        duplicates.check_duplicates(org, change)
        checks.check_unique(org, change)
        sign(org, change.kind, change.new, change.author, creates=change.creates)
        org.put(change.kind.name, change.new)
        if rules.after:
            rules.after(org, change)
