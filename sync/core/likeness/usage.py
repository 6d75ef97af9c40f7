"""How many records, and how many different names, use a key: what is shared tells less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sync.core.matching import IndexKey

from .folding import sound
from .keys import ALONE, CAP, keys_of
from .parties import Party
from .vocabulary import COMMON

MANY = CAP + 1
"""Stands for every number above the cap."""


def _steps(*steps: tuple[int, float]) -> tuple[float, ...]:
    """Return the value for every count from 0 to MANY, each step holding up to its limit."""
    return tuple(
        next(value for limit, value in steps if count <= limit) for count in range(MANY + 1)
    )


_RARE = _steps((4, 1.0), (8, 0.87), (20, 0.7), (CAP, 0.55), (MANY, 0.4))
_UNIQUE = _steps((2, 1.0), (3, 0.95), (4, 0.85), (8, 0.6), (20, 0.35), (MANY, 0.15))
_OWN = _steps((2, 1.0), (3, 0.85), (4, 0.65), (6, 0.45), (10, 0.25), (20, 0.1), (MANY, 0.0))
_COMMON_TELLS = 0.27
_SHORT_TELLS = (0.0, 0.2, 0.5)
"""What words of no, one and two letters tell at most."""


@dataclass(frozen=True)
class Usage:
    """Counts over the records of both systems, none above MANY; a key that lacks is used once.

    `records` counts the records that carry a key, `names` the different names among them.
    """

    records: Mapping[IndexKey, int] = field(default_factory=dict)
    names: Mapping[IndexKey, int] = field(default_factory=dict)

    def telling(self, word: str) -> float:
        """Return from 0 to 1 how much it tells that two names share this word."""
        told = _RARE[self.records.get(("word", word), 1)]
        if word in COMMON:
            told = min(told, _COMMON_TELLS)
        return min(told, _SHORT_TELLS[len(word)]) if len(word) <= 2 else told

    def unique(self, whole: str) -> float:
        """Return from 0 to 1 how far a whole name is one record's in each system."""
        return _UNIQUE[self.records.get(("name", whole), 1)]

    def own(self, name: str, value: str) -> float:
        """Return from 0 to 1 how far a contact value or number is one name's own."""
        return _OWN[self.names.get((name, value), 1)]


def usage_of(parties: Iterable[Party]) -> Usage:
    """Return the counts over these parties: all records of both systems that carry their keys."""
    records: dict[IndexKey, int] = {}
    names: dict[IndexKey, set[str]] = {}
    for party in parties:
        called = call_of(party)
        for key in keys_of(party):
            if key[0] in ALONE:
                records[key] = records.get(key, 0) + 1
                names.setdefault(key, set()).add(called)
    return Usage(
        {key: min(count, MANY) for key, count in records.items()},
        {key: min(len(found), MANY) for key, found in names.items()},
    )


def call_of(party: Party) -> str:
    """Return roughly what a party is called, so that a typing error makes no second name."""
    return " ".join(sorted({sound(token)[:3] for token in party.name.tokens[:2]}))
