"""A draft is tried on real records, before and after; nothing is written or saved by it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from connections.models import Pair
from mappings import drafting, tried
from mappings.rules import rules_for
from sync.admin.mapping_try_out import try_out
from sync.core.flow import RuleSet
from sync.engine import rehearsing
from sync.flows.registry import every_flow
from sync.models import Link, Notice, PlanRow, ReviewItem, Run, Write
from tests.engine.conftest import Desk, desk, make_desk
from tests.mappings.conftest import Org, publish, seen, signed_in

__all__ = ["desk", "make_desk"]
KEY = "won_opportunity_invoice"
FLOW = every_flow()[KEY]
SAVED = (PlanRow, Run, Write, Link, Notice, ReviewItem)


def draft(pair: Pair, place: str, **parts: Any) -> None:
    now = drafting.draft_of(pair, KEY).places[place]
    mark = seen(pair, KEY, place)
    drafting.save(pair, KEY, place, {**now, **parts}, seen=mark, by="priya")


def with_tax(pair: Pair, value: str = "ZERORATEDOUTPUT") -> None:
    """Draft another tax type for deals over 1,500."""
    over = [{"path": "=amount", "operator": "above", "value": "1500"}]
    row = {
        "table": "tax_type",
        "name": "Large",
        "value": value,
        "conditions": over,
        "active": True,
    }
    drafting.add_row(pair, KEY, row, "priya")


def both(pair: Pair) -> tuple[RuleSet, RuleSet]:
    return rules_for(pair, KEY), drafting.draft_of(pair, KEY).rules


@pytest.fixture
def town(desk: Desk) -> Desk:
    """Five billed deals: two of them over 1,500."""
    for number in range(1, 6):
        desk.win(number, Amount=Decimal(500 * number))
    desk.work_until_quiet()
    return desk


@pytest.fixture
def page(town: Desk) -> Iterator[str]:
    """The address of the page, whose doorway leads to the town's fakes."""
    before = try_out.open_remote
    cache.clear()
    try_out.open_remote = town.door
    yield reverse("mapping_try_out", args=[town.switch.pair.pk, KEY])
    try_out.open_remote = before
    cache.clear()


def test_an_empty_draft_makes_the_same_of_every_record(town: Desk) -> None:
    pair = town.switch.pair
    found = rehearsing.replay(pair, FLOW, both(pair), town.door)
    assert (found.total, found.differing) == (5, ())


def test_the_last_ninety_days_are_counted_by_what_differs(town: Desk) -> None:
    pair = town.switch.pair
    draft(pair, "field:date", transform="date_plus_days", argument="7")
    with_tax(pair)
    found = rehearsing.replay(pair, FLOW, both(pair), town.door)
    assert found.total == len(found.differing) == 5
    assert found.areas["date"] == 5
    assert found.areas["tax"] == 2
    assert "amount" not in found.areas


def test_a_record_is_shown_before_and_after_in_words(town: Desk) -> None:
    pair = town.switch.pair
    draft(pair, "field:date", transform="date_plus_days", argument="7")
    keys = rehearsing.named(pair, FLOW, "Survey 2", town.door)
    (one,) = rehearsing.rehearse(pair, FLOW, keys, both(pair), town.door)
    values = {value.label: (value.before, value.after) for value in one.values}
    assert values["Date"] == ("19 Nov 2026", "26 Nov 2026")
    assert values["Net"] == ("GBP 1,000.00", "GBP 1,000.00")
    assert one.name == "Survey 2"


def test_a_draft_that_asks_where_nothing_asked_is_a_difference(town: Desk) -> None:
    pair = town.switch.pair
    with_tax(pair, "ask")
    found = rehearsing.replay(pair, FLOW, both(pair), town.door)
    assert len(found.differing) == 2
    assert found.areas["a question"] == 2
    assert all(one.asks and not one.asked for one in found.differing)


def test_trying_writes_nothing_in_any_system_and_saves_nothing(town: Desk) -> None:
    pair = town.switch.pair
    with_tax(pair)
    before = [model.objects.count() for model in SAVED]
    sent = len(town.xero.sent), len(town.salesforce.sent)
    rehearsing.replay(pair, FLOW, both(pair), town.door)
    assert [model.objects.count() for model in SAVED] == before
    assert (len(town.xero.sent), len(town.salesforce.sent)) == sent
    assert rules_for(pair, KEY).version + 1 == drafting.draft_of(pair, KEY).rules.version


