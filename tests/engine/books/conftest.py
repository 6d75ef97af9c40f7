"""A town: both sandboxed systems with one pair, and nothing in their address books yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from .town import Town, founded


@pytest.fixture
def town(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Town]:
    """An empty town with the flow of customers on."""
    with founded(settings, monkeypatch) as made:
        yield made
