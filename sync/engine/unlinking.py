"""Unlinking: a person says that two linked records are not the same after all."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from sync.models import Decision, KnownRecord, Link, ReviewItem, ReviewSubject, Verdict, Write

from . import noticing, telling

CAUSE = "unlinked"
"""The cause of the closed question that keeps who undid a link, when and why."""


class CannotUnlink(ValueError):
    """The link stays, for the reason that the words tell."""


def why_not(link: Link) -> str:
    """Return why this link cannot be undone now, in words; empty where it can."""
    if link.xero_kind != "Contact":
        return (
            f"The link of {_one(link.xero_kind)} stays: without it the same thing would be "
            "made once more. Void it in Xero instead; Counterpart notices that and asks."
        )
    of_account = Q(subject=str(link.salesforce_key)) | Q(about=str(link.salesforce_key))
    if Write.objects.filter(of_account, pair=link.pair_id, state__in=Write.OPEN).exists():
        return "A write for this account is on its way. Try again when its answer has come."
    return ""


def _one(kind: str) -> str:
    """Return a kind with its article."""
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind.lower()}"


def unlink(link_id: int, by: str, why: str) -> ReviewItem:
    """Undo the link of an account and a contact; return the closed question that tells of it.

    Neither record is touched. What both sides last agreed on is kept with the question, the two
    are told apart, so that nothing links them again by itself, and both are planned again.
    Raises CannotUnlink in words for the person.
    """
    with transaction.atomic():
        rows = Link.objects.select_for_update(of=("self",)).select_related("pair")
        link = rows.filter(pk=link_id).first()
        if link is None:
            raise CannotUnlink("A colleague has undone this link already.")
        if reason := why_not(link):
            raise CannotUnlink(reason)
        names = _names(link)
        item = _keep(link, names, by, why)
        telling.tell_apart(
            link.pair, link.salesforce_key, link.xero_key, Verdict.Kind.DIFFERENT, by,
            names=" / ".join(names), note=why,
        )  # fmt: skip
        _forget_creation(link)
        _forget_answers(link)
        link.delete()
        both = [link.salesforce_key, link.xero_key]
        noticing.note_for_every_flow(link.pair, both, "decision")
    return item


def _names(link: Link) -> tuple[str, str]:
    """Return what both records are called, as last read."""
    ids = {link.pair.salesforce_id: link.salesforce_id, link.pair.xero_id: link.xero_id}
    rows = KnownRecord.objects.filter(connection_id__in=ids, remote_id__in=ids.values())
    known = dict(rows.values_list("remote_id", "name"))
    account = known.get(link.salesforce_id) or link.label or link.salesforce_id
    return account, known.get(link.xero_id) or link.label or link.xero_id


def _keep(link: Link, names: tuple[str, str], by: str, why: str) -> ReviewItem:
    """Keep as a solved question what the link was, who undid it and why."""
    now, choice = timezone.now(), f"not:{link.xero_key}"
    item = ReviewItem.objects.create(
        pair=link.pair,
        flow=link.flow,
        kind=ReviewItem.Kind.MATCH,
        cause=f"{CAUSE}|{link.pk}",
        title=f"{names[0]} and {names[1]} were linked, and are not the same"[:500],
        explanation=f"The link was undone: {why}",
        choices=[{"value": choice, "label": "Undo the link", "effect": "They are told apart."}],
        details={"unlinked": _was(link)},
        state=ReviewItem.State.SOLVED,
        holds=False,
        note=why,
        last_seen=now,
        solved_at=now,
        solved_by=by,
    )
    subject = str(link.salesforce_key)
    ReviewSubject.objects.create(item=item, subject=subject, name=names[0][:255], closed_at=now)
    Decision.objects.create(
        item=item, pair=link.pair, flow=link.flow, subject=subject, cause=CAUSE, choice=choice,
        by=by, spent_at=now,
    )  # fmt: skip
    return item


def _was(link: Link) -> dict[str, object]:
    return {
        "salesforce": str(link.salesforce_key),
        "xero": str(link.xero_key),
        "role": link.role,
        "origin": link.origin,
        "reasons": link.reasons,
        "agreed": link.agreed,
        "made_at": link.made_at.isoformat(),
        "generation": link.generation,
    }


def _forget_answers(link: Link) -> None:
    """Let no answer count any longer by which one of the two was to be made anew."""
    both = [str(link.salesforce_key), str(link.xero_key)]
    made = Decision.objects.filter(pair=link.pair_id, subject__in=both, choice="new")
    made.filter(spent_at__isnull=True).update(spent_at=timezone.now())


def _forget_creation(link: Link) -> None:
    """Let the write that made the contact stand for this account no more.

    Its key would otherwise bring the link back; the write itself stays on record, under its id.
    """
    for about, made in ((link.salesforce_key, link.xero_key), (link.xero_key, link.salesforce_key)):
        writes = Write.objects.filter(pair=link.pair_id, about=str(about), verb="create")
        for write in writes.filter(system=made.system.value, kind=made.kind, remote_id=made.id):
            Write.objects.filter(pk=write.pk).update(key=f"{write.key}:unlinked:{link.pk}")
