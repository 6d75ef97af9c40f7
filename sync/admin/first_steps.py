"""The page of the first steps: from an empty installation to a template that writes."""

from __future__ import annotations

from django.contrib import admin
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache

from connections import installing
from connections.models import Installation, Pair
from sync.core.records import System
from sync.models import FlowSwitch

from . import first_steps_page
from .first_steps_choice import Choice, choice_of
from .first_steps_pairing import PairForm

SEE = "connections.view_connection"
KEPT, SHOWN = "_first_steps_done", "_first_steps_shown"
"""Where a request keeps what it has worked out."""
STEPS = 8
SECONDS = 30
"""So old may be what the navigation of other pages tells: plans by the thousand take a while to
count, and it stands on each of them.
"""


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show the steps of a pair, or of two connections that are none yet.

    While Counterpart's fields are being installed each showing takes the next step of that, as
    the worker does, for those who may.
    """
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    choice = choice_of(request.GET)
    if request.user.has_perm(first_steps_page.MAY["fields"]):
        _carry_on(choice)
    return show(request, choice)


def show(request: HttpRequest, choice: Choice, form: PairForm | None = None) -> HttpResponse:
    """Return the page, with the form of a pair where one was refused."""
    shown = first_steps_page.shown(request, choice, form)
    setattr(request, SHOWN, (choice, shown["setup"].done))  # the navigation tells of it too
    if choice.pair is not None:
        cache.set(_place(choice.pair), shown["setup"].done, SECONDS)
    context = {**admin.site.each_context(request), "title": "First steps", **shown}
    return TemplateResponse(request, "admin/sync/first_steps/page.html", context)


def _carry_on(choice: Choice) -> None:
    org = choice.connection(System.SALESFORCE)
    latest = Installation.objects.filter(connection=org).first() if org else None
    if latest is not None and not latest.is_finished:
        installing.advance(latest.pk)


def done_count(request: HttpRequest) -> str:
    """Return how many steps are done, as `5/8`, for the navigation; empty once every pair writes.

    Then it costs one query a page, else those of the page itself. On the page of the first steps
    it is the pair's that is shown there.
    """
    shown: tuple[Choice, int] | None = getattr(request, SHOWN, None)
    left = shown if shown and shown[1] < STEPS else unfinished(request)
    return f"{left[1]}/{STEPS}" if left else ""


def unfinished(request: HttpRequest) -> tuple[Choice, int] | None:
    """Return what is being set up and how many steps of it are done; None where nothing is."""
    if not hasattr(request, KEPT):
        setattr(request, KEPT, _unfinished(request))
    found: tuple[Choice, int] | None = getattr(request, KEPT)
    return found


def _unfinished(request: HttpRequest) -> tuple[Choice, int] | None:
    writing = FlowSwitch.objects.filter(pair=OuterRef("pk"), mode=FlowSwitch.Mode.ON)
    pairs = list(Pair.objects.values_list("active", Exists(writing)))
    if pairs and all(writes for active, writes in pairs if active):
        return None
    choice = choice_of({})
    shown: tuple[Choice, int] | None = getattr(request, SHOWN, None)
    if shown is not None and shown[0] == choice:
        return shown
    if choice.pair is None:
        return choice, first_steps_page.done_of(choice)
    done = cache.get_or_set(_place(choice.pair), lambda: first_steps_page.done_of(choice), SECONDS)
    return choice, int(done or 0)


def _place(pair: Pair) -> str:
    return f"first_steps:{pair.pk}"
