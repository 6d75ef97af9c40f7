"""Why Xero refuses one record: its sentences, what finance is told, and how to solve it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.core.errors import DuplicateFound, Fix, NeedsPerson


@dataclass(frozen=True)
class Known:
    """A sentence of Xero's. In `cause`, `words` and `hint`, {0} is what the pattern caught.

    `taken` is the contact's field that stands in the way: a question of linking.
    """

    pattern: str
    cause: str
    words: str
    hint: str
    place: str = ""
    argument: str = ""
    taken: str = ""


# The sentences are quoted in Xero's documentation and in public issue trackers.
TABLE = (
    Known(
        r"Account code '([^']*)' has been (?:archived|deleted|removed)",
        "account:{0}",
        "Account {0} is archived or deleted in Xero.",
        "Choose another account in its table, or restore the account in Xero.",
        "table",
        "account_code",
    ),
    Known(
        r"Account code '([^']*)' is not a valid code",
        "account:{0}",
        "Account {0} cannot be used for this document in Xero.",
        "Choose another account in its table.",
        "table",
        "account_code",
    ),
    Known(
        r"TaxType code '?([\w-]+)'? cannot be used with account code '?([^' ]+)'?",
        "tax:{0}:{1}",
        "Xero does not let tax rate {0} be used with account {1}.",
        "Choose another tax rate in its table.",
        "table",
        "tax_type",
    ),
    Known(
        r"TaxType code '?([\w-]+)'? does not exist",
        "tax:{0}",
        "Tax rate {0} does not exist in Xero, or not for sales.",
        "Choose another tax rate in its table.",
        "table",
        "tax_type",
    ),
    Known(
        r"not subscribed to currency (\w+)",
        "currency:{0}",
        "{0} is not enabled in Xero.",
        "Add {0} under Settings › Currencies in Xero; the deals then go on by themselves.",
    ),
    Known(
        r"lock date, currently set at ([^.]+)",
        "locked:{0}",
        "The books are locked in Xero: the lock date is {0}.",
        "Move the lock date in Xero, or give the deal a later date.",
    ),
    Known(
        r"Item code '([^']*)' is not valid",
        "item:{0}",
        "Xero has no item {0}.",
        "Add the item in Xero, or take the product’s code off the mapping.",
        "mapping",
        "line.item_code",
    ),
    Known(
        r"Invoice (?:#|number) must be unique",
        "invoice_number_taken",
        "Another invoice in Xero has this number already.",
        "Change the number, or let Xero number its invoices by itself.",
    ),
    Known(
        r"contact (?:with the specified contact details )?has been archived",
        "contact_archived:{contact}",
        "The customer’s contact is archived in Xero.",
        "Restore the contact in Xero, or link the account to another one.",
        taken="ContactStatus",
    ),
    Known(
        r"contact number (.+?) is already assigned to another contact",
        "contact_number:{0}",
        "Another contact in Xero has the contact code {0} already.",
        "Link the account to that contact, or take the code off it.",
        taken="ContactNumber",
    ),
    Known(
        r"contact name (.+?) is already assigned to another contact",
        "contact_name:{0}",
        "Another contact in Xero is called {0} already.",
        "Link the account to that contact, or rename one of the two.",
        taken="Name",
    ),
    Known(
        r"Email address must be valid",
        "email:{name}",
        "Xero does not accept the e-mail address of {name}.",
        "Correct it in Salesforce; Xero takes no accents in e-mail addresses.",
    ),
    Known(
        r"reached the limit of invoices you can approve",
        "approval_limit",
        "The organisation’s Xero plan lets no more invoices be approved this month.",
        "Move to a larger plan, wait for next month, or let invoices start as drafts.",
        "table",
        "status",
    ),
    Known(
        r"payment or credit note allocated|not of valid status for modification",
        "not_editable:{id}",
        "The invoice can no longer be changed in Xero: it is approved, paid or ended.",
        "Change it by hand in Xero, or bill the difference.",
    ),
    Known(
        r"tracking category '([^']*)'",
        "tracking:{0}",
        "Tracking category {0} does not exist in Xero, or is archived.",
        "Choose another option in its table.",
        "table",
        "tracking_1",
    ),
)


def refusal(messages: Sequence[str], element: Mapping[str, Any]) -> NeedsPerson:
    """Return what a person must solve, by the first message that is known."""
    facts = {
        "id": element.get("InvoiceID") or "",
        "contact": _inner(element, "Contact", "ContactID") or element.get("ContactID") or "",
        "name": element.get("Name") or "the contact",
    }
    for message in messages:
        for known in TABLE:
            found = re.search(known.pattern, message, re.IGNORECASE)
            if found:
                return _explained(known, found.groups(""), facts)
    said = " ".join(messages) or "it gave no reason."
    return NeedsPerson(
        f"Xero refused it: {said}",
        cause=f"xero:{re.sub(r'[^a-z]+', '_', said.casefold()).strip('_')[:80]}",
        fix=Fix("Correct what Xero names, then try again."),
    )


def _explained(known: Known, caught: Sequence[str], facts: Mapping[str, Any]) -> NeedsPerson:
    words, cause = known.words.format(*caught, **facts), known.cause.format(*caught, **facts)
    fix = Fix(known.hint.format(*caught, **facts), known.place, known.argument)
    if not known.taken:
        return NeedsPerson(words, cause=cause, fix=fix)
    if caught:
        return DuplicateFound(words, cause=cause, fix=fix, taken=(known.taken, caught[0]))
    archived = tuple(str(facts["contact"]).lower().split())
    return DuplicateFound(
        words, cause=cause, fix=fix, candidates=archived, taken=(known.taken, "ARCHIVED")
    )


def _inner(element: Mapping[str, Any], block: str, name: str) -> str:
    inner = element.get(block)
    return str(inner.get(name) or "") if isinstance(inner, Mapping) else ""
