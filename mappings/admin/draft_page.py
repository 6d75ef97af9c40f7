"""The page of a draft: before and after for each row, and who; publish it or throw it away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from connections.models import Pair
from mappings import checking, checking_rules, drafting, fitting_conditions, publishing, words
from mappings.admin import differences, sets
from mappings.content import EMPTY, FIELD, ROW
from mappings.drafting import Draft
from mappings.models import FieldMapping, PublishedRules, ValueRow
from mappings.rules import rules_of
from sync.core.flow import Flow

WHY = "Say why, in a few words: it is kept with the version."


class DraftPage:
    """Shows what publishing would change, and does it; `screen` is the fields' ModelAdmin."""

    def __init__(self, screen: Any) -> None:
        self._screen = screen

    def page(self, request: HttpRequest, pair_id: int, flow_key: str) -> HttpResponse:
        """Show the draft; publish it, take changes out of it, or keep one that was overtaken."""
        pair, flow = sets.find_set(pair_id, flow_key)
        if not self._screen.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._shown(request, drafting.draft_of(pair, flow.key), flow)
        act, place = request.POST.get("act", ""), request.POST.get("place", "")
        if act == "publish":
            return self._publish(request, pair, flow)
        if not self._screen.has_change_permission(request):
            raise PermissionDenied
        if act == "keep":
            return self._keep(request, pair, flow, place)
        if act == "all" or place:
            self._discard(request, pair, flow, "" if act == "all" else place)
        return redirect(sets.draft_address(pair.pk, flow.key))

    def _discard(self, request: HttpRequest, pair: Pair, flow: Flow, place: str) -> None:
        try:
            seen = request.POST.get("seen", "")
            gone = drafting.discard(pair, flow.key, place, seen=seen)
        except drafting.ChangedMeanwhile as error:
            messages.error(request, f"{error} Nothing was taken out: look once more.")
        else:
            messages.success(request, f"{_changes(gone)} taken out of the draft.")

    def _keep(self, request: HttpRequest, pair: Pair, flow: Flow, place: str) -> HttpResponse:
        try:
            drafting.keep(pair, flow.key, place, request.POST.get("seen", ""))
        except drafting.ChangedMeanwhile:
            messages.error(request, "It was changed once more: look at what is in force now.")
        return redirect(sets.draft_address(pair.pk, flow.key))

    def _publish(self, request: HttpRequest, pair: Pair, flow: Flow) -> HttpResponse:
        if not request.user.has_perm(sets.PUBLISH):
            raise PermissionDenied
        why, by = sets.reason(request), request.user.get_username()
        faults: tuple[str, ...] = ()
        try:
            if not why:
                raise publishing.NotPublished([WHY])
            check = checking_rules.check(pair, flow, self._screen.open_remote)
            version = publishing.publish(
                pair, flow.key, seen=request.POST.get("seen", ""), by=by, why=why, check=check
            )
        except publishing.NotPublished as error:
            faults = error.sentences
        except drafting.ChangedMeanwhile as error:
            faults = (f"{error.by or 'Somebody'} changed it while you looked: look once more.",)
        else:
            keep_in_history(request, version)
            messages.success(request, f"Version {version.number} is in use from the next run on.")
            return redirect(sets.fields_address(pair.pk, flow.key))
        return self._shown(request, drafting.draft_of(pair, flow.key), flow, faults, why)

    def _shown(
        self,
        request: HttpRequest,
        draft: Draft,
        flow: Flow,
        faults: tuple[str, ...] = (),
        why: str = "",
    ) -> HttpResponse:
        told = differences.of_draft(draft, flow)
        shared = sets.context(draft, "draft", self._screen.open_remote)
        odd = fitting_conditions.unlisted_values(flow, draft.rules, shared["known"])
        context = {
            **self._screen.admin_site.each_context(request),
            **shared,
            "odd": odd if told else (),
            "title": "Draft",
            "told": told,
            "overtaken": sum(1 for one in told if one.now),
            "unreached": _unreached(draft, flow),
            "signs": differences.SIGNS,
            "faults": faults,
            "why": why,
            "may_change": self._screen.has_change_permission(request),
            "may_publish": request.user.has_perm(sets.PUBLISH),
        }
        status = 409 if faults else 200
        return render(request, "admin/mappings/draft.html", context, status=status)


def _unreached(draft: Draft, flow: Flow) -> list[str]:
    """Return what the draft's own changes would leave standing behind a row that takes all."""
    tables = words.tables_of(flow).values()
    used = rules_of(flow, draft.published.content if draft.published else EMPTY, draft.number)
    now = {s for t in tables for s in checking.unreached(t, used.table(t.name))}
    then = [s for t in tables for s in checking.unreached(t, draft.rules.table(t.name))]
    return [sentence for sentence in then if sentence not in now]


def keep_in_history(request: HttpRequest, version: PublishedRules) -> None:
    """Note the version in the history of every row that it changed."""
    for prefix, model, name in ((FIELD, FieldMapping, "target"), (ROW, ValueRow, "pk")):
        keys = [
            d["place"].removeprefix(prefix)
            for d in version.differences
            if d["place"].startswith(prefix)
        ]
        scope = {"pair": version.pair_id, "flow": version.flow, f"{name}__in": keys}
        rows = list(model._default_manager.filter(**scope))
        if rows:
            LogEntry.objects.log_actions(
                str(request.user.pk), rows, CHANGE, f"Version {version.number}: {version.why}"
            )


def _changes(count: int) -> str:
    return "1 change was" if count == 1 else f"{count} changes were"
