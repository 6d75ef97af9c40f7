"""The choice: link to the best candidate, ask, or take the record for new; never guess on a tie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .parties import Party
from .rules import MatchRules
from .scoring import Evidence

Rated = tuple[Party, Evidence]
Rate = Callable[[Party, Party], Evidence]
"""Scores two parties."""
Look = Callable[[Party], Sequence[Rated]]
"""Finds the candidates of a party on the other side, with their evidence, in any order."""
MOST_ASKED = 3


class Decision(StrEnum):
    """What a choice came to."""

    LINK = "link"
    ASK = "ask"
    NEW = "new"


@dataclass(frozen=True)
class Choice:
    """The decision for one record, its candidates worth showing (best first), and why not linked.

    With LINK the first candidate is meant.
    """

    decision: Decision
    candidates: tuple[Rated, ...] = ()
    why: str = ""


def choose(subject: Party, look: Look, rate: Rate, rules: MatchRules) -> Choice:
    """Return what to do with a record.

    A link is the best for each of the two by the margin. `look` is asked for the subject and,
    where that matters, for its best candidates: whom else they resemble. A candidate that by the
    margin belongs to another record is no rival; where that other is the subject written twice
    (by `rate`, of two records of one system), both are linked to it.
    """
    ranked = best_first(look(subject))
    if not ranked or ranked[0][1].points < rules.ask:
        return Choice(Decision.NEW)
    near = [rated for rated in ranked if rated[1].points > ranked[0][1].points - 2 * rules.margin]
    free = [rated for rated in near if not _belongs_elsewhere(rated, subject, look, rules)]
    if not free or free[0][1].points <= ranked[0][1].points - rules.margin:
        return _about_taken(subject, ranked[0], look, rate, rules)
    if free[0][1].points < rules.ask:
        return Choice(Decision.NEW)
    return _about_free(subject, free, look, rules)


def _about_free(subject: Party, free: list[Rated], look: Look, rules: MatchRules) -> Choice:
    """Return the choice among candidates that no other record is more like."""
    best, evidence = free[0]
    close = evidence.points - rules.margin
    rivals = [rated for rated in free[1:] if rated[1].points > close]
    if rivals:
        shown = (free[0], *(rated for rated in rivals if rated[1].points >= rules.ask))
        return Choice(Decision.ASK, shown[:MOST_ASKED], "another record is nearly as good")
    for other in look(best):
        is_rival = other[0].id != subject.id and other[1].points > close
        if is_rival and not _belongs_elsewhere(other, best, look, rules):
            return Choice(Decision.ASK, (free[0],), "it is nearly as good for another record")
    if _enough(evidence, rules):
        return Choice(Decision.LINK, (free[0],))
    return Choice(Decision.ASK, (free[0],), evidence.veto or "not enough points")


def _about_taken(subject: Party, top: Rated, look: Look, rate: Rate, rules: MatchRules) -> Choice:
    """Return the choice about a candidate that is another's: that other may be the same record."""
    if not _enough(top[1], rules):
        return Choice(Decision.NEW)
    holder = best_first(look(top[0]))[0]
    if _enough(rate(subject, holder[0]), rules):
        return Choice(Decision.LINK, (top,), "the record is there twice")
    return Choice(Decision.ASK, (top,), "it is the best match of another record")


def _enough(evidence: Evidence, rules: MatchRules) -> bool:
    return evidence.points >= rules.link and not evidence.veto


def _belongs_elsewhere(rated: Rated, subject: Party, look: Look, rules: MatchRules) -> bool:
    """Return whether a candidate is by the margin more like another record than the subject."""
    mine = rated[1].points
    return any(
        party.id != subject.id
        and evidence.points >= mine + rules.margin
        and _enough(evidence, rules)
        for party, evidence in look(rated[0])
    )


def best_first(candidates: Sequence[Rated]) -> list[Rated]:
    """Return the candidates with the most points first; equal ones by id, to be repeatable."""
    return sorted(candidates, key=lambda rated: (-rated[1].points, rated[0].id))
