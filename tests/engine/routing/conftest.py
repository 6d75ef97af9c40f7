"""Two organisations of one Salesforce org, both billing."""

from __future__ import annotations

import pytest

from .places import Places, opened


@pytest.fixture
def places(db: None) -> Places:
    """One org, two organisations, the flow that bills on in both."""
    return opened()
