"""Routing rows wait in a draft, are published whole or not at all, and every version stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from connections.models import Connection, Pair
from mappings import routing, routing_drafting, routing_publishing
from mappings.drafting import ChangedMeanwhile
from mappings.models import RoutingVersion
from mappings.publishing import NotPublished
from mappings.routing import Row
from sync.core.flow import Condition, TableRow

EURO = {"path": "CurrencyIsoCode", "operator": "is", "value": "EUR"}
POUND = {"path": "CurrencyIsoCode", "operator": "is", "value": "GBP"}


@pytest.fixture
def org(pair: Pair) -> Connection:
    return pair.salesforce


def fine(rows: Sequence[Row]) -> Sequence[str]:
    return ()


def a_row(value: str, *conditions: dict[str, str], **parts: Any) -> dict[str, Any]:
    made = {"kind": "Opportunity", "name": "", "conditions": list(conditions), "value": value}
    return {**made, "active": True, **parts}


def add(org: Connection, value: str, *conditions: dict[str, str], **parts: Any) -> str:
    return routing_drafting.add_row(org, a_row(value, *conditions, **parts), "priya")


def change(org: Connection, key: str, by: str = "priya", **parts: Any) -> None:
    draft = routing_drafting.draft_of(org)
    now = draft.row(key)
    assert now is not None
    routing_drafting.save(org, key, {**now, **parts}, seen=draft.seen(f"row:{key}"), by=by)


def publish(org: Connection) -> RoutingVersion:
    mark = routing_drafting.draft_of(org).mark
    return routing_publishing.publish(org, seen=mark, by="tom", why="Tried", check=fine)


def publish_over(org: Connection, rows: Sequence[Row]) -> None:
    done = routing_publishing.publish_rows(
        org, lambda now: rows, by="sam", why="By hand", check=fine
    )
    assert done is not None


def values(org: Connection) -> list[str]:
    return [row["value"] for row in routing_drafting.draft_of(org).rows]


def test_where_nothing_was_ever_published_there_are_no_rows_to_go_by(org: Connection) -> None:
    add(org, "ask")
    assert routing.rows_of(org.pk) is None


def test_published_rows_are_read_in_their_order_with_their_names(
    org: Connection, pair: Pair
) -> None:
    add(org, str(pair.pk), EURO, name="Euro")
    add(org, "ask", POUND)
    add(org, "none", active=False)
    publish(org)
    euro, pound = Condition(*EURO.values()), Condition(*POUND.values())
    assert routing.rows_of(org.pk) == (
        TableRow("Opportunity", str(pair.pk), (euro,), "Euro"),
        TableRow("Opportunity", "ask", (pound,), "CurrencyIsoCode is GBP"),
    )


def test_a_new_row_goes_before_the_one_that_takes_the_rest(org: Connection) -> None:
    add(org, "none")
    add(org, "ask", EURO)
    assert values(org) == ["ask", "none"]


def test_a_row_is_tried_earlier_or_later_and_the_ends_stop_it(org: Connection) -> None:
    add(org, "1", EURO)
    key = add(org, "2", POUND)
    for steps in (-1, -1, -5):
        routing_drafting.move_row(org, key, steps, "priya")
    assert values(org) == ["2", "1"]
    routing_drafting.move_row(org, key, 1, "priya")
    assert values(org) == ["1", "2"]


def test_what_is_changed_back_is_no_change(org: Connection) -> None:
    key = add(org, "1", EURO)
    publish(org)
    change(org, key, value="2")
    assert len(routing_drafting.draft_of(org).told) == 1
    change(org, key, value="1")
    draft = routing_drafting.draft_of(org)
    assert not draft.told
    assert draft.kept is not None
    assert draft.kept.content is None


def test_a_row_that_somebody_changed_meanwhile_is_not_overwritten(org: Connection) -> None:
    key = add(org, "1", EURO)
    old = routing_drafting.draft_of(org).seen(f"row:{key}")
    change(org, key, by="sam", value="2")
    with pytest.raises(ChangedMeanwhile, match="sam"):
        routing_drafting.save(org, key, a_row("3", EURO), seen=old, by="priya")
    assert values(org) == ["2"]


def test_nobody_publishes_what_they_have_not_seen(org: Connection) -> None:
    add(org, "1", EURO)
    mark = routing_drafting.draft_of(org).mark
    add(org, "2", POUND)
    with pytest.raises(ChangedMeanwhile):
        routing_publishing.publish(org, seen=mark, by="tom", why="", check=fine)
    assert routing.rows_of(org.pk) is None


def test_an_empty_draft_is_not_published(org: Connection) -> None:
    with pytest.raises(NotPublished, match="no change"):
        publish(org)


def test_rows_that_cannot_work_are_not_published_but_old_faults_stop_nobody(
    org: Connection,
) -> None:
    def check(rows: Sequence[Row]) -> Sequence[str]:
        return [f"{row['value']} is nothing." for row in rows if row["value"] == "1"]

    key = add(org, "1", EURO)
    mark = routing_drafting.draft_of(org).mark
    with pytest.raises(NotPublished, match="1 is nothing"):
        routing_publishing.publish(org, seen=mark, by="tom", why="", check=check)
    publish(org)
    change(org, key, name="Euro")
    mark = routing_drafting.draft_of(org).mark
    assert routing_publishing.publish(org, seen=mark, by="tom", why="", check=check).number == 2


def test_a_version_says_who_wanted_each_change(org: Connection) -> None:
    add(org, "1", EURO)
    version = publish(org)
    assert [(each["after"]["value"], each["by"]) for each in version.differences] == [
        ("1", "priya")
    ]
    assert (version.by, version.why) == ("tom", "Tried")


def test_going_back_makes_a_new_version_and_leaves_the_draft(org: Connection) -> None:
    key = add(org, "1", EURO)
    publish(org)
    change(org, key, value="2")
    publish(org)
    change(org, key, name="Euro")
    routing_publishing.go_back(org, 1, seen=2, by="tom", why="", check=fine)
    rows = routing.rows_of(org.pk)
    assert rows is not None
    assert [row.value for row in rows] == ["1"]
    assert RoutingVersion.objects.filter(connection=org).count() == 3
    with pytest.raises(ChangedMeanwhile):
        routing_publishing.go_back(org, 2, seen=2, by="tom", why="", check=fine)


def test_another_version_between_keeps_what_the_draft_does_not_touch(org: Connection) -> None:
    first, second = add(org, "1", EURO), add(org, "2", POUND)
    publish(org)
    change(org, first, value="3")
    rows = RoutingVersion.objects.get().content["rows"]
    publish_over(org, [rows[0], {**rows[1], "value": "4"}])
    assert values(org) == ["3", "4"]
    draft = routing_drafting.draft_of(org)
    assert not draft.overtaken
    assert [each.place for each in draft.told] == [f"row:{first}"]
    assert publish(org).number == 3
    assert second in {row["key"] for row in routing_drafting.draft_of(org).rows}


def test_a_row_published_otherwise_meanwhile_waits_for_a_persons_word(org: Connection) -> None:
    key = add(org, "1", EURO)
    publish(org)
    change(org, key, value="2")
    rows = RoutingVersion.objects.get().content["rows"]
    publish_over(org, [{**rows[0], "value": "3"}])
    assert routing_drafting.draft_of(org).overtaken == [f"row:{key}"]
    with pytest.raises(NotPublished, match="which of the two"):
        publish(org)
    mark = routing_drafting.draft_of(org).mark
    routing_drafting.let_stand(org, seen=mark, by="priya")
    publish(org)
    assert values(org) == ["2"]


def test_the_other_version_stands_when_the_drafted_row_is_taken_out(org: Connection) -> None:
    key = add(org, "1", EURO)
    publish(org)
    change(org, key, value="2")
    rows = RoutingVersion.objects.get().content["rows"]
    publish_over(org, [{**rows[0], "value": "3"}])
    mark = routing_drafting.draft_of(org).seen(f"row:{key}")
    routing_drafting.discard(org, f"row:{key}", seen=mark)
    draft = routing_drafting.draft_of(org)
    assert (values(org), draft.told, draft.overtaken) == (["3"], [], [])


def test_a_row_is_removed_by_the_draft_and_comes_back_when_that_is_taken_out(
    org: Connection,
) -> None:
    key = add(org, "1", EURO)
    add(org, "2", POUND)
    publish(org)
    draft = routing_drafting.draft_of(org)
    routing_drafting.save(org, key, None, seen=draft.seen(f"row:{key}"), by="priya")
    assert values(org) == ["2"]
    gone = routing_drafting.draft_of(org).seen(f"row:{key}")
    routing_drafting.discard(org, f"row:{key}", seen=gone)
    assert values(org) == ["1", "2"]


def test_a_sheets_rows_are_taken_whole_with_keys_of_their_own(org: Connection) -> None:
    key = add(org, "1", EURO)
    draft = routing_drafting.draft_of(org)
    now = draft.row(key)
    assert now is not None
    wanted = [{"key": "n0001", **a_row("2", POUND)}, {**now, "value": "3"}]
    assert routing_drafting.take(org, wanted, seen=draft.mark, by="priya") == 2
    assert values(org) == ["2", "3"]
    assert "n0001" not in {row["key"] for row in routing_drafting.draft_of(org).rows}