def test_a_replay_costs_the_same_queries_and_calls_for_five_deals_and_for_fifteen(
    town: Desk,
) -> None:
    pair = town.switch.pair
    with_tax(pair)
    costs = []
    for more in (range(0), range(6, 16)):
        for number in more:
            town.win(number, Amount=Decimal(500 * number))
        if more:
            town.work_until_quiet()
        calls = town.salesforce.calls, town.xero.calls
        with CaptureQueriesContext(connection) as queries:
            rehearsing.replay(pair, FLOW, both(pair), town.door)
        now = town.salesforce.calls, town.xero.calls
        costs.append((len(queries), now[0] - calls[0], now[1] - calls[1]))
    assert costs[0] == costs[1]


def test_finance_sees_three_records_and_the_last_ninety_days(
    page: str, town: Desk, org: Org
) -> None:
    pair = town.switch.pair
    draft(pair, "field:date", transform="date_plus_days", argument="7")
    client = signed_in("Finance")
    text = client.get(page).content.decode()
    assert text.count('class="chip warn end"') == 3
    assert "<del>19 Nov 2026</del>" in text
    assert "<ins>26 Nov 2026</ins>" in text
    text = client.get(page, {"replay": "1"}).content.decode()
    assert "Of 5 planned in the last 90 days, 0 come out the same. 5 would differ: 5 in" in text


def test_who_publishes_sees_what_the_try_out_came_to_until_the_draft_changes(
    page: str, town: Desk, org: Org
) -> None:
    pair = town.switch.pair
    with_tax(pair)
    administrator = signed_in("Administrators")
    address = reverse("admin:mappings_draft", args=[pair.pk, KEY])
    assert "was not tried yet" in administrator.get(address).content.decode()
    administrator.get(page, {"replay": "1"})
    assert "2 in tax" in administrator.get(address).content.decode()
    draft(pair, "field:date", transform="date_plus_days", argument="7")
    assert "was not tried yet" in administrator.get(address).content.decode()
    assert tried.of(drafting.draft_of(pair, KEY)) is None


def test_the_list_is_exported_with_no_formula_in_it(page: str, town: Desk, org: Org) -> None:
    pair = town.switch.pair
    town.win(9, Name="=HYPERLINK(1)", Amount=Decimal(9000))
    town.work_until_quiet()
    with_tax(pair)
    answer = signed_in("Finance").get(page, {"replay": "1", "as": "csv"})
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 4
    assert "'=HYPERLINK(1)" in "".join(lines)


def test_an_unknown_record_is_said_to_be_unknown(page: str, town: Desk, org: Org) -> None:
    text = signed_in("Finance").get(page, {"record": "No such deal"}).content.decode()
    assert "There is no opportunity “No such deal”." in text


def test_an_id_that_leads_to_nothing_is_said_to_be_unreadable(
    page: str, town: Desk, org: Org
) -> None:
    text = signed_in("Finance").get(page, {"record": "0065g0000099999AAA"}).content.decode()
    assert "0065g0000099999AAA cannot be read." in text


def test_a_row_with_an_unknown_field_is_told_instead_of_tried(
    page: str, town: Desk, org: Org
) -> None:
    draft(town.switch.pair, "field:date", source="Nothing__c")
    text = signed_in("Finance").get(page).content.decode()
    assert "Not everything could be tried" in text
    assert "Nothing__c" in text


def test_the_page_is_for_those_who_may_see_mappings(page: str, client: Client) -> None:
    assert client.get(page).status_code == 302
    assert signed_in("Auditors").get(page).status_code == 200


def test_after_publishing_nothing_differs_any_more(town: Desk) -> None:
    pair = town.switch.pair
    with_tax(pair)
    publish(pair, KEY)
    assert rehearsing.replay(pair, FLOW, both(pair), town.door).differing == ()


def test_what_a_flow_of_figures_would_fill_is_compared_too(town: Desk) -> None:
    pair, flow = town.switch.pair, every_flow()["payment_status"]
    keys = [link.salesforce_key for link in Link.objects.filter(xero_kind="Invoice")[:1]]
    now = rules_for(pair, flow.key)
    found = rehearsing.rehearse(pair, flow, keys, (now, now), town.door)
    assert all(not one.differs for one in found)
