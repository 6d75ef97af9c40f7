"""The try-out of a mapping's draft: three records before and after, and the last 90 days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse

from config import exporting
from connections.live import open_remote as open_live
from mappings import drafting, tried
from mappings.admin import sets
from mappings.drafting import Draft
from mappings.rules import rules_of
from mappings.tried import Tried
from sync.core.comparing import Rehearsal
from sync.core.errors import SyncError
from sync.core.flow import Flow, RuleSet
from sync.core.records import Key
from sync.engine import rehearsing
from sync.engine.rehearsing import Replay
from sync.engine.work import OpenRemote
from sync.flows.registry import every_flow
from sync.models import PlanRow

SEE = "mappings.view_fieldmapping"
RECORDS = 3
LISTED = 200
OFFERED = 100
HEADINGS = ("record", "name", "amount", "currency", "differs in", "in use now", "by the draft")


class TryOut:
    """The page; `open_remote` is the doorway by which records are read. Nothing is written."""

    open_remote: OpenRemote = staticmethod(open_live)

    def __call__(self, request: HttpRequest, pair_id: int, flow_key: str) -> HttpResponseBase:
        """Show what the draft makes of chosen records, and how many of the last 90 days differ."""
        pair, flow = sets.find_set(pair_id, flow_key)
        if not request.user.has_perm(SEE):
            raise PermissionDenied
        draft = drafting.draft_of(pair, flow.key)
        context = sets.context(draft, "try", self.open_remote)
        if not rehearsing.can_rehearse(flow):
            return _shown(request, context | {"cannot": True})
        rules = _both_rules(draft)
        shown, faults = self._records(request, draft, flow, rules)
        replay, fault = self._replayed(request, draft, flow, rules)
        if replay is not None and request.GET.get("as") == "csv":
            return exporting.csv_file("would-differ", HEADINGS, _cells(replay.differing))
        return _shown(
            request,
            context
            | {
                "records": shown,
                "asked": _asked(request, draft),
                "replay": replay,
                "listed": replay.differing[:LISTED] if replay else (),
                "more": max(len(replay.differing) - LISTED, 0) if replay else 0,
                "tried": tried.of(draft),
                "faults": [*faults, *([fault] if fault else [])],
                "names": _names(draft, flow),
                "may_publish": request.user.has_perm(sets.PUBLISH),
                "may_change": request.user.has_perm("mappings.change_fieldmapping"),
            },
        )

    def _records(
        self, request: HttpRequest, draft: Draft, flow: Flow, rules: tuple[RuleSet, RuleSet]
    ) -> tuple[list[Rehearsal], list[str]]:
        """Return what becomes of the chosen records, and what could not be shown, in words."""
        keys, faults = [], []
        try:
            for asked in _asked(request, draft):
                found = rehearsing.named(draft.pair, flow, asked, self.open_remote)
                keys += found
                if asked and not found:
                    faults.append(f"There is no {flow.salesforce_kind.lower()} “{asked}”.")
            unique = list(dict.fromkeys(keys))
            shown = rehearsing.rehearse(draft.pair, flow, unique, rules, self.open_remote)
        except SyncError as error:
            return [], [*faults, str(error)]
        gone = {str(key) for key in unique} - {one.subject for one in shown}
        return shown, [*faults, *(f"{key.rpartition(':')[2]} cannot be read." for key in gone)]

    def _replayed(
        self, request: HttpRequest, draft: Draft, flow: Flow, rules: tuple[RuleSet, RuleSet]
    ) -> tuple[Replay | None, str]:
        if "replay" not in request.GET:
            return None, ""
        try:
            found = rehearsing.replay(draft.pair, flow, rules, self.open_remote)
        except SyncError as error:
            return None, str(error)
        tried.keep(draft, Tried(found.total, len(found.differing), found.areas))
        return found, ""


def _both_rules(draft: Draft) -> tuple[RuleSet, RuleSet]:
    published = draft.published.content if draft.published else None
    flow = every_flow()[draft.flow]
    now = rules_of(flow, published, draft.number) if published else rules_of(flow)
    return now, draft.rules


def _asked(request: HttpRequest, draft: Draft) -> list[str]:
    """Return the records that were asked for, else the last ones that were planned."""
    if asked := request.GET.getlist("record"):
        return (asked + [""] * RECORDS)[:RECORDS]
    rows = PlanRow.objects.filter(pair=draft.pair, flow=draft.flow).order_by("-id")
    newest: dict[str, str] = {}
    for subject, name in rows.values_list("subject", "subject_name")[:OFFERED]:
        newest.setdefault(subject, name)
    names = Counter(newest.values())
    chosen = [name if names[name] == 1 and name else Key.parse(s).id for s, name in newest.items()]
    return (chosen + [""] * RECORDS)[:RECORDS]


def _names(draft: Draft, flow: Flow) -> list[str]:
    """Return the names of records that were planned lately, to choose from."""
    rows = PlanRow.objects.filter(pair=draft.pair, flow=flow.key).exclude(subject_name="")
    newest = rows.order_by("-id").values_list("subject_name", flat=True)[: OFFERED * 3]
    return list(dict.fromkeys(newest))[:OFFERED]


def _cells(differing: Sequence[Rehearsal]) -> Iterator[list[object]]:
    for one in differing:
        changed = [value for value in one.values if value.differs]
        yield [
            one.subject,
            one.name,
            one.amount,
            one.currency,
            ", ".join(one.areas),
            "; ".join(f"{value.label}: {value.before}" for value in changed),
            "; ".join(f"{value.label}: {value.after}" for value in changed),
        ]


def _shown(request: HttpRequest, context: dict[str, Any]) -> TemplateResponse:
    whole = {**admin.site.each_context(request), "title": "Try it", **context}
    return TemplateResponse(request, "admin/mappings/try_out.html", whole)


try_out = TryOut()
