"""Two generated address books and which of their records are one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

Row = dict[str, str]


@dataclass
class Books:
    """Raw rows of both books, the true pairs, and pairs that a trap wants to be linked."""

    left: list[Row] = field(default_factory=list)
    right: list[Row] = field(default_factory=list)
    truth: set[tuple[str, str]] = field(default_factory=set)
    trap_of: dict[str, str] = field(default_factory=dict)
    """The trap that a record (by its id) stands in."""

    def without(self, columns: Iterable[str]) -> Books:
        """Return the same books with some columns missing wholesale."""
        gone = set(columns)
        left, right = (
            [{name: text for name, text in row.items() if name not in gone} for row in book]
            for book in (self.left, self.right)
        )
        return Books(left, right, self.truth, self.trap_of)


@dataclass
class Entity:
    """One real customer: the row that it would be written as without any error."""

    row: Row
    trap: str = ""


def typo(text: str, dice: random.Random) -> str:
    """Return the text with one typing error: a letter doubled, left out, wrong or swapped."""
    if len(text) < 4:
        return text
    at = dice.randrange(1, len(text) - 1)
    letter = dice.choice("abcdefghijklmnopqrstuvwxyz")
    return dice.choice(
        [
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        ]
    )
