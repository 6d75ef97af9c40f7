"""A row that cannot work with the fields of both systems is refused, with a sentence that helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connections.models import Pair
from mappings import choices, fitting
from mappings.choices import SalesforceFields
from mappings.models import FieldMapping
from mappings.rules import rules_for, shipped_rules
from sandbox.salesforce import acts
from sandbox.server import Box, running
from sync.core.fields import FieldFacts, Holds, Org, Takes, misfit, unfit_to_fill
from sync.core.flow import FieldRule, TableRow
from sync.engine import mending
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, ReviewItem
from tests.connections.package_org import connected
from tests.factories import FlowSwitchFactory, PairFactory

KEY = "won_opportunity_invoice"
FLOW = every_flow()[KEY]


def named(name: str, kind: str = "string", length: int = 0, *, writable: bool = True) -> FieldFacts:
    return FieldFacts(name, name, kind, length, writable)


ORG = Org(
    {
        "Opportunity": {
            "Name": named("Name", length=120),
            "CloseDate": named("CloseDate", "date"),
            "Signed__c": named("Signed__c", "datetime"),
            "Won__c": named("Won__c", "boolean"),
            "Long__c": named("Long__c", "textarea", 32000),
            "Total__c": named("Total__c", "currency"),
            "Short__c": named("Short__c", length=10),
            "Made__c": named("Made__c", length=80, writable=False),
            "Day__c": named("Day__c", "date"),
            "AccountId": replace(
                named("AccountId", "reference", 18), relationship="Account", leads_to="Account"
            ),
            "OwnerId": replace(
                named("OwnerId", "reference", 18), relationship="Owner", leads_to="User"
            ),
        },
        "OpportunityLineItem": {"Long__c": named("Long__c", "textarea", 32000)},
        "Account": {
            "Name": named("Name", length=255),
            "OwnerId": replace(
                named("OwnerId", "reference"), relationship="Owner", leads_to="User"
            ),
            "BillingAddress": named("BillingAddress", "address"),
        },
    }
)
KNOWN = SalesforceFields({"Name": "string"}, {}, org=ORG)


def told(target: str, source: str, transform: str = "copy", argument: str = "") -> str:
    shipped = next(rule for rule in FLOW.fields if rule.target == target)
    rule = replace(shipped, source=source, transform=transform, argument=argument, optional=False)
    return " ".join(one.words for one in fitting.field_misfits(FLOW, rule, KNOWN))


@pytest.mark.parametrize(
    ("target", "source", "transform"),
    [
        ("date", "CloseDate", "copy"),
        ("date", "Signed__c", "copy"),
        ("due_date", "CloseDate", "date_plus_days"),
        ("reference", "Name", "copy"),
        ("line.description", "Long__c", "template"),
        ("line.unit_amount", "Name", "number"),
        ("reference", "Account.Name", "copy"),
        ("reference", "Owner.Whatever", "copy"),
        ("invoice_number", "Name", "copy"),
        ("invoice_total", "Total__c", "copy"),
    ],
)
def test_what_can_work_is_not_refused(target: str, source: str, transform: str) -> None:
    assert told(target, source, transform, "0") == ""


@pytest.mark.parametrize(
    ("target", "source", "transform", "sentence"),
    [
        ("date", "Name", "copy", "holds a text; a date is needed"),
        ("date", "Won__c", "copy", "holds yes or no; a date is needed"),
        ("due_date", "Name", "date_plus_days", "days can be added to a date only"),
        ("line.unit_amount", "Opportunity.Name", "copy", "a number is needed"),
        (
            "line.description",
            "Long__c",
            "copy",
            "32000 characters; there is room for 4000",
        ),
        ("reference", "Account.Nme", "copy", "Did you mean Account.Name?"),
        ("reference", "Account.BillingAddress", "copy", "cannot be taken as one value"),
        ("invoice_number", "Made__c", "copy", "cannot be written"),
        ("invoice_total", "Day__c", "copy", "would be filled with a number"),
        ("invoice_id", "Short__c", "copy", "room for 10 characters; 36 are needed"),
        ("invoice_id", "AccountId", "copy", "leads to another record"),
        ("line.unit_amount", "Long__c", "date_plus_days", "This way gives a date"),
        ("date", "Total__c", "number", "This way gives a number; a date is needed here"),
        ("line.unit_amount", "CloseDate", "number", "a number is needed"),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(
    target: str, source: str, transform: str, sentence: str
) -> None:
    assert sentence in told(target, source, transform)


@pytest.mark.parametrize(
    ("target", "argument", "sentence"),
    [
        ("date", "CloseDate + 30", ""),
        ("reference", "Name + ' ' + text(Total__c)", ""),
        ("reference", "Name * 2", "as if it were a number"),
        ("date", "Total__c * 2", "a date is needed here"),
        ("line.unit_amount", "Opportunity.Total__c / 2", ""),
        ("line.unit_amount", "Opportunity.Name", "a number is needed here"),
        ("reference", "Account.Nme + 'x'", "Did you mean Account.Name?"),
        ("reference", "left(Name, 'x')", "as if it were a number"),
    ],
)
def test_an_expression_is_tried_with_typical_values_on_saving(
    target: str, argument: str, sentence: str
) -> None:
    words = told(target, "", "expression", argument)
    assert sentence in words
    assert bool(words) is bool(sentence)


@pytest.mark.parametrize(
    ("target", "transform", "argument", "sentence"),
    [
        ("reference", "look_up", "=words", ""),
        ("reference", "look_up", "=offices", "“=offices” is no table of this flow"),
        ("reference", "look_up", "a = {Account.Nme}", "Did you mean Account.Name?"),
        ("reference", "convert", "GBP by salesforce of CloseDate", ""),
        ("reference", "convert", "GBP by salesforce of Name", "the rate’s day must be a date"),
    ],
)
def test_what_a_row_reads_besides_its_field_must_be_there(
    target: str, transform: str, argument: str, sentence: str
) -> None:
    words = told(target, "Total__c", transform, argument)
    assert sentence in words
    assert bool(words) is bool(sentence)


def test_salesforces_rates_and_tables_are_read_only_where_deals_are_billed() -> None:
    flow = every_flow()["account_contact"]
    shipped = next(rule for rule in flow.fields if rule.target == "name")
    rule = replace(shipped, transform="convert", argument="GBP by salesforce")
    (one,) = fitting.field_misfits(flow, rule, KNOWN)
    assert "where deals are billed" in one.words


def test_a_row_that_reads_what_the_mapping_fills_goes_in_a_circle() -> None:
    rules = shipped_rules(FLOW)
    turned = tuple(
        replace(rule, source="Counterpart_Invoice_Number__c", transform="copy")
        if rule.target == "reference"
        else rule
        for rule in rules.fields
    )
    (one,) = fitting.circles(FLOW, replace(rules, fields=turned))
    assert one.argument == "reference"
    assert "round in a circle" in one.words
    assert fitting.circles(FLOW, rules) == []


def test_two_rows_that_fill_one_field_are_refused() -> None:
    rules = shipped_rules(FLOW)
    twice = tuple(
        replace(rule, source="Counterpart_Invoice_Id__c")
        if rule.target == "invoice_number"
        else rule
        for rule in rules.fields
    )
    (one,) = fitting.circles(FLOW, replace(rules, fields=twice))
    assert "is filled by “Invoice id” already" in one.words


def test_the_length_that_fits_exactly_is_enough() -> None:
    takes = Takes(Holds.TEXT, 10)
    assert misfit("copy", [named("A", length=10)], takes) == ""
    assert misfit("copy", [named("A", length=11)], takes) != ""
    assert unfit_to_fill(named("A", length=10), takes) == ""
    assert unfit_to_fill(named("A", length=9), takes) != ""


def test_a_value_that_is_no_longer_in_use_is_refused_by_name(db: None) -> None:
    pair: Pair = PairFactory.create()
    pair.xero.organisation = {"lists": {"accounts": [["200", "Sales"]]}}
    (table,) = (t for t in FLOW.value_tables if t.name == "account_code")
    assert fitting.value_misfits(pair, table, TableRow("account_code", "=item, 200, ask")) == []
    (one,) = fitting.value_misfits(pair, table, TableRow("account_code", "=item,260"))
    assert "“260” is not in use" in one.words


def test_lists_that_were_never_read_refuse_nothing(db: None) -> None:
    pair: Pair = PairFactory.create()
    (table,) = (t for t in FLOW.value_tables if t.name == "account_code")
    assert fitting.value_misfits(pair, table, TableRow("account_code", "260")) == []


@pytest.fixture
def org(db: None) -> Iterator[tuple[Pair, Box]]:
    """A pair whose Salesforce is the sandbox's, with our fields."""
    with running(seed=1, systems=["salesforce"]) as box, connected(box) as salesforce:
        yield PairFactory.create(salesforce=salesforce), box


