"""A word for an account that was merged away, at any remove: asked about, never forgotten."""

from __future__ import annotations

import pytest

from sync.core.records import Key, System
from sync.models import KnownRecord, Notice

from .places import Places

pytestmark = pytest.mark.slow
FIRST, SECOND, LAST = (f"0015g00000{number:05}AAA" for number in (8, 9, 1))
WORDS = "anna said where an account belongs that was merged into"


def account(remote_id: str) -> Key:
    return Key(System.SALESFORCE, "Account", remote_id)


def merge(places: Places, loser: str, winner: str) -> None:
    """Let a person merge an account into another in Salesforce; nobody tells of it."""
    places.salesforce.put("Account", loser, {"Name": "Merged"}, gone=f"merged:{winner}")


def as_accounts(places: Places) -> None:
    """Deals go as their accounts, and all accounts to the first organisation."""
    places.publish(places.row("=account"), places.row(0, "Account"))


def known(places: Places, loser: str, winner: str) -> None:
    KnownRecord.objects.create(
        connection=places.org, system="salesforce", kind="Account", remote_id=loser,
        gone=f"merged:{winner}",
    )  # fmt: skip


def asked_of_the_merge(places: Places) -> bool:
    (item,) = places.asked()
    return WORDS in item.title


def test_a_word_is_followed_along_a_chain_of_merges(places: Places) -> None:
    as_accounts(places)
    places.assign(account(FIRST), 1)
    known(places, FIRST, SECOND)
    known(places, SECOND, LAST)
    places.win(1)
    places.settle()
    assert places.billed() == [0, 0]
    assert asked_of_the_merge(places)


def test_a_word_is_followed_though_no_flow_reads_accounts(places: Places) -> None:
    as_accounts(places)
    places.assign(account(FIRST), 1)
    merge(places, FIRST, SECOND)
    merge(places, SECOND, LAST)
    places.win(1)
    places.settle()
    assert places.billed() == [0, 0]
    assert asked_of_the_merge(places)
    places.assign(account(LAST), 1)
    places.settle()
    assert places.billed() == [0, 1]
    assert places.asked() == []


def test_merges_that_lead_round_in_a_circle_end(places: Places) -> None:
    as_accounts(places)
    places.assign(account(FIRST), 1)
    known(places, FIRST, SECOND)
    known(places, SECOND, FIRST)
    places.win(1)
    places.settle()
    assert places.billed() == [1, 0]


def calls_of_a_run(places: Places, *numbers: int) -> int:
    """Return how often Salesforce is read while deals are planned in the first pair."""
    for number in numbers:
        places.win(number, account=number)
    before = len(places.salesforce.reads)
    places.desks[0].let_time_pass()
    places.desks[0].work()
    return len(places.salesforce.reads) - before


def test_however_many_deals_and_words_one_call_a_run_tells_of_merges(places: Places) -> None:
    as_accounts(places)
    without = calls_of_a_run(places, 11)
    for number in range(30, 50):
        places.assign(account(f"0015g00000{number:05}AAA"), 1)
        places.salesforce.put("Account", f"0015g00000{number:05}AAA", {"Name": "Living"})
    Notice.objects.all().delete()
    assert calls_of_a_run(places, 12) == without + 1
    assert calls_of_a_run(places, *range(13, 23)) == without + 1
    places.notice(*(record.key for record in places.salesforce.of("Opportunity")))
    assert calls_of_a_run(places) == without  # each is billed: what stands stays


def test_rows_that_ask_no_account_cost_no_call(places: Places) -> None:
    places.publish(places.row(0))
    without = calls_of_a_run(places, 11)
    places.assign(account(FIRST), 1)
    Notice.objects.all().delete()
    assert calls_of_a_run(places, 12) == without
