"""The page that installs Counterpart's fields in a Salesforce org, and shows how far it is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from connections import doors, installing, way_back
from connections.models import Connection, Installation
from connections.permissions import keep_in_history, may
from connections.salesforce import packaging, purposes
from connections.salesforce.packaging import Part
from sync.core.errors import SyncError
from sync.core.records import System

WORDS = {
    Part.LIST_VIEWS: "List views: invoices overdue, accounts with overdue invoices",
    Part.REPORTS: "A report folder with one report: overdue invoices by account",
    Part.OUTBOUND_MESSAGE: "An outbound message as soon as a deal is won, to the address for them",
}


@may("change")
def package(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the org lacks; on POST begin a check or an installation.

    While one is under way each showing of the page takes its next step, and so does the worker:
    it also ends when nobody looks.
    """
    back = way_back.kept(request)
    orgs = Connection.objects.filter(system=System.SALESFORCE)
    connection = get_object_or_404(orgs.select_related("credential"), pk=pk)
    if request.method == "POST":
        _begin(request, connection)
        here = reverse("connections:package", args=[pk])
        return redirect(f"{here}?{back}" if back else here)
    context = {
        **admin.site.each_context(request),
        **_context(connection, request),
        "first_steps": way_back.address(back) if back else "",
    }
    return TemplateResponse(request, "admin/connections/package.html", context)


def _begin(request: HttpRequest, connection: Connection) -> None:
    check = request.POST.get("act") == "check"
    wanted = request.POST.getlist("part")
    parts = [part for part in Part if part in wanted]
    address = request.POST.get("address", "").strip() if Part.OUTBOUND_MESSAGE in parts else ""
    person = request.user if isinstance(request.user, User) else None
    try:
        row = installing.begin(connection, parts, check=check, address=address, person=person)
    except SyncError as error:
        messages.error(request, str(error))
        return
    installing.advance(row.pk)
    keep_in_history(request, connection, f"{row} of the Salesforce package was begun.")


def _context(connection: Connection, request: HttpRequest) -> dict[str, Any]:
    latest = Installation.objects.filter(connection=connection).first()
    if latest is not None and not latest.is_finished:
        latest = installing.advance(latest.pk)
    under_way = latest is not None and not latest.is_finished
    lacking, trouble = ([], "") if under_way else _lacking(connection)
    return {
        "title": f"Counterpart’s fields in {connection.name}",
        "it": connection,
        "latest": latest,
        "under_way": under_way,
        "version": packaging.version(),
        "outdated": _outdated(connection),
        "lacking": lacking,
        "missing": sum(len(fields) for _, fields in lacking),
        "complete": not trouble and not any(fields for _, fields in lacking),
        "trouble": trouble,
        "parts": [(str(part), words) for part, words in WORDS.items()],
        "address": doors.address_for_messages(connection, request),
    }


def _lacking(connection: Connection) -> tuple[list[tuple[str, tuple[str, ...]]], str]:
    """Return each flow's name with the fields it lacks, and why that cannot be told."""
    try:
        found = installing.lacking(connection)
    except SyncError as error:
        return [], str(error)
    return [(purposes.TITLES[flow], fields) for flow, fields in found.items()], ""


def _outdated(connection: Connection) -> str:
    """Return the version that was installed last, where it is not the present one."""
    installed = Installation.objects.filter(connection=connection, check_only=False)
    done = installed.filter(state=Installation.State.DONE).first()
    return done.version if done is not None and done.version != packaging.version() else ""
