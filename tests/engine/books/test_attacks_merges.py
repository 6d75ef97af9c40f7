"""Merges, deletions and archives on both sides: links follow, and nothing is lost or guessed."""

from __future__ import annotations

import pytest

from sync.core.records import Key
from sync.engine import deciding
from sync.flows.shapes.account import MARKER
from sync.models import Link, ReviewItem

from .town import Town

pytestmark = pytest.mark.slow
AIRE = {"name": "Aire Joinery Ltd", "tax_number": "GB123456789", "billing_city": "Leeds"}
BROOK = {"name": "Brook Opticians plc", "tax_number": "GB987654321", "billing_city": "Hull"}


def pair_of(town: Town, **values: str) -> tuple[Key, Key]:
    """Enter a customer in both books."""
    return town.account(**values), town.contact(**values)


def is_linked(town: Town, ours: Key, theirs: Key) -> bool:
    """Return whether the two are each other's main counterpart."""
    link = town.link_of(ours)
    return link is not None and link.xero_key == theirs


def test_a_chain_of_merges_in_xero_is_followed_to_its_end(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    town.settle()
    second, third = (town.contact(name=f"Aire {n}", billed=False) for n in ("Two", "Three"))
    town.in_xero("merge_contacts", second.id, theirs.id)
    town.in_xero("merge_contacts", third.id, second.id)
    town.settle()
    assert is_linked(town, ours, third)
    assert town.values(ours)["name"] == "Aire Three"
    assert town.values(third)["billing_city"] == "Leeds"


def test_a_chain_of_merges_in_salesforce_is_followed_to_its_end(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    town.settle()
    second, third = town.account(name="Aire Two"), town.account(name="Aire Three")
    town.act("merge_accounts", second.id, ours.id)
    town.act("merge_accounts", third.id, second.id)
    town.settle()
    assert is_linked(town, third, theirs)
    assert len(town.links()) == 1
    assert town.values(theirs)["name"] == "Aire Three"


def test_two_customers_merged_on_both_sides_at_once_are_one(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    other, its = pair_of(town, **BROOK)
    town.settle()
    town.act("merge_accounts", ours.id, other.id)
    town.in_xero("merge_contacts", theirs.id, its.id)
    town.settle()
    assert is_linked(town, ours, theirs)
    assert not town.questions()
    town.edit(theirs, phone="+44 117 496 0001")
    town.settle()
    assert town.values(ours)["phone"] == "+44 117 496 0001"


def test_two_customers_merged_crosswise_are_asked_about_and_nobody_suffers(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    other, its = pair_of(town, **BROOK)
    town.settle()
    town.act("merge_accounts", ours.id, other.id)
    town.in_xero("merge_contacts", its.id, theirs.id)
    town.settle()
    assert town.lives(ours)
    assert town.lives(its)
    assert town.values(ours)["name"] == "Aire Joinery Ltd"
    assert town.values(its)["name"] == "Brook Opticians plc"
    assert town.questions()


def test_accounts_merged_whose_contacts_are_two_are_asked_about(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    other, its = pair_of(town, **BROOK)
    town.settle()
    town.act("merge_accounts", ours.id, other.id)
    town.settle()
    (asked,) = town.questions()
    assert "merged" in asked.title
    assert town.lives(theirs)
    assert town.lives(its)
    town.in_xero("merge_contacts", theirs.id, its.id)
    town.settle()
    assert not town.questions()
    assert is_linked(town, ours, theirs)


def test_a_second_contact_kept_as_a_further_one_is_left_alone(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    other, its = pair_of(town, **BROOK)
    town.settle()
    town.act("merge_accounts", ours.id, other.id)
    town.settle()
    (asked,) = town.questions()
    deciding.decide(asked.pk, "further", "priya")
    town.settle()
    assert not town.questions()
    assert Link.objects.get(xero_id=its.id).role == Link.Role.FURTHER
    town.edit(its, billing_city="York")
    town.settle()
    assert town.values(ours)["billing_city"] == town.values(theirs)["billing_city"] == "Leeds"


def test_contacts_merged_whose_accounts_are_two_are_asked_about(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    other, its = pair_of(town, **BROOK)
    town.settle()
    town.in_xero("merge_contacts", theirs.id, its.id)
    town.settle()
    (asked,) = town.questions()
    assert "merged in Xero" in asked.title
    assert town.values(other)["name"] == "Brook Opticians plc"
    town.act("merge_accounts", ours.id, other.id)
    town.settle()
    assert not town.questions()
    assert is_linked(town, ours, theirs)


def test_an_archived_contact_is_asked_about_and_goes_on_once_restored(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    town.settle()
    town.in_xero("archive_contact", theirs.id)
    town.settle()
    assert [q.kind for q in town.questions()] == ["problem"]
    town.edit(ours, billing_city="York")
    town.settle()
    assert town.values(theirs)["billing_city"] == "Leeds"
    town.in_xero("restore_contact", theirs.id)
    town.settle()
    assert not town.questions()
    assert town.values(theirs)["billing_city"] == "York"


def test_a_deleted_account_is_asked_about_and_goes_on_once_restored(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    town.settle()
    town.act("delete", "Account", ours.id)
    town.edit(theirs, billing_city="York")
    town.settle()
    assert [q.kind for q in town.questions()] == ["problem"]
    assert town.lives(theirs)
    town.act("restore", "Account", ours.id)
    town.settle()
    assert not town.questions()
    assert town.values(ours)["billing_city"] == "York"


def test_a_contact_restored_after_its_merge_writes_over_nobody(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    town.settle()
    second = town.contact(name="Aire Two", billed=False)
    town.in_xero("merge_contacts", second.id, theirs.id)
    town.settle()
    assert is_linked(town, ours, second)
    town.in_xero("restore_contact", theirs.id)
    town.edit(theirs, billing_city="Crewe", phone="+44 117 496 0009")
    town.settle()
    assert is_linked(town, ours, second)
    assert town.values(ours)["billing_city"] == "Leeds"
    assert town.values(ours)["name"] == "Aire Two"
    assert town.values(ours)["phone"] == ""


def test_an_account_restored_after_its_merge_gets_nobody_elses_values(town: Town) -> None:
    ours, theirs = pair_of(town, **AIRE)
    town.settle()
    second = town.account(name="Cold Store plc")
    town.act("merge_accounts", second.id, ours.id)
    town.settle()
    town.act("edit", "Account", second.id, {MARKER: None})  # or Salesforce restores nothing
    town.act("restore", "Account", ours.id)
    town.edit(ours, billing_city="Crewe")
    town.settle()
    assert is_linked(town, second, theirs)
    assert town.values(theirs)["billing_city"] == "Leeds"
    assert town.values(ours)["billing_city"] == "Crewe"


def test_an_answer_for_a_record_that_was_archived_meanwhile_links_nothing(town: Town) -> None:
    ours = town.account(name="Meridian Consulting Ltd", billing_city="Leeds")
    theirs = town.contact(name="Meridian Consulting Ltd", billing_city="Dublin", billed=False)
    town.settle()
    (asked,) = town.questions()
    choice = next(c["value"] for c in asked.choices if c["value"] == f"use:{theirs.id}")
    town.in_xero("archive_contact", theirs.id)
    deciding.decide(asked.pk, choice, "priya")
    town.settle()
    assert not is_linked(town, ours, theirs)
    assert town.values(theirs)["billing_city"] == "Dublin"
    assert not ReviewItem.objects.filter(cause="bug").exists()
