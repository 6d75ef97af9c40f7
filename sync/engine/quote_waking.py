"""Waking: who is planned again after a run of quotes, or after one that linked customers."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sync.core.matching import Outcome
from sync.core.planning import Plan
from sync.core.records import Key, System
from sync.models import KnownKey, Link

from . import chaining, moving, noticing, quote_facts
from .quoting import CONTACT, CUSTOMERS, DEAL, contact_of
from .work import Work


def after(work: Work, plans: Iterable[Plan], noticed: Collection[Key]) -> None:
    """Let what a run has changed be planned by whoever it concerns; see chaining.tell_quotes, too.

    Deals whose lines were taken off, to be given anew or an amount; won deals that have quotes now,
    or quotes that moved, by the flow that bills; and customers that quotes wait for.
    """
    if moving.is_live(work):
        chaining.tell_quotes(work)
    if not work.flow.begins_in_xero or not moving.is_live(work):
        return
    every = list(plans)
    again = quote_facts.unfinished(work)
    again += [p.subject for p in every if p.couple.match and "comes first" in p.couple.match.waits]
    noticing.note(work.pair, work.flow.key, again, "again")
    news = any(key.system is System.XERO for key in noticed)
    deals = {
        deal.key
        for p in every
        if (deal := p.couple.salesforce) is not None
        if deal.get("IsWon") is True and deal.key.kind == DEAL
        if p.adopts is not None or not _moved_alone(p, noticed)
    }
    chaining.wake_billing(work, deals | (chaining.asked_of(work) if news else set()))
    waiting = [p for p in every if p.couple.match and p.couple.match.outcome is Outcome.WAITS]
    contacts = {contact_of(p.couple) for p in waiting} - {""}
    if CUSTOMERS in noticing.flows_in_use(work.pair):
        keys = [Key(System.XERO, CONTACT, contact) for contact in contacts]
        noticing.note(work.pair, CUSTOMERS, keys, "again")


def _moved_alone(plan: Plan, noticed: Collection[Key]) -> bool:
    """Return whether the deal itself was noticed, of which billing had notice too, and no quote."""
    record = plan.couple.xero
    quoted = record is not None and record.key in noticed
    return plan.subject in noticed and not quoted


def release(work: Work) -> int:
    """Plan the quotes again whose customers this run has linked; return how many."""
    new = Link.objects.filter(
        pair=work.pair, xero_kind=CONTACT, made_at__gte=work.run.started_at
    ).values_list("xero_id", flat=True)
    contacts = list(new)
    flow = chaining.QUOTES
    if not contacts or not chaining.is_on(work):
        return 0
    rows = KnownKey.objects.filter(
        connection_id=work.pair.xero_id, kind="Quote", name="contact", value__in=contacts
    )
    ids = rows.values_list("record__remote_id", flat=True)
    return noticing.note(work.pair, flow, [Key(System.XERO, "Quote", i) for i in ids], "again")
