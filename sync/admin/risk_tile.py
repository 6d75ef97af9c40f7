"""The home screen's tile of credit risk: how many cases stand open, and over how much."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from connections.models import Pair
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, RiskCase


@dataclass(frozen=True)
class RiskTile:
    """Open cases, the money at stake by currency, how many are grave and how many wait."""

    address: str
    cases: int = 0
    customers: int = 0
    grave: int = 0
    waiting: int = 0
    sums: tuple[tuple[str, Decimal], ...] = ()


def of(request: HttpRequest, pair: Pair | None = None) -> RiskTile | None:
    """Return the tile for who may see cases, of a pair or of all; None where nobody is judged.

    Of several cases of one customer the largest counts: they are about the same invoices.
    """
    if not request.user.has_perm("sync.view_riskcase"):
        return None
    opened = RiskCase.objects.filter(state=RiskCase.State.OPEN).order_by()
    opened = opened.filter(pair=pair) if pair else opened
    today = timezone.localdate()
    waits = Q(snoozed_until__gt=today) | Q(promised_on__gte=today) | Q(disputed=True)
    counts = opened.aggregate(
        n=Count("id"),
        customers=Count("account", distinct=True),
        grave=Count("id", filter=Q(level__gte=3)),
        waiting=Count("id", filter=waits),
    )
    if not counts["n"] and not _is_in_use():
        return None
    largest = opened.values("connection_id", "account", "currency").annotate(most=Max("amount"))
    sums: dict[str, Decimal] = {}
    for row in largest.exclude(currency="").filter(most__isnull=False):
        sums[row["currency"]] = sums.get(row["currency"], Decimal(0)) + row["most"]
    return RiskTile(
        reverse("admin:sync_riskcase_changelist"),
        *(counts["n"], counts["customers"], counts["grave"], counts["waiting"]),
        tuple(sorted(sums.items())),
    )


def _is_in_use() -> bool:
    judging = [key for key, flow in every_flow().items() if flow.projects and flow.projects.judges]
    used = FlowSwitch.objects.filter(flow__in=judging).exclude(mode=FlowSwitch.Mode.OFF)
    return used.exists()
