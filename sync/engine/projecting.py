"""Projecting: steps 2 to 6 for flows that tell Salesforce what is known, and match nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from mappings.completeness import usable
from sync.core.couples import Couple
from sync.core.differing import plan_figures
from sync.core.flow import FieldRule, RuleSet
from sync.core.organisation import Reference
from sync.core.planning import Plan
from sync.core.projection import ACCOUNT, DEAL, Projection, Standpoint, rules_of_kind
from sync.core.records import Key, Record
from sync.models import FlowSwitch, Link, Mode

from . import billing, indexing, noticing, surroundings, telling
from .work import Work

PATIENCE = timedelta(minutes=5)
"""What is to be told came from the index itself; it is read again only when it is older."""
KEPT_OUT = "Counterpart_Do_Not_Sync__c"
KINDS = (DEAL, ACCOUNT)


def prepare(work: Work, keys: Sequence[Key], projection: Projection) -> list[Plan]:
    """Return one plan a deal or account that the keys concern; nothing is written anywhere.

    Calls: one for each index that is older than PATIENCE, and one for each 1,000 deals and
    accounts.
    """
    for kind in work.flow.indexes:
        indexing.refresh(work.xero, kind, PATIENCE)
    subjects = mine(work, billing.subjects_of(work.pair, keys))
    sources = billing.sources_of(work.pair, work.flow.key)
    work.around = surroundings.gather(work, (), work.rules)
    plans: list[Plan] = []
    for kind in KINDS:
        chosen = [subject for subject in subjects if subject.kind == kind]
        if chosen:
            plans += _of_kind(work, kind, chosen, sources, projection)
    return plans


def _of_kind(
    work: Work,
    kind: str,
    subjects: Sequence[Key],
    sources: Sequence[billing.Source],
    projection: Projection,
) -> list[Plan]:
    rules = rules_of(work, kind)
    ids = [subject.id for subject in subjects]
    records = read(work, kind, ids, rules) if rules else {}
    invoices = billing.invoices_of(kind, ids, sources)
    locks = telling.locks_of(work.pair, subjects)
    own = surroundings.organisation(work.salesforce)
    plans = []
    for subject in subjects:
        record = records.get(subject.id)
        couple = Couple(subject, salesforce=record, locked=locks.get(subject, ""))
        found = invoices.get(subject.id, [])
        told = projection.of_kind(kind)(
            [billed for _, billed in found], standpoint_of(own, record, [s for s, _ in found])
        )
        plans.append(plan_figures(work.flow, couple, rules, told, reason_of(couple)))
    return plans


def rules_of(work: Work, kind: str) -> tuple[FieldRule, ...]:
    """Return the rules of a kind that the org can serve; what it lacks is a warning."""
    chosen = RuleSet(rules_of_kind(work.rules, kind), (), work.rules.version)
    rules, missing = usable(chosen, work.salesforce.fields(kind))
    work.warnings += [f"Salesforce has no field {name}; it is left out." for name in missing]
    return rules.fields


def read(
    work: Work, kind: str, ids: Sequence[str], rules: Iterable[FieldRule]
) -> dict[str, Record]:
    """Return these Salesforce records by their ids, with what the rules name."""
    found = work.salesforce.read(kind, ids, [rule.source for rule in rules])
    return {record.key.id: record for record in found}


def reason_of(couple: Couple) -> str:
    """Return why a record is not told anything, or empty."""
    record = couple.salesforce
    if record is None:
        return "It can no longer be read in Salesforce."
    if record.gone:
        return f"It was {record.gone.partition(':')[0]} in Salesforce."
    if couple.locked:
        return couple.locked
    return "Salesforce says that it is not to be kept in sync." if record.get(KEPT_OUT) else ""


def standpoint_of(
    own: Reference, record: Record | None, sources: Collection[billing.Source]
) -> Standpoint:
    """Return what the figures of a record are for: its currency, the rates, and as of when."""
    currency = record.get("CurrencyIsoCode") if record is not None else None
    times = [source.as_of for source in sources]
    return Standpoint(
        str(currency or own.base_currency),
        own.rates,
        min((time for time in times if time), default=None) if all(times) else None,
    )


def mine(work: Work, subjects: Sequence[Key]) -> list[Key]:
    """Return the subjects that this pair tells; the others are noted for the pair that does.

    A customer of several organisations is told by one of their pairs alone, so that of two
    workers none writes figures that the other has overtaken. Whatever only looks takes all.
    """
    if work.run.mode != Mode.LIVE:
        return list(subjects)
    owners = _owners(work, subjects)
    passed: dict[int, list[Key]] = {}
    for subject in subjects:
        if (owner := owners.get(subject.id, work.pair.pk)) != work.pair.pk:
            passed.setdefault(owner, []).append(subject)
    for switch in FlowSwitch.objects.filter(flow=work.flow.key, pair__in=passed):
        noticing.note(switch.pair, work.flow.key, passed[switch.pair_id], "again")
    return [s for s in subjects if owners.get(s.id, work.pair.pk) == work.pair.pk]


def _owners(work: Work, subjects: Sequence[Key]) -> Mapping[str, int]:
    """Return by subject the first pair, of those it is linked for, that may write now."""
    able = FlowSwitch.objects.filter(
        flow=work.flow.key,
        mode=FlowSwitch.Mode.ON,
        pair__active=True,
        pair__salesforce=work.pair.salesforce_id,
        pair__xero__paused_at=None,
    )
    pairs = list(able.values_list("pair", flat=True))
    if pairs in ([], [work.pair.pk]):
        return {}
    links = Link.objects.filter(pair__in=pairs, salesforce_id__in=[s.id for s in subjects])
    rows = links.order_by("-pair").values_list("salesforce_id", "pair").distinct()
    return dict(rows)  # the last of each stands: the first pair
