"""The screen of organisations, with what publishing its rows sets going."""

from __future__ import annotations

from django.contrib import admin

from mappings.admin.routing import RoutingAdmin
from mappings.models import RoutingVersion
from sync import bell
from sync.engine import routing_telling


@admin.register(RoutingVersion)
class RoutingScreen(RoutingAdmin):
    """The rows' screen; a new version lets a worker look again at what it concerns."""

    def published(self, version: RoutingVersion) -> None:
        """Ring for a worker that notes what a new version concerns: thousands may be read."""
        bell.ring("note_routes", version.connection_id)

    def looked_at(self, connection_id: int) -> int:
        """Return how many records a worker has looked at so far for the version that waits."""
        return routing_telling.looked_at(connection_id)


__all__ = ["RoutingScreen"]
