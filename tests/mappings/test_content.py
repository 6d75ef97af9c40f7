"""A version as data: what differs, what a change makes of it, and the order of rows."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mappings import content

rows = st.dictionaries(
    st.sampled_from("abcdef"),
    st.fixed_dictionaries({"table": st.sampled_from(["t", "u"]), "value": st.integers(0, 2)}),
)
contents = st.builds(
    lambda fields, found: {
        "fields": fields,
        "rows": sorted(({"key": k, **v} for k, v in found.items()), key=lambda r: r["table"]),
    },
    st.dictionaries(st.sampled_from(["date", "name"]), st.integers(0, 2)),
    rows,
)


@given(contents, contents)
def test_the_differences_of_two_contents_make_the_second_of_the_first(one: Any, two: Any) -> None:
    made = content.changed(one, content.differences(one, two))
    assert made["fields"] == two["fields"]
    for table in ("t", "u"):
        here = [row for row in made["rows"] if row["table"] == table]
        assert sorted(here, key=str) == sorted(
            [row for row in two["rows"] if row["table"] == table], key=str
        )


@given(contents)
def test_a_content_does_not_differ_from_itself(one: Any) -> None:
    assert content.differences(one, one) == []
    assert content.differences(one, content.content_of(content.places(one))) == []


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.permutations("abcdef"))
def test_a_wanted_order_holds_and_no_row_is_lost(now: list[str], wanted: list[str]) -> None:
    some = wanted[:3]
    merged = content.merged_order(now, some)
    assert [key for key in merged if key in some] == some
    assert set(merged) == set(now) | set(some)
