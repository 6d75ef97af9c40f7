"""Records and keys: names that last, values at paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.records import Key, Record, System

NAMES = st.text("abcXYZ019-", min_size=1)


@given(st.sampled_from(System), NAMES, st.text(min_size=1))
def test_a_key_is_read_as_it_was_written(system: System, kind: str, remote_id: str) -> None:
    key = Key(system, kind, remote_id)
    assert Key.parse(str(key)) == key


@pytest.mark.parametrize("text", ["", "xero:Invoice", "sage:Invoice:1"])
def test_a_malformed_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not enough values|not a valid System"):
        Key.parse(text)


def test_a_value_is_found_at_its_path_or_not_at_all() -> None:
    key = Key(System.SALESFORCE, "Opportunity", "006")
    record = Record(key, {"Account": {"Name": "Acme", "Owner": None}})
    assert record.get("Account.Name") == "Acme"
    assert record.get("Account.Owner.Name", "nobody") == "nobody"
    assert record.get("Account.Name.First") is None


def test_each_system_has_one_other() -> None:
    assert [system.other.other for system in System] == list(System)
    assert System.XERO.other is System.SALESFORCE
