"""Assigning: a person's word where a record belongs, before every routing row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from connections.models import Connection, Pair
from sync.core.records import Key, System
from sync.core.routing import ACCOUNT, KINDS
from sync.models import Assignment, KnownRecord, Unplaced

from . import noticing

MERGED = "merged:"
MERGES = 10
"""So many times an account is followed to where it was merged into; a chain has two or three."""


class NotAssignable(ValueError):
    """The record or the pair is not one of the connection's; the text says so."""


def assign(
    connection_id: int, key: Key, pair: Pair, by: str, why: str = "", *, name: str = ""
) -> int:
    """Keep that a record belongs to a pair, in the place of what was said before.

    `connection_id` is the connection that stands in several pairs. The record is planned again in
    all of them; returns how many notices that made. Raises NotAssignable.
    """
    return assign_all(connection_id, {key: name}, pair, by, why)


def assign_all(
    connection_id: int, names: Mapping[Key, str], pair: Pair, by: str, why: str = ""
) -> int:
    """Keep that these records belong to a pair; see `assign`. `names` are what they are called."""
    place = Connection.objects.get(pk=connection_id)
    for key in names:
        _require(place, key, pair)
    with transaction.atomic():
        alone_with(connection_id)
        for key in names:
            _in_force(connection_id, key).update(ended_at=timezone.now(), ended_by=by)
        Assignment.objects.bulk_create(
            Assignment(
                connection=place,
                system=key.system.value,
                kind=key.kind,
                remote_id=key.id,
                pair=pair,
                name=name[:255],
                by=by[:150],
                why=why,
            )
            for key, name in names.items()
        )
        return note(connection_id, names)


def unassign(connection_id: int, key: Key, by: str) -> int:
    """End the word where a record belongs, so that the rows count again; return the notices."""
    with transaction.atomic():
        alone_with(connection_id)
        _in_force(connection_id, key).update(ended_at=timezone.now(), ended_by=by)
        return note(connection_id, [key])


def assigned(connection_id: int, keys: Iterable[Key]) -> dict[Key, Assignment]:
    """Return by record the assignment in force, with its pair; one query."""
    wanted = {key.id: key for key in keys}
    rows = Assignment.objects.filter(
        connection=connection_id, remote_id__in=wanted, ended_at__isnull=True
    ).select_related("pair")
    return {row.key: row for row in rows} if wanted else {}


def inherited(connection_id: int, keys: Iterable[Key]) -> dict[Key, Assignment]:
    """Return by account the word in force for an account that was merged into it, at any remove.

    Three queries where any account is assigned, and one for each further merge of a chain.
    """
    wanted = {key.id: key for key in keys if key.kind == ACCOUNT}
    ends = ends_of_accounts(connection_id) if wanted else {}
    into = {word: wanted[end] for word, end in ends.items() if end != word and end in wanted}
    return {into[row.remote_id]: row for row in _of_accounts(connection_id, into)} if into else {}


def ends_of_accounts(connection_id: int) -> dict[str, str]:
    """Return by assigned account the one that stands for it now as the index knows it: itself,
    or what it was merged into.
    """
    words = Assignment.objects.filter(connection=connection_id, kind=ACCOUNT, ended_at=None)
    ends = {word: word for word in words.values_list("remote_id", flat=True)}
    asked = set(ends)
    for _ in range(MERGES):
        known = KnownRecord.objects.filter(
            connection=connection_id, kind=ACCOUNT, remote_id__in=asked, gone__startswith=MERGED
        )
        into = dict(known.values_list("remote_id", "gone")) if asked else {}
        moved = {word: into[end].removeprefix(MERGED) for word, end in ends.items() if end in into}
        ends, asked = ends | moved, set(moved.values())
    return ends


def _of_accounts(connection_id: int, ids: Iterable[str]) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        connection=connection_id, kind=ACCOUNT, remote_id__in=list(ids), ended_at__isnull=True
    )


def note(connection_id: int, keys: Iterable[Key], source: str = "decision") -> int:
    """Let records be planned again by every flow that looks at them, in every pair; how many.

    With an account the deals that wait for what becomes of it.
    """
    wanted = list(keys)
    accounts = [key.id for key in wanted if key.kind == ACCOUNT]
    rows = Unplaced.objects.filter(connection=connection_id, account_id__in=accounts)
    every = list(dict.fromkeys([*wanted, *(row.key for row in rows if accounts)]))
    noted = 0
    for pair in pairs_of(connection_id):
        noted += noticing.note_for_every_flow(pair, every, source)
        noted += noticing.note_projected(pair, wanted, source)
    return noted


def pairs_of(connection_id: int) -> list[Pair]:
    """Return the active pairs of a connection of either system, oldest first."""
    place = Connection.objects.get(pk=connection_id)
    side = "salesforce" if place.system == System.SALESFORCE else "xero"
    found = Pair.objects.filter(active=True, **{side: place})
    return list(found.select_related("salesforce", "xero").order_by("pk"))


def alone_with(connection_id: int) -> None:
    """Hold what only one transaction may at a time: to say, or to act on, where records belong."""
    with connection.cursor() as cursor:
        name = f"counterpart:owning:{connection_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _in_force(connection_id: int, key: Key) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        connection=connection_id, kind=key.kind, remote_id=key.id, ended_at__isnull=True
    )


def _require(place: Connection, key: Key, pair: Pair) -> None:
    system = System(place.system)
    if key.system is not system or key.kind not in KINDS[system]:
        raise NotAssignable(f"{key.kind} {key.id} is no record that {place} is asked about.")
    if place.pk not in (pair.salesforce_id, pair.xero_id) or not pair.active:
        raise NotAssignable(f"{place} does not stand in the pair “{pair}”, or that is off.")
