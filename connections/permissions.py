"""Who may use the pages of the connections, and the history of what they did there."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse

from connections.models import Connection

View = Callable[..., HttpResponse]


def may(verb: str) -> Callable[[View], View]:
    """Return a decorator: the page is for staff who may `verb` (add, change) connections."""

    def decorate(view: View) -> View:
        guarded: Any = permission_required(f"connections.{verb}_connection", raise_exception=True)
        page: View = admin.site.admin_view(guarded(view))
        return page

    return decorate


def keep_in_history(request: HttpRequest, connection: Connection, words: str) -> None:
    """Note in the admin's history of the connection what this person did."""
    LogEntry.objects.log_actions(
        str(request.user.pk), [connection], CHANGE, change_message=words, single_object=True
    )
