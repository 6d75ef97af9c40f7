"""The home screen: where to begin today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from connections import budget, unopened
from connections.models import Connection, Pair
from sync.flows.registry import every_flow
from sync.models import Cursor, FlowSwitch, PlanRow, Write, heartbeats

from . import desk_tiles, filters, first_steps, risk_tile, week_chart
from .flows import MODES
from .match_desk_page import MAY

SILENT = timedelta(minutes=3)


def figures(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the index page's context what it shows; some twenty queries, however much there is."""
    pair = _chosen(request)
    waiting, organisations = desk_tiles.waiting(pair), filters.pairs_by_organisation()
    context.update(
        {
            "chosen": pair,
            "organisations": organisations,
            "of_organisation": f"&organisation={pair.xero_id}" if pair else "",
            "now": timezone.now(),
            "tiles": waiting,
            "waiting": desk_tiles.count(waiting),
            "start": desk_tiles.start(waiting),
            "sentence": _where(desk_tiles.sentence(waiting, may=request.user.has_perm(MAY)), pair),
            "may_answer": request.user.has_perm(MAY),
            "risk": risk_tile.of(request, pair),
            "doubtful": of_pair(Write.objects.filter(state=Write.State.IN_DOUBT), pair).count(),
            "today": _today(pair),
            "billed": _billed(pair),
            "weeks": week_chart.weeks(pair),
            "shadow": _shadow(pair),
            "rows": [_connection(one) for one in _connections(pair)],
            "switches": _switches(pair),
            "silent_since": _silent_since(),
            "last_read": Cursor.objects.filter(read_at__isnull=False).order_by("-read_at").first(),
            "has_pairs": bool(organisations),
            "first_steps": _first_steps(request),
        }
    )
    return context


def _first_steps(request: HttpRequest) -> dict[str, Any] | None:
    """Return how far the pair is that is being set up, or None where none is or nobody may see."""
    if not request.user.has_perm(first_steps.SEE):
        return None
    left = first_steps.unfinished(request)
    return {"choice": left[0], "done": left[1]} if left else None


def _start_of_today() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _chosen(request: HttpRequest) -> Pair | None:
    """Return the pair that the page is narrowed to, if the address names one."""
    asked = request.GET.get("pair", "")
    return (
        Pair.objects.select_related("xero").filter(pk=int(asked)).first()
        if asked.isdecimal()
        else None
    )


def _where(told: str, pair: Pair | None) -> str:
    """Return a sentence with the organisation that is chosen."""
    return f"{told.removesuffix('.')} in {pair.xero.name}." if pair else told


def of_pair(rows: QuerySet[Any], pair: Pair | None) -> QuerySet[Any]:
    """Return the rows of a pair; all of them where none is chosen."""
    return rows.filter(pair=pair) if pair else rows


def _connections(pair: Pair | None) -> QuerySet[Connection]:
    rows = unopened.connections()
    return rows.filter(pk__in=[pair.salesforce_id, pair.xero_id]) if pair else rows


def _today(pair: Pair | None) -> list[tuple[str, int]]:
    """Return what was done today, counted in two queries."""
    done = Q(state__in=[Write.State.CONFIRMED, Write.State.ADOPTED])
    writes = of_pair(Write.objects.all(), pair)
    counts = writes.filter(settled_at__gte=_start_of_today()).aggregate(
        made=Count("id", filter=done & Q(kind="Invoice", verb="create")),
        changed=Count("id", filter=done & Q(kind="Invoice", verb="update")),
        contacts=Count("id", filter=done & Q(kind="Contact", verb="create")),
        told=Count("id", filter=done & Q(system="salesforce")),
    )
    refused = writes.filter(sent_at__gte=_start_of_today(), state=Write.State.REFUSED)
    return [
        ("Invoices made", counts["made"]),
        ("Invoices changed", counts["changed"]),
        ("Contacts made", counts["contacts"]),
        ("Told to Salesforce", counts["told"]),
        ("Refused", refused.count()),
    ]


def _billed(pair: Pair | None) -> list[tuple[str, Any]]:
    """Return the money of the invoices made today, before tax, by currency."""
    made = (
        of_pair(Write.objects.all(), pair)
        .filter(
            settled_at__gte=_start_of_today(),
            kind="Invoice",
            verb="create",
            state__in=[Write.State.CONFIRMED, Write.State.ADOPTED],
        )
        .exclude(plan__currency="")
    )
    sums = made.values_list("plan__currency").annotate(total=Sum("plan__amount")).order_by()
    return [(currency, total) for currency, total in sums if total is not None]


def _shadow(pair: Pair | None) -> dict[str, Any]:
    """Return what would have been written in shadow since yesterday; one query.

    `made` is what would have been made: currency, count, money. `changed` counts the records
    that would have been changed.
    """
    since = timezone.now() - timedelta(days=1)
    rows = of_pair(PlanRow.objects.all(), pair)
    rows = rows.filter(state="shadow", action__in=("create", "update"), made_at__gte=since)
    newest = rows.order_by("action", "subject", "-id").distinct("action", "subject").values("pk")
    found = PlanRow.objects.filter(pk__in=newest).values("action", "currency")
    told = found.annotate(n=Count("id"), s=Sum("amount")).order_by("-currency")
    parts = list(told.values_list("action", "currency", "n", "s"))
    return {
        "made": [tuple(rest) for action, *rest in parts if action == "create"],
        "changed": sum(n for action, _, n, _ in parts if action == "update"),
    }


def _connection(one: Connection) -> dict[str, Any]:
    left = budget.calls_left(one)
    return {
        "connection": one,
        "badge": "sf" if one.system == "salesforce" else "xero",
        "address": reverse("admin:connections_connection_change", args=[one.pk]),
        "left": left,
        "low": (left.day_limit or 0) // 5,
        "heard": max((t for t in (one.last_heard_at, left.as_of) if t), default=None),
    }


def _switches(pair: Pair | None) -> list[dict[str, Any]]:
    rows = of_pair(FlowSwitch.objects.select_related("pair"), pair).order_by("pair__name", "flow")
    return [
        {
            "switch": row,
            "title": every_flow()[row.flow].title if row.flow in every_flow() else row.flow,
            "badge": MODES[row.mode],
            "dated": row.flow in every_flow() and every_flow()[row.flow].dated,
            "address": reverse("admin:sync_flowswitch_change", args=[row.pk]),
        }
        for row in rows
    ]


def _silent_since() -> Any:
    """Return since when no worker has reported, or None while one does."""
    newest = heartbeats.newest_beat()
    if newest is None:
        return "never"
    return newest if timezone.now() - newest > SILENT else None
