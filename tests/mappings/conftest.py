"""A pair to hang mapping rows on."""

import pytest

from connections.models import Pair
from tests.factories import PairFactory


@pytest.fixture
def pair(db: None) -> Pair:
    return PairFactory.create(name="Fernhill")
