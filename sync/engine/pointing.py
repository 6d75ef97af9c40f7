"""Pointing: a person names the counterpart of a match, though it was not among the candidates."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from sync.core.records import Key, System
from sync.models import Decision, KnownRecord, ReviewItem

from . import noticing
from .deciding import Moved, NotOffered, mark_of

USE = "use:"
"""What an answer begins with that takes a record for the counterpart; its remote id follows."""


def point(item_id: int, key: Key, by: str, *, mark: str = "") -> int:
    """Keep that the record is the counterpart of the item's subjects; return how many they are.

    The answer is `use:<id>`, as for a candidate, and takes the same way. The record must be known
    to the local index, alive and of the other system: raises NotOffered otherwise, or when a
    colleague was faster, and Moved when the mark (see deciding.mark_of) is no longer the item's.
    """
    with transaction.atomic():
        item = ReviewItem.objects.select_for_update().select_related("pair").get(pk=item_id)
        _require(item, mark)
        subjects = list(item.subjects.filter(closed_at__isnull=True))
        subject_keys = [Key.parse(row.subject) for row in subjects]
        if any(subject.system is key.system for subject in subject_keys):
            raise NotOffered(f"Both records are {key.system.label}’s. Choose one of the other.")
        _require_known(item.pair, key)
        Decision.objects.bulk_create(
            Decision(
                item=item,
                pair=item.pair,
                flow=item.flow,
                subject=row.subject,
                cause=item.own_cause(row.subject),
                choice=f"{USE}{key.id}",
                about=row.about,
                by=by,
            )
            for row in subjects
        )
        item.answered_at = timezone.now()
        item.save(update_fields=["answered_at"])
        others = [key, *(Key.parse(other) for other in item.others)]  # what is asked of them ends
        noticing.note(item.pair, item.flow, [*subject_keys, *others], "decision")
        return len(subject_keys)


def _require(item: ReviewItem, mark: str) -> None:
    if item.kind != ReviewItem.Kind.MATCH:
        raise NotOffered("Only a match can be answered with another record.")
    if item.state != ReviewItem.State.OPEN or item.answered_at is not None:
        raise NotOffered("A colleague has already answered this.")
    if mark and mark_of(item) != mark:
        raise Moved("The records changed while you looked. Look again; nothing was written.")


def _require_known(pair: Pair, key: Key) -> None:
    connection = pair.xero_id if key.system is System.XERO else pair.salesforce_id
    known = KnownRecord.objects.filter(
        connection_id=connection, kind=key.kind, remote_id=key.id
    ).first()
    if known is None:
        raise NotOffered(f"{key.system.label} has no such record that is known here.")
    if known.gone:
        raise NotOffered(f"“{known.name}” is no longer in use in {key.system.label}.")
