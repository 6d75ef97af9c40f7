"""A running sandbox for the tests of its own parts."""

from collections.abc import Iterator

import pytest

from sandbox.server import Box, running


@pytest.fixture(scope="module")
def empty_box() -> Iterator[Box]:
    """Both systems with nothing in them, shared by a module's tests."""
    with running() as box:
        yield box


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """Both systems with the small company in them, shared by a module's tests."""
    with running(seed=1, size="small") as box:
        yield box
