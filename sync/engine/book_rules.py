"""Book rules: by which mapping rows the records of an address book are entered in the index."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from connections.models import Pair
from mappings.rules import rules_for
from sync.core import mapping
from sync.core.flow import Flow, RuleSet
from sync.core.records import System
from sync.flows.registry import every_flow
from sync.flows.shapes import BOOKS, parties
from sync.flows.shapes.party_tables import BELONGS


@dataclass(frozen=True)
class BookRules:
    """The rows in force, the Salesforce fields they read, and a mark that changes with them."""

    rules: RuleSet
    fields: tuple[str, ...]
    mark: str


SHIPPED = BookRules(parties.SHIPPED, (), "")


def of(connection_id: int, system: System, kind: str) -> BookRules:
    """Return the rules for a connection's address book; the shipped ones where no pair has any.

    Several pairs of one connection are entered by the rules of the first.
    """
    flow = _flow_of(system, kind) if kind in BOOKS else None
    side = "salesforce_id" if system is System.SALESFORCE else "xero_id"
    pair = Pair.objects.filter(**{side: connection_id}).order_by("pk").first() if flow else None
    if pair is None or flow is None:
        return SHIPPED
    rules = rules_for(pair, flow.key)
    ids = list(parties.id_fields(rules))
    ours = system is System.SALESFORCE
    fields = (*mapping.fields_needed(rules), *(one for one, _ in ids)) if ours else ()
    read = [(r.target, r.source, r.transform, r.argument) for r in rules.fields if ours]
    belongs = [(row.value, row.when) for row in rules.table(BELONGS)]
    mark = hashlib.sha256(repr([read, ids, belongs]).encode()).hexdigest()[:16]
    return BookRules(rules, tuple(dict.fromkeys(fields)), mark)


def _flow_of(system: System, kind: str) -> Flow | None:
    for flow in every_flow().values():
        kinds = flow.salesforce_indexes if system is System.SALESFORCE else (flow.xero_kind,)
        if flow.by_likeness and kind in kinds:
            return flow
    return None
