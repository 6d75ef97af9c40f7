"""Ids are Salesforce's: 15 characters that mind their case, three more that save it."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.salesforce.ids import lengthen, make_id, whole_id

SHORT = st.text("abcXYZ019", min_size=15, max_size=15)


def test_known_ids_have_their_known_endings() -> None:
    assert lengthen("012000000000000") == "012000000000000AAA"
    assert lengthen("01254000001upcK") == "01254000001upcKAAQ"
    assert lengthen("001RM000003oCpr") == "001RM000003oCprYAE"


@given(SHORT)
def test_an_id_comes_back_from_any_case(short: str) -> None:
    whole = lengthen(short)
    assert whole_id(short) == whole
    assert whole_id(whole.lower()) == whole
    assert whole_id(whole.upper()) == whole


def test_what_is_no_id_is_none() -> None:
    for text in (
        "",
        "006",
        "0065e0000000APB!",
        "0065e0000000APBZZZ",
        "0065e0000000APBAA9",
        None,
        7,
    ):
        assert whole_id(text) is None


def test_ids_never_repeat() -> None:
    made = {make_id("006", number) for number in range(1, 5000)}
    assert len(made) == 4999
    assert all(key.startswith("006") and len(key) == 18 for key in made)
