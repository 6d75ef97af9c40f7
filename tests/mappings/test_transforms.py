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
        ("look_up", "GB"),
        ("look_up", ""),
        ("look_up", "GB = a; gb = b"),
        ("expression", "Amount *"),
    ],
)
def test_a_wrong_argument_is_refused_on_saving(transform: str, argument: str) -> None:
    assert argument_fault(transform, argument)


def test_every_transform_has_its_words_and_none_is_offered_that_is_none() -> None:
    assert set(words.TRANSFORMS) == set(TRANSFORMS)
    assert set(words.ARGUMENTS) <= set(TRANSFORMS)
