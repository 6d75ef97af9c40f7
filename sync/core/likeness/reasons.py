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

    `proven` is set by evidence that hardly two records share: a number or a mailbox of their own.
    """

    __slots__ = ("held", "left", "points", "proven", "reasons", "right", "rules", "usage")

    def __init__(self, left: Party, right: Party, rules: MatchRules, usage: Usage) -> None:
        self.left, self.right, self.rules, self.usage = left, right, rules, usage
        self.reasons: list[Reason] = []
        self.held: list[Held] = []
        self.points = 0
        self.proven = False

    def add(self, words: str, points: float) -> None:
        """Note a reason; one without points is none."""
        whole = round(points)
        if whole:
            self.reasons.append(Reason(words, whole))
            self.points += whole

    def hold(self, strict: Strict, why: str) -> None:
        """Note a veto."""
        self.held.append(Held(strict, why))
