"""What people write in two ways is the same; what differs for them is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core import people
from sync.core.sameness import COMPARERS, same

SAME = [
    ("name", "Acme  Ltd ", "Acme Ltd"),
    ("name", "O’Brien – Söhne", "O'Brien - Söhne"),
    ("name", "Zoe\u0308", "Zoë"),
    ("text", "BRISTOL", "Bristol"),
    ("email", " Billing@Acme.Example", "billing@acme.example"),
    ("phone", "+44 117 496 0142", "0117 496 0142"),
    ("phone", "(0117) 496-0142", "01174960142"),
    ("phone", "+44 (0)117 496 0142", "+441174960142"),
    ("phone", "0044 117 496 0142", "+44 117 496 0142"),
    ("phone", "+44 117 496 0142 ext 7", "+44 117 496 0142 x7"),
    ("phone", "ask for Mary", "Ask for  Mary"),
    ("country", "UK", "United Kingdom"),
    ("country", "Deutschland", "Germany"),
    ("country", "U.S.A.", "United States"),
    ("country", "The Netherlands", "Holland"),
    ("region", "NSW", "New South Wales"),
    ("region", "California", "CA"),
    ("region", "Co. Cork", "County Cork"),
    ("street", "Unit 4, Wapping Wharf\nBristol", "unit 4\r\nWapping Wharf\nBristol"),
    ("street", "a\nb\nc\nd\ne", "a\nb\nc\nd, e"),
    ("postcode", "bs1 6dz", "BS16DZ"),
    ("number", "GB 123 4567 89", "123456789"),
    ("number", "ATU-1234.5678", "atu12345678"),
    ("url", "https://www.Acme.example/", "acme.example"),
    ("terms", "30 Days  after the invoice date", "30 days after the invoice date"),
    ("persons", [], [{"first_name": "Ann", "last_name": "Lee", "email": "a@acme.example"}]),
]
DIFFERENT = [
    ("name", "ACME Ltd", "Acme Ltd"),
    ("name", "Acme Ltd", "Acme GmbH"),
    ("email", "a@acme.example", "b@acme.example"),
    ("phone", "+44 117 496 0142", "+61 117 496 0142"),
    ("phone", "+44 117 496 0142", "+44 117 496 0142 x7"),
    ("phone", "+44 117 496 0142", "496"),
    ("phone", "0117 496 0142", ""),
    ("country", "Austria", "Australia"),
    ("country", "Niger", "Nigeria"),
    ("region", "NSW", "Queensland"),
    ("street", "1 High Street", "11 High Street"),
    ("postcode", "BS1 6DZ", "BS1 6DX"),
    ("number", "GB123456789", "DE123456789"),
    ("number", "SC123456", "123456"),
    ("url", "acme.example/uk", "acme.example/de"),
    ("persons", [{"first_name": "Ann", "last_name": "Lee", "email": "a@acme.example"}], []),
    ("", "a", "b"),
]


@pytest.mark.parametrize(("compare", "one", "other"), SAME)
def test_a_trivial_difference_is_none(compare: str, one: Any, other: Any) -> None:
    assert same(compare, one, other)


@pytest.mark.parametrize(("compare", "one", "other"), DIFFERENT)
def test_what_differs_for_people_is_not_the_same(compare: str, one: Any, other: Any) -> None:
    assert not same(compare, one, other)


TEXT_COMPARERS = sorted(COMPARERS.keys() - {"persons", "rate"})


@pytest.mark.parametrize("compare", TEXT_COMPARERS)
@given(one=st.text(max_size=20), other=st.text(max_size=20))
def test_sameness_is_the_same_from_either_side(compare: str, one: str, other: str) -> None:
    assert same(compare, one, one)
    assert same(compare, one, other) == same(compare, other, one)


@pytest.mark.parametrize("compare", sorted(COMPARERS))
def test_nothing_is_the_same_however_it_is_written(compare: str) -> None:
    nothings: list[Any] = [None, []] if compare == "persons" else [None, ""]
    assert all(same(compare, one, other) for one in nothings for other in nothings)


NAMES = st.sampled_from(["", "Ann", "ann", "Bo", "Cy"])
MAILS = st.sampled_from(["", "a@x.example", "A@x.example", "b@x.example", "c@x.example"])
PERSON = st.fixed_dictionaries({"first_name": NAMES, "last_name": NAMES, "email": MAILS})
PEOPLE = st.lists(PERSON, max_size=7)


@given(have=st.lists(PERSON, max_size=5), wanted=PEOPLE)
def test_joining_people_twice_changes_nothing_more(have: Any, wanted: Any) -> None:
    once = people.joined(have, wanted)
    assert people.joined(once, wanted) == once
    assert same("persons", wanted, once)


@given(have=st.lists(PERSON, max_size=5), wanted=PEOPLE)
def test_joining_people_takes_nobody_away_and_keeps_to_five(have: Any, wanted: Any) -> None:
    once = people.joined(have, wanted)
    assert len(have) <= len(once) <= people.MOST
    for before, after in zip(have, once, strict=False):
        kept_mail = before["email"].casefold() == after["email"].casefold()
        kept_name = all(not before[n] or before[n] == after[n] for n in ("first_name", "last_name"))
        assert kept_mail or kept_name


def test_what_else_is_known_of_a_person_is_kept() -> None:
    have = [{"first_name": "Ann", "last_name": "Lee", "email": "a@x.example", "invoiced": True}]
    wanted = [{"first_name": "Ann", "last_name": "Reed", "email": "A@X.example"}]
    assert people.joined(have, wanted) == [{**have[0], "last_name": "Reed"}]
