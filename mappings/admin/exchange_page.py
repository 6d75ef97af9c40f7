"""The page where a mapping leaves as a sheet, comes back as one, or is copied from another pair.

Whatever comes is shown first, row by row, and then put into the draft; nothing is published here.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from connections.models import Pair
from connections.numbers import number_in
from mappings import checking_rules, copying, drafting, sheet_faults, sheets, words
from mappings.admin import differences, sets
from mappings.content import Content
from mappings.drafting import Draft
from mappings.models import newest
from mappings.rules import rules_of
from sync.core.flow import Flow

SALT = "mappings.exchange"
SHOWN_SECONDS = 3600
CHANGED = "Somebody changed the draft while you looked: look once more."


class ExchangePage:
    """Exports, imports with a preview, and copies; `screen` is the fields' ModelAdmin."""

    def __init__(self, screen: Any) -> None:
        self._screen = screen

    def export(self, request: HttpRequest, pair_id: int, flow_key: str, kind: str) -> HttpResponse:
        """Return the mapping as the draft has it, as a file."""
        draft, flow = self._draft(request, pair_id, flow_key)
        if kind not in sheets.TYPES:
            raise Http404("There is no such kind of file.")
        made_for = {sheets.MADE_FOR: sheets.named(draft.pair, flow)}
        lines = [{**line, **made_for} for line in sheets.lines_of(flow, draft.content)]
        file = sheets.write(kind, lines)
        response = HttpResponse(file, content_type=sheets.TYPES[kind])
        name = f"{flow.key}-{draft.number}-{timezone.localdate().isoformat()}.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def page(self, request: HttpRequest, pair_id: int, flow_key: str) -> HttpResponse:
        """Show what can be done; show what a sheet or a copy would change, and take it."""
        draft, flow = self._draft(request, pair_id, flow_key)
        if request.method != "POST":
            return self._shown(request, draft, flow, {})
        if not _may(request):
            raise PermissionDenied
        if request.POST.get("act") == "take":
            return self._take(request, draft, flow)
        try:
            copies = request.POST.get("act") == "copy"
            lines = [] if copies else self._lines(request, draft, flow)
            copied = self._copied(request, draft, flow) if copies else None
        except sheets.Unreadable as error:
            return self._shown(request, draft, flow, {"faults": [str(error)]}, 400)
        if copied is not None:
            return self._preview(request, draft, flow, copied, [])
        wanted, faults = sheets.wanted(flow, draft.content, lines)
        return self._preview(request, draft, flow, wanted, faults, lines=lines)

    def _lines(self, request: HttpRequest, draft: Draft, flow: Flow) -> list[dict[str, str]]:
        file = request.FILES.get("sheet")
        if file is None or not hasattr(file, "read"):
            raise sheets.Unreadable("Choose a CSV or XLSX file first.")
        if (file.size or 0) > sheets.LARGEST:
            raise sheets.Unreadable("The file is larger than 1 MB, which no mapping is.")
        lines = sheets.read(file.name or "", file.read())
        self._refuse_others(draft, flow, lines)
        return lines

    def _refuse_others(self, draft: Draft, flow: Flow, lines: list[dict[str, str]]) -> None:
        """Refuse the sheet of another mapping, whose row numbers mean other rows here."""
        ours = sheets.named(draft.pair, flow)
        said = {line.get(sheets.MADE_FOR, "").strip() for line in lines} - {"", ours}
        if said:
            raise sheets.Unreadable(
                f"It is the sheet of another mapping: {min(said)}. To take rows from another pair "
                f"use “Copy from”, or empty “row” and “{sheets.MADE_FOR}” of its tables."
            )

    def _copied(self, request: HttpRequest, draft: Draft, flow: Flow) -> Content:
        asked, parts = request.POST.get("from", ""), request.POST.getlist("part")
        other = Pair.objects.filter(pk=number_in(asked)).first()
        if other is None or other.pk == draft.pair.pk:
            raise sheets.Unreadable("Choose the pair to copy from.")
        if not parts:
            raise sheets.Unreadable("Choose what is copied: the fields, or one of the tables.")
        known = newest([(other.pk, flow.key)]).get((other.pk, flow.key))
        if known is None:
            raise sheets.Unreadable(f"“{other.name}” has no rows for this yet.")
        return copying.copied(draft.content, known.content, parts)

    def _preview(
        self,
        request: HttpRequest,
        draft: Draft,
        flow: Flow,
        wanted: Content,
        faults: list[str],
        *,
        lines: sheet_faults.Lines = (),
    ) -> HttpResponse:
        known = checking_rules.check(draft.pair, flow, self._screen.open_remote)
        old = set(known(draft.rules))
        new = [fault for fault in known(rules_of(flow, wanted)) if fault not in old]
        faults = [*faults, *sheet_faults.of_mapping(flow, wanted, lines, new, known)]
        told = differences.between(draft.pair.pk, flow, draft.content, wanted)
        packed = signing.dumps([draft.mark, wanted], salt=SALT, compress=True)
        more = {"told": told, "faults": faults, "packed": packed, "previewed": True}
        return self._shown(request, draft, flow, more, 400 if faults else 200)

    def _take(self, request: HttpRequest, draft: Draft, flow: Flow) -> HttpResponse:
        pair = draft.pair
        try:
            packed = request.POST.get("packed", "")
            seen, wanted = signing.loads(packed, salt=SALT, max_age=SHOWN_SECONDS)
            check = checking_rules.check(pair, flow, self._screen.open_remote)
            old = set(check(draft.rules))
            if [fault for fault in check(rules_of(flow, wanted)) if fault not in old]:
                raise signing.BadSignature("it could not work")
            by = request.user.get_username()
            count = drafting.take(pair, flow.key, wanted, seen=seen, by=by)
        except signing.BadSignature:
            return self._shown(request, draft, flow, {"faults": ["Choose the file again."]}, 400)
        except drafting.ChangedMeanwhile:
            return self._shown(request, draft, flow, {"faults": [CHANGED]}, 409)
        changes = f"{count} change{'' if count == 1 else 's'}"
        messages.success(request, f"{changes} kept in the draft. Try it, then publish it.")
        return redirect(sets.draft_address(pair.pk, flow.key))

    def _draft(self, request: HttpRequest, pair_id: int, flow_key: str) -> tuple[Draft, Flow]:
        pair, flow = sets.find_set(pair_id, flow_key)
        if not self._screen.has_view_permission(request):
            raise PermissionDenied
        return drafting.draft_of(pair, flow.key), flow

    def _shown(
        self,
        request: HttpRequest,
        draft: Draft,
        flow: Flow,
        more: dict[str, Any],
        status: int = 200,
    ) -> HttpResponse:
        pair = draft.pair
        context = {
            **self._screen.admin_site.each_context(request),
            **sets.context(draft, "exchange", self._screen.open_remote),
            "title": "Import and export",
            "others": Pair.objects.exclude(pk=pair.pk).order_by("name"),
            "copied_parts": request.POST.getlist("part"),
            "copied_from": request.POST.get("from", ""),
            "tables": list(words.tables_of(flow).values()),
            "may_change": _may(request),
            **more,
        }
        return render(request, "admin/mappings/exchange.html", context, status=status)


def _may(request: HttpRequest) -> bool:
    needed = ("change_fieldmapping", "add_valuerow", "change_valuerow")
    return all(request.user.has_perm(f"mappings.{name}") for name in needed)
