"""Exports of questions: one line for each record that a question speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from config import exporting
from sync.core.money import places, round_half_up
from sync.models import Decision, ReviewItem, ReviewNote, ReviewSubject

from . import answers
from .records import flow_title

HEADINGS = (
    "question", "kind", "state", "asked", "field", "flow", "pair", "record", "name", "amount",
    "currency", "waits since (UTC)", "points", "assigned to", "notes", "answer", "answered by",
    "answered (UTC)", "closed by", "closed (UTC)",
)  # fmt: skip


def questions(items: QuerySet[ReviewItem], name: str) -> StreamingHttpResponse:
    """Return a download of these questions, newest first, one line a record they speak of.

    `name` begins the file's name. The records of a question that is closed are those it had.
    """
    return exporting.csv_file(name, HEADINGS, _lines(items))


def figure(amount: Decimal | None, currency: str) -> Decimal | None:
    """Return an amount with the decimals that its currency has, or more where it has more."""
    if amount is None:
        return None
    short = round_half_up(amount, places(currency))
    return short if short == amount else amount.normalize()


def figure_of(row: Any) -> Decimal | None:
    """Return the figure of a row that has an amount and a currency."""
    return figure(row.amount, row.currency)


def _lines(items: QuerySet[ReviewItem]) -> Iterator[Sequence[object]]:
    shown = (
        items.select_related("pair", "assignee").defer(None).defer("explanation", "details", "hint")
    )
    for chunk in exporting.chunks(shown):
        subjects = _by_item(ReviewSubject.objects.filter(item__in=chunk).order_by("id"))
        notes = _by_item(ReviewNote.objects.filter(item__in=chunk).order_by("id"))
        decisions = _by_item(Decision.objects.filter(item__in=chunk).order_by("id"))
        for item in chunk:
            said = _said(item, notes.get(item.pk, []))
            of = _answers(item, decisions.get(item.pk, []))
            for row in _records(item, subjects.get(item.pk, [])):
                yield _line(item, row, said, of)


def _by_item(rows: QuerySet[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def _records(item: ReviewItem, rows: list[ReviewSubject]) -> Sequence[ReviewSubject | None]:
    """Return the records that wait, or, of a closed question, those that waited."""
    still = [row for row in rows if row.closed_at is None]
    if still or item.state == ReviewItem.State.OPEN:
        return still or [None]
    return list({row.subject: row for row in rows}.values()) or [None]


def _said(item: ReviewItem, notes: list[ReviewNote]) -> str:
    words = [f"{note.by}, {note.at:%Y-%m-%d}: {note.text}" for note in notes]
    return " | ".join([*words, item.note] if item.note else words)


def _answers(item: ReviewItem, given: list[Decision]) -> dict[str, Decision]:
    """Return the newest answer for each record; "" has the newest of all."""
    newest = {decision.subject: decision for decision in given}
    return {**newest, "": given[-1]} if given else {}


def _line(
    item: ReviewItem, row: ReviewSubject | None, said: str, given: dict[str, Decision]
) -> Sequence[object]:
    answer = given.get(row.subject if row else "")
    return (
        item.pk, item.get_kind_display(), item.get_state_display(), item.title,
        item.field.replace("_", " "), flow_title(item.flow), item.pair.name,
        row.subject if row else "", row.name if row else "",
        figure_of(row) if row else None, row.currency if row else "", item.first_seen,
        item.points, item.assignee.get_username() if item.assignee else "", said,
        answers.label_of(item, answer.choice) if answer else "", answer.by if answer else "",
        answer.made_at if answer else None, item.solved_by, item.solved_at,
    )  # fmt: skip