@pytest.mark.slow
def test_every_shipped_row_fits_a_salesforce_as_it_is(org: tuple[Pair, Box]) -> None:
    pair, _ = org
    for flow in every_flow().values():
        known = choices.describe(pair, flow)
        assert known.org.kinds, known.unknown
        assert fitting.misfits(pair, flow, rules_for(pair, flow.key), known) == []


@pytest.mark.slow
def test_fields_are_offered_with_their_words_and_through_the_account(
    org: tuple[Pair, Box],
) -> None:
    pair, _ = org
    known = choices.describe(pair, FLOW)
    found = dict(choices.offers(known, "Opportunity"))
    assert found["CloseDate"] == "Close Date: a date"
    assert found["Name"].endswith("a text of 120")
    assert {"Account.Name", "Owner.Name", "Account.Owner.Name"} <= set(found)
    assert "Account.BillingAddress" not in found
    assert len(found) < 3000


@pytest.mark.slow
def test_values_of_recent_records_are_shown(org: tuple[Pair, Box]) -> None:
    pair, box = org
    acts.close_won(box.world, next(iter(box.world.table("salesforce", "Opportunity"))))
    found = choices.samples(pair, FLOW, "Opportunity")
    assert found["CloseDate"]
    assert len(found["Name"]) <= 3
    assert choices.samples(pair, FLOW, "OpportunityLineItem") == {}


