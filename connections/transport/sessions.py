"""Sessions: whatever is sent is sent once, within its time limits."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter

from connections.addresses import is_loopback

CONNECT_SECONDS, READ_SECONDS = 10.0, 90.0


class Adapter(HTTPAdapter):
    """Sends once, within its time limits, and speaks to this machine without a proxy."""

    def __init__(self, seconds: tuple[float, float]) -> None:
        self._seconds = seconds
        super().__init__(max_retries=0)

    def send(
        self, request: requests.PreparedRequest, *places: Any, **how: Any
    ) -> requests.Response:
        """Send as requests does, but never without a time limit."""
        how["timeout"] = how.get("timeout") or self._seconds
        if is_loopback(request.url or ""):
            how["proxies"] = {}
        return super().send(request, *places, **how)


def session(seconds: float = READ_SECONDS) -> requests.Session:
    """Return a session that waits at most `seconds` for an answer and resends nothing."""
    made = requests.Session()
    for scheme in ("https://", "http://"):
        made.mount(scheme, Adapter((min(CONNECT_SECONDS, seconds), seconds)))
    made.headers["User-Agent"] = "Counterpart"
    return made
