"""Mending: whether mappings still work, held nightly and after reconnecting against both systems.

A row that broke, because a field or a value went away there, is a problem at that row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Pair
from connections.remote import Lane, Remote
from mappings import choices, fitting, people
from mappings.completeness import unknown_fields
from mappings.models import MappingVersion
from mappings.reaching import reaching
from mappings.rules import rules_for
from sync.core.errors import SyncError
from sync.core.flow import Flow
from sync.flows.registry import every_flow
from sync.models import Cursor, FlowSwitch, ReviewItem

from .work import OpenRemote

CAUSE = "mapping:"
CHECKED = "the check of the mappings"
Row = tuple[str, str]
"""The place (mapping or table) and its argument (a target, a table's name)."""


def check_if_due(switch: FlowSwitch, open_remote: OpenRemote = open_live) -> bool:
    """Check a flow's mapping if either organisation was read or a version published since.

    Both are read once a day and whenever somebody connects. Returns whether it was checked.
    """
    cursor, seen = _cursor(switch), _seen(switch)
    if cursor.seen == seen:
        return False
    if not check(switch.pair, every_flow()[switch.flow], open_remote):
        return False
    cursor.seen, cursor.read_at = seen, timezone.now()
    cursor.save(update_fields=["seen", "read_at"])
    return True


def check(pair: Pair, flow: Flow, open_remote: OpenRemote = open_live) -> bool:
    """Open a problem at each row that cannot work, and end those that can again.

    Returns whether Salesforce told of its fields; costs up to six calls.
    """
    try:
        remote = open_remote(pair.salesforce, Lane.BACKGROUND)
        remote.reference()  # it describes its fields anew
    except (SyncError, ValueError):  # a connection may lack its host, which its page says
        return False
    known = choices.describe(pair, flow, open_remote, Lane.BACKGROUND)
    if known.unknown:
        return False
    try:
        broken = broken_rows(pair, flow, known, remote)
    except SyncError:
        return False
    _keep(pair, flow, broken)
    return True


def broken_rows(
    pair: Pair, flow: Flow, known: choices.SalesforceFields, remote: Remote
) -> dict[Row, list[str]]:
    """Return why rows in force cannot work, in sentences by row.

    Salesforce (`remote`) is asked only for users whom its list leaves out; raises the design's
    errors then.
    """
    rules, found = rules_for(pair, flow.key), dict[Row, list[str]]()
    known = reaching(pair, flow, rules, known, lambda *_: remote, lane=Lane.BACKGROUND)
    optional = {rule.target for rule in rules.fields if rule.optional}
    if known.record:
        for unknown in unknown_fields(rules, known.record, known.lines):
            if unknown.place != "mapping" or unknown.argument not in optional:
                found.setdefault((unknown.place, unknown.argument), []).append(unknown.words)
    gone = people.misfits(pair, flow, rules, remote)
    for one in [*fitting.misfits(pair, flow, rules, known), *gone]:
        found.setdefault((one.place, one.argument), []).append(one.words)
    return found


def _keep(pair: Pair, flow: Flow, broken: Mapping[Row, list[str]]) -> None:
    now, mine = timezone.now(), ReviewItem.objects.filter(pair=pair, flow=flow.key)
    items = [_item(pair, flow, row, told, now) for row, told in broken.items()]
    ReviewItem.objects.bulk_create(items, ignore_conflicts=True)
    causes = {item.cause: item for item in items}
    still = mine.filter(state=ReviewItem.State.OPEN, cause__startswith=CAUSE)
    for known in still.filter(cause__in=causes):
        known.explanation, known.last_seen = causes[known.cause].explanation, now
        known.save(update_fields=["explanation", "last_seen"])
    still.exclude(cause__in=causes).update(
        state=ReviewItem.State.SOLVED, solved_at=now, solved_by=CHECKED
    )


def _item(pair: Pair, flow: Flow, row: Row, told: list[str], now: datetime) -> ReviewItem:
    name = fitting.name_of(flow, *row)
    return ReviewItem(
        pair=pair,
        flow=flow.key,
        kind=ReviewItem.Kind.PROBLEM,
        cause=f"{CAUSE}{row[0]}:{row[1]}"[:255],
        title=f"The mapping of “{name}” no longer works"[:500],
        explanation=" ".join(told),
        hint="Correct the row and publish it, or put back what it names.",
        place=row[0],
        argument=row[1][:120],
        last_seen=now,
    )


def _seen(switch: FlowSwitch) -> list[str]:
    pair = switch.pair
    read = [each.organisation_read_at for each in (pair.salesforce, pair.xero)]
    version = MappingVersion.objects.filter(pair=pair, flow=switch.flow)
    number = version.values_list("number", flat=True).first() or 0
    return [*(time.isoformat() if time else "" for time in read), str(number)]


def _cursor(switch: FlowSwitch) -> Cursor:
    purpose = f"mappings:{switch.pair_id}:{switch.flow}"[:80]
    return Cursor.objects.get_or_create(connection=switch.pair.xero, purpose=purpose)[0]
