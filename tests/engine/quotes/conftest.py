"""A shop with its customer; the flows of quotes and of billing are on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from .shop import Shop, opened


@pytest.fixture
def shop(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Shop]:
    """A shop of one customer."""
    with opened(settings, monkeypatch) as made:
        yield made
