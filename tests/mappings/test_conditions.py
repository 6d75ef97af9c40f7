"""Conditions of value tables: every field can be picked with its values, none that cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from mappings import choices, fitting, words
from mappings.checking import BARE, value_faults
from mappings.choices import SalesforceFields
from mappings.condition_values import values_of
from mappings.fitting_conditions import condition_fault, offered
from mappings.models import FieldMapping
from sandbox.salesforce import acts
from sandbox.server import Box, running
from sync.core.fields import FieldFacts, Org
from sync.core.flow import Condition, RuleSet, TableRow, ValueTable
from sync.flows.registry import every_flow
from tests.connections.package_org import connected
from tests.factories import PairFactory
from tests.mappings.conftest import signed_in

KEY = "won_opportunity_invoice"
FLOW = every_flow()[KEY]
TABLES = words.tables_of(FLOW)
TAX, STATUS = TABLES["tax_type"], TABLES["status"]


def named(name: str, kind: str = "string", **more: Any) -> FieldFacts:
    return FieldFacts(name, name, kind, 80, **more)


def leading(name: str, relationship: str, kind: str) -> FieldFacts:
    return named(name, "reference", relationship=relationship, leads_to=kind)


def kind(*fields: FieldFacts) -> dict[str, FieldFacts]:
    return {each.name: each for each in fields}


ORG = Org(
    {
        "Opportunity": kind(
            named("Name"),
            named("Amount", "currency"),
            named("Signed__c", "datetime"),
            named("CloseDate", "date"),
            named("IsWon", "boolean"),
            named("Legal_Entity__c", "picklist"),
            leading("AccountId", "Account", "Account"),
            leading("Territory2Id", "Territory2", "Territory2"),
            leading("CampaignId", "Campaign", "Campaign"),
        ),
        "OpportunityLineItem": kind(
            named("Region__c"), leading("Product2Id", "Product2", "Product2")
        ),
        "Account": kind(named("Name"), named("BillingCountry"), named("Tax_Status__c")),
        "Territory2": kind(named("Name")),
        "Product2": kind(named("Family", "picklist")),
    }
)
RECORD = dict.fromkeys(ORG.kinds["Opportunity"], "string")
LINES = dict.fromkeys(ORG.kinds["OpportunityLineItem"], "string")
KNOWN = SalesforceFields(RECORD, LINES, org=ORG)


def told(table: ValueTable, path: str, operator: str = "is", value: str = "x") -> tuple[str, str]:
    return condition_fault(FLOW, table, Condition(path, operator, value), KNOWN)


@pytest.mark.parametrize(
    ("path", "operator", "value"),
    [
        ("Territory2.Name", "is", "UK North"),
        ("Account.BillingCountry", "in", "Ireland; France"),
        ("line.Region__c", "is", "East"),
        ("line.Product2.Family", "is", "Hardware"),
        ("Product2.Family", "is", "Hardware"),
        ("Account.Tax_Status__c", "is", "Exempt"),
        ("=account", "is", "200"),
        ("Legal_Entity__c", "is", "Fernhill Pty"),
        ("=amount", "above", "1000"),
        ("Amount", "below", "1000"),
        ("Account.Name", "contains", "Ltd"),
        ("Opportunity.Account.Name", "is", "Acme"),
        ("Campaign.Whatever", "is", "x"),
        ("CloseDate", "is", "2026-11-30"),
        ("IsWon", "is", "true"),
        ("Account.BillingCountry", "is", ""),
    ],
)
def test_what_decides_a_tax_can_be_asked_for(path: str, operator: str, value: str) -> None:
    assert told(TAX, path, operator, value)[1] == ""


@pytest.mark.parametrize(
    ("path", "operator", "value", "part", "sentence"),
    [
        ("Account.BillingCuntry", "is", "x", "path", "Did you mean Account.BillingCountry?"),
        ("line.Product2.Famly", "is", "x", "path", "Did you mean line.Product2.Family?"),
        ("Territory2.Nme", "is", "x", "path", "no field that Salesforce shows us"),
        ("Name", "above", "5", "operator", "only numbers can be below or above"),
        ("Amount", "contains", "5", "operator", "only a text can contain something"),
        ("Amount", "is", "much", "wanted", "Write 1000.50"),
        ("CloseDate", "is", "30/11/2026", "wanted", "Write 2026-11-30"),
        ("IsWon", "is", "yes", "wanted", "Write true or false"),
        ("Signed__c", "is", "2026-11-30", "operator", "nobody can name that exactly"),
    ],
)
def test_a_condition_that_can_never_hold_is_refused_beside_its_part(
    path: str, operator: str, value: str, part: str, sentence: str
) -> None:
    found, words_ = told(TAX, path, operator, value)
    assert sentence in words_
    assert found == part


def test_a_table_that_is_asked_for_a_whole_deal_takes_no_field_of_a_line() -> None:
    assert "is of a line" in told(STATUS, "line.Product2.Family")[1]
    assert "no field that Salesforce shows us" in told(STATUS, "Product2.Family")[1]
    assert told(STATUS, "Account.BillingCountry")[1] == ""


def test_what_cannot_hold_stops_publishing_and_is_found_by_the_nightly_check(db: None) -> None:
    row = TableRow("status", "DRAFT", (Condition("Account.BillingCuntry", "is", "Ireland"),))
    rules = RuleSet((), (row,))
    (one,) = fitting.misfits(PairFactory.create(), FLOW, rules, KNOWN)
    assert (one.place, one.argument) == ("table", "status")
    fine = replace(row, when=(Condition("Account.BillingCountry", "is", "Ireland"),))
    assert fitting.misfits(PairFactory.create(), FLOW, RuleSet((), (fine,)), KNOWN) == []


BARE_TABLES = [
    (flow, table) for flow in every_flow().values() for table in flow.value_tables if table.bare
]


@pytest.mark.parametrize(("flow", "table"), BARE_TABLES, ids=lambda each: getattr(each, "name", ""))
def test_a_row_that_is_asked_of_no_record_has_no_conditions(flow: Any, table: ValueTable) -> None:
    row = TableRow(table.name, "=user", (Condition("Account.Name", "is", "Acme"),))
    assert BARE in value_faults(table, row, flow.tables).values()


def test_the_tables_that_no_record_is_asked_for_are_these() -> None:
    found = {f"{flow.key}.{table.name}" for flow, table in BARE_TABLES}
    quotes = {"close_date", "owner", "owner_instead", "pricebook", "mark_invoiced"}
    assert found == {f"quote_opportunity.{name}" for name in quotes} | {
        "product_catalogue.price_book",
        "account_contact.match_ids",
    }


@pytest.fixture
def org(db: None) -> Iterator[tuple[Pair, Box]]:
    """A pair whose Salesforce is the sandbox's, with territories and record types."""
    cache.clear()
    with running(seed=1, systems=["salesforce"]) as box, connected(box) as salesforce:
        yield PairFactory.create(salesforce=salesforce), box
    cache.clear()


