"""What rows make of three records, shown beside their fields; whoever can read records says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest

from mappings.content import Difference, changed
from mappings.drafting import Draft
from mappings.rules import rules_of
from sync.core.comparing import Compared, Rehearsal
from sync.core.flow import RuleSet
from sync.flows.registry import every_flow


@dataclass(frozen=True)
class Seen:
    """One record: what the row in question makes of it, before and after, and what else moves."""

    record: Rehearsal
    own: Sequence[Compared]
    more: Sequence[Compared]


@dataclass(frozen=True)
class Beside:
    """What a page shows: the words for three records, those offered, and what becomes of them.

    `cannot` says that the flow is tried elsewhere; `read` whether records were looked at.
    """

    asked: Sequence[str] = ()
    names: Sequence[str] = ()
    seen: Sequence[Seen] = ()
    faults: Sequence[str] = ()
    cannot: bool = False
    read: bool = False
    failing: Mapping[str, str] = field(default_factory=dict)
    """By the name of a record, why an expression in the row cannot be calculated for it."""


@dataclass(frozen=True)
class Asked:
    """Rules to be held against others, for one target or table; empty for every one.

    `before` are the others, those in force where None. `reads` says whether the systems may be
    asked; else only what is known from before is shown.
    """

    draft: Draft
    rules: RuleSet
    target: str = ""
    reads: bool = False
    before: RuleSet | None = None


def nothing(request: HttpRequest, asked: Asked) -> Beside:
    """Show nothing: nobody here can read records."""
    return Beside(cannot=True)


class Door:
    """Who tells what rows make of records; the layer above puts itself here."""

    tell: Callable[[HttpRequest, Asked], Beside] = staticmethod(nothing)


door = Door()


def without(draft: Draft, place: str) -> RuleSet:
    """Return the rules of the draft with one place as it is in force: what others drafted stays."""
    return as_typed(draft, Difference(place, None, draft.in_force.get(place)))


def as_typed(draft: Draft, *changes: Difference) -> RuleSet:
    """Return the rules of the draft with these changes made, which nobody has saved."""
    said = changed(draft.content, changes)
    return rules_of(every_flow()[draft.flow], said, draft.number + 1)
