"""A collections desk: one Salesforce org with its people, two Xero organisations, the flow on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.engine.figures.street import opened

from .office import Office


@pytest.fixture
def office(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Office]:
    """An office with nobody owing anything yet."""
    with opened(settings, monkeypatch, "credit_risk") as street:
        yield Office(street)
