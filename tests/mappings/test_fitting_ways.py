"""What a way of making a value gives is held against its target: its kind and its length."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mappings import fitting
from mappings.choices import SalesforceFields
from sync.flows.registry import every_flow
from tests.mappings.test_fitting import FLOW, KNOWN

PARTY = every_flow()["account_contact"]


def told(target: str, way: str, source: str = "", argument: str = "") -> str:
    flow = FLOW if any(rule.target == target for rule in FLOW.fields) else PARTY
    kinds = KNOWN.org.kinds
    org = replace(KNOWN.org, kinds={**kinds, "Account": {**kinds["Opportunity"]}})
    shipped = next(rule for rule in flow.fields if rule.target == target)
    rule = replace(shipped, source=source, transform=way, argument=argument, optional=False)
    return " ".join(one.words for one in fitting.field_misfits(flow, rule, replace(KNOWN, org=org)))


@pytest.mark.parametrize(
    ("target", "way", "source", "argument", "sentence"),
    [
        ("due_date", "constant", "", "soon", "“soon” is no date: write 2026-11-30"),
        ("due_date", "constant", "", "31.12.2026", "“31.12.2026” is no date"),
        ("due_date", "constant", "", "2026-12-31", ""),
        ("due_date", "or_else", "CloseDate", "later", "“later” is no date"),
        ("due_date", "or_else", "Name", "2026-12-31", "holds a text; a date is needed"),
        ("due_date", "or_else", "CloseDate", "2026-12-31", ""),
        ("due_date", "template", "", "{Name}", "This way gives a text; a date is needed"),
        ("due_date", "template", "", "{Name} · {Total__c}", "This way gives a text"),
        ("due_date", "template", "", "{Total__c}-12-31", ""),
        ("due_date", "template", "", "{CloseDate}", ""),
        ("due_date", "join", "Total__c, Name", "-", ""),
        ("due_date", "join", "Total__c, Name", " ", "This way gives a text"),
        ("due_date", "trim", "Name", "", "This way gives a text; a date is needed"),
        ("due_date", "upper", "CloseDate", "", "This way gives a text"),
        ("due_date", "split_name", "Name", "first", "This way gives a text"),
        ("due_date", "cut", "Name", "10", "This way gives a text"),
        ("due_date", "look_up", "Name", "GB = 2026-12-31; else = never", "“never” is no date"),
        ("due_date", "look_up", "Name", "GB = {Signed__c}; else = {CloseDate}", ""),
        ("due_date", "look_up", "Name", "GB = {Total__c}", "holds a number; a date is needed"),
        ("due_date", "look_up", "Name", "GB =; else = 2026-12-31", ""),
        ("due_date", "look_up", "Name", "=words", ""),
        ("line.unit_amount", "constant", "", "1,5", "“1,5” is no number: write 1000.50"),
        ("line.unit_amount", "constant", "", "NaN", "“NaN” is no number"),
        ("line.unit_amount", "constant", "", "-12.5", ""),
        ("line.unit_amount", "or_else", "Opportunity.Total__c", "none", "“none” is no number"),
        ("line.unit_amount", "trim", "Opportunity.Name", "", "This way gives a text; a number"),
        ("line.unit_amount", "template", "", "{Opportunity.Total__c}", "This way gives a text"),
        ("line.unit_amount", "look_up", "Opportunity.Name", "A = 1; else = x", "“x” is no number"),
        ("reference", "constant", "", "x" * 400, ""),
        ("phone", "constant", "", "1" * 51, "51 characters; there is room for 50"),
        ("phone", "constant", "", "1" * 50, ""),
        ("phone", "or_else", "Short__c", "1" * 51, "51 characters; there is room for 50"),
        ("phone", "or_else", "Name", "1", "120 characters; there is room for 50"),
        ("phone", "template", "", "1" * 51 + "{Name}", "51 characters; there is room for 50"),
        ("phone", "template", "", "+{Short__c}", ""),
        ("phone", "look_up", "Name", "a = b; else = " + "1" * 51, "there is room for 50"),
        ("phone", "look_up", "Name", "a = {Name}", "“Name” may have 120 characters"),
        ("phone", "cut", "Name", "60", "60 characters; there is room for 50"),
        ("phone", "cut", "Name", "50", ""),
        ("phone", "cut", "Short__c", "60", ""),
    ],
)
def test_a_way_that_cannot_give_what_is_needed_is_refused(
    target: str, way: str, source: str, argument: str, sentence: str
) -> None:
    words = told(target, way, source, argument)
    assert sentence in words
    assert bool(words) is bool(sentence)


def test_what_a_row_says_by_itself_is_refused_although_salesforce_is_silent() -> None:
    shipped = next(rule for rule in FLOW.fields if rule.target == "due_date")
    rule = replace(shipped, transform="constant", argument="soon")
    (one,) = fitting.field_misfits(FLOW, rule, SalesforceFields(unknown="It is silent."))
    assert one.part == "argument"
    assert "“soon” is no date" in one.words


def test_a_field_of_xeros_is_not_made_of_what_cannot_be_written_back() -> None:
    shipped = next(rule for rule in PARTY.fields if rule.target == "payment_terms")
    rule = replace(shipped, source="", transform="constant", argument="30 days")
    (one,) = fitting.field_misfits(PARTY, rule, KNOWN)
    assert "Xero owns it" in one.words
