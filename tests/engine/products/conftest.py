"""A store whose catalogue is empty; the flow of products is on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from .store import Store, opened


@pytest.fixture
def store(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Store]:
    """A store with nothing on its shelves."""
    with opened(settings, monkeypatch) as made:
        yield made
