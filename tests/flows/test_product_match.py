"""Which item a product is, and when that is asked instead of guessed."""

from __future__ import annotations

import unicodedata

import pytest

from sync.core.couples import Couple, Decision
from sync.core.matching import Candidate, Outcome
from sync.core.records import Key, Record, System
from sync.flows.product_catalogue import SHIPPED
from sync.flows.shapes import item, product
from sync.flows.shapes.product_match import Shelf, choose, wanted_by
from tests.builders import xero_id
from tests.flows.shelves import made, stocked


def matched(record: Record, shelf: Shelf, *said: Decision) -> tuple[Outcome, str]:
    couple = Couple(
        record.key,
        record if record.key.system is System.SALESFORCE else None,
        record if record.key.system is System.XERO else None,
        decisions={each.cause: each for each in said},
    )
    match = choose(couple, wanted_by(record, SHIPPED), shelf)
    return match.outcome, match.question.cause.partition(":")[0] if match.question else ""


def of(record: Record) -> Candidate:
    ours = record.key.system is System.SALESFORCE
    return product.entry(record, SHIPPED) if ours else item.candidate(record)


def test_the_id_it_carries_comes_before_its_code() -> None:
    other = stocked("BUOY")
    carrying = made("SURVEY", Counterpart_Xero_Item_Id__c=other.key.id.upper())
    assert matched(carrying, Shelf([of(stocked("SURVEY")), of(other)])) == (Outcome.FOUND, "")


def test_a_code_is_found_without_case_and_spare_spaces() -> None:
    assert matched(made(" survey "), Shelf([of(stocked("SURVEY"))])) == (Outcome.FOUND, "")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("CAF\u00c9", "CAFE\u0301"),
        ("TIDE\u00a01", "TIDE 1"),
        ("TIDE  1", "TIDE  1"),
        ("TIDE\u200b1", "TIDE1"),
        ("\ufeffTIDE", "tide"),
    ],
)
def test_codes_that_look_the_same_are_one(ours: str, theirs: str) -> None:
    assert matched(made(ours), Shelf([of(stocked(theirs))])) == (Outcome.FOUND, "")


def test_a_long_code_is_found_however_its_letters_are_written() -> None:
    long = "CAF\u00c9-" * 10
    apart = unicodedata.normalize("NFD", long)
    assert product.code(made(apart), SHIPPED) == product.code(made(long), SHIPPED)


def test_what_is_anothers_already_is_asked() -> None:
    theirs = stocked()
    shelf = Shelf([of(theirs)], taken={theirs.key: "Survey night"})
    assert matched(made(), shelf) == (Outcome.ASK, "catalogue_taken")


def test_twins_are_asked_about_and_never_guessed() -> None:
    twin = Key(System.SALESFORCE, "Product2", "01t5g0000000002AAA")
    shelf = Shelf([of(stocked())], twins=[Candidate(twin, "Twin", frozenset())])
    assert matched(made(), shelf) == (Outcome.ASK, "catalogue_code")


def test_a_deleted_item_is_no_candidate() -> None:
    gone = Record(stocked().key, stocked().values, gone="deleted")
    assert matched(made(), Shelf([of(gone)])) == (Outcome.NEW, "")


def test_an_item_meets_a_product_of_another_organisation_without_a_question() -> None:
    elsewhere = made(Counterpart_Xero_Item_Id__c=xero_id("in another organisation"))
    assert matched(stocked(), Shelf([of(elsewhere)])) == (Outcome.FOUND, "")


def test_an_item_asks_where_its_product_carries_another_living_item() -> None:
    other = xero_id("another item")
    carrying = made(Counterpart_Xero_Item_Id__c=other)
    shelf = Shelf([of(carrying)], living={other})
    assert matched(stocked(), shelf) == (Outcome.ASK, "which_item")


def test_a_name_alone_is_asked_once_at_the_product() -> None:
    assert matched(made("A"), Shelf([of(stocked("B"))])) == (Outcome.ASK, "which_item")
    assert matched(stocked("B"), Shelf([of(made("A"))])) == (Outcome.WAITS, "")


def test_a_name_is_nothing_where_that_record_has_its_own_code_here() -> None:
    shelf = Shelf([of(stocked("B"))], coded={"B"})
    assert matched(made("A"), shelf) == (Outcome.NEW, "")


def test_an_answer_holds_for_the_records_it_was_given_for() -> None:
    theirs = stocked("B")
    cause = f"which_item:{made().key.id}"
    new = Decision(cause, "new", theirs.key.id)
    assert matched(made("A"), Shelf([of(theirs)]), new) == (Outcome.NEW, "")
    shelf = Shelf([of(theirs), of(stocked("C"))])
    assert matched(made("A"), shelf, new) == (Outcome.ASK, "which_item")
