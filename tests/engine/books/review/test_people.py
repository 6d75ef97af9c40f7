"""Who is billed: each new person of Xero's arrives, and nobody else's person is written over."""

from __future__ import annotations

import pytest

from sync.flows.shapes.account import MARKER
from tests.engine.books.review.customers import KESTREL, MALLOW
from tests.engine.books.town import Town

pytestmark = pytest.mark.slow
ADA = {"first_name": "Ada", "last_name": "Lovelace"}
BORIS = {"first_name": "Boris", "last_name": "Quill"}
CHLOE = {"first_name": "Chloe", "last_name": "Larch"}


def test_the_second_new_person_of_a_customer_arrives_like_the_first(town: Town) -> None:
    ours = town.account(person=ADA, **KESTREL)
    theirs = town.contact(**ADA, **KESTREL)
    town.settle()
    for who in (BORIS, CHLOE):
        town.edit(theirs, **who)
        town.settle()
        person = town.person_of(ours)
        assert (person["FirstName"], person["LastName"]) == tuple(who.values())


def test_a_person_who_went_to_another_account_is_not_written_over(town: Town) -> None:
    town.account(person=ADA, **KESTREL)
    theirs, other = town.contact(**ADA, **KESTREL), town.account(**MALLOW)
    town.settle()
    town.edit(theirs, **BORIS)
    town.settle()
    people = town.box.world.table("salesforce", "Contact")
    boris = next(key for key, row in people.items() if row["FirstName"] == "Boris")
    assert people[boris][MARKER]
    town.act("edit", "Contact", boris, {"AccountId": other.id})
    town.settle()
    town.edit(theirs, **CHLOE)
    town.settle()
    assert people[boris]["FirstName"] == "Boris"
    assert people[boris]["AccountId"] == other.id
