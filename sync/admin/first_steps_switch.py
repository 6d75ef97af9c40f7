"""Switching a template on, after what its first run would write in money; and back to shadow."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from connections.models import Pair
from sync.engine import setting_up, switching
from sync.engine.setting_up import Template
from sync.models import FlowSwitch, Write

from . import first_steps_rows as rows
from . import first_steps_words as words
from .first_steps_choice import Choice, choice_of
from .first_steps_page import MAY

Mode = FlowSwitch.Mode


def switch_on(request: HttpRequest, flow: str) -> HttpResponse:
    """Show what the first run would write; on POST switch on, if that is still what was shown."""
    pair, template = _asked(request, flow)
    if request.method == "POST":
        seen, by = request.POST.get("seen", ""), request.user.get_username()
        outcome = setting_up.switch_on(pair, flow, seen, by)
        if outcome.done:
            messages.success(request, outcome.words)
            _keep(request, pair, outcome.words)
            return HttpResponseRedirect(Choice(pair).address)
        messages.error(request, outcome.words)
        return HttpResponseRedirect(request.get_full_path())
    (row,) = rows.rows_of(pair, [template])
    context = {
        "row": row,
        "in_money": any(line.sums for line in row.lines),
        "refusal": setting_up.refusal(template) if template.mode == Mode.SHADOW else "",
        "writes": words.WRITES.get(flow, ""),
        "others": [one for one in rows.needing(template.missing) if not one.blocking],
    }
    return _shown(request, "switch_on", pair, template, context)


def switch_back(request: HttpRequest, flow: str) -> HttpResponse:
    """Show what going back to shadow means; on POST go back."""
    pair, template = _asked(request, flow)
    if request.method == "POST":
        if template.mode == Mode.ON:
            day = template.starts_from
            switching.switch_flow(pair, flow, Mode.SHADOW, request.user.get_username(), day)
            said = f"“{template.title}” is back in shadow: it plans, and writes nothing."
            messages.success(request, said)
            _keep(request, pair, said)
        return HttpResponseRedirect(Choice(pair).address + "&step=on")
    made = Write.objects.filter(pair=pair, flow=flow, state__in=DONE).count()
    return _shown(request, "switch_back", pair, template, {"made": made})


DONE = (Write.State.CONFIRMED, Write.State.ADOPTED)


def _asked(request: HttpRequest, flow: str) -> tuple[Pair, Template]:
    if not request.user.has_perm(MAY["on"]):
        raise PermissionDenied
    choice = choice_of(request.GET)
    if choice.pair is None or "pair" not in request.GET:
        raise Http404
    templates = setting_up.templates_of(choice.pair)
    template = next((one for one in templates if one.flow == flow), None)
    if template is None:
        raise Http404
    return choice.pair, template


def _keep(request: HttpRequest, pair: Pair, said: str) -> None:
    LogEntry.objects.log_actions(
        str(request.user.pk), [pair], CHANGE, change_message=said, single_object=True
    )


def _shown(
    request: HttpRequest, name: str, pair: Pair, template: Template, context: dict[str, Any]
) -> HttpResponse:
    choice = Choice(pair)
    everything = {
        **admin.site.each_context(request),
        "title": template.title,
        "pair": pair,
        "it": template,
        "choice": choice,
        "stay": f"{choice.address}&step=on",
        **context,
    }
    return TemplateResponse(request, f"admin/sync/first_steps/{name}.html", everything)
