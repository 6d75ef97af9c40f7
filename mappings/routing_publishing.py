"""Publishing routing rows: a draft, an earlier version or one change is put in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from connections.models import Connection
from mappings import content, routing_drafting
from mappings.drafting import ChangedMeanwhile
from mappings.models import RoutingVersion
from mappings.publishing import NotPublished
from mappings.routing import Row, in_force
from mappings.routing_draft import RouteDraft, as_content, last_hand

Check = Callable[[Sequence[Row]], Sequence[str]]
"""Returns a sentence for each fault of rows."""


def publish(
    connection: Connection, *, seen: str, by: str, why: str, check: Check
) -> RoutingVersion:
    """Put the draft in force as the next version and return it; runs under way keep theirs.

    `seen` is the draft's mark as it was shown. Raises ChangedMeanwhile, or NotPublished for a
    draft that is empty, was overtaken or could not work.
    """
    with transaction.atomic():
        draft = routing_drafting.locked(connection)
        if draft.mark != seen:
            raise ChangedMeanwhile(last_hand(draft))
        if draft.overtaken:
            raise NotPublished(
                ["Another version was published meanwhile: choose which of the two stands."]
            )
        if not draft.told:
            raise NotPublished(["The draft holds no change."])
        _refuse_faults(draft, draft.rows, check)
        version = _put_in_force(draft, draft.rows, by, why)
        routing_drafting.clear(draft)
        return version


def go_back(
    connection: Connection, number: int, *, seen: int, by: str, why: str, check: Check
) -> RoutingVersion:
    """Put an earlier version in force again, as a new one, and return it; the draft stays.

    `seen` is the number of the version in force as it was shown. Raises ChangedMeanwhile,
    NotPublished or RoutingVersion.DoesNotExist.
    """
    with transaction.atomic():
        draft = routing_drafting.locked(connection)
        if draft.number != seen:
            raise ChangedMeanwhile(draft.published.by if draft.published else "")
        earlier = RoutingVersion.objects.get(connection=connection, number=number)
        rows: Sequence[Row] = earlier.content["rows"]
        if not _differs(draft, rows):
            raise NotPublished([f"Version {number} says what is in force already."])
        _refuse_faults(draft, rows, check)
        return _put_in_force(draft, rows, by, why or f"Back to version {number}")


def publish_rows(
    connection: Connection,
    change: Callable[[list[Row]], Sequence[Row]],
    *,
    by: str,
    why: str,
    check: Check,
) -> RoutingVersion | None:
    """Put in force at once what `change` makes of the rows in force; None when nothing differs.

    The draft stays as it is. Each row has a `key` of its own. Raises NotPublished for rows that
    could not work.
    """
    with transaction.atomic():
        draft = routing_drafting.locked(connection)
        rows = change(list(in_force(draft.published)))
        if not _differs(draft, rows):
            return None
        _refuse_faults(draft, rows, check)
        return _put_in_force(draft, rows, by, why)


def _differs(draft: RouteDraft, rows: Sequence[Row]) -> bool:
    now = as_content(in_force(draft.published))
    return draft.published is None or bool(content.differences(now, as_content(rows)))


def _refuse_faults(draft: RouteDraft, rows: Sequence[Row], check: Check) -> None:
    """Raise NotPublished for faults that are not in force already: those stop nobody's mending."""
    old = set(check(in_force(draft.published)))
    if new := [fault for fault in check(rows) if fault not in old]:
        raise NotPublished(new)


def _put_in_force(draft: RouteDraft, rows: Sequence[Row], by: str, why: str) -> RoutingVersion:
    now = as_content(in_force(draft.published))
    return RoutingVersion.objects.create(
        connection=draft.connection,
        number=draft.number + 1,
        content={"rows": [dict(row) for row in rows]},
        differences=[
            {
                "place": each.place,
                "before": each.before,
                "after": each.after,
                "by": draft.hand(each.place).get("by") or by,
            }
            for each in content.differences(now, as_content(rows))
        ],
        by=by,
        why=why,
    )
