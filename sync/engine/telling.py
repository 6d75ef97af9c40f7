"""Telling apart: what people say for good of two records, or of one, is kept here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from connections.models import Pair
from sync.core import snapshots
from sync.core.desk_questions import SAME
from sync.core.records import Key
from sync.models import Decision, Link, Lock, Verdict

from . import noticing


def tell_apart(
    pair: Pair, one: Key, other: Key, kind: str, by: str, *, names: str = "", note: str = ""
) -> Verdict:
    """Keep that two records are not the same (`different`) or parent and branch (`branch`).

    What was answered before, that they are one, counts no longer.
    """
    first, second = sorted((str(one), str(other)))
    _spend_answers(pair, one, other)
    verdict, _ = Verdict.objects.update_or_create(
        pair=pair,
        one=first,
        other=second,
        defaults={"kind": kind, "by": by, "names": names[:400], "note": note},
    )
    return verdict


def _spend_answers(pair: Pair, one: Key, other: Key) -> None:
    """Let no earlier answer link the two again: neither one that names the other nor a group's."""
    named = {str(one): other, str(other): one}
    rows = Decision.objects.filter(pair=pair, subject__in=named, spent_at__isnull=True)
    spent = [row.pk for row in rows if _takes(row, named[row.subject])]
    Decision.objects.filter(pk__in=spent).update(spent_at=timezone.now())


def _takes(row: Decision, other: Key) -> bool:
    """Return whether an answer makes the other record the counterpart of its subject."""
    if row.choice == SAME:
        return bool(snapshots.load(row.values).get(f"primary_{other.system}") == other.id)
    return row.choice == f"use:{other.id}"


def take_back(pair: Pair, one: Key, other: Key) -> int:
    """Forget what was said of two records; return how many verdicts that were."""
    first, second = sorted((str(one), str(other)))
    return Verdict.objects.filter(pair=pair, one=first, other=second).delete()[0]


def apart_from(pair: Pair, keys: Iterable[Key]) -> Mapping[Key, frozenset[Key]]:
    """Return for each key the records that it was told apart from; one query."""
    wanted = {str(key): key for key in keys}
    rows = Verdict.objects.filter(Q(one__in=wanted) | Q(other__in=wanted), pair=pair)
    found: dict[Key, set[Key]] = {}
    for one, other in rows.values_list("one", "other"):
        for mine, theirs in ((one, other), (other, one)):
            if mine in wanted:
                found.setdefault(wanted[mine], set()).add(Key.parse(theirs))
    return {key: frozenset(others) for key, others in found.items()}


def lock(pair: Pair, key: Key, why: str, by: str, name: str = "") -> Lock:
    """Keep a record out of sync from now on; it is planned again, so that its questions end."""
    made, _ = Lock.objects.get_or_create(
        pair=pair,
        system=key.system.value,
        kind=key.kind,
        remote_id=key.id,
        ended_at=None,
        defaults={"why": why, "by": by, "name": name[:255]},
    )
    _plan_again(pair, key)
    return made


def unlock(made: Lock, by: str) -> None:
    """Let a record take part again; what changed meanwhile is found by planning it."""
    Lock.objects.filter(pk=made.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    _plan_again(made.pair, made.key)


def locks_of(pair: Pair, keys: Iterable[Key]) -> Mapping[Key, str]:
    """Return why each of these records is locked, in words; those that are not are absent."""
    wanted = {(key.system.value, key.kind, key.id): key for key in keys}
    rows = Lock.objects.filter(
        pair=pair, ended_at=None, remote_id__in={remote_id for _, _, remote_id in wanted}
    )
    return {
        wanted[row.system, row.kind, row.remote_id]: f"Kept out of sync by {row.by}: {row.why}"
        for row in rows
        if (row.system, row.kind, row.remote_id) in wanted
    }


def locked_since(pair: Pair, moment: datetime) -> set[Key]:
    """Return the records that were locked since a moment and still are; one query."""
    return {row.key for row in Lock.objects.filter(pair=pair, ended_at=None, at__gte=moment)}


def bound_to(pair: Pair, keys: Iterable[Key]) -> set[Key]:
    """Return the accounts and contacts that these are linked with; one query."""
    ids = {key.id for key in keys}
    rows = Link.objects.filter(
        Q(salesforce_id__in=ids) | Q(xero_id__in=ids), pair=pair, xero_kind="Contact"
    )
    return {key for row in rows for key in (row.salesforce_key, row.xero_key)}


def _plan_again(pair: Pair, key: Key) -> None:
    noticing.note_for_every_flow(pair, [key], "decision")
