"""The home screen's tiles of what waits for a person: one for each desk, and the approvals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Min, Q, Sum

from sync.models import ReviewItem, ReviewSubject

from . import places
from .desk import ANSWERED, WAITING

APPROVAL = ReviewItem.Kind.APPROVAL.value
PROBLEMS = ReviewItem.Desk.PROBLEMS.value


@dataclass
class Tile:
    """What waits on one desk: causes, the oldest, what was answered; with money, what is held."""

    address: str
    causes: int = 0
    oldest: datetime | None = None
    answered: int = 0
    records: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)


def waiting() -> dict[str, Tile]:
    """Return the tiles by desk, and the approvals, in four queries however much there is."""
    tiles = {key: Tile(place.address) for key, place in places.desks().items()}
    tiles[APPROVAL] = Tile(f"{tiles[PROBLEMS].address}?kind={APPROVAL}")
    rows = ReviewItem.objects.order_by().values_list("desk", "kind")
    for desk, kind, n, oldest in rows.filter(WAITING).annotate(Count("id"), Min("first_seen")):
        tile = tiles[_tile(desk, kind)]
        tile.causes += n
        tile.oldest = min(filter(None, (tile.oldest, oldest)))
    for desk, kind, n in rows.filter(ANSWERED).annotate(Count("id")):
        tiles[_tile(desk, kind)].answered += n
    is_approval = Q(item__kind=APPROVAL)
    for key, which in ((PROBLEMS, ~is_approval), (APPROVAL, is_approval)):
        _add_money(tiles[key], which)
    return tiles


def count(tiles: Mapping[str, Tile]) -> int:
    """Return how many questions wait in all."""
    return sum(tile.causes for tile in tiles.values())


def start(tiles: Mapping[str, Tile]) -> str:
    """Return where to begin: with what holds up money, else where the oldest question waits."""
    for key in (PROBLEMS, APPROVAL):
        if tiles[key].causes:
            return tiles[key].address
    some = [tile for tile in tiles.values() if tile.oldest]
    return min(some, key=lambda tile: str(tile.oldest)).address if some else ""


def sentence(tiles: Mapping[str, Tile]) -> str:
    """Return in words how much waits."""
    causes = count(tiles)
    if not causes:
        return "Nothing waits for you."
    return "One question waits for you." if causes == 1 else f"{causes:,} questions wait for you."


def _tile(desk: str, kind: str) -> str:
    return APPROVAL if kind == APPROVAL else desk


def _add_money(tile: Tile, which: Q) -> None:
    """Count a record that waits once, however many questions it raises."""
    if not tile.causes:
        return
    items = ReviewItem.objects.filter(WAITING, desk=PROBLEMS)
    held = ReviewSubject.objects.filter(which, closed_at__isnull=True, item__in=items)
    by_record = held.order_by("item__pair_id", "subject", "id")
    once = by_record.distinct("item__pair_id", "subject").values("pk")
    sums = ReviewSubject.objects.filter(pk__in=once).order_by().values_list("currency")
    for currency, n, amount in sums.annotate(Count("id"), Sum("amount")):
        tile.records += n
        if amount is not None:
            tile.sums[currency] = amount
