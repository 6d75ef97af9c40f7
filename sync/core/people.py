"""Contact persons of a customer: which of two lists are the same people, and both lists as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .texts import email_key, name_key

MOST = 5
"""Xero keeps at most five contact persons (its Contacts page)."""
NAMES = ("first_name", "last_name", "email")

Person = Mapping[str, Any]
"""`first_name`, `last_name`, `email`; whatever else it has is kept."""


def joined(have: Sequence[Person], wanted: Iterable[Person]) -> list[dict[str, Any]]:
    """Return the people that are there, with what is wanted written over them and added.

    Nobody is ever taken away, and nobody is added beyond five or without an e-mail address. A
    person is the same by that address, else by name where the other's address belongs to nobody
    who is wanted.
    """
    result = [dict(person) for person in have]
    asked = _without_doubles(wanted)
    taken = {email_key(person.get("email")) for person in asked}
    for person in asked:
        place = _place(result, person, taken)
        if place is not None:
            result[place] |= _news(result[place], person)
        elif len(result) < MOST:
            result.append(dict(person))
    return result


def same(wanted: Sequence[Person], have: Sequence[Person]) -> bool:
    """Return whether writing `wanted` over `have` would change nothing."""
    return [_key(person) for person in joined(have, wanted)] == [_key(p) for p in have]


def _without_doubles(people: Iterable[Person]) -> list[Person]:
    found: dict[str, Person] = {}
    for person in people:
        found.setdefault(email_key(person.get("email")), person)
    found.pop("", None)
    return list(found.values())


def _place(people: Sequence[Person], person: Person, taken: set[str]) -> int | None:
    first, last, email = _key(person)
    keys = [_key(one) for one in people]
    by_mail = [i for i, key in enumerate(keys) if key[2] == email]
    by_name = [
        i
        for i, key in enumerate(keys)
        if (first or last) and key[:2] == (first, last) and key[2] not in taken
    ]
    return next(iter(by_mail or by_name), None)


def _news(have: Person, wanted: Person) -> dict[str, Any]:
    """Return what a wanted person says that differs by more than its writing."""
    keys = {"first_name": name_key, "last_name": name_key, "email": email_key}
    return {
        name: wanted[name]
        for name in NAMES
        if wanted.get(name) and keys[name](wanted[name]) != keys[name](have.get(name))
    }


def _key(person: Person) -> tuple[str, str, str]:
    return (
        name_key(person.get("first_name")),
        name_key(person.get("last_name")),
        email_key(person.get("email")),
    )
