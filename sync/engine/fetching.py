"""Step 2 of 8, fetch. Read the batch's records and what is known of their counterparts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sync.core import mapping, snapshots
from sync.core.couples import Couple, Decision, LinkFacts
from sync.core.flow import RuleSet
from sync.core.records import Key, Record, System
from sync.models import Decision as DecisionRow
from sync.models import Link

from . import chaining, indexing, moving, routing_rows, telling
from .work import Work

ECHO_PATIENCE = timedelta(seconds=60)
EVENT_PATIENCE = timedelta(minutes=15)
INDEX_MAX_AGE = {"Item": timedelta(minutes=15)}
"""The catalogue changes seldom; contacts and invoices are asked for before every batch."""


def refresh_index(work: Work, keys: Sequence[Key], patience: timedelta) -> None:
    """Bring the local index up to date for the flow's kinds; what moved becomes notices.

    A routine batch of deals that are all linked already, mostly the echo of our own writes,
    makes do with an index read a moment ago: nothing can be made of it, and whatever would be
    changed is held against Xero once more before it is sent.
    """
    least = _allowed(work, keys, patience)
    overlap = indexing.SHORT_OVERLAP if work.flow.by_likeness else indexing.OVERLAP
    for kind in (*chaining.indexes(work), *work.flow.indexes):
        age = least if kind == work.flow.xero_kind else max(INDEX_MAX_AGE.get(kind, least), least)
        indexing.refresh(work.xero, kind, age, overlap)
    for kind in work.flow.salesforce_indexes if not _all_linked(work, keys) else ():
        indexing.refresh(work.salesforce, kind, least, overlap)


def _allowed(work: Work, keys: Sequence[Key], patience: timedelta) -> timedelta:
    """Return how old the index may be; long patience is for what has its link already alone."""
    if not patience or not _all_linked(work, keys):
        return timedelta(0)
    ids = {key.id for key in keys if key.system is System.XERO}
    return patience if _have_links(work, ids) else min(patience, ECHO_PATIENCE)


def _all_linked(work: Work, keys: Sequence[Key]) -> bool:
    ours = {key.id for key in keys if key.system is System.SALESFORCE}
    return _all_linked_in_xero(work, keys) and len(_links(work, sorted(ours))) == len(ours)


def _all_linked_in_xero(work: Work, keys: Sequence[Key]) -> bool:
    """Return whether no Xero record among these could be a subject of its own."""
    ids = {key.id for key in keys if key.system is System.XERO}
    flow = work.flow
    return not flow.takes_both or _have_links(work, ids)


def _have_links(work: Work, ids: set[str]) -> bool:
    """Return whether each of these Xero records is a counterpart already."""
    if not ids:
        return True
    links = Link.objects.filter(pair=work.pair, xero_kind=work.flow.xero_kind, xero_id__in=ids)
    return set(links.values_list("xero_id", flat=True)) == ids


def fetch(work: Work, keys: Sequence[Key], rules: RuleSet) -> list[Couple]:
    """Return one couple a subject: its record, its link, its counterpart, past decisions.

    Keys of Xero records are turned into the Salesforce records they belong to, by their link or
    by the id they carry. One that belongs to nothing here is dropped, or is a subject of its own
    where the flow makes Salesforce records of such.
    """
    subjects = _subjects(work, keys)
    ids = [key.id for key in subjects if key.system is System.SALESFORCE]
    found = read(work, ids, rules)
    links = _links(work, ids)
    if work.flow.by_likeness:
        moved = moving.follow(work, links, found)
        found |= read(work, sorted(set(moved.values()) - set(found)), rules)
        subjects = list(dict.fromkeys(_moved_key(key, moved) for key in subjects))
        as_moved = {moved.get(old, old): link for old, link in links.items()}
        links = _links(work, [key.id for key in subjects if key.system is System.SALESFORCE])
        links = links if moving.is_live(work) else links | as_moved
        bound = {link.xero_key for link in links.values()}  # a merge may have just bound them
        subjects = [key for key in subjects if key not in bound]
    decisions = _decisions(work, subjects)
    if moving.keep_as_further(work, links, decisions):
        links = _links(work, [key.id for key in subjects if key.system is System.SALESFORCE])
    alone = [key.id for key in subjects if key.system is System.XERO]
    counterparts = _counterparts(work, [*alone, *(link.xero_id for link in links.values())])
    locks = telling.locks_of(work.pair, [*subjects, *(link.xero_key for link in links.values())])
    return [
        Couple(
            subject=key,
            salesforce=found.get(key.id),
            xero=counterparts.get(links[key.id].xero_id if key.id in links else key.id),
            link=_facts(links[key.id]) if key.id in links else None,
            decisions=decisions.get(str(key), {}),
            locked=_lock_of(key, links.get(key.id), locks),
        )
        for key in subjects
    ]


def read(work: Work, ids: Sequence[str], rules: RuleSet) -> dict[str, Record]:
    """Return these Salesforce records by their ids, with the fields that rules and routes name."""
    if not ids:
        return {}
    fields = list(dict.fromkeys([*mapping.fields_needed(rules), *routing_rows.paths(work)]))
    return {r.key.id: r for r in work.salesforce.read(work.flow.salesforce_kind, ids, fields)}


def _moved_key(key: Key, moved: Mapping[str, str]) -> Key:
    return replace(key, id=moved[key.id]) if key.id in moved else key


def _lock_of(key: Key, link: Link | None, locks: Mapping[Key, str]) -> str:
    theirs = locks.get(link.xero_key, "") if link is not None else ""
    return locks.get(key, "") or theirs


def with_found(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with the records of counterparts that matching has found."""
    ids = [_found_id(couple) for couple in couples]
    found = _counterparts(work, [remote_id for remote_id in ids if remote_id])
    return [
        replace(couple, xero=found.get(remote_id)) if remote_id else couple
        for couple, remote_id in zip(couples, ids, strict=True)
    ]


