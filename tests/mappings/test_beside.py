"""Beside a row's fields stands what it makes of three records, as it is typed; nothing is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from mappings.drafting import draft_of
from mappings.models import DraftChange, FieldMapping, ValueRow
from sync.admin.mapping_try_out import try_out
from sync.core.errors import TryAgain
from sync.models import Link, Notice, PlanRow, ReviewItem, Run, Write
from tests.engine.conftest import Desk, desk, make_desk
from tests.factories import PairFactory
from tests.mappings.conftest import seen, signed_in

__all__ = ["desk", "make_desk"]
KEY = "won_opportunity_invoice"
SAVED = (PlanRow, Run, Write, Link, Notice, ReviewItem, DraftChange)


@pytest.fixture
def town(desk: Desk) -> Iterator[Desk]:
    """Five billed deals, and doorways to both systems for the screens."""
    for number in range(1, 6):
        desk.win(number, Amount=Decimal(500 * number))
    desk.work_until_quiet()
    screen: Any = admin.site.get_model_admin(FieldMapping)
    before = screen.open_remote, try_out.open_remote
    cache.clear()
    screen.open_remote = try_out.open_remote = desk.door
    yield desk
    screen.open_remote, try_out.open_remote = before
    cache.clear()


@pytest.fixture
def priya(town: Desk) -> Client:
    return signed_in("Finance")


def fields(pair: Pair) -> str:
    return reverse("admin:mappings_fields", args=[pair.pk, KEY])


def table(pair: Pair, name: str) -> str:
    return reverse("admin:mappings_table", args=[pair.pk, KEY, name])


def typed(client: Client, pair: Pair, target: str, **parts: str) -> str:
    """Try a field's row as it is typed; return the page."""
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target=target)
    now = draft_of(pair, KEY).places[f"field:{target}"]
    values = {name: str(value) for name, value in now.items() if name != "active"}
    more = {"row": str(row.pk), "seen": seen(pair, KEY, f"field:{target}"), "active": "on"}
    status = int(parts.pop("status", "200"))
    answer = client.post(fields(pair), {"act": "try"} | values | more | parts)
    assert answer.status_code == status
    return answer.content.decode()


def costs(town: Desk) -> tuple[int, int]:
    return town.salesforce.calls, town.xero.calls


