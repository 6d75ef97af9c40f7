"""The kinds that rows lead through beyond those around the record, described as they are named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from connections.live import open_remote as open_live
from connections.models import Pair
from connections.remote import Lane
from mappings import choices, fitting_conditions, words
from mappings.choices import OpenRemote, SalesforceFields
from mappings.rules import LINE
from sync.core.errors import SyncError
from sync.core.fields import Describing, Org
from sync.core.flow import Flow, RuleSet
from sync.core.mapping import ABOVE
from sync.core.transforms import fields_of

MOST_STEPS = 5
"""Salesforce follows five relationships (SOQL, Relationship Queries)."""


def reaching(
    pair: Pair,
    flow: Flow,
    rules: RuleSet,
    known: SalesforceFields,
    open_remote: OpenRemote = open_live,
    *,
    lane: Lane = Lane.PERSON,
) -> SalesforceFields:
    """Return the fields with the kinds that the rules lead through (Account.Owner.UserRole.Name).

    One call for all of a step, none where all are known; raises nothing: what a silent Salesforce
    does not tell stays unknown.
    """
    places, asked = set(_places(flow, rules)), set[str]()
    for _ in range(MOST_STEPS):
        wanted = {_undescribed(known.org, *place) for place in places} - asked - {""}
        if not wanted or not known.org.kinds:
            break
        asked |= wanted
        try:
            remote = open_remote(pair.salesforce, lane)
            more = remote.described(sorted(wanted)) if isinstance(remote, Describing) else {}
        except (SyncError, ValueError):  # it is silent, or has no address yet
            break
        known = replace(known, org=Org({**known.org.kinds, **more}))
    return known


def _places(flow: Flow, rules: RuleSet) -> Iterator[tuple[str, str]]:
    """Yield the kind and the path of whatever the rules read through another record."""
    for rule in rules.fields:
        kind = choices.kind_of(flow, rule.target)
        for path in fields_of(rule.transform, rule.sources, rule.argument):
            own = path.removeprefix(LINE)
            if rule.target.startswith(LINE) and own.startswith(ABOVE):
                yield flow.salesforce_kind, own.removeprefix(ABOVE)
            yield kind, own
    tables = words.tables_of(flow)
    for row in rules.tables:
        for condition in row.when if row.table in tables else ():
            yield from fitting_conditions.places_of(flow, tables[row.table], condition.path)


def _undescribed(org: Org, kind: str, path: str) -> str:
    """Return the first kind on the way that is not described; empty where the way is known."""
    for step in path.split(".")[:-1]:
        known = org.kinds.get(kind, {}).values()
        above = next((facts for facts in known if facts.relationship == step), None)
        if above is None or not above.leads_to:
            return ""
        kind = above.leads_to
        if kind not in org.kinds:
            return kind
    return ""
