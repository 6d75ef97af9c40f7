"""What a person answered counts once, the newest first, and never against a later word."""

from __future__ import annotations

import pytest

from sync.core.records import Key, System
from sync.engine import deciding, joining, retracting, unlinking
from sync.models import Decision
from tests.engine.books.review.customers import KESTREL, TWIN, asked_about, bond, bonds, switch
from tests.engine.books.town import Town
from tests.engine.test_whole import run

pytestmark = pytest.mark.slow


@pytest.fixture
def two(town: Town) -> tuple[Key, Key]:
    """An account and a contact, asked about in shadow as one customer."""
    switch("shadow")
    ours, theirs = town.account(**KESTREL), town.contact(**KESTREL)
    town.settle()
    return ours, theirs


@pytest.fixture
def three(town: Town) -> tuple[Key, Key, Key]:
    """An account and two contacts that are asked about as a group."""
    found = town.account(**KESTREL), town.contact(**KESTREL), town.contact(**TWIN)
    town.settle()
    assert len(town.questions("duplicate")) == 1
    return found


def same(town: Town, ours: Key, theirs: Key, **chosen: str) -> None:
    """Answer that the group is one customer."""
    primary = {System.SALESFORCE: ours, System.XERO: theirs}
    joining.join(town.questions("duplicate")[0].pk, "priya", primary=primary, chosen=chosen)


def test_a_link_that_a_person_made_and_undid_stays_undone(town: Town, two: tuple[Key, Key]) -> None:
    ours, theirs = two
    deciding.decide(asked_about(town, theirs).pk, f"use:{ours.id}", "priya")
    switch("on")
    town.settle()
    (link,) = town.links()
    unlinking.unlink(link.pk, "ana", "Two branches")
    town.settle()
    assert bond(ours, theirs) not in bonds()


def test_a_link_of_a_group_that_was_undone_stays_undone(
    town: Town, three: tuple[Key, Key, Key]
) -> None:
    ours, theirs, twin = three
    same(town, ours, theirs)
    town.settle()
    assert (bonds(), bonds("further")) == ({bond(ours, theirs)}, {bond(ours, twin)})
    link = town.link_of(ours)
    assert link is not None
    unlinking.unlink(link.pk, "ana", "Two branches")
    town.settle()
    assert bond(ours, theirs) not in bonds()


def test_of_several_answers_about_a_record_the_newest_counts(
    town: Town, two: tuple[Key, Key]
) -> None:
    ours, theirs = two
    item = asked_about(town, theirs)
    deciding.decide(item.pk, "new", "priya")
    group = {"item": item, "pair": item.pair, "flow": item.flow, "subject": str(theirs)}
    Decision.objects.create(cause="group:of two", choice="new", by="priya", **group)
    item.refresh_from_db()
    deciding.decide(item.pk, f"use:{ours.id}", "priya")
    switch("on")
    town.settle()
    assert bonds() == {bond(ours, theirs)}


def test_a_group_that_is_one_by_the_command_line_is_linked_and_nothing_is_made(
    town: Town, three: tuple[Key, Key, Key]
) -> None:
    run("review", "decide", str(town.questions("duplicate")[0].pk), "same")
    town.settle()
    assert len(town.all(System.SALESFORCE)) == 1
    assert len(town.all(System.XERO)) == 2
    assert len(bonds()) == len(bonds("further")) == 1


def test_taking_an_answer_back_takes_the_chosen_values_back_too(
    town: Town, three: tuple[Key, Key, Key]
) -> None:
    ours, theirs, _ = three
    same(town, ours, theirs, name="Kestrel Quay Limited")
    newest = Decision.objects.filter(choice="same").latest("pk")
    retracting.retract(newest.pk, "priya")
    assert not Decision.objects.filter(spent_at=None).exists()