def test_a_row_is_tried_as_it_is_typed_and_nothing_is_saved(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    before = [model.objects.count() for model in SAVED]
    sent = len(town.xero.sent), len(town.salesforce.sent)
    text = typed(priya, pair, "date", transform="date_plus_days", argument="14")
    assert text.count("<del>19 Nov 2026</del>") == 3
    assert text.count("<ins>3 Dec 2026</ins>") == 3
    assert 'value="14"' in text
    assert [model.objects.count() for model in SAVED] == before
    assert (len(town.xero.sent), len(town.salesforce.sent)) == sent


def test_what_else_would_move_is_shown_too(priya: Client, town: Desk) -> None:
    text = typed(priya, town.switch.pair, "date", transform="date_plus_days", argument="14")
    assert text.count("<dt>Due date</dt>") == 3


def test_what_others_drafted_is_none_of_this_rows_effect(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    typed(priya, pair, "reference", argument="Deal {Name} · {Id}", act="save", status="302")
    text = typed(priya, pair, "date", transform="date_plus_days", argument="14")
    assert text.count("<ins>3 Dec 2026</ins>") == 3
    assert "<ins>Deal " not in text
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target="reference")
    opened = priya.get(f"{fields(pair)}?row={row.pk}").content.decode()
    assert opened.count("<ins>Deal ") == 3


def test_records_of_ones_own_choice_are_kept_for_the_person_and_for_the_whole_try_out(
    priya: Client, town: Desk
) -> None:
    pair = town.switch.pair
    typed(priya, pair, "date", record="Survey 2")
    for page in (fields(pair), reverse("mapping_try_out", args=[pair.pk, KEY])):
        assert 'value="Survey 2"' in priya.get(page).content.decode()
    other = signed_in("Administrators").get(fields(pair)).content.decode()
    assert 'value="Survey 5"' in other


def test_a_record_that_is_unknown_is_told_and_not_kept(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    assert "no opportunity “Nobody”" in typed(priya, pair, "date", record="Nobody")
    assert "Nobody" not in priya.get(fields(pair)).content.decode()


def test_a_second_try_of_the_same_records_asks_neither_system(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    typed(priya, pair, "date", transform="date_plus_days", argument="14")
    before = costs(town)
    assert "10 Dec 2026" in typed(priya, pair, "date", transform="date_plus_days", argument="21")
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target="date")
    assert "19 Nov 2026" in priya.get(f"{fields(pair)}?row={row.pk}").content.decode()
    assert costs(town) == before


def test_a_field_that_was_not_read_is_read_before_it_is_shown(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    typed(priya, pair, "reference", argument="{Name} · {Id}")
    text = typed(priya, pair, "reference", argument="{Account.Name} · {Name} · {Id}")
    assert text.count("<dt>Reference</dt>") == 3
    assert "<ins>" in text


def test_opening_a_page_asks_nobody_before_somebody_tries(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    priya.get(fields(pair))  # the fields are described once
    before = costs(town)
    text = priya.get(fields(pair)).content.decode()
    assert "Try with these" in text
    assert costs(town) == before


def test_a_row_that_cannot_work_is_refused_beside_its_field_and_not_tried(
    priya: Client, town: Desk
) -> None:
    text = typed(priya, town.switch.pair, "date", source="Nothing__c")
    assert "Nothing__c”, which is no field" in text
    assert "<ins>" not in text


@pytest.mark.parametrize("act", ["try", "save"])
def test_an_expression_that_fails_for_every_record_says_so_beside_its_field(
    priya: Client, town: Desk, act: str
) -> None:
    pair = town.switch.pair
    for key in list(town.salesforce.records):
        if key[0] == "Opportunity":
            town.salesforce.edit(*key, Description=None)
    text = typed(
        priya, pair, "reference", transform="expression", argument="Name + Description", act=act
    )
    assert "cannot be calculated" in text
    assert not DraftChange.objects.exists()
    assert ("With “Survey" in text) is (act == "save")


def test_a_new_row_of_a_table_is_tried_before_it_is_added(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    row = {"path_0": "=amount", "operator_0": "above", "wanted_0": "2000", "active": "on"}
    asked = {"act": "try-new", "value": "AUTHORISED", "name": "Large", **row}
    text = priya.post(table(pair, "status"), asked).content.decode()
    assert text.count("<ins>AUTHORISED</ins>") == 1
    assert 'value="add"' in text
    assert not DraftChange.objects.exists()
    assert ValueRow.objects.filter(pair=pair, table="status").count() == 1


def test_a_row_of_a_table_is_tried_as_it_is_typed(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    row = ValueRow.objects.get(pair=pair, flow=KEY, table="status")
    asked = {
        "act": "try",
        "row": row.pk,
        "seen": seen(pair, KEY, f"row:{row.pk}"),
        "value": "SUBMITTED",
        "active": "on",
    }
    text = priya.post(table(pair, "status"), asked).content.decode()
    assert text.count("<ins>SUBMITTED</ins>") == 3
    assert not DraftChange.objects.exists()


def test_where_a_system_is_silent_the_page_says_so_and_keeps_what_was_typed(
    priya: Client, town: Desk
) -> None:
    def silent(*_: Any) -> Any:
        raise TryAgain("Salesforce does not answer.")

    try_out.open_remote = silent
    text = typed(priya, town.switch.pair, "date", transform="date_plus_days", argument="14")
    assert "Salesforce does not answer." in text
    assert 'value="14"' in text


def test_who_only_looks_tries_the_draft_and_no_row_of_their_own(town: Desk) -> None:
    pair, auditor = town.switch.pair, signed_in("Auditors")
    assert "<h4>Survey 5" in auditor.get(f"{fields(pair)}?try=1").content.decode()
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target="date")
    answer = auditor.post(fields(pair), {"act": "try", "row": row.pk})
    assert answer.status_code == 403


def test_a_kept_record_that_is_gone_is_said_to_be_unreadable(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    typed(priya, pair, "date", record="Survey 2")
    key = next(k for k, r in town.salesforce.records.items() if r.get("Name") == "Survey 2")
    del town.salesforce.records[key]
    cache.clear()
    assert f"{key[1]} cannot be read." in typed(priya, pair, "date")


def test_what_is_typed_beyond_measure_or_as_code_is_only_unknown(priya: Client, town: Desk) -> None:
    pair = town.switch.pair
    for record in ("x" * 20_000, "' OR Name != '", "<script>alert(1)</script>"):
        text = typed(priya, pair, "date", record=record)
        assert "There is no opportunity" in text
        assert "<script>alert" not in text


def test_where_nothing_was_planned_yet_nobody_is_asked(make_desk: Callable[[], Desk]) -> None:
    fresh = make_desk()
    screen: Any = admin.site.get_model_admin(FieldMapping)
    before = screen.open_remote, try_out.open_remote
    cache.clear()
    screen.open_remote = try_out.open_remote = fresh.door
    try:
        client, pair = signed_in("Finance"), fresh.switch.pair
        client.get(fields(pair))
        spent = costs(fresh)
        assert client.get(f"{fields(pair)}?try=1").status_code == 200
        assert costs(fresh) == spent
    finally:
        screen.open_remote, try_out.open_remote = before
        cache.clear()


def test_a_connection_without_its_address_hides_no_page(db: None) -> None:
    pair = PairFactory.create()
    pair.salesforce.credential.host = ""
    pair.salesforce.credential.save()
    cache.clear()
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target="date")
    client = signed_in("Finance")
    for path in (f"{fields(pair)}?row={row.pk}", f"{fields(pair)}?try=1", table(pair, "status")):
        assert client.get(path).status_code == 200
    whole = reverse("mapping_try_out", args=[pair.pk, KEY])
    assert client.get(whole, {"record": "Anything", "replay": "1"}).status_code == 200
    cache.clear()
