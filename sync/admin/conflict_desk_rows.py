"""What the conflict desk shows of each disputed field: was, both sides now, what it may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from mappings.rules import editable, rules_for
from sync.core import snapshots
from sync.core.agreed import Common
from sync.core.doubts import show
from sync.core.flow import RuleSet
from sync.core.records import Key, System
from sync.engine import deciding, ruling
from sync.flows.registry import every_flow
from sync.models import Link, PlanRow, ReviewItem

from .conflict_desk_queue import Place
from .marking import differing

NO_RULES = RuleSet((), ())
APART, TYPED = "apart", deciding.TYPED


@dataclass(frozen=True)
class Side:
    """One system's value now."""

    system: System
    shown: str
    marked: Any
    when: datetime | None
    who: str
    outcome: str
    """What is written where if this value is kept."""


@dataclass(frozen=True)
class Before:
    """How a field was decided before, for a system that may come to own it, and otherwise."""

    system: System
    total: int
    for_it: int
    others: int
    newest: str
    """The newest that was decided otherwise: its record and its day."""
    address: str


@dataclass
class Row:
    """One disputed field; `choice`, `typed` and `every` are what the person has chosen so far."""

    item: ReviewItem
    mark: str
    label: str
    was: Sequence[tuple[str, str]]
    """The last agreed value: one without a system, or each system's own."""
    agreed_on: datetime | None
    sides: Sequence[Side]
    agreeing: int
    blocks: str
    offered: frozenset[str]
    past: Sequence[Before] = ()
    """How the field was decided before, for each system that may come to own it."""
    choice: str = ""
    typed: str = ""
    every: bool = False
    moved: bool = False
    error: str = ""
    writes: Mapping[str, frozenset[System]] = field(default_factory=dict)
    """The systems written to, by choice."""

    @property
    def pk(self) -> int:
        """The item's primary key: the row's name in the form."""
        return self.item.pk

    @property
    def in_lines(self) -> bool:
        """Whether the value has several lines, as a street may have."""
        return any("\n" in side.shown for side in self.sides)

    @property
    def typed_outcome(self) -> str:
        """Where a value that was typed is written, in words."""
        return outcome(self.writes[TYPED])


def rows_of(place: Place, items: Sequence[ReviewItem]) -> list[Row]:
    """Return a row for each item of one record; some eight queries, however many fields."""
    marks = deciding.marks_of(items)
    rules = rules_for(items[0].pair, place.flow) if place.flow in every_flow() else NO_RULES
    older = _older(place, items)
    fields = [item.field for item in items]
    past = ruling.pasts(items[0].pair, place.flow, fields)
    return [_row(item, marks[item.pk], rules, older, past) for item in items]


def _row(
    item: ReviewItem,
    mark: str,
    rules: RuleSet,
    older: Mapping[str, Mapping[str, Any]],
    past: Mapping[tuple[str, System], ruling.Past],
) -> Row:
    details = item.details or older.get(item.field, {})
    offered = frozenset(choice["value"] for choice in item.choices)
    writes = _writes(item.field, rules)
    was, agreed_on = _was(details.get("was"))
    owners = _owners(item.field, rules)
    return Row(
        item=item,
        mark=mark,
        label=details.get("label") or item.field.replace("_", " ").capitalize() or item.title,
        was=was,
        agreed_on=agreed_on,
        sides=_sides(details, writes),
        agreeing=int(details.get("agreeing") or 0),
        blocks=str(details.get("blocks") or ""),
        offered=offered if details.get("typed", True) else offered - {TYPED},
        past=[_before(item, system, past[item.field, system]) for system in owners],
        writes=writes,
    )


def _sides(details: Mapping[str, Any], writes: Mapping[str, frozenset[System]]) -> list[Side]:
    """Return Xero's side and Salesforce's, the words that differ marked."""
    known = {system: details.get(system.value) or {} for system in System}
    xero, salesforce = (str(known[s].get("shown") or "") for s in (System.XERO, System.SALESFORCE))
    marked = dict(zip((System.XERO, System.SALESFORCE), differing(xero, salesforce), strict=True))
    return [
        Side(
            system,
            str(known[system].get("shown") or ""),
            marked[system],
            moment(known[system].get("when")),
            str(known[system].get("who") or ""),
            outcome(writes[system.value]),
        )
        for system in (System.XERO, System.SALESFORCE)
    ]


def outcome(written: frozenset[System]) -> str:
    """Return in words where a choice is written."""
    if len(written) == len(System):
        return "written to both"
    return f"written to {next(iter(written)).label}" if written else "nothing is written"


def _writes(name: str, rules: RuleSet) -> dict[str, frozenset[System]]:
    rule = rules.field(name)
    may = rule.writes if rule is not None else frozenset(System)
    return {
        System.SALESFORCE.value: frozenset({System.XERO}) & may,
        System.XERO.value: frozenset({System.SALESFORCE}) & may,
        TYPED: frozenset(may),
        APART: frozenset(),
    }


def _before(item: ReviewItem, system: System, past: ruling.Past) -> Before:
    newest = next(iter(past.others), None)
    query = {"field": item.field, "pair": str(item.pair_id), "but": system.value}
    return Before(
        system=system,
        total=past.total,
        for_it=past.counts.get(system.value, 0),
        others=len(past.others),
        newest=f"{newest.record_name}, {timezone.localtime(newest.made_at):%-d %B}"  # type: ignore[attr-defined]
        if newest
        else "",
        address=f"{reverse('past_decisions', args=['conflict'])}?{urlencode(query)}",
    )


def _owners(name: str, rules: RuleSet) -> list[System]:
    """Return the systems that a person may make the owner of the field."""
    rule = rules.field(name)
    if rule is None or "owner" not in editable(rule):
        return []
    return [system for system in (System.XERO, System.SALESFORCE) if rule.owner.value != system]


def _was(was: Mapping[str, Any] | None) -> tuple[list[tuple[str, str]], datetime | None]:
    if not was:
        return [], None
    texts = [(system.label, str(was.get(system.value) or "")) for system in System]
    same = texts[0][1] == texts[1][1]
    return ([("", texts[0][1])] if same else texts), moment(was.get("when"))


def moment(iso: Any) -> datetime | None:
    """Return the time that an ISO text tells, or None."""
    try:
        found = datetime.fromisoformat(str(iso))
    except ValueError:
        return None
    return found if found.tzinfo else timezone.make_aware(found)


def _older(place: Place, items: Sequence[ReviewItem]) -> dict[str, dict[str, Any]]:
    """Return by field what the plan and the link know of questions that tell nothing themselves."""
    if all(item.details for item in items):
        return {}
    plans = PlanRow.objects.filter(pair=place.pair_id, flow=place.flow, subject=place.subject)
    newest = plans.order_by("-id").first()
    sides = snapshots.load(newest.picture).get("sides", {}) if newest else {}
    key = Key.parse(place.subject)
    links = Link.objects.filter(pair=place.pair_id, flow=place.flow, salesforce_id=key.id)
    link = links.order_by("-generation").first() if key.system is System.SALESFORCE else None
    agreed = link.agreed_values if link else {}
    return {name: _pictured(pair[0], pair[1], agreed.get(name)) for name, pair in sides.items()}


def _pictured(salesforce: Any, xero: Any, was: Common | None) -> dict[str, Any]:
    return {
        "salesforce": {"shown": _text(salesforce)},
        "xero": {"shown": _text(xero)},
        "was": {"salesforce": _text(was.salesforce), "xero": _text(was.xero)} if was else None,
    }


def _text(value: Any) -> str:
    return show(value).strip("“”")
