"""The rows that people edited are the rules of the core; what they cannot edit is shipped."""

from dataclasses import replace

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from connections.models import Pair
from mappings.models import FieldMapping, MappingVersion, PublishedRules, ValueRow, record
from mappings.rules import editable, rules_for
from sync.core.flow import Condition, Empty, Owner
from sync.core.records import System
from sync.flows.registry import every_flow
from tests.factories import PairFactory

KEY = "won_opportunity_invoice"
FLOW = every_flow()[KEY]


def edit(pair: Pair, target: str, **values: object) -> None:
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target=target)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def test_a_pair_without_rows_works_by_the_shipped_ones(pair: Pair) -> None:
    PublishedRules.objects.all().delete()
    rules = rules_for(pair, KEY)
    assert (rules.fields, rules.tables, rules.version) == (FLOW.fields, FLOW.tables, 0)


def test_an_edit_is_what_the_core_gets(pair: Pair) -> None:
    edit(
        pair,
        "date",
        source="Signed__c",
        transform="date_plus_days",
        argument="7",
        owner="xero",
        empty="erase",
    )
    rule = rules_for(pair, KEY).field("date")
    shipped = next(r for r in FLOW.fields if r.target == "date")
    assert rule == replace(
        shipped,
        source="Signed__c",
        transform="date_plus_days",
        argument="7",
        owner=Owner.XERO,
        empty=Empty.ERASE,
    )


def test_what_a_person_cannot_edit_stays_as_shipped_whatever_the_row_says(pair: Pair) -> None:
    edit(pair, "lines", source="Nonsense", transform="constant", argument="x")
    edit(pair, "invoice_id", owner="salesforce", transform="upper")
    rules = rules_for(pair, KEY)
    assert (rules.field("lines"), rules.field("invoice_id")) == tuple(
        next(r for r in FLOW.fields if r.target == t) for t in ("lines", "invoice_id")
    )


def test_a_row_out_of_use_is_left_out(pair: Pair) -> None:
    edit(pair, "due_date", active=False)
    ValueRow.objects.get(pair=pair, flow=KEY, table="status").delete()
    rules = rules_for(pair, KEY)
    assert rules.field("due_date") is None
    assert rules.table("status") == ()


def test_what_nobody_can_edit_cannot_be_switched_off(pair: Pair) -> None:
    edit(pair, "status", active=False)
    assert rules_for(pair, KEY).field("status") is not None


def test_value_rows_are_tried_in_their_order(pair: Pair) -> None:
    condition = {"path": "=amount", "operator": "below", "value": "1000"}
    ValueRow.objects.create(
        pair=pair, flow=KEY, table="status", position=1, value="AUTHORISED", conditions=[condition]
    )
    rows = rules_for(pair, KEY).table("status")
    assert [row.value for row in rows] == ["AUTHORISED", "DRAFT"]
    assert rows[0].when == (Condition("=amount", "below", "1000"),)


def test_rules_cost_one_query_whatever_their_number(pair: Pair) -> None:
    ValueRow.objects.bulk_create(
        ValueRow(pair=pair, flow=KEY, table="status", value="DRAFT") for _ in range(50)
    )
    record([(pair.pk, KEY)])
    with CaptureQueriesContext(connection) as queries:
        rules = rules_for(pair, KEY)
    assert len(queries) == 1
    assert len(rules.table("status")) == 51


def test_rows_that_no_version_has_are_not_read(pair: Pair) -> None:
    before = rules_for(pair, KEY)
    FieldMapping.objects.filter(pair=pair, flow=KEY, target="date").update(source="Signed__c")
    assert rules_for(pair, KEY) == before


def test_another_pair_has_its_own_rows(pair: Pair) -> None:
    edit(pair, "date", source="Signed__c")
    rule = rules_for(PairFactory.create(), KEY).field("date")
    assert rule is not None
    assert rule.source == "CloseDate"


def test_every_save_and_every_deletion_counts_one_change(pair: Pair) -> None:
    first = rules_for(pair, KEY).version
    edit(pair, "date", source="Signed__c")
    assert rules_for(pair, KEY).version == first + 1
    ValueRow.objects.get(pair=pair, flow=KEY, table="status").delete()
    assert rules_for(pair, KEY).version == first + 2


def test_a_change_that_is_undone_is_not_counted(pair: Pair) -> None:
    first = rules_for(pair, KEY).version
    with transaction.atomic():
        edit(pair, "date", source="Signed__c")
        transaction.set_rollback(True)
    assert rules_for(pair, KEY).version == first
    assert MappingVersion.objects.get(pair=pair, flow=KEY).number == first


def test_a_person_edits_only_what_makes_a_difference() -> None:
    may = {rule.target: editable(rule) for rule in FLOW.fields}
    assert may["status"] == frozenset()
    assert may["lines"] == {"owner", "active"}
    assert may["invoice_id"] == {"source", "active"}
    assert "owner" not in may["line.quantity"]
    assert {"source", "transform", "argument", "owner", "empty", "active"} == may["date"]
    assert all(rule.writes <= set(System) for rule in FLOW.fields)
