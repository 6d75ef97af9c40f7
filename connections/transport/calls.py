"""One HTTP call and its answer, and how a system speaks, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connections.limits import Reading
from sync.core.errors import SyncError
from sync.core.records import System


@dataclass(frozen=True)
class Call:
    """One HTTP call. `writes` tells whether sending it twice could do something twice."""

    method: str
    url: str
    writes: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    parameters: Any = None
    body: bytes | None = None


@dataclass(frozen=True)
class Reply:
    """The remote's answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text, whatever bytes it has."""
        return self.content.decode("utf-8", "replace")

    @property
    def sent_at(self) -> datetime | None:
        """The remote's own time, where it tells."""
        try:
            return parsedate_to_datetime(self.headers.get("date", "")).astimezone(UTC)
        except ValueError:
            return None


@dataclass(frozen=True)
class Tongue:
    """How one system speaks: what a reply means, and what its headers tell.

    `refusal` returns the design's error that a reply means, or None for a good one; its second
    argument tells whether the call writes. `token_ended` tells whether another token may help.
    """

    system: System
    refusal: Callable[[Reply, bool], SyncError | None]
    token_ended: Callable[[Reply], bool]
    reading: Callable[[Mapping[str, str]], Reading]
    correlation: str


@dataclass(frozen=True)
class Tokens:
    """Where access tokens come from: the present one, and another after it was refused."""

    present: Callable[[], str]
    refused: Callable[[str], str]
