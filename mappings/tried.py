"""What the try-out of a draft came to, kept for who publishes it; a changed draft is untried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from mappings.drafting import Draft

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Tried:
    """How many of the records of the last 90 days would come out otherwise, and in what."""

    total: int
    differing: int
    areas: Mapping[str, int] = field(default_factory=dict)
    at: datetime = field(default_factory=timezone.now)

    @property
    def words(self) -> str:
        """The result in a sentence."""
        if not self.total:
            return "Nothing was planned in the last 90 days, so there is nothing to compare."
        same = self.total - self.differing
        comes = "comes" if same == 1 else "come"
        told = f"Of {self.total} planned in the last 90 days, {same} {comes} out the same."
        if not self.differing:
            return told
        parts = ", ".join(f"{count} in {area}" for area, count in self.areas.items())
        return f"{told} {self.differing} would differ: {parts}."


def keep(draft: Draft, tried: Tried) -> None:
    """Keep what the draft as it is now came to, for a day."""
    cache.set(_key(draft), tried, KEPT_SECONDS)


def of(draft: Draft) -> Tried | None:
    """Return what the draft as it is now came to, or None when it was not tried."""
    found: Tried | None = cache.get(_key(draft))
    return found


def _key(draft: Draft) -> str:
    return f"tried:{draft.pair.pk}:{draft.flow}:{draft.mark}"
