"""What mapping rows make of three records, for the pages of fields and tables to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.http import HttpRequest

from mappings import words
from mappings.admin import beside
from mappings.admin.beside import Asked, Beside, Seen
from mappings.rules import LINE
from sync.admin import tried_records
from sync.admin.mapping_try_out import both_rules, try_out
from sync.core.comparing import Compared, Rehearsal, label_of
from sync.core.errors import SyncError
from sync.core.flow import Flow
from sync.engine import rehearsing
from sync.flows.registry import every_flow


def tell(request: HttpRequest, asked: Asked) -> Beside:
    """Return what the asked rules make of the person's records; only `reads` costs calls."""
    draft, flow = asked.draft, every_flow()[asked.draft.flow]
    if not rehearsing.can_rehearse(flow):
        return Beside(cannot=True)
    which = tried_records.chosen(request, draft)
    rules = asked.before or both_rules(draft)[0], asked.rules
    shown = Beside(which.asked, tried_records.names(draft))
    if not asked.reads and not rehearsing.is_kept(draft.pair, flow, which.keys, rules):
        return shown
    try:
        if asked.reads:
            which = tried_records.choose(request, draft, flow, try_out.open_remote)
        found = rehearsing.look(draft.pair, flow, which.keys, rules, try_out.open_remote)
    except (SyncError, ValueError) as error:  # it is silent, or has no address yet
        return replace(shown, faults=[str(error)], read=True)
    gone = {str(key) for key in which.keys} - {one.subject for one in found}
    unread = [f"{key.rpartition(':')[2]} cannot be read." for key in sorted(gone)]
    return replace(
        shown,
        asked=which.asked,
        faults=[*which.faults, *unread],
        read=True,
        seen=[_seen(flow, one, asked.target) for one in found],
        failing=dict(_failing(found)),
    )


def _seen(flow: Flow, one: Rehearsal, target: str) -> Seen:
    """Return a record's values: those of the row in question, and others that differ."""
    labels = set(_labels(flow, target))
    own = [value for value in one.values if _is_of(value, labels)] if target else one.values
    more = [value for value in one.values if value.differs and value not in own]
    return Seen(one, own, more)


def _labels(flow: Flow, target: str) -> Iterator[str]:
    table = words.tables_of(flow).get(target)
    gives = (table.gives or table.name) if table else target
    yield label_of(flow, "lines" if gives.startswith(LINE) else gives)


def _is_of(value: Compared, labels: set[str]) -> bool:
    """Return whether a value is one of these; lines are told one by one."""
    return value.label in labels or ("Lines" in labels and value.label.startswith("Line "))


def _failing(found: Sequence[Rehearsal]) -> Iterator[tuple[str, str]]:
    for one in found:
        for title in one.fails:
            yield one.name, title


beside.door.tell = tell
