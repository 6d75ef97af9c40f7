"""Whether whole rules could work for a pair, before they are put in force."""

from __future__ import annotations

from connections.models import Pair
from mappings import checking
from mappings.choices import OpenRemote, salesforce_fields
from mappings.completeness import rule_problems
from mappings.publishing import Check
from sync.core.flow import Flow


def check(pair: Pair, flow: Flow, open_remote: OpenRemote) -> Check:
    """Return what finds the faults of rules; held against Salesforce's fields where it answers."""
    known = salesforce_fields(pair, flow, open_remote)
    if not known.record:
        return lambda rules: checking.every_fault(flow, rules)
    return lambda rules: rule_problems(flow, rules, known.record, known.lines)
