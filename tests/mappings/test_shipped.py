"""Shipped rows are copied once, follow upgrades, and never go over what a person changed."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as DjangoTestCase

from connections.models import Pair
from mappings.models import FieldMapping, MappingVersion, ValueRow
from mappings.rules import rules_for, shipped_rules
from mappings.shipped import ensure, ensure_all
from sync.core.flow import Condition, Flow, TableRow
from sync.flows.registry import every_flow
from tests.factories import PairFactory

FLOW = every_flow()["won_opportunity_invoice"]


def with_date_from(source: str) -> Flow:
    fields = tuple(
        replace(rule, source=source) if rule.target == "date" else rule for rule in FLOW.fields
    )
    return replace(FLOW, fields=fields)


def with_tables(*rows: TableRow) -> Flow:
    return replace(FLOW, tables=rows)


def field(pair: Pair, target: str) -> FieldMapping:
    return FieldMapping.objects.get(pair=pair, flow=FLOW.key, target=target)


def offer(row: FieldMapping | ValueRow) -> dict[str, Any]:
    found: dict[str, Any] | None = row.offered
    assert found is not None
    return found


def value(pair: Pair, table: str) -> ValueRow:
    return ValueRow.objects.get(pair=pair, flow=FLOW.key, table=table)


def test_a_new_pair_has_the_shipped_rows_of_every_flow(pair: Pair) -> None:
    for flow in every_flow().values():
        rules = rules_for(pair, flow.key)
        assert rules.fields == flow.fields
        assert set(rules.tables) == set(flow.tables)
        for table in {row.table for row in flow.tables}:
            assert rules.table(table) == shipped_rules(flow).table(table)


def test_shipped_rows_can_be_told_apart_by_their_names() -> None:
    for flow in every_flow().values():
        names = [(row.table, row.name) for row in flow.tables]
        assert all(name for _, name in names)
        assert len(set(names)) == len(names)


def test_ensuring_again_changes_nothing_and_counts_nothing(pair: Pair) -> None:
    before = list(FieldMapping.objects.values()), list(ValueRow.objects.values())
    version = rules_for(pair, FLOW.key).version
    ensure(pair, FLOW.key)
    ensure_all()
    assert (list(FieldMapping.objects.values()), list(ValueRow.objects.values())) == before
    assert rules_for(pair, FLOW.key).version == version


def test_many_pairs_cost_no_more_queries_than_one(
    pair: Pair, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    PairFactory.create_batch(5)
    FieldMapping.objects.all().delete()
    ValueRow.objects.all().delete()
    with django_assert_max_num_queries(17):  # type: ignore[operator]
        ensure_all()
    assert FieldMapping.objects.count() == 6 * sum(len(f.fields) for f in every_flow().values())


def test_migrating_gives_the_rows_to_pairs_that_lack_them(pair: Pair) -> None:
    FieldMapping.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert FieldMapping.objects.filter(pair=pair).count() > 0


def test_an_untouched_row_follows_an_upgrade(pair: Pair) -> None:
    version, seen = rules_for(pair, FLOW.key).version, field(pair, "date").changed_at
    ensure(pair, with_date_from("Billing_Date__c"))
    assert field(pair, "date").source == "Billing_Date__c"
    assert field(pair, "date").changed_at > seen
    assert not field(pair, "date").is_edited
    assert rules_for(pair, FLOW.key).version > version


def test_an_edited_row_stays_and_the_new_one_is_offered(pair: Pair) -> None:
    row = field(pair, "date")
    row.source = "Signed_On__c"
    row.save()
    ensure(pair, with_date_from("Billing_Date__c"))
    row.refresh_from_db()
    assert row.source == "Signed_On__c"
    assert row.is_edited
    assert offer(row)["source"] == "Billing_Date__c"


def test_an_offer_that_is_taken_back_disappears(pair: Pair) -> None:
    row = field(pair, "date")
    row.source = "Signed_On__c"
    row.save()
    ensure(pair, with_date_from("Billing_Date__c"))
    ensure(pair, FLOW)
    assert field(pair, "date").offered is None


def test_editing_a_row_into_what_is_offered_takes_the_offer(pair: Pair) -> None:
    row = field(pair, "date")
    row.source = "Signed_On__c"
    row.save()
    ensure(pair, with_date_from("Billing_Date__c"))
    row.refresh_from_db()
    row.source = "Billing_Date__c"
    row.save()
    assert not row.is_edited
    assert row.offered is None


def test_a_row_new_in_an_upgrade_stands_where_it_is_shipped(pair: Pair) -> None:
    big = TableRow("status", "SUBMITTED", (Condition("=amount", "above", "9"),), "Large ones")
    ensure(pair, with_tables(big, *FLOW.tables))
    assert [row.value for row in rules_for(pair, FLOW.key).table("status")] == [
        "SUBMITTED",
        "DRAFT",
    ]


def test_a_row_new_in_an_upgrade_does_not_decide_in_a_table_that_a_person_reordered(
    pair: Pair,
) -> None:
    two = (TableRow("status", "DRAFT", name="One"), TableRow("status", "SUBMITTED", name="Two"))
    ensure(pair, with_tables(*two))
    ValueRow.objects.filter(pair=pair, shipped_name="Two").update(position=1)
    ensure(pair, with_tables(TableRow("status", "AUTHORISED", name="Zero"), *two))
    assert [r.value for r in rules_for(pair, FLOW.key).table("status")] == ["SUBMITTED", "DRAFT"]


def test_a_row_new_in_an_upgrade_does_not_decide_in_a_table_that_a_person_edited(
    pair: Pair,
) -> None:
    row = value(pair, "status")
    row.value = "AUTHORISED"
    row.save()
    big = TableRow("status", "SUBMITTED", (Condition("=amount", "above", "9"),), "Large ones")
    ensure(pair, with_tables(big, *FLOW.tables))
    assert [row.value for row in rules_for(pair, FLOW.key).table("status")] == ["AUTHORISED"]
    waiting = ValueRow.objects.get(pair=pair, shipped_name="Large ones")
    assert offer(waiting)["value"] == "SUBMITTED"


def test_a_row_that_is_shipped_no_longer_goes_unless_a_person_edited_it(pair: Pair) -> None:
    terms = value(pair, "payment_terms")
    terms.value = "14"
    terms.save()
    kept = [r for r in FLOW.tables if r.table not in ("payment_terms", "status")]
    ensure(pair, with_tables(*kept))
    assert not ValueRow.objects.filter(pair=pair, table="status").exists()
    assert value(pair, "payment_terms").value == "14"
    assert value(pair, "payment_terms").shipped_as is None


def test_a_row_under_a_new_name_stays_that_row(pair: Pair) -> None:
    when = (Condition("=amount", "above", "9"),)
    last = TableRow("status", "DRAFT", name="All others")
    ensure(pair, with_tables(TableRow("status", "SUBMITTED", when, "Large ones"), last))
    place = ValueRow.objects.get(pair=pair, shipped_name="Large ones").pk
    ensure(pair, with_tables(TableRow("status", "SUBMITTED", when, "Above nine"), last))
    row = ValueRow.objects.get(pair=pair, shipped_name="Above nine")
    assert (row.pk, row.name, row.active, row.is_edited) == (place, "Above nine", True, False)
    assert ValueRow.objects.filter(pair=pair, table="status").count() == 2


def test_new_names_beside_an_edited_row_switch_nothing_off(pair: Pair) -> None:
    above = [(Condition("=amount", "above", str(n)),) for n in (9, 5, 1)]
    old = [TableRow("status", "DRAFT", when, f"Old {n}") for n, when in enumerate(above)]
    ensure(pair, with_tables(*old))
    ValueRow.objects.filter(pair=pair, shipped_name="Old 1").update(value="AUTHORISED")
    ensure(pair, with_tables(*[replace(row, name=f"New {row.name[-1]}") for row in old]))
    rows = list(ValueRow.objects.filter(pair=pair, table="status").order_by("position"))
    assert [(row.name, row.value, row.active) for row in rows] == [
        ("New 0", "DRAFT", True),
        ("Old 1", "AUTHORISED", True),
        ("New 2", "DRAFT", True),
    ]
    assert offer(rows[1]) == {**rows[0].snapshot, "name": "New 1", "conditions": rows[1].conditions}


def test_a_row_that_is_shipped_no_longer_goes_on_deciding_where_a_person_edited_another(
    pair: Pair,
) -> None:
    large = TableRow("status", "SUBMITTED", (Condition("=amount", "above", "9"),), "Large ones")
    last = TableRow("status", "DRAFT", name="All others")
    ensure(pair, with_tables(large, last))
    ValueRow.objects.filter(pair=pair, shipped_name="All others").update(value="AUTHORISED")
    ensure(pair, with_tables(last))
    assert [r.value for r in rules_for(pair, FLOW.key).table("status")] == [
        "SUBMITTED",
        "AUTHORISED",
    ]


def test_two_hosts_may_copy_at_the_same_time(pair: Pair) -> None:
    """The second host read before the first had written; its copies are left out."""
    rows = list(FieldMapping.objects.all())
    for row in rows:
        row.pk = None
    FieldMapping.objects.bulk_create(rows, ignore_conflicts=True)
    assert FieldMapping.objects.filter(pair=pair).count() == len(rows)


class Edits(DjangoTestCase):
    """Whatever a person makes of a row, no upgrade changes it."""

    @settings(deadline=None)  # a loaded machine is no fault
    @given(
        mine=st.text("abc", min_size=1, max_size=4).map(lambda s: f"Mine_{s}"),
        upgrades=st.lists(st.text("xyz", min_size=1, max_size=4), max_size=4),
    )
    def test_an_edit_outlives_every_upgrade(self, mine: str, upgrades: list[str]) -> None:
        pair = PairFactory.create()
        row = field(pair, "date")
        row.source = mine
        row.save()
        for source in upgrades:
            ensure(pair, with_date_from(source))
        row.refresh_from_db()
        assert row.source == mine
        assert row.is_edited
        newest = upgrades[-1] if upgrades else "CloseDate"
        known = row.offered or row.shipped_as
        assert known is not None
        assert known["source"] == newest


def test_the_counter_is_one_row_a_pair_and_flow(pair: Pair) -> None:
    assert MappingVersion.objects.filter(pair=pair).count() == len(every_flow())
