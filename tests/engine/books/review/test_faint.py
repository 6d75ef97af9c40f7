"""Before a customer is made anew, a faint likeness to somebody free is doubt enough to ask."""

from __future__ import annotations

import pytest

from sync.core.records import System
from sync.engine import deciding
from tests.engine.books.town import Town

from .customers import asked_about, bond, bonds

pytestmark = pytest.mark.slow
OURS = {"name": "Wye Valley Rivers Trust", "email": "a@wyerivers.example", "billing_city": "Hay"}
THEIRS = {"name": "Wye Valley Rivers Tr.", "email": "b@ledgers.example", "billing_city": "Hay"}
STRANGER = {"name": "Mallow Foundry plc", "email": "c@mallow.example", "billing_city": "Hay"}


def test_nobody_is_made_twice_for_a_name_cut_short(town: Town) -> None:
    ours, theirs = town.account(**OURS), town.contact(**THEIRS)
    town.settle()
    assert (town.all(System.SALESFORCE), town.all(System.XERO)) == ([ours], [theirs])
    (asked,) = town.questions()
    assert "a new one would be made" in asked.details["why_asked"]
    assert asked.pk == asked_about(town, theirs).pk
    deciding.decide(asked.pk, f"use:{ours.id}", "priya")
    town.settle()
    assert bonds() == {bond(ours, theirs)}


def test_whom_a_person_takes_for_new_is_made_on_both_sides(town: Town) -> None:
    town.account(**OURS)
    theirs = town.contact(**THEIRS)
    town.settle()
    deciding.decide(asked_about(town, theirs).pk, "new", "priya")
    town.settle()
    assert len(bonds()) == len(town.all(System.SALESFORCE)) == len(town.all(System.XERO)) == 2
    assert not town.questions("match")


def test_strangers_are_made_without_a_question(town: Town) -> None:
    town.account(**OURS)
    town.contact(**STRANGER)
    town.settle()
    assert len(bonds()) == 2
    assert not town.questions()
