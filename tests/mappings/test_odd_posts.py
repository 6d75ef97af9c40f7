"""What nobody types but somebody may send: signs that are no number, letters no database holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from connections.models import Pair
from mappings import drafting, sheets
from mappings.content import ROW
from mappings.models import DraftChange, FieldMapping, PublishedRules
from tests.factories import PairFactory
from tests.mappings.conftest import publish, seen
from tests.mappings.test_exchange import FLOW, KEY, add, page

NO_NUMBERS = ["²", "٣x", "9" * 30, "9" * 5000, "-1", "1\x00"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_sign_that_is_no_number_names_nothing(
    administrator: Client, pair: Pair, text: str
) -> None:
    overview = reverse("admin:mappings_fieldmapping_changelist")
    asked = {"pair": text, "flow": KEY}
    assert administrator.get(overview, asked).status_code == 404
    copied = {"act": "copy", "from": text, "part": ["fields"]}
    assert administrator.post(page(pair), copied).status_code == 400
    back = {"why": "Tried", "seen": text}
    assert administrator.post(page(pair, "version", "1"), back).status_code == 409
    assert administrator.get(page(pair, "fields"), {"row": text}).status_code == 200


def test_a_reason_keeps_no_letter_that_the_database_cannot_hold(
    administrator: Client, pair: Pair
) -> None:
    add(pair)
    sent = {"act": "publish", "why": "Be\x00cause", "seen": drafting.draft_of(pair, KEY).mark}
    assert administrator.post(page(pair, "draft"), sent).status_code == 302
    assert (
        PublishedRules.objects.filter(pair=pair, flow=KEY).order_by("-number")[0].why == "Because"
    )
    only_that = {"act": "publish", "why": "\x00", "seen": drafting.draft_of(pair, KEY).mark}
    answer = administrator.post(page(pair, "draft"), only_that)
    assert "Say why" in answer.content.decode()


def test_a_pair_without_rows_takes_no_row_of_anothers_away(finance: Client, pair: Pair) -> None:
    other: Pair = PairFactory.create(name="Fernhill Pty")
    PublishedRules.objects.filter(pair=other).delete()
    answer = finance.post(page(pair), {"act": "copy", "from": other.pk, "part": ["status"]})
    assert answer.status_code == 400
    assert "“Fernhill Pty” has no rows for this yet" in answer.content.decode()


@pytest.mark.parametrize("record", ["a\x00b", "x" * 9000, "\x00"])
def test_a_record_with_odd_letters_is_only_unknown(
    finance: Client, pair: Pair, record: str
) -> None:
    address = reverse("mapping_try_out", args=[pair.pk, KEY])
    assert finance.get(address, {"record": record}).status_code == 200


@pytest.mark.parametrize("act", ["", "sav", "shiped"])
def test_an_act_of_no_name_changes_nothing(finance: Client, pair: Pair, act: str) -> None:
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target="date")
    row.source = "Id"
    row.save()
    sent = {"act": act, "row": str(row.pk), "seen": seen(pair, KEY, "field:date")}
    assert finance.post(page(pair, "fields"), sent).status_code == 404
    (status,) = (r for r in drafting.draft_of(pair, KEY).content["rows"] if r["table"] == "status")
    sent = {"act": act, "row": status["key"], "seen": seen(pair, KEY, f"{ROW}{status['key']}")}
    assert finance.post(page(pair, "table", "status"), sent).status_code == 404
    assert not DraftChange.objects.exists()


def words(count: int) -> list[dict[str, str]]:
    return [
        {"table": "words", "row": "", "gives": f"text {n}", "in use": "yes"} for n in range(count)
    ]


def taken(pair: Pair, count: int) -> tuple[int, int]:
    """Draft and publish so many new rows; return how many queries each took."""
    draft = drafting.draft_of(pair, KEY)
    wanted, faults = sheets.wanted(FLOW, draft.content, words(count))
    assert faults == []
    with CaptureQueriesContext(connection) as drafted:
        drafting.take(pair, KEY, wanted, seen=draft.mark, by="priya")
    with CaptureQueriesContext(connection) as published:
        publish(pair, KEY)
    return len(drafted), len(published)


def test_a_sheet_of_hundreds_of_new_rows_takes_as_many_queries_as_one_of_three(pair: Pair) -> None:
    few = taken(pair, 3)
    many = taken(pair, 300)
    assert many == few
    said: list[dict[str, Any]] = drafting.draft_of(pair, KEY).content["rows"]
    made = [row["value"] for row in said if row["table"] == "words"]
    assert made[:3] == ["text 0", "text 1", "text 2"]
    assert made[-1] == "text 299"
    changes = PublishedRules.objects.filter(pair=pair, flow=KEY).order_by("-number")[0].differences
    assert {each["by"] for each in changes if each["place"].startswith(ROW)} == {"priya"}
