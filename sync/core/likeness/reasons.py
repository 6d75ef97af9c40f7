"""Reasons in words with their points, gathered while two parties are weighed."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from .parties import Party
from .rules import MatchRules
from .usage import Usage


class Reason(NamedTuple):
    """One piece of evidence in words, and its points."""

    words: str
    points: int

    def __str__(self) -> str:
        sign = "+" if self.points >= 0 else "−"
        return f"{self.words} {sign}{abs(self.points)}"


class Strict(IntEnum):
    """What a veto leaves: ASK a person at most, LEAVE the two apart."""

    ASK = 1
    LEAVE = 2


class Held(NamedTuple):
    """A veto: how strict, and why in words."""

    strict: Strict
    why: str


class Weighing:
    """Two parties being weighed: the reasons and vetoes found so far.

    `proven` is set by evidence that hardly two records share, a number or a mailbox of their own,
    `numbered` by a same tax or company number, `alone` when nobody else has their address or
    telephone, `reached` by a telephone or a person's mailbox of their own, `specific` by what
    other records of the same name have not. `several` tells whether there are such others.
    """

    __slots__ = (
        *("alone", "held", "left", "namesakes", "numbered", "other_email"),
        *("persons", "points", "proven", "reached", "reasons", "right", "rules", "several"),
        *("specific", "usage"),
    )

    def __init__(self, left: Party, right: Party, rules: MatchRules, usage: Usage) -> None:
        self.left, self.right, self.rules, self.usage = left, right, rules, usage
        self.reasons: list[Reason] = []
        self.held: list[Held] = []
        self.points = 0
        self.proven = self.numbered = self.alone = self.reached = False
        self.specific = self.other_email = False
        self.persons = left.is_person or right.is_person
        self.namesakes = max(
            usage.records.get(("name", party.name.whole), 1) for party in (left, right)
        )
        self.several = self.namesakes > 2

    def share(self, key: str, value: str) -> None:
        """Note that both have this key, and what it tells of others of the same name.

        A company's branches share all but place and telephone; a person's mailbox and numbers
        are nobody else's.
        """
        used = self.usage.records.get((key, value), 1)
        if self.persons or (key == "phone" and used < self.namesakes):
            self.specific = True
        if used > 2 * self.usage.names.get((key, value), 1) and key != "phone":
            self.several = self.several or not self.persons

    def add(self, words: str, points: float) -> None:
        """Note a reason; one without points is none."""
        whole = round(points)
        if whole:
            self.reasons.append(Reason(words, whole))
            self.points += whole

    def hold(self, strict: Strict, why: str) -> None:
        """Note a veto."""
        self.held.append(Held(strict, why))
