"""Every flow says what its targets take, so that no row of any flow is saved that cannot work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mappings import fitting
from mappings.choices import SalesforceFields
from mappings.rules import editable
from sync.core.fields import FieldFacts, Org
from sync.core.flow import Flow
from sync.core.records import System
from sync.flows.registry import every_flow
from sync.flows.shapes.takes import TAKES

FLOWS = every_flow()


def named(name: str, kind: str = "string", length: int = 0, *, writable: bool = True) -> FieldFacts:
    return FieldFacts(name, name, kind, length, writable)


SHELF = {
    each.name: each
    for each in (
        named("Name", length=255),
        named("Short__c", length=20),
        named("Room__c", length=30),
        named("Note__c", "textarea", 4000),
        named("Day__c", "date"),
        named("Made__c", length=255, writable=False),
        named("Limit__c", "currency"),
        named("Spec__c", "textarea", 32000),
        named("StageName", "picklist", 40, writable=False),
    )
}


def told(flow: str, target: str, source: str) -> str:
    own = FLOWS[flow]
    shipped = next(rule for rule in own.fields if rule.target == target)
    rule = replace(shipped, source=source, optional=False)
    kinds = {own.salesforce_kind: SHELF, "Account": SHELF}
    known = SalesforceFields({"Name": "string"}, {}, org=Org(kinds))
    return " ".join(one.words for one in fitting.field_misfits(own, rule, known))


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.key)
def test_every_target_whose_field_is_named_says_what_it_takes(flow: Flow) -> None:
    takes = TAKES[flow.key]
    silent = [
        rule.target
        for rule in flow.fields
        if ("source" in editable(rule) or (rule.source and System.SALESFORCE in rule.writes))
        and rule.target not in takes
    ]
    assert silent == []
    assert set(takes) <= {rule.target for rule in flow.fields}


@pytest.mark.parametrize(
    ("flow", "target", "source", "sentence"),
    [
        ("product_catalogue", "code", "Short__c", "room for 20 characters; 30 are needed"),
        ("product_catalogue", "code", "Room__c", ""),
        ("product_catalogue", "name", "Room__c", "room for 30 characters; 50 are needed"),
        ("product_catalogue", "name", "Made__c", "cannot be written"),
        ("product_catalogue", "description", "Spec__c", "32000 characters; there is room for 4000"),
        ("product_catalogue", "description", "Note__c", ""),
        ("product_catalogue", "description", "Day__c", "would be filled with a text"),
        ("quote_opportunity", "quote_number", "Short__c", "255 are needed"),
        ("quote_opportunity", "quote_number", "Name", ""),
        ("quote_opportunity", "quote_status", "Day__c", "would be filled with a text"),
        ("quote_opportunity", "stage", "StageName", "cannot be written"),
        ("quote_opportunity", "name", "Name", ""),
        ("credit_risk", "account.credit_status", "Made__c", "cannot be written"),
        ("credit_risk", "account.credit_limit", "Name", "a number is needed here"),
        ("credit_risk", "account.credit_limit", "Limit__c", ""),
    ],
)
def test_what_a_target_cannot_take_or_give_is_refused_in_every_flow(
    flow: str, target: str, source: str, sentence: str
) -> None:
    words = told(flow, target, source)
    assert sentence in words
    assert bool(words) is bool(sentence)
