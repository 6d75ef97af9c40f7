"""A draft: shared values on their way into a Salesforce account, with what is there already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import FieldRule, RuleSet, Shared
from sync.core.records import Record, System

from .lengths import Customer, words

BILLING_EMAIL = "Counterpart_Billing_Email__c"
_READ_BACK = ("copy", "trim", "upper", "number")
"""Transforms of one field, which a changed value can be written into."""


@dataclass(frozen=True)
class Draft:
    """What is to be written into an account and the people below it.

    `record` is the account as read, None where it is yet to be made. `fields` has what each kind
    is known to have in this org; a field that the record came with is known too. `marker` is
    what a created record carries to be found again.
    """

    values: Shared = field(hash=False)
    rules: RuleSet
    record: Record | None
    fields: Mapping[str, Collection[str]] = field(hash=False)
    whose: Customer
    marker: str = ""

    def has(self, name: str, kind: str = "Account") -> bool:
        """Return whether the kind has the field in this org, as far as is known."""
        if name in self.fields.get(kind, ()):
            return True
        if self.record is None:
            return False
        below = self.record.get("Contacts") or []
        return name in self.record.values if kind == "Account" else any(name in c for c in below)

    @property
    def is_person(self) -> bool:
        """Whether the account is a person: its names and e-mail address are its own."""
        return self.record is not None and self.record.get("IsPersonAccount") is True

    @property
    def mail_field(self) -> str:
        """The account's own field of the billing e-mail; empty where it lives in a contact."""
        mapped = self.source("email")
        if mapped or self.is_person:
            return mapped or "PersonEmail"
        return BILLING_EMAIL if self.has(BILLING_EMAIL) else ""

    def there(self, name: str) -> str:
        """Return what the account has in a field now, as text; empty where it is to be made."""
        value = self.record.get(name) if self.record else None
        return "" if value is None else str(value)

    def source(self, target: str) -> str:
        """Return the Salesforce field that a changed value is written into; empty without one.

        Raises NeedsPerson where the mapping makes the value of what nobody can write back.
        """
        rule = self.rules.field(target)
        if rule is None or System.SALESFORCE not in rule.writes or not rule.source:
            return ""
        names = rule.sources
        if rule.transform == "first_non_empty":
            names = tuple(n for n in names if self.there(n))[:1] or names[:1]
        elif rule.transform not in _READ_BACK:
            raise _not_writable(rule)
        if len(names) != 1 or "." in names[0]:
            raise _not_writable(rule)
        return names[0]


def _not_writable(rule: FieldRule) -> NeedsPerson:
    return NeedsPerson(
        f"The {words(rule.target)} changed in Xero, but its mapping makes it of something that "
        "cannot be written back to Salesforce.",
        cause=f"not_writable:{rule.target}",
        fix=Fix(
            "Let Salesforce own the field, or map it to one field as it is.",
            "mapping",
            rule.target,
        ),
    )
