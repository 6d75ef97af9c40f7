"""Tax is never left to chance: its rows end with one for all other cases, if only to ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from mappings import drafting
from mappings.models import DraftChange, PublishedRules
from mappings.rules import rules_for
from tests.mappings.conftest import seen
from tests.mappings.test_exchange import KEY, lines, upload

UK = [{"path": "Name", "operator": "is", "value": "Acme"}]
MISSING = "end with a row for all other cases"


def rest(pair: Pair) -> tuple[str, dict[str, Any]]:
    """Return the place and the parts of the tax table's last row."""
    places = drafting.draft_of(pair, KEY).places
    return next(
        (place, row)
        for place, row in places.items()
        if place.startswith("row:") and row["table"] == "tax_type"
    )


def draft(pair: Pair, after: dict[str, Any] | None) -> None:
    place, _ = rest(pair)
    drafting.save(pair, KEY, place, after, seen=seen(pair, KEY, place), by="priya")


def publish(client: Client, pair: Pair) -> str:
    address = reverse("admin:mappings_draft", args=[pair.pk, KEY])
    mark = drafting.draft_of(pair, KEY).mark
    answer = client.post(address, {"act": "publish", "seen": mark, "why": "test"}, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize("how", ["gone", "not in use", "with a condition"])
def test_rows_of_tax_that_leave_a_case_out_are_not_published(
    administrator: Client, pair: Pair, how: str
) -> None:
    _, row = rest(pair)
    after = {"gone": None, "not in use": {**row, "active": False}}
    draft(pair, after.get(how, {**row, "conditions": UK}))
    version = rules_for(pair, KEY).version
    assert MISSING in publish(administrator, pair)
    assert rules_for(pair, KEY).version == version
    assert PublishedRules.objects.filter(pair=pair, flow=KEY).latest("number").number == version


def test_a_last_row_that_only_asks_is_enough(administrator: Client, pair: Pair) -> None:
    _, row = rest(pair)
    draft(pair, {**row, "value": "ask"})
    assert MISSING not in publish(administrator, pair)
    assert [r.value for r in rules_for(pair, KEY).table("tax_type")] == ["ask"]


@pytest.mark.parametrize("cell", [{"in use": "no"}, {"when field 1": "Name", "value 1": "Acme"}])
def test_a_sheet_that_leaves_a_case_out_is_refused(
    finance: Client, pair: Pair, cell: dict[str, str]
) -> None:
    changed = [line | cell if line["table"] == "tax_type" else line for line in lines(pair)]
    status, text = upload(finance, pair, changed)
    assert status == 400
    assert MISSING in text
    assert not DraftChange.objects.exists()
