"""Step 8 of 8, link. Bind what was made or found, and keep the values that now agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sync.core import snapshots
from sync.core.agreed import Agreed, Common
from sync.core.couples import Couple, LinkFacts
from sync.core.flow import OF_LINE
from sync.core.planning import Plan
from sync.core.records import Key, Record, System
from sync.models import Link, Write
from sync.models.links import dump_agreed
from sync.models.together import update_together

from . import indexing, noticing, risk_cases, surroundings
from .work import Work


def confirm(
    work: Work, done: Sequence[tuple[Write, Record | None]], *, answered: bool = True
) -> None:
    """Link what the confirmed writes made and keep what they made agree, in a few queries.

    The caller's transaction also confirms the writes, so that no crash parts the two. Where the
    remote did not answer and its record was looked up, what differs from what was sent stands:
    a person may have typed it.
    """
    stored = [record for _, record in done if record is not None]
    indexing.store(work.xero.connection_id, [r for r in stored if r.key.system is System.XERO])
    if work.flow.projects is not None:
        risk_cases.confirm(work, [write for write, _ in done])
        return  # what is only told is never merged
    made = [(w, r) for w, r in done if _binds(work, w)]
    Link.objects.bulk_create(
        [_new_link(work, write, record, answered=answered) for write, record in made],
        ignore_conflicts=True,
    )
    noticing.note_projected(work.pair, [_ends(w)[0] for w, _ in made])
    _agree(work, [(w, r) for w, r in done if not _binds(work, w)])


def restore(work: Work, write: Write) -> None:
    """Link again what a confirmed write once made, where its link has been removed since."""
    if write.system == System.SALESFORCE:
        return
    found = indexing.records(work.xero.connection_id, write.kind, [write.remote_id])
    if write.remote_id in found:
        confirm(work, [(write, found[write.remote_id])])


def settle_agreed(work: Work, plans: Iterable[Plan]) -> None:
    """Keep the agreed values that the plans found, where they differ from what was kept.

    Done before the plans' writes are sent: a field that is being written keeps its old agreed
    value until its write is confirmed.
    """
    wanted = {
        plan.subject.id: plan.agreed
        for plan in plans
        if plan.agreed and plan.couple.link and plan.agreed != plan.couple.link.agreed
    }
    links = _latest(work, list(wanted))
    for subject, link in links.items():
        link.agreed = dump_agreed(wanted[subject])
    update_together(links.values(), ["agreed"])


def facts_of(work: Work, subjects: Sequence[Key]) -> dict[Key, LinkFacts]:
    """Return what the links of these subjects say now."""
    links = _latest(work, [key.id for key in subjects])
    return {
        link.salesforce_key: LinkFacts(link.xero_key, link.agreed_values, link.generation)
        for link in links.values()
    }


def _latest(work: Work, ids: Sequence[str]) -> dict[str, Link]:
    rows = Link.objects.filter(
        pair=work.pair,
        salesforce_kind=work.flow.salesforce_kind,
        salesforce_id__in=ids,
        xero_kind=work.flow.xero_kind,
        role=Link.Role.MAIN,
    )
    return {link.salesforce_id: link for link in rows.order_by("generation")}


def _new_link(work: Work, write: Write, record: Record | None, *, answered: bool) -> Link:
    ours, theirs = _ends(write)
    agreed: Agreed = {}
    sent = snapshots.load(write.shared)
    if write.system == System.SALESFORCE:
        agreed = _as_sent(work, sent)
    elif record is not None and write.flow == work.flow.key:
        agreed = _common(work, ours, sent, record)
        if not answered:
            agreed = {n: replace(c, apart=c.salesforce != c.xero) for n, c in agreed.items()}
    return Link(
        pair=work.pair,
        flow=write.flow,
        salesforce_kind=ours.kind,
        salesforce_id=ours.id,
        xero_kind=theirs.kind,
        xero_id=theirs.id,
        generation=write.generation,
        origin=Link.Origin.CREATED,
        agreed=dump_agreed(agreed),
        label=_label(record) or str(sent.get("name") or "")[:255],
    )


def _ends(write: Write) -> tuple[Key, Key]:
    """Return the Salesforce and the Xero key that a confirmed create binds."""
    made = Key(System(write.system), write.kind, write.remote_id)
    about = Key.parse(write.about)
    return (made, about) if made.system is System.SALESFORCE else (about, made)


def _binds(work: Work, write: Write) -> bool:
    """Return whether a create made a counterpart, not something below one."""
    if write.verb != "create":
        return False
    return write.system == System.XERO or write.kind == work.flow.salesforce_kind


def _as_sent(work: Work, sent: dict[str, Any]) -> Agreed:
    """Return what agrees once Salesforce took what was sent: it answers with nothing but an id."""
    kept = {rule.target for rule in work.rules.fields if not rule.create_only}
    return {
        name: Common(value, value)
        for name, value in sent.items()
        if name in kept or name.startswith(OF_LINE)
    }


def _common(work: Work, about: Key, sent: dict[str, Any], record: Record) -> Agreed:
    """Return the values that agree now: what was sent, and what the remote made of it."""
    theirs = _theirs(work, about, record)
    rules = [r for r in work.rules.fields if not r.create_only and r.target in sent]
    return {
        rule.target: Common(sent[rule.target], theirs.get(rule.target))
        for rule in rules
        if System.XERO in rule.writes
    }


def _theirs(work: Work, about: Key, record: Record) -> dict[str, Any]:
    couple = Couple(about, xero=record)
    if work.around is None:  # settling comes before the batch has its own
        work.around = surroundings.gather(work, (), work.rules)
    return work.flow.to_shared(System.XERO, couple, work.around)


def _agree(work: Work, updates: Sequence[tuple[Write, Record | None]]) -> None:
    """Add the fields of confirmed updates to their links' agreed values."""
    by_subject: dict[Key, list[tuple[Write, Record | None]]] = {}
    for write, record in updates:
        by_subject.setdefault(Key.parse(write.about), []).append((write, record))
    links = _links_about(work, by_subject)
    for about, link in links.items():
        agreed = dict(link.agreed_values)
        for write, record in by_subject[about]:
            sent = snapshots.load(write.shared)
            if record is not None and record.key.system is System.XERO:
                agreed |= _common(work, about, sent, record)
            else:
                agreed |= _as_sent(work, sent)
        link.agreed = dump_agreed(agreed)
    update_together(links.values(), ["agreed"])


def _links_about(work: Work, keys: Iterable[Key]) -> dict[Key, Link]:
    """Return the main links of these records of either side."""
    wanted = list(keys)
    ours = [key.id for key in wanted if key.system is System.SALESFORCE]
    theirs = [key.id for key in wanted if key.system is System.XERO]
    found = {link.salesforce_key: link for link in _latest(work, ours).values()}
    rows = Link.objects.filter(
        pair=work.pair, xero_kind=work.flow.xero_kind, xero_id__in=theirs, role=Link.Role.MAIN
    )
    return found | {row.xero_key: row for row in rows if theirs}


def _label(record: Record | None) -> str:
    if record is None:
        return ""
    return str(record.get("InvoiceNumber") or record.get("Name") or "")[:255]