def _found_id(couple: Couple) -> str:
    return couple.adopts.id if couple.adopts else ""


def _subjects(work: Work, keys: Sequence[Key]) -> list[Key]:
    flow, ours = work.flow, []
    theirs = [k.id for k in keys if k.system is System.XERO and k.kind == flow.xero_kind]
    linked = dict(
        Link.objects.filter(pair=work.pair, xero_kind=flow.xero_kind, xero_id__in=theirs)
        .order_by("role")  # of several the last counts: the main one
        .values_list("xero_id", "salesforce_id")
    )
    known = indexing.by_ids(work.xero.connection_id, flow.xero_kind, theirs)
    named = {
        key: flow.subject_of(candidate) for key, candidate in known.items() if not flow.by_likeness
    }
    for key in keys:
        if key.system is System.SALESFORCE:
            ours.append(key)
            continue
        subject = linked.get(key.id) or named.get(key.id, "")
        if subject:
            ours.append(Key(System.SALESFORCE, flow.salesforce_kind, subject))
        elif flow.takes_both and key.kind == flow.xero_kind:
            ours.append(key)
    return list(dict.fromkeys(ours))


def _links(work: Work, ids: Sequence[str]) -> dict[str, Link]:
    rows = Link.objects.filter(
        pair=work.pair,
        salesforce_kind=work.flow.salesforce_kind,
        salesforce_id__in=ids,
        xero_kind=work.flow.xero_kind,
        role=Link.Role.MAIN,
    )
    return {link.salesforce_id: link for link in rows.order_by("generation")}


def _facts(link: Link) -> LinkFacts:
    return LinkFacts(
        link.xero_key, link.agreed_values, link.generation, link.changed_at.isoformat()
    )


def _counterparts(work: Work, ids: Sequence[str]) -> dict[str, Record]:
    """Return Xero records from the index, which is up to date; read only what it lacks."""
    kind = work.flow.xero_kind
    known = indexing.records(work.xero.connection_id, kind, ids)
    missing = sorted(set(ids) - set(known))
    if missing:
        read = work.xero.read(kind, missing)
        indexing.store(work.xero.connection_id, read)
        known.update({record.key.id: record for record in read})
    return _with_merged_contacts(work, known)


def _with_merged_contacts(work: Work, records: dict[str, Record]) -> dict[str, Record]:
    """Return the records with the contact that stands for theirs now, if it was merged.

    Xero moves a merged contact's invoices to the winner; whether it stamps them is not said.
    """
    contacts = {str(r.get("Contact.ContactID") or "").lower() for r in records.values()} - {""}
    known = indexing.follow(work.xero.connection_id, "Contact", contacts)
    moved = {old: now.key.id for old, now in known.items() if now.key.id != old}
    if not moved:
        return records
    return {key: _moved(record, moved) for key, record in records.items()}


def _moved(record: Record, moved: Mapping[str, str]) -> Record:
    old = str(record.get("Contact.ContactID") or "").lower()
    if old not in moved:
        return record
    contact = {**record.values["Contact"], "ContactID": moved[old]}
    return replace(record, values={**record.values, "Contact": contact})


def _decisions(work: Work, subjects: Sequence[Key]) -> dict[str, dict[str, Decision]]:
    rows = DecisionRow.objects.filter(
        pair=work.pair,
        flow=work.flow.key,
        subject__in=[str(key) for key in subjects],
        spent_at__isnull=True,
    ).order_by("id")
    found: dict[str, dict[str, Decision]] = {}
    for row in rows:
        decision = Decision(row.cause, row.choice, row.about, snapshots.load(row.values))
        mine = found.setdefault(row.subject, {})
        mine.pop(row.cause, None)  # answered anew, it is the newest of all
        mine[row.cause] = decision
    return found
