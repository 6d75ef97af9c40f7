"""The promises of every flow that the registry finds, whatever it keeps in step."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from sync.core import snapshots
from sync.core.couples import Couple
from sync.core.differing import plan_figures
from sync.core.flow import Flow, RuleSet, Surroundings
from sync.core.mapping import fields_needed
from sync.core.matching import Outcome, match
from sync.core.planning import Action
from sync.core.projection import ACCOUNT, DEAL, Standpoint, rules_of_kind
from sync.core.records import Record, System
from sync.core.transforms import TRANSFORMS
from sync.flows.registry import every_flow
from sync.flows.shapes import CANDIDATES, quote_match
from tests import builders
from tests.flows import customers, quotes, shelves
from tests.flows.billed import bill, seen
from tests.flows.books import Books

FLOWS = [f for f in every_flow().values() if not (f.projects or f.begins_in_xero or f.by_code)]
CATALOGUES = [flow for flow in every_flow().values() if flow.by_code]
"""Flows whose records are matched by codes, either system's first."""
FROM_XERO = [flow for flow in every_flow().values() if flow.begins_in_xero]
"""Flows whose subject is a Xero record first: they make a Salesforce record of it."""
PROJECTIONS = [flow for flow in every_flow().values() if flow.projects]
"""Flows that make and match nothing: their promises are at the end."""
SUBJECTS: Mapping[str, list[Record]] = {
    "won_opportunity_invoice": [
        builders.deal(1),
        builders.with_lines(
            builders.deal(2, Name="  Two   lines "),
            builders.deal_line("33.33335", "3", Description=" Survey   day "),
            builders.deal_line("19.99", "2", "12.5", Description="Travel"),
            amount="134.98",
        ),
        builders.deal(3, CurrencyIsoCode="JPY", Amount=Decimal(150000)),
        builders.deal(4, OpportunityContactRoles=builders.primary("pay@acme.example")),
    ],
    "account_contact": [
        customers.bought(),
        customers.bought(
            customers.person(1, "Ann", "Lee", "ann@acme.example"),
            customers.person(2, "Bo", "Ray", "bo@acme.example", Title="Accounts payable"),
            Name="  Acme   Ltd ",
            Phone="0117 496 0142",
            BillingStreet="Unit 4\nWapping Wharf",
            BillingCity="Bristol",
            BillingCountry="UK",
        ),
        customers.bought(
            IsPersonAccount=True,
            Name="Mary Reed",
            FirstName="Mary",
            LastName="Reed",
            PersonEmail="mary@reed.example",
            CurrencyIsoCode="EUR",
            Counterpart_Payment_Terms__c="Net 30",
        ),
    ],
}
"""For each flow a few records that it keeps in step: a new flow brings its own."""

QUOTES = [
    quotes.made("QU-0001"),
    quotes.made(
        "QU-0002",
        quotes.line("33.33", "3", Description="Survey   day"),
        quotes.line("19.99", "2", "12.5", Description="Travel"),
    ),
    quotes.made("QU-0003", quotes.line("33.3333", "3"), Status="ACCEPTED", Title=""),
    quotes.made("QU-0004", CurrencyCode="JPY", Status="DRAFT", ExpiryDate=None),
    quotes.made("QU-0005", Status="INVOICED", SubTotal=Decimal(0), Total=Decimal(0)),
]
WARES = [
    (shelves.made(), None),
    (shelves.made(None, Name="  Two   words "), None),
    (shelves.made("SURVEY-HARBOUR-DEPTH-SOUNDING-2026", Name="Long " * 20), None),
    (shelves.made(price=None, Description=None), None),
    (None, shelves.stocked()),
    (None, shelves.stocked("BUOY", None, Name="", Description=None)),
]
STANDPOINT = Standpoint("GBP", as_of=builders.NOON)

CASES = [
    pytest.param(flow, record, id=f"{flow.key} {record.key.id}")
    for flow in FLOWS
    for record in SUBJECTS.get(flow.key, ())
]


def around(flow: Flow) -> Surroundings:
    return builders.around(rules=RuleSet(flow.fields, flow.tables))


def books(flow: Flow) -> Books:
    return Books(flow, around(flow))


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.key)
def test_every_flow_has_records_to_be_tested_with(flow: Flow) -> None:
    assert SUBJECTS.get(flow.key), f"Give {flow.key} a few records in SUBJECTS."


