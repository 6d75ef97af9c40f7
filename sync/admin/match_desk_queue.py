"""The queue of the match desk: what waits, ten at a time, most certain first, and its counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.http import QueryDict
from django.utils.http import urlencode

from connections.numbers import number_in
from sync.models import ReviewItem, ReviewSubject

from .filters import pairs_by_organisation

TEN = 10
FAR = 1_000_000
OPEN = Q(kind=ReviewItem.Kind.MATCH, state=ReviewItem.State.OPEN)


@dataclass(frozen=True)
class Asked:
    """What the address asks for: which part of the queue, and which row is open in which way."""

    pair: str = ""
    whose: str = ""
    start: int = 0
    item: str = ""
    candidate: str = ""
    words: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """Return what a query, or a form with the same names, asks for."""
        start, whose = query.get("from", ""), query.get("whose", "")
        pair = query.get("pair", "")
        return cls(
            pair=pair if number_in(pair) else "",
            whose=whose if whose in ("mine", "nobody") else "",
            start=min(number_in(start), FAR),
            item=query.get("item", ""),
            candidate=query.get("candidate", ""),
            words=" ".join(query.get("words", "").split())[:120],
        )

    def stay(self, **changes: Any) -> str:
        """Return the query of the same part of the queue; empty values are left out."""
        kept = {"pair": self.pair, "whose": self.whose, "from": self.start or ""} | changes
        return urlencode({name: value for name, value in kept.items() if value})

    def narrow(self, rows: QuerySet[ReviewItem], me: int | None) -> QuerySet[ReviewItem]:
        """Return the rows of the organisation and the person that are asked for."""
        if self.pair:
            rows = rows.filter(pair=int(self.pair))
        if self.whose:
            rows = rows.filter(assignee=me if self.whose == "mine" else None)
        return rows


def waiting(asked: Asked, me: int | None) -> QuerySet[ReviewItem]:
    """Return the matches that nobody has answered yet."""
    return asked.narrow(ReviewItem.objects.filter(OPEN, answered_at=None), me)


def page(rows: QuerySet[ReviewItem], start: int, more: int = TEN + 1) -> list[Any]:
    """Return the rows of a page and the one behind it, most points first, the oldest first among
    equals; those without any candidate come last. At most four queries.
    """
    held = ReviewSubject.objects.filter(closed_at=None).defer("about").order_by("id")
    full = rows.select_related("pair__salesforce", "pair__xero", "assignee").prefetch_related(
        Prefetch("subjects", held, to_attr="held")
    )
    rated = full.filter(points__isnull=False).order_by("-points", "id")
    found: list[Any] = list(rated[start : start + more])
    if len(found) < more:
        before = start + len(found) if found else rows.filter(points__isnull=False).count()
        first = max(start - before, 0)
        rest = full.filter(points__isnull=True).order_by("id")
        found += list(rest[first : first + more - len(found)])
    return found


def one(rows: QuerySet[ReviewItem], pk: str) -> Any:
    """Return one row that waits, or None; it may stand anywhere in the queue."""
    found = page(rows.filter(pk=number), 0, 1) if (number := number_in(pk)) else []
    return found[0] if found else None


@dataclass(frozen=True)
class Counts:
    """How far the desk has got: `of` are the questions since the oldest that is still open."""

    left: int
    answered: int
    of: int
    sure: int
    mine: int
    pairs: tuple[tuple[int, str, int], ...]


def counts(asked: Asked, me: int | None, enough: int) -> Counts:
    """Return the counts of the desk in five queries; `pairs` are (id, organisation, left).

    What is counted of every open match stands in an index; nothing of the rows is read for it.
    """
    rows: list[Any] = list(
        ReviewItem.objects.filter(OPEN)
        .values("pair_id")
        .annotate(
            left=Count("id", filter=Q(answered_at=None)),
            answered=Count("id", filter=Q(answered_at__isnull=False)),
            sure=Count("id", filter=Q(answered_at=None, sure=True, points__gte=enough)),
            oldest=Min("id"),
        )
        .order_by("pair_id")
    )
    chosen = [row for row in rows if not asked.pair or row["pair_id"] == int(asked.pair)]
    left, answered = (sum(row[name] for row in chosen) for name in ("left", "answered"))
    mine = waiting(replace(asked, whose="mine"), me).count()
    return Counts(
        left={"mine": mine, "nobody": left - _assigned(asked)}[asked.whose]
        if asked.whose
        else left,
        answered=answered,
        of=left + answered + _done(asked, chosen),
        sure=sum(row["sure"] for row in chosen),
        mine=mine,
        pairs=_pairs(rows) if rows or asked.pair else (),
    )


def _pairs(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[int, str, int], ...]:
    """Return every pair with how many are left; also one of which none is."""
    left = {row["pair_id"]: row["left"] for row in rows}
    return tuple((pk, name, left.get(pk, 0)) for pk, name in pairs_by_organisation())


def _assigned(asked: Asked) -> int:
    """Return how many are somebody's; they are few, so they are counted by their index."""
    return waiting(replace(asked, whose=""), None).filter(assignee__isnull=False).count()


def _done(asked: Asked, chosen: Sequence[Mapping[str, Any]]) -> int:
    """Return how many questions as young as the oldest open one are settled."""
    if not chosen:
        return 0
    rows = ReviewItem.objects.filter(
        kind=ReviewItem.Kind.MATCH,
        state__in=[ReviewItem.State.SOLVED, ReviewItem.State.LEFT],
        id__gt=min(row["oldest"] for row in chosen),
    )
    return (rows.filter(pair=int(asked.pair)) if asked.pair else rows).count()
