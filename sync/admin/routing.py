"""The screen of organisations, with what publishing its rows sets going."""

from __future__ import annotations

from django.contrib import admin

from mappings.admin.routing import RoutingAdmin
from mappings.models import RoutingVersion
from sync.engine import routing


@admin.register(RoutingVersion)
class RoutingScreen(RoutingAdmin):
    """The rows' screen; a new version lets what it concerns be looked at again."""

    def published(self, version: RoutingVersion) -> None:
        """Note the records that a new version concerns."""
        routing.published(version.connection, self.open_remote)


__all__ = ["RoutingScreen"]
