"""Past decisions of one kind of question: who decided what, when, and about which record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from config import exporting
from connections.numbers import number_in
from sync.core import snapshots
from sync.core.couples import ANYWAY
from sync.engine.ruling import RECORD_NAME
from sync.models import Decision, ReviewItem

from . import filters, match_desk_answers
from .desk_talk import SEE

SHOWN = 50
DESKS = {"conflict": "conflict_desk", "duplicate": "duplicate_desk", "match": "match_desk"}
ASKED = ("pair", "field", "but")
WHOLE = {"not": "Not the same", "branch": "Parent and branch"}
"""Answers that hold for all records of a group."""
HEADINGS = ("record", "field", "answer", "value", "by", "decided (UTC)", "question")


def page(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Show the newest decisions, narrowed to a pair and a field, and to all `but` one answer."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    if kind not in DESKS:
        raise Http404
    rows = _narrowed(request, kind)
    if request.GET.get("as") == "csv":
        return exporting.csv_file(f"decided-{kind}s", HEADINGS, _lines(rows))
    before = number_in(request.GET.get("before", ""))
    older = rows.filter(pk__lt=before) if before else rows
    found = list(older.order_by("-pk")[: SHOWN + 1])
    asked = {name: value for name in ASKED if (value := request.GET.get(name))}
    context = {
        **admin.site.each_context(request),
        "title": "Past decisions",
        "opts": ReviewItem._meta,
        "desk": DESKS[kind],
        "kind": kind,
        "asked": asked,
        "stay": urlencode(asked),
        "rows": [_row(decision) for decision in found[:SHOWN]],
        "pairs": filters.pairs_by_organisation(),
        "before": found[SHOWN - 1].pk if len(found) > SHOWN else None,
    }
    return TemplateResponse(request, "admin/sync/past_decisions.html", context)


def _narrowed(request: HttpRequest, kind: str) -> QuerySet[Decision]:
    rows = (
        Decision.objects.exclude(about=ANYWAY)
        .filter(item__desk=kind)
        .select_related("item", "pair")
    )
    if kind == "duplicate":  # all records of a group are decided at once: told once
        later = Decision.objects.exclude(about=ANYWAY).filter(
            item=OuterRef("item"), pk__gt=OuterRef("pk")
        )
        rows = rows.filter(~Exists(later))
    pair, field, but = (request.GET.get(name, "").replace("\0", "") for name in ASKED)
    if number_in(pair):
        rows = rows.filter(pair=number_in(pair))
    if field:
        rows = rows.filter(cause=f"{kind}:{field}")
    return (rows.exclude(choice=but) if but else rows).annotate(record_name=RECORD_NAME)


def _row(decision: Any) -> dict[str, Any]:
    item = decision.item
    labels = {choice["value"]: choice["label"] for choice in item.choices}
    values = snapshots.load(decision.values)
    names = ", ".join(str(one.get("name", "")) for one in item.details.get("records", ()))
    told = WHOLE.get(decision.choice.split(":")[0]) if names else None
    return {
        "decision": decision,
        "record": names or decision.record_name or item.title,
        "field": item.details.get("label") or item.field.replace("_", " ").capitalize(),
        "answer": told or labels.get(decision.choice) or _unlisted(decision),
        "value": str(values.get(item.field, "")) if item.field else "",
    }


def _unlisted(decision: Decision) -> str:
    """Return an answer that was never a button: a record that somebody looked up for a match."""
    is_match = decision.item.kind == ReviewItem.Kind.MATCH
    return match_desk_answers.words_of(decision) if is_match else decision.choice


def _lines(rows: QuerySet[Decision]) -> Iterator[Sequence[object]]:
    for chunk in exporting.chunks(rows):
        for row in map(_row, chunk):
            made = row["decision"]
            shown = (row["record"], row["field"], row["answer"], row["value"])
            yield (*shown, made.by, made.made_at, made.item.title)
