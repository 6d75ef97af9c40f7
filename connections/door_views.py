"""The page on which a person opens the door for a connection's events, and sees what comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from connections import doors
from connections.admin import chips
from connections.models import Connection
from connections.models.doors import EventDoor, door_of
from connections.permissions import keep_in_history, may
from sync.core.errors import SyncError
from sync.core.records import System

OPENED = "The door for events was opened anew."
SHUT = "The door for events was shut. Sweeps find what changes."


@may("change")
def events(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the address to enter and whether events arrive; open or shut the door on POST."""
    rows = Connection.objects.select_related("credential").filter(disconnected_at=None)
    connection = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        _act(request, connection)
        return redirect("connections:events", pk)
    context = {**admin.site.each_context(request), **_context(request, connection)}
    return TemplateResponse(request, "admin/connections/events.html", context)


def _act(request: HttpRequest, connection: Connection) -> None:
    if request.POST.get("act") == "shut":
        doors.shut(connection)
        words = SHUT
    else:
        try:
            if connection.system == System.XERO:
                doors.open_for_xero(connection, request.POST.get("key", "").strip())
            else:
                doors.open_for_salesforce(connection)
        except SyncError as error:
            messages.error(request, str(error))
            return
        words = OPENED
    messages.success(request, words)
    keep_in_history(request, connection, words)


TRIAL = timedelta(minutes=5)
"""Xero tries an address with wrong signatures too, just before and after the right one."""


def by_trial(door: EventDoor) -> bool:
    """Return whether what was turned away last was Xero's own trying of the address."""
    tried, refused = door.confirmed_at, door.refused_at
    return bool(tried and refused and abs(tried - refused) < TRIAL)


def _context(request: HttpRequest, connection: Connection) -> dict[str, Any]:
    door = door_of(connection)
    address = doors.address(door, request) if door else ""
    mates = Connection.objects.filter(
        system=connection.system,
        credential__client_id=connection.credential.client_id,
        disconnected_at=None,
    )
    return {
        "title": f"Events of {connection.name}",
        "it": connection,
        "door": door,
        "turned_away": bool(door and door.refused_at and not by_trial(door)),
        "state": chips.events(door),
        "address": address,
        "is_private": not address.startswith("https://"),
        "mates": [each.name for each in mates.exclude(pk=connection.pk)],
    }
