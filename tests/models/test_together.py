"""Many rows are saved together as each would be by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from sync.models import ReviewItem, ReviewSubject, Write
from sync.models.together import CHUNK, update_together
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 20, 0, 0, 123456, tzinfo=UTC)


def as_stored(row: models.Model, *names: str) -> list[Any]:
    row.refresh_from_db()
    return [getattr(row, name) for name in names]


def writes(count: int) -> list[Write]:
    pair = PairFactory.create()
    return Write.objects.bulk_create(
        Write(key=f"k{n}", pair=pair, flow="f", system="xero", kind="Contact", verb="create")
        for n in range(count)
    )


def test_text_times_json_and_choices_are_kept_exactly() -> None:
    first, second = writes(2)
    first.state, first.error = Write.State.REFUSED, "Ümlaut “quoted” 'single' \\ %s"
    first.body = {"version": 1, "values": {"a": [{"$": "decimal", "v": "0.10"}], "b": None}}
    first.settled_at = NOW
    update_together([first, second], ["state", "error", "body", "settled_at"])
    assert as_stored(first, "state", "error", "body", "settled_at") == [
        "refused",
        "Ümlaut “quoted” 'single' \\ %s",
        {"version": 1, "values": {"a": [{"$": "decimal", "v": "0.10"}], "b": None}},
        NOW,
    ]
    assert as_stored(second, "state", "error", "body", "settled_at") == ["intended", "", {}, None]


def test_amounts_keep_their_cents_and_absent_ones_stay_absent() -> None:
    item = ReviewItem.objects.create(
        pair=PairFactory.create(), flow="f", kind="problem", cause="c", last_seen=NOW
    )
    rows = ReviewSubject.objects.bulk_create(
        ReviewSubject(item=item, subject=f"salesforce:Account:{n}") for n in range(2)
    )
    rows[0].amount, rows[1].name = Decimal("99999999999.99"), "Ada"
    update_together(rows, ["amount", "name"])
    assert as_stored(rows[0], "amount", "name") == [Decimal("99999999999.99"), ""]
    assert as_stored(rows[1], "amount", "name") == [None, "Ada"]


def test_only_the_named_fields_are_written_and_no_row_is_made() -> None:
    gone, kept = writes(2)
    gone.error = kept.error = "changed"
    kept.remote_id = "not named"
    Write.objects.filter(pk=gone.pk).delete()
    update_together([gone, kept], ["error"])
    assert as_stored(kept, "error", "remote_id") == ["changed", ""]
    assert Write.objects.count() == 1


def test_any_number_of_rows_is_saved_and_none_is_nothing() -> None:
    rows = writes(CHUNK + 1)
    for row in rows:
        row.error = f"error {row.key}"
    update_together(rows, ["error"])
    update_together([], ["error"])
    assert set(Write.objects.values_list("error", flat=True)) == {f"error {r.key}" for r in rows}
