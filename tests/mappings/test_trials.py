"""Before publishing, people see what follows in Xero, and which values no row is for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from connections.models import Pair
from mappings import drafting, tried
from mappings.rules import rules_for
from sync.admin.mapping_try_out import try_out
from sync.core.flow import RuleSet
from sync.engine import rehearsing
from sync.flows.registry import every_flow
from tests.engine.conftest import Desk, desk, make_desk
from tests.mappings.conftest import Org, org, publish, seen, signed_in

__all__ = ["desk", "make_desk", "org"]
KEY = "won_opportunity_invoice"
FLOW = every_flow()[KEY]


def draft(pair: Pair, place: str, **parts: Any) -> None:
    now = drafting.draft_of(pair, KEY).places[place]
    mark = seen(pair, KEY, place)
    drafting.save(pair, KEY, place, {**now, **parts}, seen=mark, by="priya")


def a_row(pair: Pair, table: str, value: str, path: str, operator: str, wanted: str) -> None:
    when = [{"path": path, "operator": operator, "value": wanted}]
    row = {"table": table, "name": "", "value": value, "conditions": when, "active": True}
    drafting.add_row(pair, KEY, row, "priya")


def both(pair: Pair) -> tuple[RuleSet, RuleSet]:
    return rules_for(pair, KEY), drafting.draft_of(pair, KEY).rules


def replayed(town: Desk) -> rehearsing.Replay:
    return rehearsing.replay(town.switch.pair, FLOW, both(town.switch.pair), town.door)


@pytest.fixture
def town(desk: Desk) -> Desk:
    """Five billed deals, the first two of them approved in Xero."""
    for number in range(1, 6):
        desk.win(number, Amount=Decimal(500 * number), OwnerId="East" if number < 4 else "West")
    desk.work_until_quiet()
    for invoice in list(desk.invoices())[:2]:
        desk.xero.edit("Invoice", invoice.key.id, Status="AUTHORISED")
    return desk


@pytest.fixture
def page(town: Desk) -> Iterator[str]:
    before = try_out.open_remote
    cache.clear()
    try_out.open_remote = town.door
    yield reverse("mapping_try_out", args=[town.switch.pair.pk, KEY])
    try_out.open_remote = before
    cache.clear()


def test_only_drafts_follow_and_what_is_approved_stays(town: Desk) -> None:
    draft(town.switch.pair, "field:reference", argument="Deal {Name} · {Id}")
    found = replayed(town)
    assert (found.total, len(found.differing)) == (5, 5)
    assert found.follows == 3


def test_the_drafts_that_were_told_to_follow_do_follow_and_no_others(town: Desk) -> None:
    pair = town.switch.pair
    draft(pair, "field:reference", argument="Deal {Name} · {Id}")
    told = replayed(town).follows
    publish(pair, KEY)
    for number in range(1, 6):
        town.win(number, Amount=Decimal(500 * number))
    town.work_until_quiet()
    written = [i for i in town.invoices() if str(i.get("Reference")).startswith("Deal ")]
    assert len(written) == told


def test_a_tax_that_would_move_is_asked_about_and_does_not_follow(town: Desk) -> None:
    a_row(town.switch.pair, "tax_type", "ZERORATEDOUTPUT", "=amount", "above", "1")
    found = replayed(town)
    assert (found.follows, found.asks_first) == (0, 3)


def test_who_publishes_reads_how_many_drafts_follow(page: str, town: Desk, org: Org) -> None:
    pair = town.switch.pair
    draft(pair, "field:reference", argument="Deal {Name} · {Id}")
    ana = signed_in("Administrators")
    text = ana.get(page, {"replay": "1"}).content.decode()
    assert "3 drafts in Xero follow when next looked at." in text
    ours = ana.get(reverse("admin:mappings_draft", args=[pair.pk, KEY])).content.decode()
    assert ours.count("3 drafts in Xero follow when next looked at.") == 2


def test_a_trial_is_seen_by_every_process_and_only_of_the_draft_as_it_was(
    page: str, town: Desk, org: Org
) -> None:
    pair = town.switch.pair
    draft(pair, "field:reference", argument="Deal {Name} · {Id}")
    signed_in("Finance").get(page, {"replay": "1"})
    cache.clear()
    found = tried.of(drafting.draft_of(pair, KEY))
    assert found is not None
    assert (found.total, found.follows, dict(found.areas)) == (5, 3, {"reference": 5})
    draft(pair, "field:reference", argument="Order {Name} · {Id}")
    assert tried.of(drafting.draft_of(pair, KEY)) is None


def test_values_that_no_row_of_a_table_is_for_are_told_with_their_count(town: Desk) -> None:
    pair = town.switch.pair
    (rest,) = [r for r in drafting.draft_of(pair, KEY).content["rows"] if r["table"] == "tax_type"]
    place = f"row:{rest['key']}"
    when = [{"path": "OwnerId", "operator": "is", "value": "East"}]
    draft(pair, place, conditions=when)
    (one,) = replayed(town).missing
    assert (one.place, one.words, one.records, one.asks) == (
        "tax_type", "OwnerId “West”", 2, True,
    )  # fmt: skip


def test_where_nothing_is_set_for_a_value_no_question_is_claimed(town: Desk) -> None:
    a_row(town.switch.pair, "words", "By the east desk", "OwnerId", "is", "East")
    (one,) = replayed(town).missing
    assert (one.place, one.records, one.asks) == ("words", 2, False)


def test_a_row_whose_condition_only_an_invoice_answers_counts_as_one_that_holds(
    town: Desk,
) -> None:
    pair = town.switch.pair
    a_row(pair, "tracking_1", "ask", "=account", "is", "999")
    assert replayed(town).missing == ()


def test_a_value_that_a_look_up_does_not_translate_is_told(town: Desk) -> None:
    draft(
        town.switch.pair,
        "field:reference",
        source="OwnerId",
        transform="look_up",
        argument="East = E1",
    )
    (one,) = replayed(town).missing
    assert (one.place, one.words, one.records) == ("reference", "“West”", 2)


def test_the_pages_mark_values_without_a_row(page: str, town: Desk, org: Org) -> None:
    pair = town.switch.pair
    a_row(pair, "words", "By the east desk", "OwnerId", "is", "East")
    draft(pair, "field:reference", source="OwnerId", transform="look_up", argument="East = E1")
    priya = signed_in("Finance")
    table = reverse("admin:mappings_table", args=[pair.pk, KEY, "words"])
    assert "Which values of the last 90 days have no row?" in priya.get(table).content.decode()
    text = priya.get(page, {"replay": "1"}).content.decode()
    assert "Values of the last 90 days that no row is for" in text
    text = priya.get(table).content.decode()
    assert "no row for OwnerId “West”" in text
    assert "2 in the last 90 days" in text
    fields = priya.get(reverse("admin:mappings_fields", args=[pair.pk, KEY])).content.decode()
    assert "no row for “West”" in fields
