"""Whether whole rules could work for a pair, before they are put in force."""

from __future__ import annotations

from connections.models import Pair
from mappings import checking, fitting
from mappings.choices import OpenRemote, SalesforceFields, salesforce_fields
from mappings.completeness import rule_problems
from mappings.publishing import Check
from mappings.reaching import reaching
from sync.core.flow import Flow, RuleSet


def check(pair: Pair, flow: Flow, open_remote: OpenRemote) -> Check:
    """Return what finds the faults of rules; held against Salesforce's fields where it answers."""
    known = salesforce_fields(pair, flow, open_remote)

    def faults(rules: RuleSet) -> list[str]:
        return faults_of(pair, flow, rules, reaching(pair, flow, rules, known, open_remote))

    return faults


def faults_of(pair: Pair, flow: Flow, rules: RuleSet, known: SalesforceFields) -> list[str]:
    """Return a sentence for everything in the rules that could not work."""
    own = (
        rule_problems(flow, rules, known.record, known.lines)
        if known.record
        else checking.every_fault(flow, rules)
    )
    return [*own, *fitting.sentences(pair, flow, rules, known)]
