"""The sandbox stays quick where an org holds a hundred thousand records."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sandbox.salesforce.defaults import by_hand, ensure_org
from sandbox.salesforce.writing import saving
from sandbox.server import running

from .conftest import Org

MANY = 100_000


@pytest.fixture(scope="module")
def large() -> Iterator[Org]:
    with running(systems=["salesforce"]) as box:
        org = ensure_org(box.world)
        author, kind = by_hand(org), org.catalogue.named("Contact")
        box.world.clock.freeze(box.world.clock.now() - timedelta(days=10))
        with box.world.batch():
            for number in range(MANY):
                if number % 100 == 0:
                    box.world.clock.advance(1)
                saving.insert(org, author, kind, {"LastName": f"N{number}"})
        box.world.clock.real()
        yield Org(box)


def seconds(org: Org, path: str, **params: str) -> float:
    org.ok("GET", path, params=params)  # an index is made at its first use
    began = time.perf_counter()
    org.ok("GET", path, params=params)
    return time.perf_counter() - began


@pytest.mark.slow
def test_what_is_found_by_an_index_is_found_at_once(large: Org) -> None:
    now = large.world.clock.now()
    ids = ",".join(f"'{key}'" for key in list(large.world.table("salesforce", "Contact"))[:200])
    key = large.make("Contact", LastName="New")
    since = (now - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for soql in (
        f"SELECT Id, Name FROM Contact WHERE Id IN ({ids})",
        f"SELECT Id FROM Contact WHERE SystemModstamp >= {since} ORDER BY SystemModstamp, Id",
        f"SELECT Id FROM Contact WHERE AccountId = null AND Id = '{key}'",
        "SELECT Id FROM Contact WHERE LastName = 'N77'",
    ):
        assert seconds(large, "/query", q=soql) < 0.25, soql
    start, end = ((now + timedelta(minutes=n)).isoformat() for n in (-5, 5))
    assert seconds(large, "/sobjects/Contact/updated/", start=start, end=end) < 0.1