@pytest.mark.parametrize(("flow", "record"), CASES)
def test_preparing_changes_nothing_and_says_the_same_twice(flow: Flow, record: Record) -> None:
    held = books(flow)
    held.put(record)
    before = copy.deepcopy((held.records, held.links, held.decisions))
    first, second = held.prepare(record.key), held.prepare(record.key)
    assert (held.records, held.links, held.decisions) == before
    assert first.intents == second.intents
    assert [i.body for i in first.intents] == [i.body for i in second.intents]
    assert first.questions == second.questions == ()


@pytest.mark.parametrize(("flow", "record"), CASES)
def test_a_second_run_writes_nothing_and_asks_nothing(flow: Flow, record: Record) -> None:
    held = books(flow)
    assert held.sync(record).action is Action.CREATE
    second = held.prepare(record.key)
    assert (second.action, second.intents, second.questions) == (Action.NOTHING, (), ())


@pytest.mark.parametrize(("flow", "record"), CASES)
def test_what_a_flow_creates_is_found_again_by_what_it_wrote(flow: Flow, record: Record) -> None:
    held = books(flow)
    held.sync(record)
    made = [CANDIDATES[flow.xero_kind](r) for r in held.of(flow.xero_kind)]
    marker = flow.marker(record.key)
    assert [marker in {value for _, value in c.keys} for c in made] == [True]
    assert match(flow.wanted(record), made).outcome is Outcome.FOUND
    assert flow.subject_of(made[0]) == record.key.id


@pytest.mark.parametrize(("flow", "record"), CASES)
def test_what_a_flow_needs_is_found_again_by_what_it_wrote(flow: Flow, record: Record) -> None:
    held = books(flow)
    held.sync(record)
    for need in flow.needs:
        made = [CANDIDATES[need.xero_kind](r) for r in held.of(need.xero_kind)]
        assert match(need.wanted(record), made).outcome is Outcome.FOUND
        assert any(value == need.marker(record) for c in made for _, value in c.keys)


@pytest.mark.parametrize(("flow", "record"), CASES)
def test_without_its_link_a_record_is_adopted_and_not_made_again(
    flow: Flow, record: Record
) -> None:
    held = books(flow)
    held.sync(record)
    held.links.clear()
    planned = held.prepare(record.key)
    assert planned.adopts in held.records
    assert not [i for i in planned.intents if i.system is System.XERO]


@pytest.mark.parametrize(("flow", "record"), CASES)
def test_what_a_plan_would_write_can_be_kept(flow: Flow, record: Record) -> None:
    held = books(flow)
    held.put(record)
    for intent in held.prepare(record.key).intents:
        for values in (intent.body, intent.shared, intent.before):
            assert snapshots.load(snapshots.dump(values)) == values


@pytest.mark.parametrize("flow", [*FLOWS, *FROM_XERO, *CATALOGUES], ids=lambda flow: flow.key)
def test_the_shipped_rows_name_known_transforms_and_tables(flow: Flow) -> None:
    assert {rule.transform for rule in flow.fields} <= set(TRANSFORMS)
    assert {row.table for row in flow.tables} <= {table.name for table in flow.value_tables}
    assert fields_needed(RuleSet(flow.fields, flow.tables))
    assert flow.xero_kind in flow.indexes


@pytest.mark.parametrize("flow", FROM_XERO, ids=lambda flow: flow.key)
def test_a_flow_from_xero_is_off_the_path_of_others(flow: Flow) -> None:
    assert flow.creates_in == {System.SALESFORCE}
    assert flow.starts_on == {(System.XERO, flow.xero_kind)}
    assert flow.xero_kind in flow.indexes
    assert not flow.by_likeness
    assert not flow.needs


@pytest.mark.parametrize("record", QUOTES, ids=lambda record: record.get("QuoteNumber"))
def test_preparing_a_quote_changes_nothing_and_says_the_same_twice(record: Record) -> None:
    held = quotes.Pipeline(quote=record)
    first, second = held.prepare(), held.prepare()
    assert (held.deal, held.link, held.decisions) == (None, None, {})
    assert first.intents == second.intents
    assert [i.body for i in first.intents] == [i.body for i in second.intents]
    assert first.questions == second.questions == ()


@pytest.mark.parametrize("record", QUOTES, ids=lambda record: record.get("QuoteNumber"))
def test_a_quote_synced_twice_writes_nothing_the_second_time(record: Record) -> None:
    held = quotes.Pipeline()
    assert held.sync(record).action is Action.CREATE
    second = held.prepare()
    assert (second.action, second.intents, second.questions) == (Action.NOTHING, (), ())


@pytest.mark.parametrize("record", QUOTES, ids=lambda record: record.get("QuoteNumber"))
def test_the_deal_of_a_quote_is_found_again_by_what_was_written(record: Record) -> None:
    held = quotes.Pipeline()
    planned = held.sync(record)
    assert held.deal is not None
    assert planned.intents[0].marker == record.key.id
    assert quote_match.carries(held.deal, record)
    held.link = None
    again = held.prepare()
    assert again.adopts == record.key
    assert not [intent for intent in again.intents if intent.target is None]


