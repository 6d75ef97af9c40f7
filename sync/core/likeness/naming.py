"""How alike two names are: word by word, with what is left over on either side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from .names import Name
from .nicknames import are_the_same
from .vocabulary import COMMON

_VOWELS = frozenset("aeiouy")
WORTH_PAIRING = 0.4
_MISTYPED = 0.4
"""The share of its letters that a word may have wrong."""
_IN_USE = 0.7
"""A word that tells no more than this stands in so many names that it is no typing error."""


@dataclass(frozen=True, slots=True)
class NameLikeness:
    """What two names have in common.

    `agreed` is the sum of what each shared word tells (1 for a rare word), `ratio` from 0 to 1
    what is shared of all, `left` and `right` the words left over, `likeness` how well the shared
    words agree in spelling.
    """

    agreed: float
    ratio: float
    likeness: float
    left: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def full(self) -> bool:
        """Whether each word has its partner."""
        return self.agreed > 0 and not self.left and not self.right


NOTHING_ALIKE = NameLikeness(0.0, 0.0, 0.0, (), ())


@lru_cache(maxsize=1 << 16)
def word_likeness(one: str, other: str) -> float:
    """Return from 0 to 1 how likely two words are spellings of the same one."""
    if one == other:
        return 1.0
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) == 1:
        return 0.45 if long.startswith(short) and short.isalpha() else 0.0
    if not (one.isalpha() and other.isalpha()):
        return 0.0
    if are_the_same(one, other):
        return 0.75
    return _spelled_alike(short, long) or (0.6 if _abbreviates(short, long) else 0.0)


def _spelled_alike(short: str, long: str) -> float:
    """Return how few letters differ; two words that are both known are no typing error."""
    size = len(long)
    if size <= 3 or (short in COMMON and long in COMMON):
        return 0.0
    allowed = int(size * _MISTYPED)
    distance = OSA.distance(short, long, score_cutoff=allowed)
    return 1 - 1.5 * distance / size if distance <= allowed else 0.0


def _abbreviates(short: str, long: str) -> bool:
    """Return whether `short` is the beginning of `long`, or its consonants (mfg, intl)."""
    if len(short) < 3 or len(long) < len(short) + 2:
        return False
    if long.startswith(short):
        return True
    if not _VOWELS.isdisjoint(short[1:]) or len(long) < 6 or short[0] != long[0]:
        return False
    rest = iter(long)
    return all(letter in rest for letter in short)


def compare(left: Name, right: Name, telling: Callable[[str], float]) -> NameLikeness:
    """Return how alike two names are; `telling` says from 0 to 1 how rare a word is."""
    if not left.tokens or not right.tokens:
        return NOTHING_ALIKE
    if left.tokens == right.tokens:
        return NameLikeness(sum(map(telling, left.tokens)), 1.0, 1.0, (), ())
    shared = set(left.tokens) & set(right.tokens)
    agreed = sum(telling(word) for word in shared)
    spelled = agreed
    ours = [word for word in left.tokens if word not in shared]
    theirs = [word for word in right.tokens if word not in shared]
    for word in (*_rejoin(ours, theirs), *_rejoin(theirs, ours)):
        agreed, spelled = agreed + telling(word), spelled + telling(word)
    for one, other, alike in _pairs(ours, theirs, telling):
        told = min(telling(one), telling(other))
        agreed, spelled = agreed + told * alike, spelled + told
        ours.remove(one)
        theirs.remove(other)
    if ours and theirs:
        agreed, spelled = _joined(ours, theirs, telling, agreed, spelled)
    over = sum(map(telling, ours)) + sum(map(telling, theirs))
    ratio = agreed / (spelled + over / 2) if spelled else 0.0
    return NameLikeness(
        agreed, ratio, agreed / spelled if spelled else 0.0, tuple(ours), tuple(theirs)
    )


def _rejoin(apart: list[str], joined: list[str]) -> list[str]:
    """Return the words of one list that stand apart in the other, and take them from both."""
    found = []
    for one, other in pairwise(tuple(apart)):
        if one + other in joined and one in apart and other in apart:
            joined.remove(one + other)
            apart.remove(one)
            apart.remove(other)
            found.append(one + other)
    return found


def _pairs(
    ours: list[str], theirs: list[str], telling: Callable[[str], float]
) -> list[tuple[str, str, float]]:
    """Return the words that are alike, each once, the most alike first."""
    found = []
    for one in ours:
        for other in theirs:
            alike = word_likeness(one, other)
            if alike >= WORTH_PAIRING:
                found.append((_doubted(one, other, alike, telling), one, other))
    if len(found) > 1:
        found.sort(key=lambda pair: (-pair[0], min(pair[1:]), max(pair[1:])))
    chosen: list[tuple[str, str, float]] = []
    used: set[str] = set()
    for alike, one, other in found:
        if alike >= WORTH_PAIRING and one not in used and other not in used:
            chosen.append((one, other, alike))
            used |= {one, other}
    return chosen


def _doubted(one: str, other: str, alike: float, telling: Callable[[str], float]) -> float:
    """Return a likeness halved where both words are in use: Maria and Mario are no typing error.

    Abbreviations and initials are let off: they are in use themselves.
    """
    if abs(len(one) - len(other)) > 1 or are_the_same(one, other):
        return alike
    both_used = max(telling(one), telling(other)) <= _IN_USE
    return max(WORTH_PAIRING, alike / 2) if both_used else alike


def _joined(
    ours: list[str],
    theirs: list[str],
    telling: Callable[[str], float],
    agreed: float,
    spelled: float,
) -> tuple[float, float]:
    """Count words that only together are alike: "North Wind" is Northwind, IBM is its initials.

    What finds its partner is taken from `ours` and `theirs`.
    """
    together, opposite = "".join(ours), "".join(theirs)
    if len(ours) != len(theirs) and len(together) > 3:
        distance = OSA.distance(together, opposite, score_cutoff=2)
        if distance <= min(2, len(together) // 5):
            alike = 1 - 1.5 * distance / len(together)
            told = max(map(telling, (*ours, *theirs)))
            ours.clear()
            theirs.clear()
            return agreed + told * alike, spelled + told
    for few, many in ((ours, theirs), (theirs, ours)):
        initials = "".join(word[0] for word in many)
        if len(few) == 1 and len(many) > 1 and few[0] == initials:
            told = telling(few[0])
            few.clear()
            many.clear()
            return agreed + told * 0.7, spelled + told
    return agreed, spelled
