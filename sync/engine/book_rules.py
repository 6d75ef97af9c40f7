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
from sync.flows.shapes import BOOKS, ENTERED_AS, parties, product
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
    flow = _flow_of(system, kind)
    side = "salesforce_id" if system is System.SALESFORCE else "xero_id"
    pair = Pair.objects.filter(**{side: connection_id}).order_by("pk").first() if flow else None
    if kind not in BOOKS:
        plain = BookRules(product.PLAIN, (), ENTERED_AS.get(kind, ""))
        return _of_catalogue(rules_for(pair, flow.key)) if pair and flow else plain
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


def _of_catalogue(rules: RuleSet) -> BookRules:
    """Return the rules for products: their texts by the rows, and whatever the tables ask of."""
    read = [(r.target, r.source, r.transform, r.argument) for r in rules.fields]
    fields = mapping.fields_needed(rules)
    mark = hashlib.sha256(repr([product.ENTERED_AS, read, fields]).encode()).hexdigest()[:16]
    return BookRules(rules, fields, mark)


def _flow_of(system: System, kind: str) -> Flow | None:
    """Return the flow by whose rows a kind is entered, or None."""
    for flow in every_flow().values():
        kinds = flow.salesforce_indexes if system is System.SALESFORCE else (flow.xero_kind,)
        if flow.by_likeness and kind in kinds:
            return flow
        if flow.by_code and kind in flow.salesforce_indexes:
            return flow
    return None
