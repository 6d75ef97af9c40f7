"""What is known of the fields of both sides, and whether a rule's source fits its target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Holds(StrEnum):
    """What a field holds, in the words of a sentence."""

    TEXT = "a text"
    NUMBER = "a number"
    DATE = "a date"
    TIME = "a date with its time"
    YES_NO = "yes or no"
    OTHER = "something that cannot be taken as one value"


_SALESFORCE: Mapping[str, Holds] = {
    **dict.fromkeys(("currency", "double", "int", "percent", "long"), Holds.NUMBER),
    **dict.fromkeys(("address", "location", "base64", "complexvalue"), Holds.OTHER),
    "date": Holds.DATE,
    "datetime": Holds.TIME,
    "boolean": Holds.YES_NO,
}
"""Salesforce's types; every other is a text (Object Reference, Field Types)."""


@dataclass(frozen=True)
class FieldFacts:
    """A Salesforce field as described: `length` 0 for none; `leads_to` by its `relationship`.

    `choices` are the active values of its list with their labels, none where it has no list.
    """

    name: str
    label: str
    type: str
    length: int = 0
    writable: bool = False
    relationship: str = ""
    leads_to: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> Holds:
        """What it holds."""
        return _SALESFORCE.get(self.type, Holds.TEXT)

    @property
    def words(self) -> str:
        """The field for those who choose it: label, type and length."""
        size = f" of {self.length}" if self.length and self.holds is Holds.TEXT else ""
        return f"{self.label}: {self.holds.value}{size}"


Kinds = Mapping[str, Mapping[str, FieldFacts]]
"""Fields by name, by kind."""


@runtime_checkable
class Describing(Protocol):
    """A doorway whose system describes its fields."""

    def described(self, kinds: Sequence[str]) -> Kinds:
        """Return the fields of the kinds that there are; one call for 25 (cached)."""


@dataclass(frozen=True)
class Takes:
    """What a shared field takes: what it holds and the longest text, 0 where none is known.

    `gives` is the longest text that comes back where the field is written in both systems.
    """

    holds: Holds
    length: int = 0
    gives: int = 0


@dataclass(frozen=True)
class Org:
    """The described kinds of an org."""

    kinds: Kinds = field(default_factory=dict)

    def find(self, kind: str, path: str) -> FieldFacts | None:
        """Return the field that a dotted path of the kind leads to, or None."""
        step, dot, rest = path.partition(".")
        known = self.kinds.get(kind, {})
        if not dot:
            return known.get(step)
        above = next((f for f in known.values() if f.relationship == step), None)
        return self.find(above.leads_to, rest) if above else None

    def is_open(self, kind: str, path: str) -> bool:
        """Return whether the path leads through a kind that is not described, so is not known."""
        step, dot, rest = path.partition(".")
        known = self.kinds.get(kind)
        if known is None:
            return True
        above = next((f for f in known.values() if f.relationship == step), None)
        return bool(dot and above) and self.is_open(above.leads_to if above else "", rest)


PASSES_ON = frozenset({"copy", "first_non_empty", "or_else"})
TEXT_AS_IT_IS = PASSES_ON | {"trim", "upper", "lower"}
OF_DATES, OF_NUMBERS = (
    frozenset({"date_plus_days", "end_of_month"}),
    frozenset({"number", "convert"}),
)


def misfit(transform: str, sources: Sequence[FieldFacts], target: Takes) -> str:
    """Return why the sources cannot become what the target takes, in a sentence; empty if they can.

    A text in a number's place is told before one is met; a number or a date may become a text.
    """
    told = (_unfit(transform, each, target) for each in sources)
    return _of_another_kind(transform, target) or next(filter(None, told), "")


def _unfit(transform: str, source: FieldFacts, target: Takes) -> str:
    given = f"“{source.label}” holds {source.holds.value}"
    if source.holds is Holds.OTHER:
        return f"{given}."
    if transform in OF_DATES and source.holds not in (Holds.DATE, Holds.TIME):
        return f"{given}; days can be added to a date only."
    if transform in OF_NUMBERS and source.holds not in (Holds.NUMBER, Holds.TEXT):
        return f"{given}; a number is needed here."
    if transform in PASSES_ON and not _passes(source.holds, target.holds):
        return f"{given}; {target.holds.value} is needed here."
    if target.length and transform in TEXT_AS_IT_IS and _longer(source, target.length):
        return (
            f"“{source.label}” may have {source.length} characters; there is room for "
            f"{target.length}. Choose “the first characters” to cut it."
        )
    return ""


def _of_another_kind(transform: str, target: Takes) -> str:
    gives = Holds.NUMBER if transform in OF_NUMBERS else Holds.DATE
    if transform not in OF_NUMBERS | OF_DATES or target.holds in (gives, Holds.TEXT):
        return ""
    if (gives, target.holds) == (Holds.DATE, Holds.TIME):
        return ""
    return f"This way gives {gives.value}; {target.holds.value} is needed here."


def _longer(source: FieldFacts, room: int) -> bool:
    return source.holds is Holds.TEXT and source.length > room


def _passes(given: Holds, taken: Holds) -> bool:
    if taken is Holds.TEXT:
        return given is not Holds.OTHER
    if taken is Holds.DATE:
        return given in (Holds.DATE, Holds.TIME)
    return given is taken


def unfit_to_fill(filled: FieldFacts, given: Takes) -> str:
    """Return why a Salesforce field cannot be filled with what is given; empty if it can."""
    if not filled.writable:
        return f"“{filled.label}” cannot be written: it is computed, or hidden from writing."
    if filled.type in ("reference", "id"):
        return f"“{filled.label}” leads to another record: no value can be written into it."
    takes = filled.holds
    if takes is Holds.TEXT or (takes is given.holds):
        short = given.length and filled.length and filled.length < given.length
        if short and filled.holds is Holds.TEXT:
            return (
                f"“{filled.label}” has room for {filled.length} characters; {given.length} are "
                "needed."
            )
        return ""
    return f"“{filled.label}” holds {takes.value}; it would be filled with {given.holds.value}."
