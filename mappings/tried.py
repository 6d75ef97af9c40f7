"""What the try-out of a draft came to, kept for who publishes it; a changed draft is untried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from mappings.drafting import Draft
from mappings.models import DraftTrial

KEPT_SECONDS = 24 * 3600
INVOICES = "won_opportunity_invoice"


@dataclass(frozen=True)
class Lack:
    """Values that no row is for, in words, in so many records; whether a question is asked."""

    words: str
    records: int
    asks: bool


@dataclass(frozen=True)
class Tried:
    """How many of the records of the last 90 days would come out otherwise, and in what.

    `follows` counts those whose counterpart would be changed when they are next looked at,
    `asks_first` those that would raise a new question then. `lacks` has, by table or target, the
    values for which no row is there.
    """

    total: int
    differing: int
    areas: Mapping[str, int] = field(default_factory=dict)
    follows: int = 0
    asks_first: int = 0
    lacks: Mapping[str, Sequence[Lack]] = field(default_factory=dict)
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

    def follows_in_words(self, flow: str) -> str:
        """Return what becomes of what is there already; empty where nothing does."""
        one = self.follows == 1
        if flow == INVOICES:
            what = "draft in Xero" if one else "drafts in Xero"
        else:
            what = "record that is there" if one else "records that are there"
        verb = "follows" if one else "follow"
        told = f"{self.follows} {what} {verb} when next looked at." if self.follows else ""
        asked = f"{self.asks_first} would be asked about first." if self.asks_first else ""
        return " ".join(filter(None, (told, asked)))


def keep(draft: Draft, tried: Tried) -> None:
    """Keep what the draft as it is now came to."""
    result = asdict(tried)
    del result["at"]
    DraftTrial.objects.update_or_create(
        pair=draft.pair, flow=draft.flow, defaults={"mark": draft.mark, "result": result}
    )


def of(draft: Draft) -> Tried | None:
    """Return what the draft as it is now came to within a day, or None when it was not tried."""
    row = DraftTrial.objects.filter(pair=draft.pair, flow=draft.flow, mark=draft.mark).first()
    if row is None or row.at < timezone.now() - timedelta(seconds=KEPT_SECONDS):
        return None
    said: dict[str, Any] = row.result
    lacks = {place: [Lack(**one) for one in each] for place, each in said["lacks"].items()}
    return Tried(**{**said, "lacks": lacks, "at": row.at})
