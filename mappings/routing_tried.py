"""What the try-out of a routing draft came to; a draft that changed since is untried."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from mappings.models import RoutingTrial
from mappings.routing_draft import RouteDraft

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class TriedRoutes:
    """How many of the last 90 days' records belong elsewhere by the draft, or nowhere."""

    total: int
    moved: int
    unmatched: int
    elsewhere: int = 0
    """So many stand in another organisation than the draft would send them to."""
    at: datetime = field(default_factory=timezone.now)

    @property
    def words(self) -> str:
        """The result in a sentence."""
        if not self.total:
            return "There were no records in the last 90 days, so there is nothing to compare."
        told = f"Of {self.total} records of the last 90 days, {self.moved or 'none'} would change"
        told += f" place; {self.unmatched or 'none'} would be asked about."
        if self.elsewhere:
            stand = "stands" if self.elsewhere == 1 else "stand"
            told += f" {self.elsewhere} already {stand} in another organisation and would be asked."
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
