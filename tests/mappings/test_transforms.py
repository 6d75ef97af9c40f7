"""Each transform has its words, and what it is given is checked on saving."""

import pytest

from mappings import words
from mappings.arguments import argument_fault
from sync.core.transforms import TRANSFORMS


@pytest.mark.parametrize(
    ("transform", "argument"),
    [
        ("or_else", " "),
        ("end_of_month", "soon"),
        ("cut", "0"),
        ("split_name", "middle"),
        ("convert", "0.79"),
        ("convert", "0 GBP"),
        ("convert", "GBP by the bank"),
        ("convert", "GBP by salesforce of"),
        ("look_up", "GB = {Account..Name}"),
        ("look_up", "GB = {}"),
        ("look_up", "GB"),
        ("look_up", ""),
        ("look_up", "GB = a; gb = b"),
        ("expression", "Amount *"),
    ],
)
def test_a_wrong_argument_is_refused_on_saving(transform: str, argument: str) -> None:
    assert argument_fault(transform, argument)


@pytest.mark.parametrize(
    ("transform", "argument"),
    [
        ("convert", "0.7912 GBP, 1 Nov 2026, the bank"),
        ("convert", "GBP by salesforce"),
        ("convert", "GBP by salesforce of Account.Signed__c"),
        ("look_up", "GB = {Account.Name}; else = {Name}"),
        ("look_up", "=words"),
    ],
)
def test_what_a_transform_can_be_given_is_kept(transform: str, argument: str) -> None:
    assert argument_fault(transform, argument) == ""


def test_every_transform_has_its_words_and_none_is_offered_that_is_none() -> None:
    assert set(words.TRANSFORMS) == set(TRANSFORMS)
    assert set(words.ARGUMENTS) <= set(TRANSFORMS)
