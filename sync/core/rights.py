"""What may be done with the records of a kind by whom we sign in as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Rights:
    """What an org lets us do with a kind; `external_ids` are the fields that find it again."""

    create: bool = False
    edit: bool = False
    delete: bool = False
    external_ids: frozenset[str] = frozenset()

    def may(self, act: str) -> bool:
        """Return whether an act (read, create, edit or delete) is allowed; what is shown is read.

        Raises KeyError for any other.
        """
        known = {"create": self.create, "edit": self.edit, "delete": self.delete}
        return {"read": True, **known}[act]


@runtime_checkable
class Permitting(Protocol):
    """A doorway whose system tells what it lets us do."""

    def rights(self, kinds: Sequence[str]) -> Mapping[str, Rights]:
        """Return our rights by kind; a kind that is hidden from us is absent. Cached as fields."""
