"""The page of a connection's routing rows: read, drafted row by row, and started with."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from mappings import (
    routing,
    routing_choices,
    routing_drafting,
    routing_faults,
    routing_starting,
)
from mappings.admin import routing_lines, routing_places, sets
from mappings.admin.routing_places import RoutingPlace
from mappings.choices import OpenRemote
from mappings.content import ROW
from mappings.drafting import ChangedMeanwhile
from mappings.routing import Row
from mappings.routing_draft import draft_of, parts_of
from mappings.routing_forms import BLANK, RouteForm

STEPS = {"up": -1, "down": 1}
ENDS = ("delete", "off", "on")
LATELY, SHOWN = "lately", 6


class RowsPage:
    """Shows the rows and puts what people change into the draft; `screen` is their ModelAdmin."""

    def __init__(self, screen: Any) -> None:
        self._screen = screen

    def page(self, request: HttpRequest, connection_id: int) -> HttpResponse:
        """Show the rows; draft a row's values, its place, a new row or its end."""
        at = routing_places.place_of(request, connection_id, self._screen.open_remote)
        may = request.user.has_perm(routing_places.CHANGE)
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            return self._post(request, at)
        row = self._opened(request, at) if may else None
        return self._page(request, at, self._form(at, row) if row else None)

    def _opened(self, request: HttpRequest, at: RoutingPlace) -> Row | None:
        """Return the row that the address opens; a new one may come with conditions."""
        kind = request.GET.get("add", "")
        if kind not in routing.kinds_of(at.connection):
            return at.draft.row(request.GET.get("row", ""))
        asked = zip(
            request.GET.getlist("path"),
            request.GET.getlist("operator"),
            request.GET.getlist("wanted"),
            strict=False,
        )
        parts = ("path", "operator", "value")
        filled = [dict(zip(parts, each, strict=True)) for each in asked]
        return {**BLANK, "kind": kind, "conditions": filled, "value": request.GET.get("value", "")}

    def _post(self, request: HttpRequest, at: RoutingPlace) -> HttpResponse:
        act = request.POST.get("act", "")
        if act.startswith("start:"):
            return self._start(request, at, act.removeprefix("start:"))
        key = request.POST.get("row", "")
        if act == "undo":
            return self._done(request, at, key, self._undone(request, at, key))
        row = at.draft.row(key) if key else self._blank(request, at)
        if row is None:
            raise Http404("There is no such row.")
        if act in STEPS:
            return self._done(request, at, key, self._moved(request, at, row, act))
        if act in ENDS:
            wanted = None if act == "delete" else {**row, "active": act == "on"}
            return self._save(request, at, row, wanted)
        return self._typed(request, at, row)

    def _blank(self, request: HttpRequest, at: RoutingPlace) -> Row | None:
        kind = request.POST.get("kind", "")
        return {**BLANK, "kind": kind} if kind in routing.kinds_of(at.connection) else None

    def _typed(self, request: HttpRequest, at: RoutingPlace, row: Row) -> HttpResponse:
        """Keep what was typed, or only look up the values of the fields that were named."""
        if request.POST.get("act") == "look":
            return self._page(
                request, at, RouteForm.untested(request.POST, at.draft, row, at.known)
            )
        form, by = self._form(at, row, request.POST), request.user.get_username()
        if not form.is_valid():
            return self._page(request, at, form)
        if row["key"]:
            return self._save(request, at, row, form.values)
        key = routing_drafting.add_row(at.connection, form.values, by)
        return self._done(request, at, key, sets.DRAFTED)

    def _start(self, request: HttpRequest, at: RoutingPlace, key: str) -> HttpResponse:
        starts = routing_starting.starts(at.connection, at.known)
        chosen = next((each for each in starts if each.key == key), None)
        if chosen is None:
            raise Http404("These rows cannot be offered.")
        by = request.user.get_username()
        done = routing_drafting.start(at.connection, chosen.rows, by)
        told = "Kept in the draft. Try it, then publish it." if done else ""
        return self._done(request, at, "", told)

    def _moved(self, request: HttpRequest, at: RoutingPlace, row: Row, act: str) -> str:
        after = routing_drafting.moved(at.draft.rows, row["key"], STEPS[act])
        if told := routing_faults.refusal(at.draft.rows, after, row["key"]):
            messages.error(request, f"It was not moved: {told[0].lower()}{told[1:]}")
            return ""
        by = request.user.get_username()
        routing_drafting.move_row(at.connection, row["key"], STEPS[act], by)
        return "The draft tries it earlier." if act == "up" else "The draft tries it later."

    def _undone(self, request: HttpRequest, at: RoutingPlace, key: str) -> str:
        try:
            seen = request.POST.get("seen", "")
            routing_drafting.discard(at.connection, f"{ROW}{key}", seen=seen)
        except ChangedMeanwhile as error:
            messages.error(request, f"{error} Nothing was taken out: look once more.")
            return ""
        return "Taken out of the draft: it stays as it is in force."

    def _save(
        self, request: HttpRequest, at: RoutingPlace, row: Row, wanted: Row | None
    ) -> HttpResponse:
        """Draft what a row shall be, None for its end."""
        seen, by = request.POST.get("seen", ""), request.user.get_username()
        if wanted is not None and wanted["active"] and (told := self._refused(at, row, wanted)):
            messages.error(request, f"It was not changed. {told}")
            return self._done(request, at, row["key"], "")
        try:
            news = routing_drafting.save(at.connection, row["key"], wanted, seen=seen, by=by)
        except ChangedMeanwhile as error:
            return self._meanwhile(request, at, row, error)
        return self._done(request, at, row["key"], sets.DRAFTED if news else "")

    def _refused(self, at: RoutingPlace, row: Row, wanted: Row) -> str:
        """Return why a row may not be switched on, or nothing."""
        if row["active"]:
            return ""
        pairs = {key for key, pair in at.telling.pairs.items() if pair.active}
        faults = routing_faults.row_faults(wanted, pairs, at.known[row["kind"]])
        after = routing_drafting.with_row(at.draft.rows, wanted)
        own = routing_faults.refusal(at.draft.rows, after, row["key"])
        return next(iter(faults.values()), own)

    def _meanwhile(
        self, request: HttpRequest, at: RoutingPlace, row: Row, error: ChangedMeanwhile
    ) -> HttpResponse:
        at = RoutingPlace(draft_of(at.connection), self._remote)
        now = at.draft.row(row["key"])
        told = error.told(at.telling.sentence(error.now) or "the row is gone")
        if now is None or "value" not in request.POST:
            messages.error(request, told)
            return self._done(request, at, row["key"], "")
        form = self._form(at, now, sets.seen_now(request, parts_of(now)))
        form.add_error(None, told)
        return self._page(request, at, form)

    def _done(self, request: HttpRequest, at: RoutingPlace, key: str, told: str) -> HttpResponse:
        if told:
            messages.success(request, told)
        return redirect(f"{at.address()}#row-{key}" if key else at.address())

    def _form(self, at: RoutingPlace, row: Row, typed: Any = None) -> RouteForm:
        return RouteForm(at.draft, row, at.known[row["kind"]], typed)

    def _page(self, request: HttpRequest, at: RoutingPlace, form: RouteForm | None) -> HttpResponse:
        context = {
            **self._screen.admin_site.each_context(request),
            **routing_places.context(request, at, "rows"),
            "title": "Which organisation",
            "crumb": at.connection.name,
            "kinds": routing_lines.kinds(at.draft, at.telling),
            "starts": self._starts(at),
            "form": form,
            "looked_at": self._looked_at(at),
            **(self._offers(at, form) if form else {}),
        }
        return render(request, "admin/mappings/routing.html", context)

    def _looked_at(self, at: RoutingPlace) -> int:
        version = at.draft.published
        waits = version is not None and version.noted_at is None
        return int(self._screen.looked_at(at.connection.pk)) if waits else 0

    def _starts(self, at: RoutingPlace) -> list[routing_starting.Start]:
        empty = not at.draft.rows and not at.draft.told
        return routing_starting.starts(at.connection, at.known) if empty else []

    def _offers(self, at: RoutingPlace, form: RouteForm) -> dict[str, Any]:
        """Return the fields to choose from, and the values of those that the form names."""
        found = [
            (slot, path, routing_choices.values_of(at.connection, form.kind, path, self._remote))
            for slot, path in form.paths()
        ]
        label = functools.partial(routing_choices.label_of, form.known, form.kind)
        return {
            "offers": routing_choices.fields_offered(form.known, form.kind),
            "values": [(slot, values) for slot, _, values in found],
            "met": [(label(path), told) for _, path, values in found if (told := _told(values))],
            "values_address": at.address("values"),
        }

    @property
    def _remote(self) -> OpenRemote:
        remote: OpenRemote = self._screen.open_remote
        return remote


def _told(values: Sequence[tuple[str, str]]) -> str:
    """Return the values that recent records have, the most frequent first."""
    lately = [
        f"{value} ({told.removesuffix(' lately')})" for value, told in values if LATELY in told
    ]
    return ", ".join(lately[:SHOWN])
