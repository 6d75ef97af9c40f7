"""The two large address books, of which it is known who is who."""

from collections import Counter

import pytest

from sandbox.salesforce.defaults import ensure_org
from sandbox.seeding.planting import plant
from sandbox.seeding.truth import told
from sandbox.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    plant(made, 1, "books")
    return made


def test_each_book_has_five_thousand_records_and_each_is_told_once(world: World) -> None:
    accounts = world.table("salesforce", "Account")
    contacts = world.table("xero", "Contact")
    assert (len(accounts), len(contacts)) == (5000, 5000)
    told_of = Counter(
        key for one in told(world)["customers"] for key in (*one["salesforce"], *one["xero"])
    )
    assert set(told_of.values()) == {1}
    assert told_of.keys() == set(accounts) | set(contacts)


def test_the_same_seed_gives_the_same_books_and_another_seed_others(world: World) -> None:
    def names(made: World) -> list[str]:
        return [str(one["Name"]) for one in made.table("xero", "Contact").values()]

    again, other = World(), World()
    plant(again, 1, "books")
    plant(other, 2, "books")
    assert names(again) == names(world)
    assert len(set(names(other)) & set(names(world))) < 1000


def test_the_books_hold_what_is_hard_to_match(world: World) -> None:
    accounts, contacts = world.table("salesforce", "Account"), world.table("xero", "Contact")
    truth = told(world)
    named = [(accounts[one["salesforce"]]["Name"], contacts[one["xero"]]["Name"])
             for one in truth["pairs"]]  # fmt: skip
    equal = sum(left.casefold() == right.casefold() for left, right in named)
    assert len(named) // 5 < equal < len(named) // 2
    cases = Counter(one["case"] for one in truth["customers"])
    for case in ("a branch", "a namesake", "a household", "twice in Xero", "twice in Salesforce"):
        assert cases[case] >= 50
    numbered = sum(bool(one.get("ContactNumber")) for one in contacts.values())
    assert 300 < numbered < 700
    assert sum(one["IsCustomer"] for one in contacts.values()) > 4000


def test_every_mail_address_and_number_is_made_up(world: World) -> None:
    people = ensure_org(world).table("Contact").values()
    addresses = [str(one["Email"]) for one in people if one["Email"]]
    addresses += [one["EmailAddress"] for one in world.table("xero", "Contact").values()]
    assert all(address.endswith(".example") for address in addresses if address)
