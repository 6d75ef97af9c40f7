"""Snapshots: what comes back is what was put in, with its type."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core import snapshots
from sync.core.lines import Line
from tests.core.strategies import LINES, STORABLE


def there_and_back(values: dict[str, Any]) -> dict[str, Any]:
    return snapshots.load(json.loads(json.dumps(snapshots.dump(values))))


@given(st.dictionaries(st.text(), STORABLE, max_size=5))
def test_every_value_comes_back_with_its_type(values: dict[str, Any]) -> None:
    found = there_and_back(values)
    assert found == values
    assert repr(found) == repr(values)


@given(LINES)
def test_a_line_comes_back(line: Line) -> None:
    stored = there_and_back({"lines": [line.to_shared()]})
    assert Line.from_shared(stored["lines"][0]) == line


def test_a_line_keeps_its_tracking() -> None:
    line = Line("", Decimal(1), Decimal(1), tracking=(("a", "b"), ("c", "d")))
    assert Line.from_shared(there_and_back(line.to_shared())) == line


def test_an_amount_never_becomes_a_text_or_a_binary_fraction() -> None:
    stored = json.dumps(snapshots.dump({"amount": Decimal("0.10")}))
    assert repr(there_and_back({"amount": Decimal("0.10")})["amount"]) == "Decimal('0.10')"
    assert '"0.10"' in stored


def test_a_text_that_looks_like_an_amount_stays_a_text() -> None:
    assert there_and_back({"number": "0012"}) == {"number": "0012"}


def test_a_whole_number_equals_the_amount_it_comes_back_as() -> None:
    assert there_and_back({"day": 20}) == {"day": 20}


def test_a_time_is_kept_as_the_same_moment() -> None:
    moment = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=11)))
    found = there_and_back({"at": moment})["at"]
    assert found == moment
    assert found.tzinfo == UTC


def test_a_date_is_not_taken_for_a_time() -> None:
    assert type(there_and_back({"day": date(2024, 2, 29)})["day"]) is date


@pytest.mark.parametrize("value", [1.5, {1, 2}, object(), datetime(2026, 1, 1)])  # noqa: DTZ001
def test_what_cannot_be_kept_exactly_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        snapshots.dump({"value": value})


def test_a_snapshot_of_another_version_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="version 2"):
        snapshots.load({"version": 2, "values": {}})


def test_nothing_kept_is_nothing() -> None:
    assert snapshots.load({}) == {}