@pytest.mark.parametrize("record", QUOTES, ids=lambda record: record.get("QuoteNumber"))
def test_what_the_plan_of_a_quote_would_write_can_be_kept(record: Record) -> None:
    for intent in quotes.Pipeline(quote=record).prepare().intents:
        for values in (intent.body, intent.shared, intent.before):
            assert snapshots.load(snapshots.dump(values)) == values


@pytest.mark.parametrize(("ours", "theirs"), WARES)
def test_a_ware_synced_twice_writes_nothing_the_second_time_and_is_found_again(
    ours: Record | None, theirs: Record | None
) -> None:
    held = shelves.Shelves(product=ours, item=theirs)
    first, again = held.prepare(), held.prepare()
    assert (held.product, held.item, held.link) == (ours, theirs, None)
    assert [i.body for i in first.intents] == [i.body for i in again.intents]
    for intent in first.intents:
        for values in (intent.body, intent.shared, intent.before):
            assert snapshots.load(snapshots.dump(values)) == values
    assert (first.action, first.questions) == (Action.CREATE, ())
    held.settle()
    second = held.prepare()
    assert (second.action, second.intents, second.questions) == (Action.NOTHING, (), ())
    assert held.item is not None
    held.link = None
    planned = held.prepare()
    assert planned.adopts == held.item.key
    assert not [intent for intent in planned.intents if intent.target is None]


@pytest.mark.parametrize("flow", PROJECTIONS, ids=lambda flow: flow.key)
def test_a_projection_fills_only_salesforce_and_makes_no_counterpart(flow: Flow) -> None:
    assert (flow.creates_in, flow.needs, flow.tables) == (frozenset(), (), ())
    assert {system for rule in flow.fields for system in rule.writes} == {System.SALESFORCE}
    assert {system for system, _ in flow.starts_on} == {System.XERO}
    assert {kind for _, kind in flow.starts_on} == set(flow.indexes) <= set(CANDIDATES)


@pytest.mark.parametrize("kind", [DEAL, ACCOUNT])
@pytest.mark.parametrize("flow", PROJECTIONS, ids=lambda flow: flow.key)
def test_a_projection_has_a_row_for_each_of_its_figures_and_no_other(flow: Flow, kind: str) -> None:
    assert flow.projects is not None
    told = flow.projects.of_kind(kind)([], Standpoint("GBP"))
    rules = [r for r in rules_of_kind(RuleSet(flow.fields, ()), kind) if r.writes]
    assert {rule.target for rule in rules} == set(told)
    assert len({rule.source for rule in rules}) == len(rules)


@pytest.mark.parametrize("flow", PROJECTIONS, ids=lambda flow: flow.key)
def test_a_projection_told_once_is_not_told_again(flow: Flow) -> None:
    assert flow.projects is not None
    for kind, record in ((DEAL, builders.deal()), (ACCOUNT, customers.bought())):
        told = flow.projects.of_kind(kind)([seen(bill(paid="200"))], STANDPOINT)
        rules = [r for r in rules_of_kind(RuleSet(flow.fields, ()), kind) if r.writes]
        if not rules:  # nothing is told of deals
            continue
        first = plan_figures(flow, Couple(record.key, record), rules, told, "")
        (intent,) = first.intents
        assert snapshots.load(snapshots.dump(intent.body)) == intent.body
        written = builders.changed(record, **intent.body)
        later = dict.fromkeys(flow.projects.as_of & set(told), builders.NOON + timedelta(hours=1))
        second = plan_figures(flow, Couple(record.key, written), rules, {**told, **later}, "")
        assert (second.action, second.intents) == (Action.NOTHING, ())
        weeks = dict.fromkeys(later, builders.NOON + timedelta(days=8))
        third = plan_figures(flow, Couple(record.key, written), rules, {**told, **weeks}, "")
        assert [set(intent.shared) for intent in third.intents] == ([set(later)] if later else [])


def test_a_projection_that_judges_tells_of_accounts_alone_and_what_it_reads_is_never_written() -> (
    None
):
    judging = [flow for flow in PROJECTIONS if flow.projects and flow.projects.judges]
    assert [flow.key for flow in judging] == ["credit_risk"]
    for flow in judging:
        assert not rules_of_kind(RuleSet(flow.fields, ()), DEAL)
        read = {rule.target for rule in flow.fields if not rule.writes}
        assert read == {"account.credit_limit"}
