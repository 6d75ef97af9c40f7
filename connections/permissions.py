"""Who may use the pages of the connections: staff with the permission, as in the admin."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse

View = Callable[..., HttpResponse]


def may(verb: str) -> Callable[[View], View]:
    """Return a decorator: the page is for staff who may `verb` (add, change) connections."""

    def decorate(view: View) -> View:
        guarded: Any = permission_required(f"connections.{verb}_connection", raise_exception=True)
        page: View = admin.site.admin_view(guarded(view))
        return page

    return decorate
