"""Pages that test, pause, resume and disconnect a connection: a page to confirm, then a POST."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from connections import disconnecting, organisations, sign_in, way_back
from connections.models import Connection
from connections.permissions import keep_in_history, may
from sync.core.errors import SyncError
from sync.core.records import System


@dataclass(frozen=True)
class Act:
    """What the page says before, and what the POST does. `run` returns what to say after."""

    verb: str
    asks: str
    effect: str
    run: Callable[[Connection, User, str], str]
    sign: str = ""
    asks_why: str = ""


def test(connection: Connection, person: User, why: str) -> str:
    """Sign in and read the organisation, as the next run would; raises the design's errors."""
    if connection.credential.is_broken:
        sign_in.sign_in_again(connection.credential)
    facts = organisations.read_organisation(connection)
    return f"{System(connection.system).label} answers as {facts.name}, {facts.base_currency}."


def pause(connection: Connection, person: User, why: str) -> str:
    """Note who paused it and why; nothing is written through it until it is resumed."""
    connection.paused_at = timezone.now()
    connection.paused_by, connection.paused_why = person, why[:255]
    connection.save(update_fields=["paused_at", "paused_by", "paused_why"])
    return "Paused. Changes are still collected."


def resume(connection: Connection, person: User, why: str) -> str:
    """Let work go on where it was left."""
    connection.paused_at = connection.paused_by = None
    connection.paused_why = ""
    connection.save(update_fields=["paused_at", "paused_by", "paused_why"])
    return "Resumed. What was collected is worked off now."


def disconnect(connection: Connection, person: User, why: str) -> str:
    """End the permission; what a person must still do is in the answer."""
    left_to_do = disconnecting.disconnect(connection, f"by {person}")
    return left_to_do or "Disconnected. Links and records of what was written stay."


ACTS = {
    "test": Act(
        "Test the connection",
        "Test the connection to",
        "Signs in and reads the organisation's facts. Nothing is written.",
        test,
    ),
    "pause": Act(
        "Pause the connection",
        "Pause the connection to",
        "Nothing is written through it until you resume. Changes are still collected.",
        pause,
        asks_why="Why?",
    ),
    "resume": Act(
        "Resume the connection",
        "Resume the connection to",
        "What was collected meanwhile is worked off, oldest first.",
        resume,
    ),
    "disconnect": Act(
        "Disconnect",
        "Disconnect",
        "Ends the permission here and there and forgets the tokens. Links and records of what "
        "was written stay; connecting the same organisation again goes on from there.",
        disconnect,
        sign="danger",
    ),
}


@may("change")
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show what the act would do; do it on POST."""
    connection = get_object_or_404(Connection.objects.select_related("credential"), pk=pk)
    chosen = ACTS[name]
    if request.method != "POST":
        context = {"title": f"{chosen.asks} {connection.name}?", "act": chosen, "it": connection}
        everything = admin.site.each_context(request) | context
        return TemplateResponse(request, "admin/connections/confirm.html", everything)
    person = request.user
    assert isinstance(person, User)  # noqa: S101
    why = request.POST.get("why", "").strip()
    try:
        said = chosen.run(connection, person, why)
    except SyncError as error:
        messages.error(request, f"{connection.name}: {error}")
    else:
        messages.success(request, f"{connection.name}: {said}")
        keep_in_history(request, connection, f"{chosen.verb}. {why}".strip())
    return way_back.onward(way_back.kept(request), "admin:connections_connection_change", pk)
