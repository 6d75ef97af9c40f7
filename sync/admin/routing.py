"""The screen of organisations, with what publishing its rows sets going."""

from __future__ import annotations

from django.contrib import admin

from mappings.admin.routing import RoutingAdmin
from mappings.models import RoutingVersion
from sync import bell


@admin.register(RoutingVersion)
class RoutingScreen(RoutingAdmin):
    """The rows' screen; a new version lets a worker look again at what it concerns."""

    def published(self, version: RoutingVersion) -> None:
        """Ring for a worker that notes what a new version concerns: thousands may be read."""
        bell.ring("note_routes", version.connection_id)


__all__ = ["RoutingScreen"]