def broken(pair: Pair, rule: FieldRule) -> list[str]:
    items = ReviewItem.objects.filter(pair=pair, state="open", argument=rule.target)
    return [item.explanation for item in items]


@pytest.mark.slow
def test_a_custom_field_that_is_removed_there_is_noticed_by_the_check(
    org: tuple[Pair, Box],
) -> None:
    pair, box = org
    acts.add_custom_field(box.world, "Opportunity", "Due__c", "Date")
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target="due_date")
    row.source = "Due__c"
    row.save()
    rule = next(rule for rule in FLOW.fields if rule.target == "due_date")
    assert mending.check(pair, FLOW)
    assert broken(pair, rule) == []
    acts.remove_custom_field(box.world, "Opportunity", "Due__c")
    assert mending.check(pair, FLOW)
    assert "“Due__c”, which is no field" in broken(pair, rule)[0]


@pytest.mark.slow
def test_a_row_that_breaks_is_a_problem_at_the_row_until_it_is_mended(
    org: tuple[Pair, Box],
) -> None:
    pair, _ = org
    switch: FlowSwitch = FlowSwitchFactory.create(pair=pair, flow=KEY)
    assert mending.check_if_due(switch)
    assert not mending.check_if_due(switch)
    assert not ReviewItem.objects.exists()
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target="date")
    row.source = "Description"
    row.save()
    assert mending.check_if_due(switch)
    rule = next(rule for rule in FLOW.fields if rule.target == "date")
    (sentence,) = broken(pair, rule)
    assert "a date is needed here" in sentence
    assert mending.check(pair, FLOW)
    assert len(broken(pair, rule)) == 1
    row.source = "CloseDate"
    row.save()
    assert mending.check_if_due(switch)
    assert broken(pair, rule) == []
    assert ReviewItem.objects.get().solved_by == "the check of the mappings"
