"""Two whole address books: the same answers as one by one, from one process or several."""

from collections import Counter

import pytest

from benchmarks.books.companies import company_books
from sync.core.likeness.bulk import match_books
from sync.core.likeness.choosing import Decision, choose
from sync.core.likeness.keys import CAP, keys_of
from sync.core.likeness.parties import Party, party
from sync.core.likeness.rules import SHIPPED
from sync.core.likeness.scoring import Evidence, score
from sync.core.likeness.usage import usage_of

from .parties import made


class OneByOne:
    """The look-ups of a single record, as a plain index over both books."""

    def __init__(self, left: list[Party], right: list[Party]) -> None:
        self.sides = (left, right)
        self.usage = usage_of([*left, *right])
        self.used = Counter(key for p in (*left, *right) for key in keys_of(p))
        self.lefts = {p.id for p in left}
        self.held: dict[tuple[bool, tuple[str, str]], list[Party]] = {}
        for other in (*left, *right):
            for key in keys_of(other):
                self.held.setdefault((other.id in self.lefts, key), []).append(other)

    def look(self, one: Party):
        mine = one.id in self.lefts
        telling = [key for key in keys_of(one) if self.used[key] <= CAP]
        near = {p.id: p for key in telling for p in self.held.get((not mine, key), [])}
        return [(other, self.rate(one, other)) for other in near.values()]

    def rate(self, one: Party, other: Party) -> Evidence:
        return score(one, other, SHIPPED, self.usage)


@pytest.fixture(scope="module")
def books() -> tuple[list[Party], list[Party]]:
    made_up = company_books(400, 5)
    return [party(row) for row in made_up.left], [party(row) for row in made_up.right]


@pytest.mark.slow
def test_the_bulk_match_agrees_with_one_record_at_a_time(books):
    left, right = books
    single = OneByOne(left, right)
    expected = {
        (one.id, found.id): choice.decision
        for one in left
        for choice in [choose(one, single.look, single.rate, SHIPPED)]
        for found, _ in choice.candidates
    }
    bulk = {(p.left_id, p.right_id): p for p in match_books(left, right, processes=1)}
    assert {pair: bulk[pair].decision for pair in expected} == expected
    evidence = {pair: single.rate(*_parties(books, pair)) for pair in bulk}
    assert {pair: pairing.evidence for pair, pairing in bulk.items()} == evidence


def _parties(books, pair):
    return [next(p for p in book if p.id == name) for book, name in zip(books, pair, strict=True)]


def test_several_processes_find_what_one_finds(books):
    heard: list[tuple[int, int]] = []
    left, right = books
    alone = match_books(left, right, processes=1)
    together = match_books(
        left,
        right,
        progress=lambda done, total: heard.append((done, total)),
        processes=2,
        chunk=300,
    )
    assert alone == together
    assert len(heard) > 1
    assert heard[-1][0] == heard[-1][1]


@pytest.mark.slow
def test_most_of_what_belongs_together_is_linked_and_nearly_nothing_else():
    made_up = company_books(1500, 23)
    left, right = ([party(row) for row in book] for book in (made_up.left, made_up.right))
    found = match_books(left, right)
    links = {(p.left_id, p.right_id) for p in found if p.decision is Decision.LINK}
    assert len(links & made_up.truth) >= 0.993 * len(links)
    assert len(links & made_up.truth) >= 0.88 * len(made_up.truth)


def test_a_right_record_that_is_there_twice_is_not_lost():
    row = {"name": "Zyxtron Ltd", "email": "info@zyxtron.com", "city": "Leeds"}
    left = [made(id="l", **row, phone="020 7946 0958", street="5 High St", postcode="LS1 2AB")]
    right = [made(id="r1", **row, phone="020 7946 0958"), made(id="r2", **row)]
    assert {(p.right_id) for p in match_books(left, right)} == {"r1", "r2"}


def test_empty_books_have_nothing_in_common():
    assert match_books([], []) == []
    assert match_books([made(id="l", name="Zyxtron")], []) == []
