"""A street: one Salesforce org with two Xero organisations, the flow of figures on for both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from .street import Street, opened


@pytest.fixture
def street(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Street]:
    """An empty street."""
    with opened(settings, monkeypatch) as made:
        yield made
