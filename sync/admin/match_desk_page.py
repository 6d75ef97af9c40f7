"""What the match desk shows: ten matches, one of them open, the last answer and the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from sync.core.records import Key, System
from sync.engine import deciding
from sync.models import Cursor, Decision, ReviewItem

from . import desk_talk, match_desk_answers, match_desk_queue, match_desk_rows, match_desk_search
from .match_desk_queue import TEN, Asked

MAY = "sync.decide_reviewitem"
SEE = "sync.view_reviewitem"
LINK, ASK = 60, 30
"""The points that the shipped rules want, where an item does not say."""
LAST = "last"
"""In the place of an item: the last of the ten."""


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return what the desk shows; some ten queries of its own, however much waits."""
    asked, me = Asked.of(request.GET), request.user.pk
    may = request.user.has_perm(MAY)
    rows = match_desk_queue.waiting(asked, me)
    found = match_desk_queue.page(rows, asked.start)
    shown, behind = found[:TEN], found[TEN:]
    chosen = _chosen(shown, asked) or match_desk_queue.one(rows, asked.item)
    if chosen is not None and chosen not in shown:
        shown = [chosen, *shown]  # its address leads here from elsewhere
    chosen = chosen or next(iter(shown), None)
    enough = _thresholds(shown[0])["link"] if shown else LINK
    marks = deciding.marks_of(shown) if may else {}
    counts = match_desk_queue.counts(asked, me, enough)
    return {
        "asked": asked,
        "stay": asked.stay(),
        "may_decide": may,
        "rows": [_row(item, marks) for item in shown],
        "chosen": chosen.pk if chosen else None,
        "open": _open(request, chosen, asked) if chosen else None,
        "counts": counts,
        "done": counts.of - counts.left,
        "enough": enough,
        "last_place": asked.start + min(len(shown), TEN),
        "more": bool(behind),
        "last": match_desk_answers.last(request) if may else None,
        "late": match_desk_answers.newest_of(request.GET.get("late", "")),
        "moved": "moved" in request.GET,
        **_ways(asked, shown, behind, chosen),
        **({} if shown else _nothing_left()),
    }


def title_of(item: Any) -> str:
    """Return the name of the record without a partner."""
    name = (item.details.get("subject") or {}).get("name")
    return str(name or (item.held[0].name if item.held else "") or item.title)


def subject_of(item: Any) -> dict[str, Any]:
    """Return the record without a partner as the desk keeps it; of older items only its key."""
    kept = dict(item.details.get("subject") or {})
    if not kept.get("key") and item.held:
        kept["key"] = item.held[0].subject
    kept.setdefault("name", title_of(item))
    return kept


def _row(item: Any, marks: Mapping[int, str]) -> dict[str, Any]:
    """Return what one line of the list shows."""
    best = next(iter(item.details.get("candidates") or ()), None)
    subject = subject_of(item)
    return {
        "item": item,
        "title": title_of(item),
        "system": match_desk_rows.system_of(subject) if subject.get("key") else None,
        "badge": match_desk_rows.badge(item.points, _thresholds(item), sure=item.sure),
        "best": best,
        "place": str(((best or {}).get("fields") or {}).get("city") or ""),
        "mark": marks.get(item.pk, ""),
        "at_once": bool(best) and item.sure,
    }


def _thresholds(item: Any) -> dict[str, int]:
    return {"link": LINK, "ask": ASK, **(item.details.get("thresholds") or {})}


def _open(request: HttpRequest, item: Any, asked: Asked) -> dict[str, Any]:
    """Return what the open row shows: the candidates beside the subject, the talk, a search."""
    subject, offered = subject_of(item), {c["value"]: c for c in item.choices}
    found = match_desk_rows.suggestions(
        {**item.details, "subject": subject}, list(offered), sure=item.sure
    )
    chosen = asked.candidate or (found[0].key if found else "")
    if chosen and chosen not in {one.key for one in found}:
        found += _looked_up(item, subject, chosen, len(found) + 1)
    other = match_desk_rows.system_of(subject).other if subject.get("key") else System.XERO
    may = request.user.has_perm(MAY)
    return {
        "item": item,
        "subject": subject,
        "title": title_of(item),
        "system": other.other,
        "noun": match_desk_rows.noun_of(subject) if subject.get("key") else "record",
        "other": other,
        "other_noun": "account" if other is System.SALESFORCE else "contact",
        "suggestions": found,
        "own": match_desk_rows.own(subject),
        "chosen": chosen if chosen in {one.key for one in found} else "",
        "why_asked": item.details.get("why_asked") or "",
        "offered": {v: offered[v] for v in ("new", "never") if v in offered},
        "acts": frozenset().union(*(one.acts for one in found)),
        "effect": _effect(item.choices),
        "thresholds": _thresholds(item),
        "mark": deciding.mark_of(item) if may else "",
        "looked_for": match_desk_search.look_up(item.pair, other, asked.words)
        if asked.words
        else [],
        **desk_talk.talk_of([item]),
    }


def _effect(choices: Sequence[Mapping[str, str]]) -> str:
    """Return what OK does, as a sentence; empty where nothing can be linked."""
    words = next((c["effect"] for c in choices if c["value"].startswith("use:")), "")
    return f"OK {words[0].lower()}{words[1:]}" if words else ""


def _looked_up(
    item: Any, subject: Mapping[str, Any], key: str, number: int
) -> list[match_desk_rows.Suggestion]:
    """Return a record that a person looked up, beside the subject; nothing for a stranger."""
    known = match_desk_search.find(item.pair, key)
    if known is None:
        return []
    use = [f"use:{Key.parse(key).id}"]  # the engine says whether it may be named
    return [match_desk_rows.suggestion(number, subject, known, use)]


def _chosen(shown: Sequence[Any], asked: Asked) -> Any:
    if not asked.item:
        return shown[0] if shown else None
    if asked.item == LAST and shown:
        return shown[-1]
    return next((item for item in shown if str(item.pk) == asked.item), None)


def _ways(asked: Asked, shown: Sequence[Any], behind: Sequence[Any], chosen: Any) -> dict[str, Any]:
    """Return the addresses of the next row and the one before, and which row follows an answer."""
    if chosen is None:
        return {}
    place = shown.index(chosen)
    following = [*shown, *behind][place + 1 : place + 2]
    on = asked.start + TEN
    ways = {"then": following[0].pk if following else ""}
    if following:
        further = following[0] in behind
        start = on if further else asked.start
        ways["next"] = asked.stay(item=following[0].pk, **{"from": start or ""})
    if place > 0:
        ways["previous"] = asked.stay(item=shown[place - 1].pk)
    elif asked.start:
        back = max(asked.start - TEN, 0)
        ways["previous"] = asked.stay(item=LAST, **{"from": back or ""})
    if behind:
        ways["next_ten"] = asked.stay(**{"from": on})
    return ways


def _nothing_left() -> dict[str, Any]:
    """Return what the empty desk tells: the last answers, and when was looked last."""
    rows = Decision.objects.filter(item__kind=ReviewItem.Kind.MATCH).select_related("item")
    cursor = Cursor.objects.filter(read_at__isnull=False).order_by("-read_at").first()
    read_at = cursor.read_at if cursor else None
    return {
        "past": [
            (match_desk_answers.words_of(d), d.by, d.made_at) for d in rows.order_by("-id")[:5]
        ],
        "read_at": read_at,
        "look_seconds": settings.QUICK_LOOK_SECONDS,
        "now": timezone.now(),
    }
