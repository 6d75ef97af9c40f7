"""What the problems desk shows: causes ranked by money, and everything about the chosen one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from mappings.words import tables_of
from sync.core import snapshots
from sync.core.doubts import show
from sync.core.money import Money
from sync.core.questions import RETRY
from sync.core.records import Key, System
from sync.engine import deciding
from sync.flows.registry import every_flow
from sync.models import KnownRecord, PlanRow, ReviewItem, ReviewSubject

from . import answers, conflict_desk_queue, filters, named_records, places, routing_move
from .records import addresses

MOST = 100
SHOWN = 20
WAITING = Q(state=ReviewItem.State.OPEN, answered_at__isnull=True)
ANSWERED = Q(state=ReviewItem.State.OPEN, answered_at__isnull=False)
TABS = {
    "open": ("Open", WAITING),
    "mine": ("Mine", WAITING),
    "answered": ("Being carried out", ANSWERED),
    "solved": ("Solved", Q(state=ReviewItem.State.SOLVED)),
    "left": ("Left alone", Q(state=ReviewItem.State.LEFT)),
}
KEPT = ("tab", "kind", "organisation", "assignee")
"""What the address of the desk, and every form on it, carries along."""
PLACES = {
    "table": ("admin:mappings_valuerow_changelist", "table"),
    "mapping": ("admin:mappings_fieldmapping_changelist", "target"),
    "match": ("match_desk", "account"),
}
"""Where a problem is solved: the screen's name, and what its address calls the argument."""
CHIPS = {
    "problem": ("bad", "✕"),
    "match": ("warn", "?"),
    "duplicate": ("warn", "?"),
    "conflict": ("warn", "≠"),
    "approval": ("", "✓"),
}


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return what the desk shows for the tab, the kind, the filters and the item of the address."""
    asked = asked_for(request.GET)
    rows = narrowed(request, asked)
    items, total = ranked(rows), rows.count()
    chosen = _chosen(items, request.GET.get("item"))
    held = {(i.pair_id, row.subject): row for i in items for row in i.held}
    return {
        **asked,
        "items": items,
        "total": total,
        "chosen": chosen,
        "place": items.index(chosen) + 1 if chosen else 0,
        "following": _neighbour(items, chosen, 1),
        "previous": _neighbour(items, chosen, -1),
        "sums": sums_of(held.values()),
        "held": len(held),
        "stay": urlencode({name: value for name, value in asked.items() if value}),
        "tabs": _tabs(request, asked),
        "kinds": _kinds(request, asked),
        "desks": _other_desks(),
        "organisations": filters.organisations(),
        "colleagues": list(filters.colleagues()),
        **(detail(chosen) if chosen else {}),
    }


def asked_for(query: Mapping[str, Any]) -> dict[str, str]:
    """Return the tab, the kind and the filters that a query or a form names."""
    asked = {name: str(query.get(name, "")) for name in KEPT}
    if asked["tab"] not in TABS:
        asked["tab"] = "open"
    if asked["kind"] not in ReviewItem.Kind.values:
        asked["kind"] = ""
    return asked


def narrowed(request: HttpRequest, asked: Mapping[str, str]) -> QuerySet[ReviewItem]:
    """Return the desk's items of a tab, of one kind, organisation and person where named."""
    items = ReviewItem.objects.filter(TABS[asked["tab"]][1], desk=ReviewItem.Desk.PROBLEMS)
    if asked["tab"] == "mine":
        items = items.filter(assignee=request.user.pk)
    if asked["kind"]:
        items = items.filter(kind=asked["kind"])
    if asked["organisation"]:
        items = filters.of_organisation(items, asked["organisation"])
    items = filters.of_assignee(items, asked["assignee"], request)
    return items.select_related("pair__salesforce", "pair__xero", "assignee")


