"""How long codes and names of products fit into Xero's room."""

from __future__ import annotations

import itertools
import random
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.texts import name_key
from sync.flows.shapes import deal_lines
from sync.flows.shapes.item_codes import CODE_ROOM, NAME_ROOM, code_key, fitted, is_cut, size
from tests import builders

ROOMS = st.sampled_from((CODE_ROOM, NAME_ROOM))
MANY = 20_000


def many_names() -> list[str]:
    """Return long names as product lists have them: most begin alike and differ at their end."""
    chance = random.Random(7)
    letters = string.ascii_letters + string.digits + " -/äé"
    begins = ["Annual support and maintenance plan for the harbour survey system, ", "Kit ", ""]
    made: dict[str, None] = {}
    while len(made) < MANY:
        end = "".join(chance.choices(letters, k=chance.randint(1, 180)))
        made[" ".join((chance.choice(begins) + end).split())] = None
    return list(made)


@given(st.text(max_size=255), ROOMS)
def test_whatever_is_fitted_fits_and_fitting_it_twice_changes_nothing(text: str, room: int) -> None:
    once = fitted(text, room)
    assert size(once) <= room
    assert fitted(once, room) == once


@given(st.text(max_size=255), ROOMS)
def test_a_text_that_fits_keeps_its_words(text: str, room: int) -> None:
    if not is_cut(text, room):
        assert name_key(fitted(text, room)) == name_key(text)


def test_of_twenty_thousand_names_no_two_are_shortened_to_one() -> None:
    names = many_names()
    for room in (CODE_ROOM, NAME_ROOM):
        cut = [name for name in names if is_cut(name, room)]
        assert len(cut) > MANY / 2
        # Xero may not tell case apart
        assert len({fitted(name, room).casefold() for name in cut}) == len(cut)
        whole = {name.casefold() for name in names if not is_cut(name, room)}
        assert whole.isdisjoint({fitted(name, room).casefold() for name in cut})


def near_equal(base: str) -> list[str]:
    """Return 20,000 codes that are one code but for a single letter, its case or one more."""
    letters = string.ascii_letters + string.digits + "-_/.+äßΔ~"
    made = dict.fromkeys([base, base.upper(), base.lower(), base + "-"])
    places = range(len(base) - 1, -1, -1)
    for place, letter in itertools.product(places, letters):
        made[base[:place] + letter + base[place + 1 :]] = None
        made[base[:place] + letter + base[place:]] = None
        if len(made) >= MANY:
            break
    return list(made)[:MANY]


@settings(max_examples=5, deadline=None)
@given(st.text(string.ascii_letters + string.digits + "-", min_size=150, max_size=250))
def test_of_twenty_thousand_codes_that_differ_in_one_letter_no_two_become_one(base: str) -> None:
    codes = near_equal(base)
    assert len(codes) == MANY
    made = [fitted(code, CODE_ROOM) for code in codes]
    assert len({code.upper() for code in made}) == MANY  # Xero does not tell case apart
    assert all(size(code) <= CODE_ROOM for code in made)
    assert [fitted(code, CODE_ROOM) for code in made] == made  # a code made from a code is itself


def test_nothing_is_renamed_when_another_product_appears() -> None:
    names = many_names()
    alone = {name: fitted(name, NAME_ROOM) for name in names[:100]}
    for name in names:
        fitted(name, NAME_ROOM)
    assert {name: fitted(name, NAME_ROOM) for name in alone} == alone


def test_codes_that_differ_beyond_the_cut_or_only_in_case_there_stay_apart() -> None:
    begin = "SURVEY-HARBOUR-DEPTH-SOUNDING-2026-"
    made = [fitted(begin + end, CODE_ROOM) for end in ("a", "A", "b", "a ")]
    assert len({code.casefold() for code in made[:3]}) == 3
    assert made[0] == made[3]
    assert all(code.startswith("SURVEY-HARBOUR-DEP") for code in made)


def test_a_deals_line_is_billed_by_the_shortened_code_of_its_product() -> None:
    code = "Survey-harbour-depth-sounding-2026"
    row = builders.deal_line("950", Product2={"ProductCode": code, "Name": "Survey"})
    deal = builders.with_lines(builders.deal(), row, amount="950")
    assert deal_lines.item_codes(deal, builders.rules()) == {code_key(code)}
    assert code_key(code) == fitted(code, CODE_ROOM).upper()
    assert code_key(" survey-1 ") == "SURVEY-1"
