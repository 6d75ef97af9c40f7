"""Numbers and countries come in one form, and no digit is ever lost on the way."""

from __future__ import annotations

import re

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core import countries, phones

NUMBERS = st.from_regex(r"\+?[0-9 ()/.-]{5,18}( ?(ext|x|#) ?[0-9]{1,4})?", fullmatch=True)


@pytest.mark.parametrize(
    ("written", "country", "meant"),
    [
        ("0117 496 0142", "GB", "+44 117 496 0142"),
        ("(02) 5550 1234", "AU", "+61 2 5550 1234"),
        ("(415) 555-0100", "US", "+1 415-555-0100"),
        ("030/1234567", "DE", "+49 30 1234567"),
        ("+44 (0)20 7946 0018", "US", "+44 20 7946 0018"),
        ("020 7946 0018 ext. 12", "GB", "+44 20 7946 0018 ext. 12"),
    ],
)
def test_a_number_comes_in_its_international_form(written: str, country: str, meant: str) -> None:
    assert phones.international(written, country) == meant


@pytest.mark.parametrize(
    "written",
    ["0800 FLOWERS", "0117 496 0142 or 0117 496 0143", "ask Mary", "12", "0117 496 0142", ""],
)
def test_what_is_not_surely_a_number_stays_as_it_was_written(written: str) -> None:
    assert phones.international(written, "") == written


def test_a_number_that_would_be_dialled_with_other_digits_stays_as_it_was_written() -> None:
    assert phones.international("011 15-2345-6789", "AR") == "011 15-2345-6789"


@given(NUMBERS, st.sampled_from(["GB", "US", "AU", "DE", "IT", ""]))
def test_no_digit_is_lost_and_the_form_is_stable(written: str, country: str) -> None:
    once = phones.international(written, country)
    assert phones.international(once, country) == once
    assert phones.same(written, once)
    digits = re.sub(r"\D", "", written).lstrip("0")
    assert re.sub(r"\D", "", once).endswith(digits[-6:])


def test_every_country_is_known_by_its_codes_and_both_its_names() -> None:
    for country in pycountry.countries:
        written = (country.alpha_2, country.alpha_3, country.name)
        names = {countries.common_name(text) for text in written}
        assert len(names) == 1
        assert countries.code(names.pop()) == country.alpha_2


@pytest.mark.parametrize("text", ["", "Untied Kingdom", "Bristol", "123"])
def test_what_names_no_country_stays_as_it_is(text: str) -> None:
    assert countries.code(text) == ""
    assert countries.common_name(text) == text


@given(st.text(max_size=30))
def test_a_countrys_name_is_stable(text: str) -> None:
    once = countries.common_name(text)
    assert countries.common_name(once) == once
