"""What Xero says of the person who is billed, on its way into a Salesforce contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import SequenceMatcher
from uuid import NAMESPACE_URL, uuid5

from sync.core.bodies import Body
from sync.core.errors import Fix, NeedsPerson
from sync.core.intents import COUNTERPART
from sync.core.records import System
from sync.core.texts import email_key, text_key

from . import persons
from .drafts import Draft
from .lengths import fitting

MARKER = "Counterpart_Xero_Contact_Id__c"
FIELDS: Mapping[str, str] = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "Email",
}
"""The shared fields of a person, with Salesforce's."""
_ALIKE = 0.75
"""How like two first names must be (of 1) to be one name in two spellings."""


def bodies(draft: Draft, wanted: Mapping[str, str]) -> tuple[Body, ...]:
    """Return the contacts to be written so that these shared values are the billing person's.

    A corrected name or address is written into the contact; another person's name is not: that
    person is found below the account or made, and ticked. Raises NeedsPerson where this org has
    no box to tick and the person would not be taken for the one to be billed.
    """
    said = {
        name: fitting(name, text, System.SALESFORCE, draft.whose) for name, text in wanted.items()
    }
    current = persons.billing(draft.record) if draft.record else {}
    now = persons.values(current)
    target = {**now, **said}
    if not any(said.values()) and not current:
        return ()
    if current and not _another(now, target):
        return _written(draft, current, target, ticks=False)
    row = _namesake(draft, target, current)
    found = _written(draft, row, target, ticks=True) + _unticked(current)
    if not _is_billed(draft, found, target):
        raise _cannot_tick(draft, now, target)
    return found


def _written(
    draft: Draft, row: persons.Row, target: Mapping[str, str], *, ticks: bool
) -> tuple[Body, ...]:
    """Return the body that makes the contact say the target; nothing where it does already."""
    erased = draft.values.get("email", True) in (None, "")
    values = _news(row, target, ("email",) if erased or not draft.mail_field else ())
    if ticks and draft.has(persons.TICK, "Contact") and row.get(persons.TICK) is not True:
        values[persons.TICK] = True
    if not values:
        return ()
    carried = frozenset(FIELDS) & draft.values.keys()
    if row:
        return (Body("Contact", {"Id": row["Id"], **values}, carried, str(row["Id"])),)
    above, marker = f"@{COUNTERPART}", _marker(draft, target)
    if draft.record is not None:
        above = draft.record.key.id
    marked = {MARKER: marker} if marker else {}
    return (Body("Contact", {"AccountId": above, **marked, **values}, carried, "", marker),)


def _marker(draft: Draft, target: Mapping[str, str]) -> str:
    """Return what finds a new person again: the Xero contact's id for the first of a new account.

    Any other has one of its own, since a create goes by it: somebody who was made earlier may
    be below another account by now, and is not to be written over.
    """
    if draft.record is None or not draft.marker:
        return draft.marker
    named = (*_names(target), email_key(target["email"]))
    return str(uuid5(NAMESPACE_URL, "|".join((draft.record.key.id, draft.marker, *named))))


def _news(
    row: persons.Row, target: Mapping[str, str], further: tuple[str, ...]
) -> dict[str, str | bool | None]:
    """Return the fields of a contact that differ; the last name that Salesforce demands too."""
    now = persons.values(row)
    names = ("first_name", "last_name", *further)
    moved = [name for name in names if target[name] != now[name]]
    body: dict[str, str | bool | None] = {FIELDS[name]: target[name] or None for name in moved}
    if not target["last_name"] and (body or not row):
        body["LastName"] = _stand_in(target)
    if body.get("LastName") == row.get("LastName"):
        body.pop("LastName", None)
    return body


def _is_billed(draft: Draft, found: tuple[Body, ...], target: Mapping[str, str]) -> bool:
    """Return whether the target is the person to be billed once these bodies are written."""
    rows = (draft.record.get("Contacts") if draft.record else None) or []
    news = {body.target: body.values for body in found}
    after = [{**row, **news.get(str(row.get("Id")), {})} for row in rows]
    if "" in news:
        after.append({**news[""], "Id": "~", "CreatedDate": datetime.max.replace(tzinfo=UTC)})
    billed = persons.values(persons.billing_of(after))
    return all(billed[n] == target[n] for n in FIELDS if n != "email" or not draft.mail_field)


def _stand_in(target: Mapping[str, str]) -> str:
    """Return what a contact without a last name is called in Salesforce, which demands one."""
    return target["email"] if persons.takes_mail(target["email"]) else persons.NO_LAST_NAME


def _another(now: Mapping[str, str], target: Mapping[str, str]) -> bool:
    """Return whether the names are another person's, not a correction of the same one's."""
    before, after = text_key(now["first_name"]), text_key(target["first_name"])
    if before and after:
        return not _alike(before, after)
    old, new = text_key(now["last_name"]), text_key(target["last_name"])
    return bool(old and new) and not _alike(old, new)


def _alike(one: str, other: str) -> bool:
    if one.startswith(other.rstrip(".")) or other.startswith(one.rstrip(".")):
        return True
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _namesake(draft: Draft, target: Mapping[str, str], current: persons.Row) -> persons.Row:
    """Return another contact of the account that is this person; empty without one."""
    rows = (draft.record.get("Contacts") if draft.record else None) or []
    rest = [row for row in rows if row is not current]
    name = _names(target)
    by_name = [row for row in rest if any(name) and _names(persons.values(row)) == name]
    mail = email_key(target["email"])
    by_mail = [
        row
        for row in rest
        if mail
        and email_key(row.get("Email")) == mail
        and not _another(persons.values(row), target)
    ]
    return next(iter([*by_name, *by_mail]), {})


def _names(person: Mapping[str, str]) -> tuple[str, str]:
    return text_key(person["first_name"]), text_key(person["last_name"])


def _unticked(row: persons.Row) -> tuple[Body, ...]:
    if row.get(persons.TICK) is not True:
        return ()
    values = {"Id": row["Id"], persons.TICK: False}
    return (Body("Contact", values, frozenset(), str(row["Id"])),)


def _cannot_tick(draft: Draft, now: Mapping[str, str], target: Mapping[str, str]) -> NeedsPerson:
    old, new = (" ".join(filter(None, _shown(person))) for person in (now, target))
    new = new or target["email"]
    return NeedsPerson(
        f"Xero names {new} as the billing person of “{draft.whose.name}”; in Salesforce it is "
        f"{old or 'nobody'}, and no contact is renamed to another person.",
        cause=f"billing_person:{draft.whose.id}",
        fix=Fix(
            f"Make {new} a contact of the account with a title such as “Accounts payable”, or "
            f"correct the name in Xero. With Counterpart’s box for the billing contact installed "
            "in Salesforce this is done by itself."
        ),
    )


def _shown(person: Mapping[str, str]) -> tuple[str, str]:
    return person["first_name"], person["last_name"]
