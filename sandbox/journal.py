"""The log of every call received, as a person or a test asks for it afterwards."""

import itertools
import threading
import time
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.http import http_date

from sandbox.clock import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Entry = dict[str, Any]
KEEP = 100_000  # entries; a benchmark of a thousand deals needs a few hundred
SECRETS = {"token", "access_token", "refresh_token", "client_secret", "code", "assertion"}


class Journal:
    """The last calls of both systems, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._entries: deque[Entry] = deque(maxlen=KEEP)

    def open(self, system: str, environ: "WSGIEnvironment") -> Entry:
        """Note a call before it is answered; `status` is None until then."""
        entry = {
            "time": _text(self._clock.now()),
            "system": system,
            "method": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"],
            "query": _without_secrets(environ.get("QUERY_STRING", "")),
            "status": None,
            "idempotency_key": environ.get("HTTP_IDEMPOTENCY_KEY"),
            "body_bytes": environ.get("sandbox.wire_bytes", 0),
            "duration_ms": None,
            "fault": None,
        }
        with self._lock:
            entry["number"] = next(self._numbers)
            self._entries.append(entry)
        return entry

    def entries(
        self, system: str | None = None, since: int | datetime = 0, limit: int | None = None
    ) -> list[Entry]:
        """Copies of the calls, oldest first; with `limit` the last so many.

        `since` is the number of the last call already seen, or an aware time to begin with.
        """
        found: list[Entry] = []
        number, moment = (since, "") if isinstance(since, int) else (0, _text(since))
        with self._lock:
            for entry in reversed(self._entries):  # the newest are what is asked for
                if entry["number"] <= number or len(found) == limit:
                    break
                if system in (None, entry["system"]) and entry["time"] >= moment:
                    found.append(dict(entry))
        return found[::-1]

    def date(self) -> str:
        """The sandbox's time as an answer's Date has it: both systems tell their own clock's."""
        return http_date(self._clock.now())

    def clear(self) -> None:
        """Forget the calls; their numbers go on."""
        with self._lock:
            self._entries.clear()


def journaled(app: "WSGIApplication", journal: Journal, system: str) -> "WSGIApplication":
    """Wrap a system so that each call it receives is noted, with its answer's status."""

    def noted(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        entry = environ["sandbox.entry"] = journal.open(system, environ)
        began = time.monotonic()

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            entry["status"] = int(status.split(" ", 1)[0])
            return start_response(status, [*headers, ("Date", journal.date())], exc_info)

        try:
            return [b"".join(app(environ, start))]
        except ConnectionError:
            entry["status"] = None  # whatever it was, nobody was told
            raise
        finally:
            entry["duration_ms"] = round((time.monotonic() - began) * 1000, 1)

    return noted


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _without_secrets(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(name in SECRETS for name, _ in pairs):
        return query
    return urlencode([(name, "…" if name in SECRETS else value) for name, value in pairs])