@pytest.mark.slow
def test_each_field_that_decides_is_offered_with_the_values_that_it_has(
    org: tuple[Pair, Box],
) -> None:
    pair, box = org
    kinds = ["Exempt", "Liable"]
    acts.add_custom_field(box.world, "Account", "Tax_Status__c", "Picklist", choices=kinds)
    for deal in list(box.world.table("salesforce", "Opportunity")):
        acts.close_won(box.world, deal)
    known = choices.describe(pair, FLOW)
    paths = dict(offered(FLOW, TAX, known))
    for path, wanted in {
        "Territory2.Name": "UK North",
        "RecordType.DeveloperName": "",
        "Account.BillingCountry": "United Kingdom",
        "Account.Tax_Status__c": "Exempt",
        "StageName": "Closed Won",
        "CurrencyIsoCode": "GBP",
        "line.Product2.Family": "",
        "Account.Name": "",
    }.items():
        assert path in paths, path
        found = [value for value, _ in values_of(pair, (FLOW, TAX), path, known)]
        assert found, path
        assert not wanted or wanted in found, (path, found)


def test_what_the_organisation_lists_is_offered_for_computed_names(db: None) -> None:
    pair = PairFactory.create()
    pair.xero.organisation = {
        "currencies": ["GBP", "EUR"],
        "lists": {"accounts": [["200", "Sales"]]},
    }
    for path, found in {
        "=currency": [("GBP", ""), ("EUR", "")],
        "=account": [("200", "Sales")],
    }.items():
        assert values_of(pair, (FLOW, TAX), path, KNOWN) == found


def test_the_values_are_told_to_those_who_may_look(db: None) -> None:
    pair = PairFactory.create()
    screen: Any = admin.site.get_model_admin(FieldMapping)
    before, screen.open_remote = screen.open_remote, lambda *_: None
    cache.set(f"salesforce_fields:{pair.salesforce_id}:{KEY}", KNOWN)
    address = reverse("admin:mappings_condition_values", args=[pair.pk, KEY, "tax_type"])
    try:
        assert Client().get(address).status_code == 302
        answer = signed_in("Auditors").get(address, {"path": "=won_deal"})
        assert answer.json() == {"values": [["yes", ""], ["no", ""]]}
    finally:
        screen.open_remote = before
        cache.clear()
