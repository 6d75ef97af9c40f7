"""What both sides have in common, and what a merge comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .records import System


@dataclass(frozen=True)
class Common:
    """One field's agreed value as each side holds it.

    The two differ where a system normalises what it is given, and where a difference was
    accepted: then `apart` is true, and the next move of either side is a question.
    """

    salesforce: Any
    xero: Any
    apart: bool = False

    def of(self, system: System) -> Any:
        """Return the value that the system held."""
        return self.salesforce if system is System.SALESFORCE else self.xero


Agreed = Mapping[str, Common]
"""What both sides last had in common, by shared field; a field never agreed on is absent."""


@dataclass(frozen=True)
class Conflict:
    """A field that moved on both sides: `was` is the agreed value or None."""

    field: str
    was: Common | None
    salesforce: Any
    xero: Any


@dataclass(frozen=True)
class Merged:
    """The outcome: what each side is to be written, what is disputed, what is agreed now.

    `agreed` holds for the fields that need no write; a written field joins it once confirmed.
    """

    writes: Mapping[System, Mapping[str, Any]] = field(hash=False)
    conflicts: tuple[Conflict, ...]
    agreed: Agreed = field(hash=False)
