"""The home screen's tiles of what waits for a person: one for each desk, and the approvals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Min, Q, Sum

from connections.models import Pair
from sync.models import ReviewItem, ReviewSubject

from . import conflict_desk_queue, places
from .desk import ANSWERED, WAITING

APPROVAL = ReviewItem.Kind.APPROVAL.value
PROBLEMS = ReviewItem.Desk.PROBLEMS.value


@dataclass
class Tile:
    """What waits on one desk: causes, the oldest, what was answered; with money, what is held.

    `waits` is how many questions that makes, counted as the navigation does: of conflicts those
    of one record are one. `more` tells that there are more.
    """

    address: str
    causes: int = 0
    oldest: datetime | None = None
    answered: int = 0
    records: int = 0
    waits: int = 0
    more: bool = False
    sums: dict[str, Decimal] = field(default_factory=dict)


def waiting(pair: Pair | None = None) -> dict[str, Tile]:
    """Return the tiles by desk, and the approvals, in six queries however much there is.

    Those of one pair alone where it is given; their addresses then lead to its questions.
    """
    tiles = {key: Tile(_address(key, place.address, pair)) for key, place in places.desks().items()}
    problems = tiles[PROBLEMS].address
    tiles[APPROVAL] = Tile(f"{problems}{'&' if pair else '?'}kind={APPROVAL}")
    rows = ReviewItem.objects.order_by().values_list("desk", "kind")
    rows = rows.filter(pair=pair) if pair else rows
    for desk, kind, n, oldest in rows.filter(WAITING).annotate(Count("id"), Min("first_seen")):
        tile = tiles[_tile(desk, kind)]
        tile.causes += n
        tile.oldest = min(filter(None, (tile.oldest, oldest)))
    for desk, kind, n in rows.filter(ANSWERED).annotate(Count("id")):
        tiles[_tile(desk, kind)].answered += n
    is_approval = Q(item__kind=APPROVAL)
    for key, which in ((PROBLEMS, ~is_approval), (APPROVAL, is_approval)):
        _add_money(tiles[key], which & Q(item__pair=pair) if pair else which)
    for tile in tiles.values():
        tile.waits = tile.causes
    conflicts = tiles[ReviewItem.Desk.CONFLICT.value]
    if conflicts.causes:
        conflicts.waits, conflicts.more = conflict_desk_queue.records_waiting(pair)
    return tiles


def _address(desk: str, address: str, pair: Pair | None) -> str:
    """Return a desk's address, narrowed to a pair as the desk itself does it."""
    if pair is None:
        return address
    named = f"organisation={pair.xero_id}" if desk == PROBLEMS else f"pair={pair.pk}"
    return f"{address}?{named}"


def count(tiles: Mapping[str, Tile]) -> int:
    """Return how many questions wait in all."""
    return sum(tile.waits for tile in tiles.values())


def start(tiles: Mapping[str, Tile]) -> str:
    """Return where to begin: with what holds up money, else where the oldest question waits."""
    for key in (PROBLEMS, APPROVAL):
        if tiles[key].causes:
            return tiles[key].address
    some = [tile for tile in tiles.values() if tile.oldest]
    return min(some, key=lambda tile: str(tile.oldest)).address if some else ""


def sentence(tiles: Mapping[str, Tile], *, may: bool) -> str:
    """Return in words how much waits, and for whom: who may not answer is not asked."""
    questions, whom = count(tiles), "you" if may else "finance"
    more = "More than " if any(tile.more for tile in tiles.values()) else ""
    if not questions:
        return f"Nothing waits for {whom}."
    if questions == 1:
        return f"One question waits for {whom}."
    return f"{more}{questions:,} questions wait for {whom}."


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
