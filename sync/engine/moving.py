"""Moving: a link follows a record that was merged into another, or a person is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sync.core.couples import Couple, Decision
from sync.core.errors import NeedsPerson
from sync.core.merging import EMPTY_VALUES
from sync.core.records import Key, Record, System
from sync.models import Link, Mode
from sync.models.links import dump_agreed

from . import indexing, noticing, surroundings
from .work import Work

MERGED = "merged:"
FURTHER = "further"
"""The answer that a customer's second contact, or second account, stays with it."""


def follow(work: Work, links: Mapping[str, Link], found: Mapping[str, Record]) -> Mapping[str, str]:
    """Let these links follow the merges on both sides; return the moved Salesforce ids, old to new.

    A link stays where it is while the record that won has a link of its own: that is asked about.
    Further links follow a merged account too, since they are the customer's. A preview, and a flow
    in shadow, only looks: then the given links alone have moved, and nothing is saved.
    """
    _follow_xero(work, list(links.values()))
    return _follow_salesforce(work, found)


def keep_as_further(
    work: Work, links: Mapping[str, Link], decisions: Mapping[str, Mapping[str, Decision]]
) -> bool:
    """Make links further ones where a person said so; return whether there were any.

    Each then binds what both of its records were merged into.
    """
    said = [
        link
        for link in links.values()
        for decision in decisions.get(str(link.salesforce_key), {}).values()
        if decision.choice == FURTHER and decision.about.startswith(MERGED)
    ]
    ours = indexing.follow(
        work.salesforce.connection_id, work.flow.salesforce_kind, [k.salesforce_id for k in said]
    )
    theirs = indexing.follow(
        work.xero.connection_id, work.flow.xero_kind, [link.xero_id for link in said]
    )
    for link in said if is_live(work) else ():
        _note(link, f"kept as a further one of {link.salesforce_id}")
        if link.salesforce_id in ours:
            link.salesforce_id = ours[link.salesforce_id].key.id
        if link.xero_id in theirs:
            link.xero_id = theirs[link.xero_id].key.id
        link.role, link.agreed = Link.Role.FURTHER, {}
        if _is_there(work, link):
            link.delete()
        else:
            _keep(work, link, ["salesforce_id", "xero_id", "role"])
    return bool(said) and is_live(work)


def is_live(work: Work) -> bool:
    """Return whether what is found out is kept, too."""
    return work.run.mode == Mode.LIVE


def _is_there(work: Work, link: Link) -> bool:
    """Return whether another further link binds the same two already."""
    same = _of(work).filter(salesforce_id=link.salesforce_id, xero_id=link.xero_id)
    return same.filter(role=Link.Role.FURTHER).exclude(pk=link.pk).exists()


def _follow_xero(work: Work, links: Sequence[Link]) -> None:
    known = indexing.follow(
        work.xero.connection_id, work.flow.xero_kind, [link.xero_id for link in links]
    )
    moved = {
        link.pk: known[link.xero_id]
        for link in links
        if link.xero_id in known and known[link.xero_id].key.id != link.xero_id
    }
    winners = {candidate.key.id for candidate in moved.values() if not candidate.gone}
    taken = set(_of(work).filter(xero_id__in=winners).values_list("xero_id", flat=True))
    for link in links:
        winner = moved.get(link.pk)
        if winner is None or winner.gone or winner.key.id in taken:
            continue
        _note(link, f"moved from {link.xero_id}, which was merged in Xero")
        link.xero_id, link.label = winner.key.id, winner.name[:255]
        link.agreed = _agreed_with(work, link, winner.key)
        _keep(work, link, ["xero_id", "label"])
        taken.add(link.xero_id)


def _follow_salesforce(work: Work, found: Mapping[str, Record]) -> dict[str, str]:
    losers = [key for key, record in found.items() if record.gone.startswith(MERGED)]
    if not losers:
        return {}
    ends = indexing.follow(work.salesforce.connection_id, work.flow.salesforce_kind, losers)
    winners = {loser: end.key.id for loser, end in ends.items() if not end.gone}
    mains = _of(work).filter(role=Link.Role.MAIN)
    taken = set(
        mains.filter(salesforce_id__in=winners.values()).values_list("salesforce_id", flat=True)
    )
    moved: dict[str, str] = {}
    for link in _of(work).filter(salesforce_id__in=winners).order_by("role", "generation", "pk"):
        old, new = link.salesforce_id, winners[link.salesforce_id]
        if link.role == Link.Role.MAIN and new in taken and moved.get(old) != new:
            continue
        _note(link, f"moved from {old}, which was merged in Salesforce")
        link.salesforce_id = new
        if link.role == Link.Role.FURTHER and _is_there(work, link):
            _drop(work, link)
            continue
        link.agreed = _agreed_with(work, link, link.salesforce_key)
        _keep(work, link, ["salesforce_id"])
        moved[old] = new
        taken.add(new)
    return moved


def _drop(work: Work, link: Link) -> None:
    if is_live(work):
        link.delete()


def _keep(work: Work, link: Link, names: Sequence[str]) -> None:
    """Save a moved link, and a notice of its account: the loser's leads to it no more."""
    if not is_live(work):
        return
    with transaction.atomic():
        link.save(update_fields=[*names, "reasons", "agreed", "changed_at"])
        noticing.note(work.pair, work.flow.key, [link.salesforce_key], "again")


def _agreed_with(work: Work, link: Link, winner: Key) -> dict[str, Any]:
    """Return what is agreed with the winner: nothing of a field in which it is empty.

    Nobody has cleared that field, so the other side may fill it.
    """
    remote, agreed = work.remote(winner.system), link.agreed_values
    record = indexing.records(remote.connection_id, winner.kind, [winner.id]).get(winner.id)
    if work.around is None:  # links move before the batch has its own
        work.around = surroundings.gather(work, (), work.rules)
    try:
        ours, theirs = (record, None) if winner.system is System.SALESFORCE else (None, record)
        couple = Couple(link.salesforce_key, ours, theirs)
        shared = work.flow.to_shared(winner.system, couple, work.around)
    except NeedsPerson:
        return dump_agreed(agreed)  # the mapping step asks about it
    return dump_agreed({n: c for n, c in agreed.items() if shared.get(n) not in EMPTY_VALUES})


def _of(work: Work) -> QuerySet[Link]:
    flow = work.flow
    return Link.objects.filter(
        pair=work.pair, salesforce_kind=flow.salesforce_kind, xero_kind=flow.xero_kind
    )


def _note(link: Link, words: str) -> None:
    link.reasons = [*link.reasons, f"{words} ({timezone.now():%-d %b %Y})"]
