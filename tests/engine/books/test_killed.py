"""A worker is killed with SIGKILL at each of its calls: nothing is made twice, nothing is lost."""

from __future__ import annotations

import time

import pytest
from pytest_django import Settings

from sync.core.records import Key, System
from sync.engine import settling
from sync.models import Link, Write
from tests.engine.killing import Killer, killer_of

from .fields import COMPARED, alike
from .town import FLOW, Town

WRITES_OF_TWO_NEW_CUSTOMERS = 4  # a contact; an account, its person; the contact's number
pytestmark = pytest.mark.slow


@pytest.fixture
def killer(town: Town, outside_environment: dict[str, str], settings: Settings) -> Killer:
    return killer_of(outside_environment, settings)


@pytest.mark.parametrize("number", range(1, WRITES_OF_TWO_NEW_CUSTOMERS + 1))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_at_any_write_makes_every_customer_once(
    town: Town, killer: Killer, moment: str, number: int
) -> None:
    person = {"first_name": "Ida", "last_name": "Tann"}
    town.account(name="Aire Joinery Ltd", billing_city="Leeds", person=person)
    values = {"first_name": "Olu", "last_name": "Bako", "email": "olu@brook.example"}
    town.contact(name="Brook Kiln Ltd", **values)
    assert killer.run(moment, number) == -9
    _recover(town)
    assert len(town.all(System.SALESFORCE)) == len(town.all(System.XERO)) == 2
    people = [p["LastName"] for p in town.box.world.table("salesforce", "Contact").values()]
    assert sorted(people) == ["Bako", "Tann"]
    assert Link.objects.count() == 2
    _all_is_well(town)


def test_a_write_that_the_number_of_kills_leaves_out_is_none(town: Town, killer: Killer) -> None:
    town.account(name="Aire Joinery Ltd", person={"first_name": "Ida", "last_name": "Tann"})
    town.contact(name="Brook Kiln Ltd", last_name="Bako", first_name="Olu", email="o@brook.example")
    assert killer.run("after", WRITES_OF_TWO_NEW_CUSTOMERS + 1) == 0


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_while_links_move_loses_none(
    town: Town, killer: Killer, moment: str, number: int
) -> None:
    first, second = (
        town.account(name=name, billing_city="Leeds") for name in ("Aire Joinery", "Brook Kiln")
    )
    town.settle()
    spare = town.contact(name="Aire Joinery Works", billing_city="Hull", billed=False)
    other = town.account(name="Cold Store plc")
    town.in_xero("merge_contacts", spare.id, _contact_of(town, first).id)
    town.act("merge_accounts", other.id, second.id)
    assert killer.run(moment, number) in (-9, 0)
    _recover(town)
    assert _contact_of(town, first) == spare
    assert town.values(first)["billing_city"] == "Hull"
    assert town.link_of(other)
    assert not town.link_of(second)
    _all_is_well(town)


def _contact_of(town: Town, account: Key) -> Key:
    link = town.link_of(account)
    assert link is not None
    return link.xero_key


def _recover(town: Town) -> None:
    """Let the minute's tick find what the dead worker left."""
    time.sleep(1.1)  # the dead worker's lease
    settling.wake(town.pair, FLOW)
    town.settle()


def _all_is_well(town: Town) -> None:
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
    assert not town.questions()
    for link in town.links():
        ours, theirs = town.values(link.salesforce_key), town.values(link.xero_key)
        assert all(alike(name, ours[name], theirs[name]) for name in COMPARED), (ours, theirs)
