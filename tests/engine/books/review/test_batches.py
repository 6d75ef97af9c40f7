"""A batch of address books costs as many statements and calls as one record, but for writes."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connections.live import open_remote
from sync.core.records import Key
from sync.engine import running
from tests.engine.books.review.customers import switch
from tests.engine.books.town import Town
from tests.engine.books.words import word

pytestmark = pytest.mark.slow
STRANGE = ("Ab", "Cde", "Fghi", "Jklmn", "Opqrst", "Uvwxyza", "Bcdefghi", "Jklmnopqr")
"""Names that nothing has in common with."""


def statements(town: Town, keys: list[Key]) -> Counter[str]:
    """Return how often each statement was made to preview these records."""
    with CaptureQueriesContext(
        connection,
    ) as made:
        running.preview(town.switch, keys, open_remote)
    return Counter(query["sql"][:60] for query in made.captured_queries)


def customer(number: int) -> dict[str, str]:
    """Return a customer like no other."""
    return {name: word(name, number) for name in ("name", "email", "tax_number", "billing_city")}


def test_whose_records_others_have_is_read_at_once(town: Town) -> None:
    for number in range(1, 9):
        town.account(**customer(number))
        town.contact(**customer(number))
    town.settle()
    switch("shadow")
    twins = [town.contact(**{**customer(n), "name": f"{word('name', n)} Ltd"}) for n in range(1, 9)]
    town.settle()
    assert len(town.questions("duplicate")) == len(twins)
    few, many = statements(town, twins[:2]), statements(town, twins)
    grown = {sql: (few[sql], n) for sql, n in many.items() if n > few[sql] + 2}
    assert not grown


def test_whose_numbers_name_others_is_read_at_once(town: Town) -> None:
    accounts = [town.account(**customer(number)) for number in range(1, 9)]
    town.settle()
    switch("shadow")
    strays = [
        town.contact(name=name, ContactNumber=f"{account.id} old")
        for name, account in zip(STRANGE, accounts, strict=True)
    ]
    town.settle()
    few, many = statements(town, strays[:2]), statements(town, strays)
    grown = {sql: (few[sql], n) for sql, n in many.items() if n > few[sql] + 2}
    assert not grown
