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
from sync.core.records import Key, Record, System
from sync.models import FlowSwitch, Link, Mode

from . import assigning, billing, indexing, noticing, surroundings, telling
from .routing_rows import ABLE, routing_of
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
    early = {each: work.early[each] for each in ids if kind == ACCOUNT and each in work.early}
    rest = [each for each in ids if each not in early]
    found = work.salesforce.read(kind, rest, [rule.source for rule in rules]) if rest else []
    return early | {record.key.id: record for record in found}


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
    workers none writes figures that the other has overtaken: by the one that routing says, if it
    can. Whatever only looks takes all.
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
        **{f"pair__{name}": value for name, value in ABLE.items()},
    )
    pairs = list(able.values_list("pair", flat=True))
    if pairs in ([], [work.pair.pk]):
        return {}
    links = Link.objects.filter(pair__in=pairs, salesforce_id__in=[s.id for s in subjects])
    rows = links.order_by("-pair").values_list("salesforce_id", "pair").distinct()
    first, ends = dict(rows), set(rows)  # the last of each stands: the first pair
    shared = [
        s for s in subjects if s.kind == ACCOUNT and len([e for e in ends if e[0] == s.id]) > 1
    ]
    homes = {each: home for each, home in _homes(work, shared).items() if (each, home) in ends}
    return first | homes


def _homes(work: Work, accounts: Sequence[Key]) -> Mapping[str, int]:
    """Return by account the pair that it belongs to, of those linked in several pairs.

    What the rows ask of them is read with all that is to be told to them; that is not read again.
    """
    routing = routing_of(work, System.SALESFORCE) if accounts else None
    if routing is None:
        return {}
    said = assigning.assigned(routing.connection_id, accounts)
    homes = {key.id: row.pair_id for key, row in said.items()}
    if routing.has_rows:
        sources = [rule.source for rule in rules_of(work, ACCOUNT)]
        ids = [key.id for key in accounts]
        records = work.salesforce.read(ACCOUNT, ids, [*sources, *routing.readable])
        work.early |= {record.key.id: record for record in records}
        homes |= {record.key.id: routing.route(record, said).pair for record in records}
    return homes
