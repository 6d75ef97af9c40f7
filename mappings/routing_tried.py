"""What the try-out of a routing draft came to; a draft that changed since is untried."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from mappings.models import RoutingTrial
from mappings.routing_draft import RouteDraft
from mappings.tried import KEPT_SECONDS


@dataclass(frozen=True)
class TriedRoutes:
    """How many of the last 90 days' records belong elsewhere by the draft, or nowhere."""

    total: int
    moved: int
    unmatched: int
    elsewhere: int = 0
    """So many stand in another organisation than the draft would send them to."""
    left_out: int = 0
    """So many older ones were not looked at."""
    at: datetime = field(default_factory=timezone.now)

    @property
    def words(self) -> str:
        """The result in a sentence."""
        if not self.total:
            return "There were no records in the last 90 days, so there is nothing to compare."
        newest = "the newest " if self.left_out else ""
        told = f"Of {newest}{self.total} records of the last 90 days, {self.moved or 'none'} would"
        told += f" change place; {self.unmatched or 'none'} would be asked about."
        if self.elsewhere:
            stand = "stands" if self.elsewhere == 1 else "stand"
            told += f" {self.elsewhere} already {stand} in another organisation and would be asked."
        if self.left_out:
            told += (
                f" {self.left_out:,} older ones were not tried; publishing looks at all of them."
            )
        return told


def keep(draft: RouteDraft, tried: TriedRoutes) -> None:
    """Keep what the draft as it is now came to."""
    result = asdict(tried)
    del result["at"]
    RoutingTrial.objects.update_or_create(
        connection=draft.connection, defaults={"mark": draft.mark, "result": result}
    )


def of(draft: RouteDraft) -> TriedRoutes | None:
    """Return what the draft as it is now came to within a day, or None when it was not tried."""
    row = RoutingTrial.objects.filter(connection=draft.connection, mark=draft.mark).first()
    if row is None or row.at < timezone.now() - timedelta(seconds=KEPT_SECONDS):
        return None
    return TriedRoutes(**row.result, at=row.at)