def ranked(items: QuerySet[ReviewItem]) -> list[Any]:
    """Return up to MOST items with what they hold up, most money first."""
    rows = ReviewSubject.objects.order_by("-amount", "id")
    still = Prefetch("subjects", rows.filter(closed_at__isnull=True), to_attr="held")
    found: list[Any] = list(items.order_by("-id").prefetch_related(still)[:MOST])
    for item in found:
        item.sums = sums_of(item.held)
        item.colour, item.sign = CHIPS[item.kind]
        item.words = "which one" if item.kind == "duplicate" else item.get_kind_display().lower()
    return sorted(found, key=lambda i: -max((a for _, a in i.sums), default=Decimal(-1)))


def sums_of(rows: Iterable[Any]) -> list[tuple[str, Decimal]]:
    """Return the money by currency, never summed across them."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row.amount is not None:
            sums[row.currency] = sums.get(row.currency, Decimal(0)) + row.amount
    return sorted(sums.items(), key=lambda pair: -pair[1])


def detail(item: Any) -> dict[str, Any]:
    """Return what the right side shows of one item."""
    to, shown = addresses(item.pair), item.held[:SHOWN]
    plans = _newest_plans(item, [row.subject for row in shown])
    return {
        "deals": [(r, to(Key.parse(r.subject)), plans.get(r.subject)) for r in shown],
        "more": max(len(item.held) - SHOWN, 0),
        "choices": [c for c in item.choices if c["value"] != RETRY.value],
        "mark": deciding.mark_shown(item, item.held),
        "can_retry": any(c["value"] == RETRY.value for c in item.choices),
        "sides": _sides(item, plans),
        "candidates": _candidates(item, to),
        "named": named_records.of(item, to),
        **routing_move.box(item.pair, [Key.parse(r.subject) for r in shown], item),
        "fix_address": _fix_address(item),
        "fix_title": _fix_title(item),
        "decisions": answers.given(item),
        "notes": list(item.notes.all()),
    }


def records(item: ReviewItem) -> dict[str, Any]:
    """Return the records that an item spoke of, also those it holds up no more."""
    rows = item.subjects.order_by("-id")
    to, shown = addresses(item.pair), list(rows[:SHOWN])
    plans = _newest_plans(item, [row.subject for row in shown])
    return {
        "records": [(r, to(Key.parse(r.subject)), plans.get(r.subject)) for r in shown],
        "more_records": max(rows.count() - SHOWN, 0),
    }


def _fix_address(item: Any) -> str:
    """Return the address of the mapping row or table that the question is solved in."""
    if item.place == "routing":
        return routing_move.new_row(item)
    if item.place not in PLACES:
        return ""
    name, argument = PLACES[item.place]
    asked = {"pair": item.pair_id, "flow": item.flow, argument: item.argument}
    return f"{reverse(name)}?{urlencode(asked)}"


def _fix_title(item: Any) -> str:
    """Return what finance calls the table or field in which the question is solved."""
    flow = every_flow().get(item.flow)
    table = tables_of(flow).get(item.argument) if flow and item.place == "table" else None
    return table.title if table else str(item.argument or "").replace("_", " ")


def _newest_plans(item: ReviewItem, subjects: list[str]) -> dict[str, PlanRow]:
    rows = PlanRow.objects.filter(pair=item.pair, flow=item.flow, subject__in=subjects)
    return {row.subject: row for row in rows.order_by("subject", "-id").distinct("subject")}


def _sides(item: ReviewItem, plans: dict[str, PlanRow]) -> list[tuple[str, Any, Any]]:
    """Return the disputed field with both values, their differing words marked."""
    for plan in plans.values():
        pair = snapshots.load(plan.picture).get("sides", {}).get(item.field)
        if pair:
            left, right = (show(value).strip("“”") for value in pair)
            name = item.field.replace("_", " ").capitalize()
            return [(name, *mark_differences(left, right))]
    return []


def _candidates(item: ReviewItem, to: Callable[[Key], str]) -> list[dict[str, Any]]:
    """Return what the index knows of each record that an answer would use, in the answers' order.

    The words of the answer say why it may be the one.
    """
    why = {
        choice["value"].removeprefix("use:"): (place, choice["effect"])
        for place, choice in enumerate(item.choices, 1)
        if choice["value"].startswith("use:")
    }
    rows = KnownRecord.objects.filter(connection=item.pair.xero, remote_id__in=why)
    known = {row.remote_id: row for row in rows.defer("values").order_by("-kind")}
    return [
        {
            "key": place,
            "name": known[remote_id].name,
            "facts": _facts(known[remote_id]),
            "why": effect,
            "address": to(Key(System.XERO, known[remote_id].kind, remote_id)),
        }
        for remote_id, (place, effect) in why.items()
        if remote_id in known
    ]


def _facts(row: KnownRecord) -> str:
    """Return the few facts by which a person tells records of one name apart."""
    facts = snapshots.load(row.facts)
    total = facts.get("total")
    money = str(Money(total, facts["currency"])) if total is not None else ""
    state = row.gone.partition(":")[0] or row.status.lower()
    return ", ".join(part for part in (facts.get("email", ""), money, state) if part)


def mark_differences(left: str, right: str) -> tuple[SafeString, SafeString]:
    """Return both texts with the words that differ marked."""
    a, b = re.findall(r"\s+|\S+", left), re.findall(r"\s+|\S+", right)
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    ours = [("".join(a[i:j]), op != "equal") for op, i, j, _, _ in blocks if j > i]
    theirs = [("".join(b[i:j]), op != "equal") for op, _, _, i, j in blocks if j > i]
    return _marked(ours), _marked(theirs)


def _marked(parts: list[tuple[str, bool]]) -> SafeString:
    pieces = [format_html("<mark>{}</mark>" if new else "{}", text) for text, new in parts]
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _chosen(items: list[Any], pk: str | None) -> Any:
    wanted = [item for item in items if str(item.pk) == pk]
    return (wanted or items or [None])[0]


def _neighbour(items: list[Any], chosen: Any, step: int) -> Any:
    if chosen is None:
        return None
    index = items.index(chosen) + step
    return items[index] if 0 <= index < len(items) else None


def _tabs(request: HttpRequest, asked: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """Return the tabs with their counts; the rare ones only where they have something."""
    rows = ReviewItem.objects.filter(desk=ReviewItem.Desk.PROBLEMS)
    if asked["organisation"]:
        rows = filters.of_organisation(rows, asked["organisation"])
    closed = dict(
        rows.filter(~Q(state="open")).order_by().values_list("state").annotate(Count("id"))
    )
    counts = {
        "open": rows.filter(WAITING).count(),
        "mine": rows.filter(WAITING, assignee=request.user.pk).count(),
        "answered": rows.filter(ANSWERED).count(),
        "solved": closed.get("solved", 0),
        "left": closed.get("left", 0),
    }
    shown = [key for key in TABS if key != "answered" or counts[key]]
    return [(key, TABS[key][0], counts[key]) for key in shown]


def _kinds(request: HttpRequest, asked: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """Return the kinds that the tab has questions of, with their counts; none for one alone."""
    rows = narrowed(request, {**asked, "kind": ""}).order_by()
    counts = dict(rows.values_list("kind").annotate(n=Count("id")))
    labels = {"problem": "Problems", "duplicate": "Which one", "approval": "Approvals"}
    found = [
        (key, labels.get(key, f"{label}s"), counts[key])
        for key, label in ReviewItem.Kind.choices
        if key in counts
    ]
    return [("", "All", sum(counts.values())), *found] if len(found) > 1 else []


def _other_desks() -> list[tuple[places.Place, str]]:
    """Return the other desks with how many questions wait on each, as the navigation counts."""
    waiting = ReviewItem.objects.filter(WAITING).exclude(desk=ReviewItem.Desk.PROBLEMS)
    counts = dict(waiting.order_by().values_list("desk").annotate(Count("id")))
    conflicts = ReviewItem.Desk.CONFLICT.value
    told = {key: f"{count:,}" for key, count in counts.items()}
    if conflicts in told:  # those of one record are one
        told[conflicts] = conflict_desk_queue.waiting_count() or "0"
    return [(place, told[key]) for key, place in places.desks().items() if key in told]
