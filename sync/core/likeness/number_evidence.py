"""Evidence of numbers that name a record: external ids, tax and company numbers."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from .parties import Party
from .reasons import Strict, Weighing

_LONG = 6


def weigh(weighing: Weighing) -> None:
    """Add what the two parties' numbers tell."""
    _weigh_ids(weighing)
    left, right = weighing.left, weighing.right
    if left.tax and right.tax:
        _weigh(weighing, "tax", _taxes(left, right))
    if left.company and right.company:
        _weigh(weighing, "company", (left.company, right.company, True))


def _taxes(left: Party, right: Party) -> tuple[str, str, bool]:
    """Return the two tax numbers, and whether they are of one sort.

    One with its country's prefix and one of another length without are not: a VAT number and
    another number of the same company.
    """
    if left.tax_country and right.tax_country and left.tax_country != right.tax_country:
        return left.tax_country + left.tax, right.tax_country + right.tax, True
    prefixed = bool(left.tax_country) == bool(right.tax_country)
    return left.tax, right.tax, prefixed or len(left.tax) == len(right.tax)


def _weigh_ids(weighing: Weighing) -> None:
    theirs = dict(weighing.right.ids)
    for name, value in weighing.left.ids:
        if name not in theirs:
            continue
        if theirs[name] == value:
            weighing.add(f"same {name}", weighing.rules.points.external_id)
            weighing.proven = True
        else:
            weighing.hold(Strict.ASK, f"another {name}")


def _weigh(weighing: Weighing, key: str, numbers: tuple[str, str, bool]) -> None:
    points = weighing.rules.points
    words, (one, other, comparable) = f"{key} number", numbers
    if one == other:
        own = weighing.usage.own(key, one)
        same = points.tax_number if key == "tax" else points.company_number
        weighing.add(f"same {words}", same * max(own, 0.25))
        weighing.proven = weighing.proven or own >= 0.6
        weighing.numbered = weighing.numbered or own >= 0.6
        weighing.share(key, one)
    elif comparable and not _mistyped(one, other):
        differ = points.other_tax_number if key == "tax" else points.other_company_number
        weighing.add(f"other {words}", differ * (0.5 if weighing.persons else 1))
        weighing.hold(Strict.ASK, f"another {words}")


def _mistyped(one: str, other: str) -> bool:
    """Return whether two numbers may be one with a typing error: it neither helps nor harms."""
    allowed = 2 if min(len(one), len(other)) > _LONG else 1
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed
