"""Owners: whose task it is: the account’s owner, the managers above, or whoever stands in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

HIGHEST = 5
"""No further up: managers may be entered in a circle."""


@dataclass(frozen=True)
class Person:
    """One of Salesforce's users."""

    id: str
    name: str = ""
    active: bool = True
    manager: str = ""


def line_of(owner: str, people: Mapping[str, Person]) -> list[Person]:
    """Return the owner and the managers above, as far as they are known; each once."""
    found: dict[str, Person] = {}
    person = people.get(owner)
    while person is not None and person.id not in found and len(found) < HIGHEST:
        found[person.id] = person
        person = people.get(person.manager)
    return list(found.values())


def choose(
    owner: str, level: int, people: Mapping[str, Person], refused: Collection[str], stand_in: str
) -> str:
    """Return whose task it is at a level, or empty where nobody can have it.

    Level 1 is the account's owner, each further one the next manager. Managers who are inactive,
    or who may have no tasks, are passed over: upwards first, else it stays below.
    """
    for each in candidates(owner, level, people):
        if each.active and each.id not in refused:
            return each.id
    return stand_in if stand_in not in refused else ""


def candidates(owner: str, level: int, people: Mapping[str, Person]) -> Iterator[Person]:
    """Yield those who may have the task of a level, in their order."""
    line = line_of(owner, people)
    if level <= 1:
        yield from line[:1]
        return
    yield from line[level - 1 :]
    yield from reversed(line[: level - 1])
