"""Both systems in memory, and the number of examples of this folder's properties."""

import pytest

from sync.flows.won_opportunity_invoice import FLOW
from tests import profiles
from tests.flows.acts import DEAL
from tests.flows.books import Books

profiles.load()


@pytest.fixture
def books() -> Books:
    """Return empty books of the invoice flow in a British organisation."""
    return Books(FLOW)


@pytest.fixture
def billed(books: Books) -> Books:
    """Return books in which the deal has its draft."""
    books.sync(DEAL)
    return books
