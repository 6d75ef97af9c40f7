"""Whose task it is, however people stand above each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.core.chasing.owners import HIGHEST, Person, choose, line_of

NAMES = st.sampled_from("ABCDEF")
PEOPLE = st.dictionaries(NAMES, st.tuples(st.booleans(), st.just("") | NAMES), min_size=1).map(
    lambda found: {n: Person(n, n, active, above) for n, (active, above) in found.items()}
)


@given(PEOPLE, NAMES, st.integers(1, 3), st.frozensets(NAMES), st.sampled_from(["", "Q"]))
def test_it_is_somebody_able_or_who_stands_in(
    people: dict[str, Person], owner: str, level: int, refused: frozenset[str], stand_in: str
) -> None:
    chosen = choose(owner, level, people, refused, stand_in)
    if chosen != stand_in:
        assert people[chosen].active
        assert chosen not in refused
        assert people[chosen] in line_of(owner, people)
    able = [each for each in line_of(owner, people) if each.active and each.id not in refused]
    if level > 1 and able:
        assert chosen in {each.id for each in able}


@given(PEOPLE, NAMES)
def test_a_circle_of_managers_ends(people: dict[str, Person], owner: str) -> None:
    line = line_of(owner, people)
    assert len(line) == len({each.id for each in line}) <= HIGHEST


def test_each_level_is_one_step_up_and_who_cannot_is_passed_over() -> None:
    people = {
        "S": Person("S", manager="M"),
        "M": Person("M", manager="D", active=False),
        "D": Person("D"),
    }
    assert [choose("S", level, people, (), "Q") for level in (1, 2, 3)] == ["S", "D", "D"]
    assert choose("S", 3, people, ("D",), "Q") == "S"
    assert choose("S", 1, people, ("S",), "Q") == "Q"
    assert choose("X", 1, people, (), "") == ""
