"""The home screen: where to begin today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from connections import budget
from connections.models import Connection, Pair
from sync.flows.registry import every_flow
from sync.models import Cursor, FlowSwitch, PlanRow, ReviewItem, ReviewSubject, Write, heartbeats

from .flows import MODES

SILENT = timedelta(minutes=3)


def figures(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the index page's context what it shows; a dozen queries, however much there is."""
    waiting = _waiting()
    context.update(
        {
            "now": timezone.now(),
            "waiting": waiting,
            "sentence": _sentence(waiting),
            "doubtful": Write.objects.filter(state=Write.State.IN_DOUBT).count(),
            "today": _today(),
            "shadow": _shadow(),
            "rows": [_connection(one) for one in Connection.objects.select_related("credential")],
            "switches": _switches(),
            "silent_since": _silent_since(),
            "last_read": Cursor.objects.filter(read_at__isnull=False).order_by("-read_at").first(),
            "has_pairs": Pair.objects.exists(),
            "review_address": reverse("admin:sync_reviewitem_changelist"),
        }
    )
    return context


def _waiting() -> dict[str, Any]:
    """Return what waits for a person: the causes by kind, the records and the money."""
    items = ReviewItem.objects.filter(state=ReviewItem.State.OPEN)
    kinds = dict(items.values_list("kind").annotate(n=Count("id")).order_by())
    held = ReviewSubject.objects.filter(closed_at__isnull=True, item__state="open")
    sums = held.exclude(currency="").values_list("currency").annotate(Sum("amount")).order_by()
    return {
        "causes": sum(kinds.values()),
        "kinds": [(label, kinds[key]) for key, label in ReviewItem.Kind.choices if key in kinds],
        "records": held.values("subject").distinct().count(),
        "sums": sorted(sums, key=lambda pair: -(pair[1] or 0)),
        "oldest": items.aggregate(oldest=Min("first_seen"))["oldest"],
    }


def _sentence(waiting: dict[str, Any]) -> str:
    causes, records = waiting["causes"], waiting["records"]
    if not causes:
        return "Nothing waits for you."
    what = "One question waits" if causes == 1 else f"{causes} questions wait"
    held = "one record" if records == 1 else f"{records} records"
    return f"{what} for an answer, about {held}."


def _today() -> list[tuple[str, int]]:
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    settled = Write.objects.filter(settled_at__gte=start)
    done = settled.filter(state__in=[Write.State.CONFIRMED, Write.State.ADOPTED])
    refused = Write.objects.filter(sent_at__gte=start, state=Write.State.REFUSED)
    return [
        ("Invoices made", done.filter(kind="Invoice", verb="create").count()),
        ("Invoices changed", done.filter(kind="Invoice", verb="update").count()),
        ("Contacts made", done.filter(kind="Contact", verb="create").count()),
        ("Told to Salesforce", done.filter(system="salesforce").count()),
        ("Refused", refused.count()),
    ]


def _shadow() -> list[tuple[str, int, Any]]:
    """Return what would have been made in shadow since yesterday: currency, count, money."""
    since = timezone.now() - timedelta(days=1)
    rows = PlanRow.objects.filter(state="shadow", action="create", made_at__gte=since)
    newest = rows.order_by("subject", "-id").distinct("subject").values("pk")
    found = PlanRow.objects.filter(pk__in=newest).values("currency")
    return list(found.annotate(n=Count("id"), s=Sum("amount")).values_list("currency", "n", "s"))


def _connection(one: Connection) -> dict[str, Any]:
    left = budget.calls_left(one)
    return {
        "connection": one,
        "badge": "sf" if one.system == "salesforce" else "xero",
        "address": reverse("admin:connections_connection_change", args=[one.pk]),
        "left": left,
        "low": (left.day_limit or 0) // 5,
    }


def _switches() -> list[dict[str, Any]]:
    rows = FlowSwitch.objects.select_related("pair").order_by("pair__name", "flow")
    return [
        {
            "switch": row,
            "title": every_flow()[row.flow].title if row.flow in every_flow() else row.flow,
            "badge": MODES[row.mode],
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
