"""Customers who are persons, not companies, and orgs that lack Counterpart's fields."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.core.records import Key, System

from .town import Town

pytestmark = pytest.mark.slow
FFION = {"FirstName": "Ffion", "LastName": "Beddoes", "PersonEmail": "ffion@beddoes.example"}


@pytest.fixture
def town(town: Town) -> Iterator[Town]:
    """A town whose Salesforce has person accounts."""
    town.box.world.set_setting("salesforce", "person_accounts", True)
    yield town
    town.box.world.set_setting("salesforce", "person_accounts", False)


def ffion(town: Town) -> Key:
    """Enter a person who is a customer."""
    made = town.act("create", "Account", FFION)
    town.win(made)
    return Key(System.SALESFORCE, "Account", made)


def test_a_person_gets_a_contact_and_both_are_kept_in_step(town: Town) -> None:
    ours = ffion(town)
    town.settle()
    link = town.link_of(ours)
    assert link is not None
    theirs = town.raw(link.xero_key)
    assert (theirs["FirstName"], theirs["LastName"]) == ("Ffion", "Beddoes")
    assert theirs["EmailAddress"] == FFION["PersonEmail"]
    town.act("edit", "Account", ours.id, {"LastName": "Beddoes-Hall"})
    town.settle()
    assert town.raw(link.xero_key)["LastName"] == "Beddoes-Hall"
    assert town.raw(link.xero_key)["Name"] == town.raw(ours)["Name"]
    assert not town.questions()


def test_what_finance_corrects_of_a_person_reaches_the_account(town: Town) -> None:
    ours = ffion(town)
    town.settle()
    link = town.link_of(ours)
    assert link is not None
    news = {"EmailAddress": "new@beddoes.example", "LastName": "Hall", "Name": "Ffion Hall"}
    town.in_xero("edit", "Contact", link.xero_id, news)
    town.settle()
    account = town.raw(ours)
    assert (account["LastName"], account["PersonEmail"]) == ("Hall", "new@beddoes.example")
    assert not town.questions()


def test_a_person_whose_name_alone_is_changed_in_xero_is_asked_about(town: Town) -> None:
    ours = ffion(town)
    town.settle()
    link = town.link_of(ours)
    assert link is not None
    town.in_xero("edit", "Contact", link.xero_id, {"Name": "Beddoes Garden Design"})
    town.settle()
    assert len(town.questions("problem")) == 1
    assert town.raw(ours)["Name"] == "Ffion Beddoes"
    assert town.raw(link.xero_key)["Name"] == "Beddoes Garden Design"


def test_a_person_entered_in_both_books_is_linked(town: Town) -> None:
    ours = ffion(town)
    theirs = town.contact(
        name="Ffion Beddoes", first_name="Ffion", last_name="Beddoes", email=FFION["PersonEmail"]
    )
    town.settle()
    link = town.link_of(ours)
    assert link is not None
    assert link.xero_key == theirs
    assert len(town.all(System.XERO)) == len(town.all(System.SALESFORCE)) == 1
