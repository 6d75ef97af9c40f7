"""Reads what a person chose on the conflict desk, says what saving would do, and saves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from sync.core.records import System
from sync.engine import deciding, ruling
from sync.models import Decision, ReviewItem

from .conflict_desk_rows import APART, TYPED, Row

ALL = {"all-xero": System.XERO, "all-salesforce": System.SALESFORCE}
"""The buttons that choose one side for every field."""


@dataclass(frozen=True)
class Effect:
    """What saving would do: fields decided, fields written by system, and what stays open."""

    decided: int
    total: int
    writes: Mapping[str, int]
    apart: int
    open_labels: Sequence[str]


def effect_of(rows: Sequence[Row]) -> Effect:
    """Return what saving these rows would do."""
    chosen = [row for row in rows if row.choice]
    writes = {
        system.label: sum(1 for row in chosen if system in row.writes.get(row.choice, ()))
        for system in (System.XERO, System.SALESFORCE)
    }
    return Effect(
        decided=len(chosen),
        total=len(rows),
        writes={label: n for label, n in writes.items() if n},
        apart=sum(1 for row in chosen if row.choice == APART),
        open_labels=[row.label for row in rows if not row.choice],
    )


def take_choices(rows: Iterable[Row], form: QueryDict) -> None:
    """Put into the rows what the form says; a field that moved since it was shown asks again."""
    side = ALL.get(form.get("act", ""))
    for row in rows:
        choice = side.value if side else form.get(f"choice_{row.pk}", "")
        row.typed = form.get(f"typed_{row.pk}", "").replace("\r\n", "\n").strip()
        row.every = f"every_{row.pk}" in form
        row.moved = form.get(f"mark_{row.pk}", row.mark) != row.mark
        row.choice = choice if choice in row.offered and not row.moved else ""


def save(rows: Sequence[Row], by: str, *, may_rule: bool) -> list[str]:
    """Keep the choice of every row that has one; return what was done, in words, field by field.

    What was not kept says why in its row's `error`, or has `moved`.
    """
    done = []
    for row in rows:
        if row.choice == TYPED and not row.typed:
            row.error = "Type what it is to be, or choose one of the two values."
        elif row.choice and _kept(row, by):
            done.append(_told(row))
            if row.every and may_rule and row.choice in (*System,):
                done.append(_rule(row, by))
    return done


def _kept(row: Row, by: str) -> bool:
    values = {row.item.field: row.typed} if row.choice == TYPED else None
    try:
        deciding.decide(row.pk, row.choice, by, values=values, mark=row.mark)
    except deciding.Moved:
        row.moved, row.choice = True, ""
    except deciding.NotOffered as error:
        row.error = str(error)
    except ReviewItem.DoesNotExist:
        row.error = "This question is gone meanwhile."
    else:
        return True
    return False


def _told(row: Row) -> str:
    if row.choice == APART:
        return f"{row.label}: left different"
    side = next((side for side in row.sides if side.system == row.choice), None)
    value = side.shown if side else row.typed
    whose = f"{side.system.label}’s" if side else "typed"
    return f"{row.label}: {whose} “{value}”"


def _rule(row: Row, by: str) -> str:
    side = System(row.choice)
    if side not in [one.system for one in row.past]:
        return f"{row.label}: no rule was made, as {side.label} owns it already"
    try:
        change = ruling.let_own(row.item.pair, row.item.flow, row.item.field, side, by)
    except ruling.NoRule as error:
        return f"{row.label}: no rule was made. {error}"
    return f"{row.label}: {side.label} owns it from now on ({change or 'as before'})"


def answered(item: ReviewItem) -> str:
    """Return in words which colleague answered, and how."""
    newest = Decision.objects.filter(item=item).order_by("-id").first()
    if newest is None:
        return "It is settled already."
    labels = {choice["value"]: choice["label"] for choice in item.choices}
    return f"{newest.by} answered already: “{labels.get(newest.choice, newest.choice)}”."
