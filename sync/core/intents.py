"""Intents: what a plan would write, as plain data, and how a couple's changes become such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .bodies import Body
from .couples import Couple
from .flow import Flow, Need, Shared, Surroundings
from .matching import Outcome
from .records import Key, Record, System

COUNTERPART = "counterpart"
"""The name of the intent that makes the subject's own counterpart."""
_BELOW = "new "


@dataclass(frozen=True)
class Intent:
    """One intended write.

    `name` is how a later intent of the same plan refers to what it makes (`@contact` in a body
    becomes its id). `about` is the Salesforce record that the written record stands for,
    `marker` what finds a created record again, `target` the record to update (None: create).
    `shared` and `before` are for people and for the agreed values; `kind` and `body` are in the
    remote's words. `based_on` is the stamp (ISO) of the record that an update was planned on.
    """

    system: System
    kind: str
    name: str
    body: Mapping[str, Any] = field(hash=False)
    about: Key
    marker: str = ""
    target: Key | None = None
    flow: str = ""
    shared: Shared = field(default_factory=dict, hash=False)
    before: Shared = field(default_factory=dict, hash=False)
    generation: int = 1
    based_on: str = ""
    despite_duplicates: bool = False
    """Whether a person said that the new record is none of those like it."""
    removes: bool = False
    """Whether the target is deleted."""
    after: str = ""
    """The name of the intent whose record must be there first, though no body names it."""

    @property
    def verb(self) -> str:
        """What becomes of the record: create, update or delete."""
        return "create" if self.target is None else "delete" if self.removes else "update"

    @property
    def below(self) -> bool:
        """Whether it makes one of several records that may come to lie below the counterpart."""
        return self.target is None and self.name.startswith(_BELOW + self.kind)


def needed_now(flow: Flow, couple: Couple) -> list[str]:
    """Return the needs that this plan stands on: all for a create, else those it would write.

    A contact that is archived after the invoice was made is nobody's problem.
    """
    written = couple.merged.writes[System.XERO] if couple.merged else {}
    return [n.name for n in flow.needs if couple.xero is None or n.name in written]


def creates(flow: Flow, couple: Couple, around: Surroundings) -> tuple[Intent, ...]:
    """Return the intents that make the counterpart, with what it needs and what lies below it."""
    record, shared = couple.own, couple.shared[couple.subject.system]
    system = couple.subject.system.other
    needed = [_create_need(n, record) for n in flow.needs if record and _is_new(couple, n)]
    earlier = couple.link.generation if couple.link else int(couple.adopts is not None)
    bodies = bodies_of(flow, system, shared, couple, around)
    return (
        *needed,
        *(
            Intent(
                system,
                body.kind,
                COUNTERPART if place == 0 else _name_below(body),
                body.values,
                couple.subject,
                body.marker or flow.marker(couple.subject),
                flow=flow.key,
                shared={name: shared[name] for name in shared if name in body.fields},
                generation=earlier + 1,
                despite_duplicates=couple.match is not None and couple.match.by_person,
                after=_name_before(body),
            )
            for place, body in enumerate(bodies)
        ),
    )


def bodies_of(
    flow: Flow, system: System, shared: Shared, couple: Couple, around: Surroundings
) -> tuple[Body, ...]:
    """Return every body that one side's values come to, the counterpart's own first."""
    if flow.further is not None:
        return flow.further(system, shared, couple, around)
    record = couple.record(system)
    kind = flow.salesforce_kind if system is System.SALESFORCE else flow.xero_kind
    values = flow.to_body(system, shared, couple, around)
    return (Body(kind, values, frozenset(shared), record.key.id if record else ""),)


def _name_below(body: Body) -> str:
    """Return a name that no other body of the plan has: of several lines each has its own mark."""
    return f"{_BELOW}{body.kind} {body.marker}".rstrip()


def _name_before(body: Body) -> str:
    return _name_below(replace(body, marker=body.after)) if body.after else ""


def _is_new(couple: Couple, need: Need) -> bool:
    match = couple.needs.get(need.name)
    return match is not None and match.outcome is Outcome.NEW


def _create_need(need: Need, record: Record) -> Intent:
    about = Key(System.SALESFORCE, need.salesforce_kind, need.key_of(record))
    body = need.body(record)
    return Intent(
        System.XERO, need.xero_kind, need.name, body, about, need.marker(record), flow=need.flow
    )


def updates(
    flow: Flow, couple: Couple, around: Surroundings, systems: frozenset[System]
) -> tuple[Intent, ...]:
    """Return the intents that write what each side lacks, after what they need."""
    record, written = couple.salesforce, needed_now(flow, couple)
    needed = [
        _create_need(need, record)
        for need in flow.needs
        if record and System.XERO in systems and need.name in written and _is_new(couple, need)
    ]
    found = [update(flow, couple, around, system) for system in System if system in systems]
    return (*needed, *(intent for intents in found for intent in intents))


def update(flow: Flow, couple: Couple, around: Surroundings, system: System) -> tuple[Intent, ...]:
    """Return the intents that write one side's changes; none where nothing changes."""
    record = couple.record(system)
    changed = couple.merged.writes[system] if couple.merged else {}
    if record is None or not changed:
        return ()
    return tuple(
        _change(couple, body, record, flow)
        for body in bodies_of(flow, system, changed, couple, around)
    )


def _change(couple: Couple, body: Body, record: Record, flow: Flow) -> Intent:
    """Return one body as an intent: a change, or a new record below the counterpart."""
    system = record.key.system
    changed = couple.merged.writes[system] if couple.merged else {}
    mine = {n: None if body.removes else v for n, v in changed.items() if n in body.fields}
    new = not body.target
    return Intent(
        system,
        body.kind,
        _name_below(body) if new else f"update {system} {body.kind} {body.target}",
        body.values,
        couple.subject,
        body.marker,
        target=None if new else Key(system, body.kind, body.target),
        flow=flow.key,
        shared=mine,
        before={name: couple.shared[system].get(name) for name in mine},
        based_on="" if new else _stamp_of(record, body.target),
        removes=body.removes,
        after=_name_before(body),
    )


def _stamp_of(record: Record, target: str) -> str:
    """Return the stamp (ISO) of a record, or of one of those that lie below it."""
    if target == record.key.id:
        return record.stamp.isoformat() if record.stamp else ""
    below = [row for rows in record.values.values() if isinstance(rows, list) for row in rows]
    stamps = [row.get("SystemModstamp") for row in below if row.get("Id") == target]
    stamp = stamps[0] if stamps else None
    return stamp.isoformat() if isinstance(stamp, datetime) else ""
