"""Which three records a person tries mappings on: those typed and kept, or planned last."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest

from mappings.drafting import Draft
from mappings.sheet_files import CONTROL
from sync.core.flow import Flow
from sync.core.records import Key
from sync.engine import rehearsing
from sync.engine.work import OpenRemote
from sync.models import PlanRow

RECORDS = 3
OFFERED = 100
LONGEST = 255


@dataclass(frozen=True)
class Chosen:
    """The words for each record, their keys where these are known, and what is not known."""

    asked: list[str]
    keys: list[Key]
    faults: list[str]


def chosen(request: HttpRequest, draft: Draft) -> Chosen:
    """Return the records the person chose last, else the last ones planned; no call is made."""
    kept = request.session.get(_name(draft)) or _last(draft)
    keys = list(dict.fromkeys(Key.parse(key) for _, key in kept))
    return Chosen(_three([asked for asked, _ in kept]), keys, [])


def choose(request: HttpRequest, draft: Draft, flow: Flow, open_remote: OpenRemote) -> Chosen:
    """Return the records that were typed, and keep them for the person; else as `chosen` does.

    Raises the design's errors where a system must be asked which record is meant.
    """
    sent = (request.POST or request.GET).getlist("record")[:RECORDS]
    typed = [CONTROL.sub("", each).strip()[:LONGEST] for each in sent]
    if not any(typed):
        return chosen(request, draft)
    before, kept, faults = chosen(request, draft), [], []
    known = dict(zip(before.asked, before.keys, strict=False)) if _whole(before) else {}
    for asked in filter(None, typed):
        found = [known[asked]] if asked in known else None
        found = found or rehearsing.named(draft.pair, flow, asked, open_remote)
        kept += [(asked, str(key)) for key in found]
        if not found:
            faults.append(f"There is no {flow.salesforce_kind.lower()} “{asked}”.")
    if kept and not faults:
        request.session[_name(draft)] = kept
    keys = list(dict.fromkeys(Key.parse(key) for _, key in kept))
    return Chosen(_three(typed), keys, faults)


def names(draft: Draft) -> list[str]:
    """Return the names of records that were planned lately, to choose from."""
    rows = PlanRow.objects.filter(pair=draft.pair, flow=draft.flow).exclude(subject_name="")
    newest = rows.order_by("-id").values_list("subject_name", flat=True)[: OFFERED * 3]
    return list(dict.fromkeys(newest))[:OFFERED]


def _last(draft: Draft) -> list[tuple[str, str]]:
    """Return the last records planned, by their names where these are no one else's."""
    rows = PlanRow.objects.filter(pair=draft.pair, flow=draft.flow).order_by("-id")
    newest: dict[str, str] = {}
    for subject, name in rows.values_list("subject", "subject_name")[:OFFERED]:
        newest.setdefault(subject, name)
    known = Counter(newest.values())
    return [
        (name if known[name] == 1 and name else Key.parse(subject).id, subject)
        for subject, name in list(newest.items())[:RECORDS]
    ]


def _whole(one: Chosen) -> bool:
    return len(one.keys) == len([asked for asked in one.asked if asked])


def _three(asked: list[str]) -> list[str]:
    return (asked + [""] * RECORDS)[:RECORDS]


def _name(draft: Draft) -> str:
    return f"tried:{draft.pair.pk}:{draft.flow}"
