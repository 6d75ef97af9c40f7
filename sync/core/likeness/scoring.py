"""The score of two parties: points for each evidence, in words, and what forbids to link them."""

from __future__ import annotations

from dataclasses import dataclass

from . import contact_evidence, name_evidence, number_evidence, place_evidence
from .parties import Party
from .reasons import Held, Reason, Strict, Weighing
from .rules import MatchRules
from .usage import Usage


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against two parties being one.

    `points` are the sum of the reasons' points. `veto` says in words why they are never linked
    without asking however many points they have; empty when nothing forbids it.
    """

    points: int
    reasons: tuple[Reason, ...]
    veto: str = ""

    def in_words(self) -> str:
        """Return the reasons as people read them: "same tax number +45, other country −25"."""
        return ", ".join(str(reason) for reason in self.reasons)


def score(left: Party, right: Party, rules: MatchRules, usage: Usage) -> Evidence:
    """Return the evidence that two parties are one; the same whichever comes first."""
    weighing = Weighing(left, right, rules, usage)
    number_evidence.weigh(weighing)
    contact_evidence.weigh(weighing)
    place_evidence.weigh(weighing)
    name_evidence.weigh(weighing)
    points = weighing.points
    reasons = weighing.reasons
    if weighing.held:
        most, why = _most(weighing)
        if points > most:
            reasons.append(Reason(f"held back: {why}", most - points))
            points = most
        return Evidence(points, tuple(reasons), why)
    return Evidence(points, tuple(reasons))


def _most(weighing: Weighing) -> tuple[int, str]:
    """Return the most points that the vetoes leave, and the strictest of them."""
    strictest: Held = max(weighing.held, key=lambda held: held.strict)
    limits = {Strict.ASK: weighing.rules.link - 1, Strict.LEAVE: weighing.rules.ask - 1}
    return limits[strictest.strict], strictest.why
