"""Posts to addresses that people entered: once, and to no place of our own network."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
import urllib3

from connections.addresses import outside_place
from sync.core.errors import TryAgain

from .calls import Reply
from .sessions import Adapter, session

log = structlog.get_logger(__name__)


class _Outside(urllib3.connection.HTTPConnection):
    """Connects to the very place that was found to be outside, whatever the name says later."""

    def _new_conn(self) -> Any:
        named = self._dns_host
        self._dns_host = outside_place(named, self.port or 443)
        try:
            return super()._new_conn()
        finally:
            self._dns_host = named


class _OutsideSafely(_Outside, urllib3.connection.HTTPSConnection):
    """The same, over TLS, which still holds the certificate against the name."""


class _OutsidePool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Outside


class _OutsideSafePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _OutsideSafely


class OutsideAdapter(Adapter):
    """Reaches no place of our own network but those that are named in the settings."""

    def init_poolmanager(self, *places: Any, **how: Any) -> None:
        """Let every connection be made by the classes above."""
        super().init_poolmanager(*places, **how)
        pools = {"http": _OutsidePool, "https": _OutsideSafePool}
        self.poolmanager.pool_classes_by_scheme = pools


def post_outside(url: str, body: bytes, seconds: float = 10.0) -> Reply:
    """Post once to an address that a person entered; at most 4 KB of the answer are read.

    Raises TryAgain when there is no answer, ValueError when it is in our own network.
    """
    outside_place(urlsplit(url).hostname or "", urlsplit(url).port or 443)
    made = session(seconds)
    for scheme in ("https://", "http://"):
        made.mount(scheme, OutsideAdapter((seconds, seconds)))
    kind = {"Content-Type": "application/json"}
    try:
        with made.post(url, body, headers=kind, allow_redirects=False, stream=True) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Reply(answer.status_code, headers, answer.raw.read(4096) or b"")
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        log.warning("post_failed", host=urlsplit(url).hostname, failure=type(error).__name__)
        raise TryAgain("The channel did not answer.") from error  # its text has the address
