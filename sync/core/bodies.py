"""Bodies: what one record is to be written, in its system's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Body:
    """What one record is to be written, in its system's own words.

    Most changes come to one body, some to more (an account with its billing person). `fields` are
    the shared fields it carries, `target` the id of the record to change (empty: a new one below
    the counterpart, which `@counterpart` stands for), `marker` what finds a new one again.
    """

    kind: str
    values: Mapping[str, Any] = field(hash=False)
    fields: frozenset[str]
    target: str = ""
    marker: str = ""
    removes: bool = False
    """Whether the target is to be deleted; it then has no values."""
    after: str = ""
    """The marker of the new one of its kind without which this one cannot be."""
