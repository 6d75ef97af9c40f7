"""A draft changes nothing until it is published, whole or not at all; every version stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from connections.models import Pair
from mappings import checking, content, drafting, publishing
from mappings.models import DraftChange, FieldMapping, PublishedRules, ValueRow
from mappings.publishing import NotPublished
from mappings.rules import rules_for
from mappings.shipped import ensure
from sync.core.flow import Owner, RuleSet
from sync.flows.registry import every_flow
from tests.factories import PairFactory
from tests.mappings.conftest import publish, seen

KEY = "won_opportunity_invoice"
FLOW = every_flow()[KEY]
DATE = "field:date"
SMALL = [{"path": "=amount", "operator": "below", "value": "1000"}]


def fine(rules: RuleSet) -> Sequence[str]:
    return ()


def draft(pair: Pair, place: str, by: str = "priya", **parts: Any) -> None:
    now = drafting.draft_of(pair, KEY).places[place]
    mark = seen(pair, KEY, place)
    drafting.save(pair, KEY, place, {**now, **parts}, seen=mark, by=by)


def add(pair: Pair, value: str = "AUTHORISED", by: str = "priya") -> str:
    row = {"table": "status", "name": "Small", "value": value, "conditions": SMALL, "active": True}
    return drafting.add_row(pair, KEY, row, by)


def statuses(pair: Pair) -> list[str]:
    return [row.value for row in rules_for(pair, KEY).table("status")]


def newest(pair: Pair) -> PublishedRules:
    return PublishedRules.objects.filter(pair=pair, flow=KEY).order_by("-number")[0]


def test_a_draft_changes_nothing_for_any_run(pair: Pair) -> None:
    before = rules_for(pair, KEY)
    draft(pair, DATE, source="Signed__c")
    add(pair)
    assert rules_for(pair, KEY) == before


def test_publishing_puts_the_whole_draft_in_force_as_one_version(pair: Pair) -> None:
    before = rules_for(pair, KEY).version
    draft(pair, DATE, source="Signed__c")
    add(pair, by="tom")
    publish(pair, KEY, "alice", "As agreed")
    rules = rules_for(pair, KEY)
    date = rules.field("date")
    assert date is not None
    assert (date.source, statuses(pair)) == ("Signed__c", ["AUTHORISED", "DRAFT"])
    assert rules.version == before + 1
    assert not DraftChange.objects.exists()


def test_a_version_keeps_who_published_it_why_and_who_wanted_each_change(pair: Pair) -> None:
    draft(pair, DATE, source="Signed__c")
    add(pair, by="tom")
    publish(pair, KEY, "alice", "As agreed")
    version = newest(pair)
    wanted = {d["after"]["name" if "name" in d["after"] else "source"]: d["by"]
              for d in version.differences if isinstance(d["after"], dict)}  # fmt: skip
    assert (version.by, version.why) == ("alice", "As agreed")
    assert wanted == {"Signed__c": "priya", "Small": "tom"}
    assert FieldMapping.objects.get(pair=pair, flow=KEY, target="date").changed_by == "priya"


def test_rules_that_a_run_has_stay_as_they_are(pair: Pair) -> None:
    held = rules_for(pair, KEY)
    copy = replace(held)
    draft(pair, DATE, source="Signed__c")
    publish(pair, KEY)
    assert held == copy != rules_for(pair, KEY)


def test_what_was_not_seen_is_not_published(pair: Pair) -> None:
    draft(pair, DATE, source="Signed__c")
    mark = drafting.draft_of(pair, KEY).mark
    draft(pair, "field:reference", argument="{Name}")
    with pytest.raises(drafting.ChangedMeanwhile):
        publishing.publish(pair, KEY, seen=mark, by="alice", why="x", check=fine)
    assert newest(pair).by != "alice"


def test_a_draft_that_could_not_work_is_refused_whole(pair: Pair) -> None:
    draft(pair, DATE, source="Signed__c")
    mark = drafting.draft_of(pair, KEY).mark

    def check(rules: RuleSet) -> Sequence[str]:
        date = rules.field("date")
        return ["No such field."] if date and date.source == "Signed__c" else []

    with pytest.raises(NotPublished, match="No such field"):
        publishing.publish(pair, KEY, seen=mark, by="alice", why="x", check=check)
    assert len(DraftChange.objects.all()) == 1


def test_an_old_fault_stops_nobody_from_mending_another(pair: Pair) -> None:
    draft(pair, DATE, source="Signed__c")
    mark = drafting.draft_of(pair, KEY).mark
    publishing.publish(
        pair, KEY, seen=mark, by="alice", why="x", check=lambda rules: ["Broken before."]
    )
    assert newest(pair).by == "alice"


def test_an_empty_draft_makes_no_version(pair: Pair) -> None:
    mark = drafting.draft_of(pair, KEY).mark
    with pytest.raises(NotPublished, match="no change"):
        publishing.publish(pair, KEY, seen=mark, by="alice", why="x", check=fine)


def test_what_was_published_otherwise_meanwhile_is_decided_by_a_person(pair: Pair) -> None:
    draft(pair, DATE, source="Signed__c")
    parts = drafting.draft_of(pair, KEY).in_force[DATE]
    publishing.publish_one(pair, KEY, DATE, {**parts, "owner": "xero"}, by="desk", why="Rule")
    with pytest.raises(NotPublished, match="which of the two"):
        publish(pair, KEY)
    now = content.mark(drafting.draft_of(pair, KEY).in_force[DATE])
    drafting.keep(pair, KEY, DATE, now)
    publish(pair, KEY)
    date = rules_for(pair, KEY).field("date")
    assert date is not None
    assert date.source == "Signed__c"


def test_an_upgrade_beside_a_draft_is_seen_before_it_is_overwritten(pair: Pair) -> None:
    draft(pair, DATE, source="Signed__c")
    newer = tuple(replace(f, owner=Owner.XERO) if f.target == "date" else f for f in FLOW.fields)
    ensure(pair, replace(FLOW, fields=newer))
    assert drafting.draft_of(pair, KEY).overtaken(DraftChange.objects.get())


def test_the_same_change_published_by_somebody_else_needs_no_decision(pair: Pair) -> None:
    draft(pair, DATE, owner="xero")
    parts = drafting.draft_of(pair, KEY).places[DATE]
    publishing.publish_one(pair, KEY, DATE, parts, by="desk", why="Rule")
    assert drafting.draft_of(pair, KEY).told == []


def test_one_change_is_a_version_of_its_own_and_leaves_the_draft(pair: Pair) -> None:
    draft(pair, DATE, source="Signed__c")
    place = "field:reference"
    parts = drafting.draft_of(pair, KEY).in_force[place]
    assert publishing.publish_one(pair, KEY, place, {**parts, "owner": "xero"}, by="b", why="w")
    assert not publishing.publish_one(pair, KEY, place, {**parts, "owner": "xero"}, by="b", why="w")
    assert (newest(pair).by, newest(pair).why) == ("b", "w")
    assert [change.place for change in DraftChange.objects.all()] == [DATE]
    date = rules_for(pair, KEY).field("date")
    assert date is not None
    assert date.source == "CloseDate"


def test_every_earlier_version_can_be_put_in_force_again(pair: Pair) -> None:
    first = newest(pair).number
    key = add(pair)
    draft(pair, DATE, source="Signed__c")
    second = publish(pair, KEY)
    row = drafting.draft_of(pair, KEY).in_force
    added = next(p for p in row if p.startswith("row:") and row[p]["name"] == "Small")
    drafting.save(pair, KEY, added, None, seen=seen(pair, KEY, added), by="tom")
    publish(pair, KEY)
    assert statuses(pair) == ["DRAFT"]
    now = newest(pair).number
    publishing.go_back(pair, KEY, second, seen=now, by="alice", why="Needed", check=fine)
    assert statuses(pair) == ["AUTHORISED", "DRAFT"]
    assert str(ValueRow.objects.get(name="Small").pk) == added.removeprefix("row:") != key
    publishing.go_back(pair, KEY, first, seen=now + 1, by="alice", why="Not", check=fine)
    assert statuses(pair) == ["DRAFT"]
    date = rules_for(pair, KEY).field("date")
    assert date is not None
    assert date.source == "CloseDate"
    assert not FieldMapping.objects.get(pair=pair, flow=KEY, target="date").is_edited
    assert [v.number for v in PublishedRules.objects.filter(pair=pair, flow=KEY)][:3] == [
        now + 2,
        now + 1,
        now,
    ]


def test_going_back_from_a_version_that_was_not_seen_is_refused(pair: Pair) -> None:
    first = newest(pair).number
    draft(pair, DATE, source="Signed__c")
    publish(pair, KEY)
    with pytest.raises(drafting.ChangedMeanwhile):
        publishing.go_back(pair, KEY, first, seen=first, by="a", why="x", check=fine)


def test_going_back_keeps_what_came_with_an_upgrade_since(pair: Pair) -> None:
    first = newest(pair)
    target = "line.description"
    older = {**first.content, "fields": dict(first.content["fields"])}
    older["fields"].pop(target)
    old = PublishedRules.objects.create(pair=pair, flow=KEY, number=0, content=older)
    draft(pair, DATE, source="Signed__c")
    now = publish(pair, KEY)
    publishing.go_back(pair, KEY, old.number, seen=now, by="a", why="x", check=fine)
    assert target in newest(pair).content["fields"]


def test_a_row_that_is_taken_out_again_leaves_an_empty_draft(pair: Pair) -> None:
    key = add(pair)
    assert drafting.discard(pair, KEY, f"row:{key}", seen=seen(pair, KEY, f"row:{key}")) == 1
    assert not DraftChange.objects.exists()


def test_a_draft_can_be_thrown_away_whole(pair: Pair) -> None:
    add(pair)
    draft(pair, DATE, source="Signed__c")
    mark = drafting.draft_of(pair, KEY).mark
    assert drafting.discard(pair, KEY, seen=mark) == 2
    assert drafting.draft_of(pair, KEY).told == []


def test_nobody_throws_away_what_they_have_not_seen(pair: Pair) -> None:
    draft(pair, DATE, source="Signed__c")
    whole, mine = drafting.draft_of(pair, KEY).mark, seen(pair, KEY, DATE)
    draft(pair, DATE, by="tom", source="Id")
    for place, mark in (("", whole), (DATE, mine)):
        with pytest.raises(drafting.ChangedMeanwhile, match="tom"):
            drafting.discard(pair, KEY, place, seen=mark)
    assert drafting.draft_of(pair, KEY).places[DATE]["source"] == "Id"


def test_another_pair_has_its_own_draft_and_versions(pair: Pair) -> None:
    other = PairFactory.create()
    draft(pair, DATE, source="Signed__c")
    publish(pair, KEY)
    date = rules_for(other, KEY).field("date")
    assert date is not None
    assert date.source == "CloseDate"
    assert drafting.draft_of(other, KEY).told == []


def test_a_publication_that_breaks_off_changes_nothing(pair: Pair) -> None:
    draft(pair, DATE, source="Signed__c")
    before = rules_for(pair, KEY)
    with transaction.atomic():
        publish(pair, KEY)
        transaction.set_rollback(True)
    assert rules_for(pair, KEY) == before
    assert DraftChange.objects.count() == 1


def test_publishing_costs_the_same_however_many_changes(
    pair: Pair, django_assert_max_num_queries: Any
) -> None:
    for target in ("date", "reference", "line.quantity", "line.unit_amount", "due_date"):
        draft(pair, f"field:{target}", source="Signed__c", transform="copy")
    with django_assert_max_num_queries(24):
        publish(pair, KEY)


def test_going_back_keeps_a_table_that_came_with_an_upgrade_since(pair: Pair) -> None:
    first = newest(pair)
    older = {
        **first.content,
        "rows": [r for r in first.content["rows"] if r["table"] != "tax_type"],
    }
    old = PublishedRules.objects.create(pair=pair, flow=KEY, number=0, content=older)
    draft(pair, DATE, source="Signed__c")
    now = publish(pair, KEY)
    before = rules_for(pair, KEY).table("tax_type")

    def check(rules: RuleSet) -> list[str]:
        return checking.every_fault(FLOW, rules)

    publishing.go_back(pair, KEY, old.number, seen=now, by="a", why="x", check=check)
    assert rules_for(pair, KEY).table("tax_type") == before != ()
    date = rules_for(pair, KEY).field("date")
    assert date is not None
    assert date.source == "CloseDate"
