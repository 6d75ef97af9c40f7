"""The try-out of a mapping's draft: three records before and after, and the last 90 days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
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
from mappings.tried import Lack, Tried
from sync.admin import tried_records
from sync.admin.tried_records import Chosen
from sync.core.comparing import Rehearsal
from sync.core.errors import SyncError
from sync.core.flow import Flow, RuleSet
from sync.engine import rehearsing
from sync.engine.rehearsing import Replay
from sync.engine.work import OpenRemote
from sync.flows.registry import every_flow

SEE = "mappings.view_fieldmapping"
LISTED = 200
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
        rules = both_rules(draft)
        shown, which = self._records(request, draft, flow, rules)
        replay, fault = self._replayed(request, draft, flow, rules)
        if replay is not None and request.GET.get("as") == "csv":
            return exporting.csv_file("would-differ", HEADINGS, _cells(replay.differing))
        return _shown(
            request,
            context
            | {
                "records": shown,
                "asked": which.asked,
                "replay": replay,
                "listed": replay.differing[:LISTED] if replay else (),
                "more": max(len(replay.differing) - LISTED, 0) if replay else 0,
                **_last_trial(draft, flow),
                "faults": [*which.faults, *([fault] if fault else [])],
                "names": tried_records.names(draft),
                "may_publish": request.user.has_perm(sets.PUBLISH),
                "may_change": request.user.has_perm("mappings.change_fieldmapping"),
            },
        )

    def _records(
        self, request: HttpRequest, draft: Draft, flow: Flow, rules: tuple[RuleSet, RuleSet]
    ) -> tuple[list[Rehearsal], Chosen]:
        """Return what becomes of the chosen records, and which they are."""
        which = tried_records.chosen(request, draft)
        try:
            which = tried_records.choose(request, draft, flow, self.open_remote)
            shown = rehearsing.look(draft.pair, flow, which.keys, rules, self.open_remote)
        except (SyncError, ValueError) as error:  # it is silent, or has no address yet
            return [], replace(which, faults=[*which.faults, str(error)])
        gone = {str(key) for key in which.keys} - {one.subject for one in shown}
        unread = [f"{key.rpartition(':')[2]} cannot be read." for key in gone]
        return shown, replace(which, faults=[*which.faults, *unread])

    def _replayed(
        self, request: HttpRequest, draft: Draft, flow: Flow, rules: tuple[RuleSet, RuleSet]
    ) -> tuple[Replay | None, str]:
        if "replay" not in request.GET:
            return None, ""
        try:
            found = rehearsing.replay(draft.pair, flow, rules, self.open_remote)
        except (SyncError, ValueError) as error:  # it is silent, or has no address yet
            return None, str(error)
        tried.keep(draft, _kept(found))
        return found, ""


def both_rules(draft: Draft) -> tuple[RuleSet, RuleSet]:
    """Return the rules in force and those that the draft makes."""
    published = draft.published.content if draft.published else None
    flow = every_flow()[draft.flow]
    now = rules_of(flow, published, draft.number) if published else rules_of(flow)
    return now, draft.rules


def _last_trial(draft: Draft, flow: Flow) -> dict[str, Any]:
    """Return what the draft as it is now came to, with where each value without a row belongs."""
    found = tried.of(draft)
    if found is None:
        return {}
    return {
        "tried": found,
        "follows": found.follows_in_words(flow.key),
        "lacking": [
            {"lack": lack, "title": sets.title_of(flow, place), "address": address}
            for place, lacks in found.lacks.items()
            for lack in lacks
            if (address := sets.place_address(draft.pair.pk, flow, place))
        ],
    }


def _kept(found: Replay) -> Tried:
    lacks: dict[str, list[Lack]] = {}
    for one in found.missing:
        lacks.setdefault(one.place, []).append(Lack(one.words, one.records, one.asks))
    differing = len(found.differing)
    return Tried(found.total, differing, found.areas, found.follows, found.asks_first, lacks)


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
