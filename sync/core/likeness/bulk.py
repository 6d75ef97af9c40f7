"""Two whole address books matched at once: the same scorer and choice, on several processors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import choosing
from .blocks import blocks_of
from .choosing import Choice, Decision, Rated
from .crew import Progress, Scored, Work, score_all
from .parties import Party
from .rules import SHIPPED, MatchRules
from .scoring import Evidence, score

CHUNK = 10_000


@dataclass(frozen=True)
class Pairing:
    """Two records of the two books that belong together, or are asked about, and why."""

    left_id: str
    right_id: str
    points: int
    decision: Decision
    evidence: Evidence
    why: str = ""


def match_books(
    left: Sequence[Party],
    right: Sequence[Party],
    rules: MatchRules = SHIPPED,
    progress: Progress = lambda done, total: None,
    *,
    processes: int | None = None,
    chunk: int = CHUNK,
) -> list[Pairing]:
    """Return the links and questions between two address books, in the order of the left one.

    `progress` hears how many of how many pairs are scored. `processes` is the number of
    processes; without it, one a processor. `chunk` is how many pairs one of them takes at once.
    """
    blocks = blocks_of(left, right)
    work = Work(left, right, rules, blocks.usage, blocks.pairs, chunk)
    return _Choosing(work, score_all(work, progress, processes)).pairings()


class _Choosing:
    """The choice for every record of both books, from the scored pairs."""

    def __init__(self, work: Work, found: Scored) -> None:
        self.work = work
        self.sides = (_Side(found.left, len(work.left)), _Side(found.right, len(work.right)))
        self.found = found
        self.place = {id(p): (0, i) for i, p in enumerate(work.left)}
        self.place |= {id(p): (1, i) for i, p in enumerate(work.right)}

    def look(self, party: Party) -> list[Rated]:
        """Return the candidates of a party on the other side; reasons are left out."""
        side, index = self.place[id(party)]
        others = self.work.left if side else self.work.right
        places = self.found.left if side else self.found.right
        return [
            (
                others[places[row]],
                Evidence(int(self.found.points[row]), (), "held" if self.found.vetoed[row] else ""),
            )
            for row in self.sides[side].rows(index)
        ]

    def rate(self, one: Party, other: Party) -> Evidence:
        """Return the evidence that two records are one."""
        return score(one, other, self.work.rules, self.work.usage)

    def pairings(self) -> list[Pairing]:
        """Return what comes of it: each pair once, links before questions."""
        chosen: dict[tuple[int, int], Pairing] = {}
        linked: set[int] = set()
        for side, book in enumerate((self.work.left, self.work.right)):
            for index in np.flatnonzero(self.sides[side].counts).tolist():
                if side and index in linked:
                    continue
                choice = choosing.choose(book[index], self.look, self.rate, self.work.rules)
                for party, _ in choice.candidates:
                    other = self.place[id(party)][1]
                    pair = (other, index) if side else (index, other)
                    if pair not in chosen:
                        chosen[pair] = self._pairing(pair, choice, bool(side))
                    if choice.decision is Decision.LINK:
                        linked.add(pair[1])
        return [chosen[pair] for pair in sorted(chosen)]

    def _pairing(self, pair: tuple[int, int], choice: Choice, late: bool) -> Pairing:
        """Return a pair with its reasons; what only the right book would link is asked."""
        left, right = self.work.left[pair[0]], self.work.right[pair[1]]
        evidence = score(left, right, self.work.rules, self.work.usage)
        decision = Decision.ASK if late and not choice.why else choice.decision
        why = "" if decision is Decision.LINK else evidence.veto or choice.why
        return Pairing(left.id, right.id, evidence.points, decision, evidence, why)


class _Side:
    """Where the pairs of each record of one book stand among all pairs."""

    def __init__(self, places: np.ndarray, size: int) -> None:
        self.order = np.argsort(places, kind="stable")
        self.counts = np.bincount(places, minlength=size)
        self.ends = np.cumsum(self.counts)

    def rows(self, index: int) -> list[int]:
        """Return the rows of one record's pairs."""
        end = int(self.ends[index])
        rows: list[int] = self.order[end - int(self.counts[index]) : end].tolist()
        return rows
