"""A company that sets up: both systems run and are paired, and no flow is on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from sync.models import FlowSwitch
from tests.engine.quotes.shop import opened

from .site import Site


@pytest.fixture
def site(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Site]:
    """A company with one customer, two pairs, and nothing switched on."""
    with opened(settings, monkeypatch) as shop:
        FlowSwitch.objects.all().delete()
        yield Site(shop)
