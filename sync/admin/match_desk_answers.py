"""What people have answered to matches, in words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from connections.numbers import number_in
from sync.engine import retracting
from sync.models import Decision, KnownRecord, ReviewItem


def last(request: HttpRequest) -> dict[str, Any] | None:
    """Return the answer that this person has just given, in words, and whether Z takes it back."""
    decision = _decision(request.GET.get("last", ""))
    if decision is None or decision.by != request.user.get_username():
        return None
    return {
        "pk": decision.pk,
        "words": words_of(decision),
        "can_retract": retracting.retractable(decision),
    }


def newest_of(pk: str) -> dict[str, Any] | None:
    """Return who answered an item before, in words, and where its record is found."""
    item = ReviewItem.objects.filter(pk=number).first() if (number := number_in(pk)) else None
    if item is None:
        return None
    newest = item.decisions.select_related("item").order_by("-id").first()
    return {
        "title": (item.details.get("subject") or {}).get("name") or item.title,
        "decision": newest,
        "words": words_of(newest) if newest else "",
        "solved_by": item.solved_by,
    }


def _decision(pk: str) -> Decision | None:
    rows = Decision.objects.select_related("item").filter(item__kind=ReviewItem.Kind.MATCH)
    return rows.filter(pk=number).first() if (number := number_in(pk)) else None


def words_of(decision: Decision) -> str:
    """Return what a person answered to a match, as a sentence."""
    subject = decision.item.details.get("subject") or {}
    name = subject.get("name") or decision.item.title
    verb, _, named = decision.choice.partition(":")
    other = _name_of(decision.item, named)
    return {
        "use": f"“{name}” is linked with {other}.",
        "not": f"“{name}” and {other} are not the same.",
        "branch": f"“{name}” and {other} are parent and branch.",
        "new": f"A new record is made for “{name}”.",
        "never": f"“{name}” is kept out of sync.",
    }.get(verb, f"“{name}”: {retracting.words_of(decision)}.")


def _name_of(item: ReviewItem, named: str) -> str:
    """Return a record's name: as the question shows it, else as the index knows it."""
    remote_id = named.rpartition(":")[2]
    shown = item.details.get("candidates") or ()
    found = (c for c in shown if str(c.get("key", "")).endswith(remote_id))
    name = next((str(c.get("name") or "") for c in found), "")
    if not name and remote_id:
        sides = (item.pair.salesforce_id, item.pair.xero_id)
        rows = KnownRecord.objects.filter(connection__in=sides, remote_id=remote_id)
        name = rows.values_list("name", flat=True).first() or ""
    return f"“{name}”" if name else "another record"
