"""A running Xero with one organisation, and a customer in it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.connections.xero.books import Books, running_books


@pytest.fixture
def books(settings: Settings) -> Iterator[Books]:
    with running_books(settings) as running:
        yield running


@pytest.fixture
def contact(books: Books) -> str:
    return books.create("Contact", Name="Aire Valley Housing", ContactNumber="0015g00000AbcdeAAA")
