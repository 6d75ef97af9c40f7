"""Looking a record up in the local index: quick, of the right book, and only what is in use."""

from __future__ import annotations

import pytest

from connections.models import Pair
from sync.admin import match_desk_search
from sync.core.likeness.keys import keys_of
from sync.core.likeness.parties import party
from sync.core.matching import MARK
from sync.core.records import System
from sync.models import KnownKey, KnownRecord, Link


def know(pair: Pair, number: int, name: str, gone: str = "", **fields: str) -> KnownRecord:
    """Keep an account in the index as the flow enters it."""
    row = KnownRecord.objects.create(
        connection=pair.salesforce, system="salesforce", kind="Account", name=name, gone=gone,
        remote_id=f"0015g00000{number:05}AAA",
    )  # fmt: skip
    KnownKey.objects.bulk_create(
        KnownKey(
            record=row, connection_id=row.connection_id, kind=row.kind, name=MARK + key, value=value
        )
        for key, value in keys_of(party({"name": name, **fields}))
    )
    return row


def names(pair: Pair, words: str, system: System = System.SALESFORCE) -> list[str]:
    return [found["name"] for found in match_desk_search.look_up(pair, system, words)]


@pytest.mark.parametrize(
    "words",
    ["harbour vine", "VINE, Harbour", "Harbour & Vine Pty Ltd", "pay@vine.example", "51824753556",
     "51 824 753 556", "+61 3 9555 0142"],
)  # fmt: skip
def test_a_record_is_found_by_what_people_know_of_it(pair: Pair, words: str) -> None:
    know(
        pair, 1, "Harbour & Vine Pty Ltd", email="pay@vine.example", tax_number="51 824 753 556",
        phone="+61 3 9555 0142",
    )  # fmt: skip
    know(pair, 2, "Harbour Lights Ltd")
    assert names(pair, words) == ["Harbour & Vine Pty Ltd"]


def test_every_word_counts_however_common_one_of_them_is(pair: Pair) -> None:
    rows = KnownRecord.objects.bulk_create(
        KnownRecord(
            connection=pair.salesforce, system="salesforce", kind="Account", name=f"Survey {n}",
            remote_id=f"0015g00001{n:05}AAA",
        )
        for n in range(match_desk_search.COMMON + 200)
    )  # fmt: skip
    KnownKey.objects.bulk_create(
        KnownKey(
            record=row, connection_id=row.connection_id, kind="Account", name=f"{MARK}word",
            value="survey",
        )
        for row in rows
    )  # fmt: skip
    know(pair, 1, "Survey Almshouse")
    assert names(pair, "survey almshouse") == ["Survey Almshouse"]
    assert names(pair, "almshouse survey") == ["Survey Almshouse"]
    assert len(names(pair, "survey")) == match_desk_search.MOST


def test_what_is_not_in_use_and_what_is_anothers_is_not_found(pair: Pair) -> None:
    know(pair, 1, "Harbour Vine", gone="deleted")
    assert names(pair, "harbour vine") == []
    know(pair, 2, "Harbour Vine")
    assert names(pair, "harbour vine", System.XERO) == []
    assert match_desk_search.find(pair, "salesforce:Account:0015g0000000001AAA") is None
    assert match_desk_search.find(pair, "nonsense") is None


def test_a_record_that_is_linked_says_so(pair: Pair) -> None:
    row = know(pair, 1, "Harbour Vine")
    Link.objects.create(
        pair=pair, flow="account_contact", salesforce_kind="Account", salesforce_id=row.remote_id,
        xero_kind="Contact", xero_id="c0ffee00", origin="found", label="Harbour & Vine",
    )  # fmt: skip
    found = match_desk_search.look_up(pair, System.SALESFORCE, "harbour")
    assert found[0]["taken"] == "linked already: Harbour & Vine"
