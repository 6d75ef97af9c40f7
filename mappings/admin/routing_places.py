"""What every page of a connection's routing rows shows: its tabs, its state, its faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from connections.models import Connection
from mappings import routing, routing_choices, routing_faults
from mappings.admin import routing_lines
from mappings.admin.routing_lines import Telling
from mappings.admin.sets import PUBLISH
from mappings.choices import OpenRemote, SalesforceFields
from mappings.models import RoutingVersion
from mappings.routing_draft import RouteDraft, draft_of

SEE = "mappings.view_routingversion"
CHANGE = "mappings.change_valuerow"
"""Who may draft a table's row may draft these."""


@dataclass(frozen=True)
class Tab:
    """One page: its title, how many there are, its address, and whether it is the one shown."""

    title: str
    count: int | None
    address: str
    here: bool


@dataclass(frozen=True)
class RoutingPlace:
    """The rows of one connection, as the draft has them."""

    draft: RouteDraft
    open_remote: OpenRemote

    @property
    def connection(self) -> Connection:
        """The connection that stands in several pairs."""
        return self.draft.connection

    @cached_property
    def known(self) -> dict[str, SalesforceFields]:
        """The fields by kind."""
        return {
            kind: routing_choices.fields_of(self.connection, kind, self.open_remote)
            for kind in routing.kinds_of(self.connection)
        }

    @cached_property
    def telling(self) -> Telling:
        """What tells the rows in words."""
        return routing_lines.telling(self.connection, self.known)

    @cached_property
    def problems(self) -> list[str]:
        """What in the draft could not work."""
        return routing_faults.faults_of(self.connection, self.draft.rows, self.known)

    def address(self, name: str = "rows", **more: Any) -> str:
        """Return the address of one of its pages."""
        return address_of(self.connection.pk, name, **more)


NAMES = {
    "rows": "admin:mappings_routing",
    "draft": "admin:mappings_routing_draft",
    "versions": "admin:mappings_routing_versions",
    "version": "admin:mappings_routing_version",
    "sheet": "admin:mappings_routing_sheet",
    "file": "admin:mappings_routing_file",
    "values": "admin:mappings_routing_values",
    "try": "routing_try",
    "assignments": "routing_assignments",
}


def address_of(connection_id: int, name: str = "rows", **more: Any) -> str:
    """Return the address of a page of a connection's routing."""
    return reverse(NAMES[name], kwargs={"connection_id": connection_id, **more})


def doorway() -> OpenRemote:
    """Return how the rows' screen opens a connection."""
    screen: Any = admin.site.get_model_admin(RoutingVersion)
    found: OpenRemote = screen.open_remote
    return found


def find(request: HttpRequest, connection_id: int) -> Connection:
    """Return the connection; raises Http404, or PermissionDenied for who may not see."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None:
        raise Http404("There is no such connection.")
    return connection


def place_of(request: HttpRequest, connection_id: int, open_remote: OpenRemote) -> RoutingPlace:
    """Return the place that an address names; raises as `find`."""
    return RoutingPlace(draft_of(find(request, connection_id)), open_remote)


def context(request: HttpRequest, at: RoutingPlace, here: str) -> dict[str, Any]:
    """Return what every page shows; `here` is the page's name in NAMES."""
    draft = at.draft
    pairs = [pair for pair in at.telling.pairs.values() if pair.active]
    return {
        "at": at,
        "connection": at.connection,
        "draft": draft,
        "version": draft.number,
        "next_version": draft.number + 1,
        "problems": at.problems,
        "unknown": next((each.unknown for each in at.known.values() if each.unknown), ""),
        "pairs": pairs,
        "needed": len(pairs) > 1,
        "of_salesforce": at.connection.system == "salesforce",
        "tabs": _tabs(at, here),
        "addresses": {name: at.address(name) for name in ("rows", "draft", "try", "sheet")},
        "may_change": request.user.has_perm(CHANGE),
        "may_publish": request.user.has_perm(PUBLISH),
    }


def _tabs(at: RoutingPlace, here: str) -> Sequence[Tab]:
    counts = {"rows": len(at.draft.rows), "versions": at.draft.number}
    titles = {
        "rows": "Rows",
        "try": "Try it",
        "assignments": "By hand",
        "versions": "Versions",
        "sheet": "Sheet",
    }
    return [
        Tab(title, counts.get(name), at.address(name), name == here)
        for name, title in titles.items()
    ]


def routed() -> list[Connection]:
    """Return the connections that stand in several active pairs, or that have rows already."""
    found = []
    kept = set(RoutingVersion.objects.values_list("connection", flat=True).distinct())
    for connection in Connection.objects.order_by("system", "name"):
        pairs = [pair for pair in routing.pairs_of(connection) if pair.active]
        if len(pairs) > 1 or connection.pk in kept:
            found.append(connection)
    return found
