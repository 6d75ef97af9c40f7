"""Answers and finds that meet in one batch: nobody gets two partners, and no answer is lost."""

from __future__ import annotations

import pytest

from sync.core.records import System
from sync.engine import deciding, joining, pointing
from tests.engine.books.review.customers import (
    KESTREL,
    MALLOW,
    TWIN,
    asked_about,
    bond,
    bonds,
    switch,
)
from tests.engine.books.town import Town

pytestmark = pytest.mark.slow


def test_two_contacts_that_are_both_one_account_are_both_its_own(town: Town) -> None:
    switch("shadow")
    ours, theirs = town.account(**KESTREL), town.contact(**KESTREL)
    town.account(**MALLOW)
    other = town.contact(**MALLOW)
    town.settle()
    pointing.point(asked_about(town, theirs).pk, ours, "priya")
    pointing.point(asked_about(town, other).pk, ours, "priya")
    switch("on")
    town.settle()
    assert bond(ours, theirs) in bonds()
    assert bonds("further") == {bond(ours, other)}


def test_two_accounts_that_are_both_one_contact_never_fight_over_it(town: Town) -> None:
    switch("shadow")
    ours, theirs = town.account(**KESTREL), town.contact(billed=False, **KESTREL)
    other = town.account(**MALLOW)
    town.contact(billed=False, **MALLOW)
    town.settle()
    pointing.point(asked_about(town, ours).pk, theirs, "priya")
    pointing.point(asked_about(town, other).pk, theirs, "priya")
    switch("on")
    town.settle()
    assert len({pair for pair in bonds() if pair[1] == theirs.id}) == 1
    assert len(bonds("further")) == 1
    assert town.values(ours)["name"] == KESTREL["name"]
    assert town.values(other)["name"] == MALLOW["name"]


def test_who_is_new_by_a_persons_word_is_not_taken_by_another(town: Town) -> None:
    switch("shadow")
    ours, theirs = town.account(**KESTREL), town.contact(**KESTREL)
    town.settle()
    deciding.decide(asked_about(town, theirs).pk, "new", "priya")
    switch("on")
    town.settle()
    assert bond(ours, theirs) not in bonds()
    assert len([pair for pair in bonds() if pair[1] == theirs.id]) == 1


@pytest.mark.parametrize("system", System)
def test_a_group_of_one_system_is_linked_whole(town: Town, system: System) -> None:
    enter = town.account if system is System.SALESFORCE else town.contact
    first, twin = enter(**KESTREL), enter(**TWIN)
    town.settle()
    (asked,) = town.questions("duplicate")
    joining.join(asked.pk, "priya", primary={system: first}, chosen={})
    town.settle()
    place = 0 if system is System.SALESFORCE else 1
    assert [pair[place] for pair in bonds()] == [first.id]
    assert [pair[place] for pair in bonds("further")] == [twin.id]
    assert len(town.all(system.other)) == 1
