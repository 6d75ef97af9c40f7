"""The pages of the versions: who put which in force, when and why; going back to one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from connections.numbers import number_in
from mappings import checking_rules, drafting, publishing
from mappings.admin import differences, sets
from mappings.admin.draft_page import WHY, keep_in_history
from mappings.drafting import Draft
from mappings.models import PublishedRules
from sync.core.flow import Flow

ON_A_PAGE = 50


class VersionPages:
    """Shows every version; `screen` is the fields' ModelAdmin."""

    def __init__(self, screen: Any) -> None:
        self._screen = screen

    def list_page(self, request: HttpRequest, pair_id: int, flow_key: str) -> HttpResponse:
        """Show the versions, newest first."""
        draft, flow = self._draft(request, pair_id, flow_key)
        rows = PublishedRules.objects.filter(pair=draft.pair, flow=flow.key).defer("content")
        pages = Paginator(rows.order_by("-number"), ON_A_PAGE)
        context = {**self._shared(request, draft), "title": "Versions"}
        context["rows"] = pages.get_page(request.GET.get("page", "1"))
        return render(request, "admin/mappings/versions.html", context)

    def page(self, request: HttpRequest, pair_id: int, flow_key: str, number: int) -> HttpResponse:
        """Show one version beside what is in force; go back to it."""
        draft, flow = self._draft(request, pair_id, flow_key)
        wanted = PublishedRules.objects.filter(pair=draft.pair, flow=flow.key, number=number)
        version = wanted.first()
        if version is None:
            raise Http404("There is no such version.")
        faults: tuple[str, ...] = ()
        if request.method == "POST":
            made, faults = self._go_back(request, draft, flow, number)
            if made is not None:
                keep_in_history(request, made)
                messages.success(
                    request, f"What version {number} said is in use again, as {made.number}."
                )
                return redirect(sets.versions_address(draft.pair.pk, flow.key))
        return self._shown(request, draft, flow, version, faults)

    def _go_back(
        self, request: HttpRequest, draft: Draft, flow: Flow, number: int
    ) -> tuple[PublishedRules | None, tuple[str, ...]]:
        if not request.user.has_perm(sets.PUBLISH):
            raise PermissionDenied
        why, seen = sets.reason(request), request.POST.get("seen", "")
        if not why:
            return None, (WHY,)
        check = checking_rules.check(draft.pair, flow, self._screen.open_remote)
        try:
            return publishing.go_back(
                draft.pair,
                flow.key,
                number,
                seen=number_in(seen) or -1,
                by=request.user.get_username(),
                why=f"Back to version {number}: {why}"[: sets.LONGEST_REASON],
                check=check,
            ), ()
        except publishing.NotPublished as error:
            return None, error.sentences
        except drafting.ChangedMeanwhile as error:
            told = f"{error.by or 'Somebody'} published another version while you looked."
            return None, (told,)

    def _shown(
        self,
        request: HttpRequest,
        draft: Draft,
        flow: Flow,
        version: PublishedRules,
        faults: tuple[str, ...],
    ) -> HttpResponse:
        pair = draft.pair
        now = draft.published.content if draft.published else version.content
        context = {
            **self._shared(request, draft),
            "title": f"Version {version.number}",
            "shown": version,
            "told": differences.of_version(pair.pk, flow, version),
            "back": differences.between(
                pair.pk, flow, now, publishing.put_back(draft, version.content)
            ),
            "signs": differences.SIGNS,
            "faults": faults,
            "why": request.POST.get("why", ""),
        }
        status = 409 if faults else 200
        return render(request, "admin/mappings/version.html", context, status=status)

    def _draft(self, request: HttpRequest, pair_id: int, flow_key: str) -> tuple[Draft, Flow]:
        pair, flow = sets.find_set(pair_id, flow_key)
        if not self._screen.has_view_permission(request):
            raise PermissionDenied
        return drafting.draft_of(pair, flow.key), flow

    def _shared(self, request: HttpRequest, draft: Draft) -> dict[str, Any]:
        return {
            **self._screen.admin_site.each_context(request),
            **sets.context(draft, sets.VERSIONS, self._screen.open_remote),
            "may_publish": request.user.has_perm(sets.PUBLISH),
        }
