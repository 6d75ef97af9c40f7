"""What making products equal would write: how many values, over how much, and each of the first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sync.core.records import System
from sync.engine.price_drift import NAMES, Comparison, Difference

from .price_drift_rows import ROWS, figure, less, shown


def effect_of(
    marks: Sequence[str], side: System, comparison: Comparison, most: int
) -> dict[str, Any]:
    """Return what making these equal would write, field by field, and what it would not."""
    wanted = set(marks)
    chosen = [one for one in comparison.differences if one.mark in wanted]
    able = [one for one in chosen if side in one.drift.can][:most]
    unable = [one for one in chosen if side not in one.drift.can]
    counts = {NAMES[name]: len([one for one in able if one.drift.field == name]) for name in NAMES}
    return {
        "able": len(able),
        "left": len(chosen) - len(able) - len(unable),
        "moved": len(wanted) - len(chosen),
        "money": money_of(able, side, comparison),
        "counts": [(name, count) for name, count in counts.items() if count],
        "figures": all(one.drift.field == "price" for one in able),
        "rows": [_change(one, side, comparison) for one in able[:ROWS]],
        "more": max(0, len(able) - ROWS),
        "unable": [(one, one.drift.why or "It cannot be given.") for one in unable[:ROWS]],
        "unable_more": max(0, len(unable) - ROWS),
        "marks": "\n".join(one.mark for one in able),
        "currency": comparison.currency,
    }


def money_of(able: Sequence[Difference], side: System, comparison: Comparison) -> list[str]:
    """Return in words how prices move: how many rise and fall, by how much, and the furthest."""
    moves = [(_move(one, side), one) for one in able if one.drift.field == "price"]
    known = [(move, one) for move, one in moves if move is not None]
    words = [
        f"{_prices(len(some))} {verb} by {_money(sum(some, Decimal(0)), comparison)}"
        f"{' in all' if len(some) > 1 else ''}"
        for some, verb in (
            ([move for move, _ in known if move > 0], _verb(known, "rise", up=True)),
            ([-move for move, _ in known if move < 0], _verb(known, "fall", up=False)),
        )
        if some
    ]
    new = len(moves) - len(known)
    words += (
        [f"{_prices(new)} {'is' if new == 1 else 'are'} given where there was none"] if new else []
    )
    if len(known) > 1:
        move, one = max(known, key=lambda pair: abs(pair[0]))
        words.append(f"the furthest moves by {_money(abs(move), comparison)} (“{one.name}”)")
    return words


def _move(one: Difference, side: System) -> Decimal | None:
    """Return by how much the other side's price would move; None where it has none yet."""
    apart = less(one)
    if apart is None:
        return None
    return apart if side is System.XERO else -apart


def _verb(known: Sequence[tuple[Decimal, Difference]], verb: str, *, up: bool) -> str:
    count = len([move for move, _ in known if (move > 0) is up])
    return f"{verb}s" if count == 1 else verb


def _prices(count: int) -> str:
    return "1 price" if count == 1 else f"{count:,} prices"


def _money(amount: Decimal, comparison: Comparison) -> str:
    return f"{comparison.currency} {figure(amount, comparison.currency)}"


def _change(one: Difference, side: System, comparison: Comparison) -> dict[str, Any]:
    drift = one.drift
    return {
        "name": one.name,
        "code": one.code,
        "field": NAMES[drift.field].capitalize(),
        "is_price": drift.field == "price",
        "old": shown(getattr(drift, side.other.value), drift.field, comparison),
        "new": shown(getattr(drift, side.value), drift.field, comparison),
    }
