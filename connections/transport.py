"""All HTTP there is: time limits, one budget for all workers, retried reads, one-time writes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import stamina
import structlog
import urllib3
from django.utils import timezone
from requests.adapters import HTTPAdapter

from connections import budget
from connections.addresses import is_loopback, outside_place
from connections.limits import Reading
from connections.models import Connection
from connections.remote import Lane
from sync.core.errors import OutcomeUnknown, SyncError, TryAgain
from sync.core.records import System

CONNECT_SECONDS, READ_SECONDS = 10.0, 90.0
TRIES, LONGEST_RETRY = 3, 8.0  # of a read
SOON = timedelta(seconds=3)
NEVER_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)

log = structlog.get_logger(__name__)
logging.getLogger("urllib3").setLevel(logging.INFO)  # its debug log has whole addresses


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


def session(seconds: float = READ_SECONDS) -> requests.Session:
    """Return a session that waits at most `seconds` for an answer and resends nothing."""
    made = requests.Session()
    for scheme in ("https://", "http://"):
        made.mount(scheme, Adapter((min(CONNECT_SECONDS, seconds), seconds)))
    made.headers["User-Agent"] = "Counterpart"
    return made


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


class Caller:
    """Makes one connection's calls for one lane; `calls` counts them."""

    def __init__(self, connection: Connection, lane: Lane, tokens: Tokens, tongue: Tongue) -> None:
        self.connection, self.lane = connection, lane
        self.calls = 0
        self.correlation_id = ""
        self._tokens, self._tongue = tokens, tongue
        self._session = session()

    def call(self, call: Call) -> Reply:
        """Return a good reply. A read is tried up to three times within seconds, a write once.

        Raises the design's errors; OutcomeUnknown only for a write whose answer was lost.
        """
        if call.writes:
            return self._with_token(call)
        tries = stamina.retry_context(
            on=_is_fleeting,
            attempts=TRIES,
            timeout=LONGEST_RETRY,
            wait_initial=0.2,
            wait_max=2.0,
            wait_jitter=0.3,
        )
        for attempt in tries:
            with attempt:
                return self._with_token(call)
        raise AssertionError("a retry ends with a reply or an error")

    def _with_token(self, call: Call) -> Reply:
        token = self._tokens.present()
        reply = self._once(call, token)
        if self._tongue.token_ended(reply):  # so nothing was done: even a write may go again
            reply = self._once(call, self._tokens.refused(token))
        error = self._tongue.refusal(reply, call.writes)
        if error is None:
            return reply
        self._note(error, reply)
        raise error

    def _once(self, call: Call, token: str) -> Reply:
        permit = budget.take(self.connection, self.lane)
        reading, began = None, time.monotonic()
        self.calls += 1
        self.correlation_id = ""
        try:
            reply = _reply(self._send(call, token))
            reading = self._tongue.reading(reply.headers)
            self.correlation_id = reply.headers.get(self._tongue.correlation, "")
        except requests.RequestException as error:
            self._log(call, None, began, type(error).__name__)
            raise _lost(error, self._tongue.system.label, call.writes) from error
        finally:
            budget.give_back(permit, reading)
        self._log(call, reply, began, "")
        return reply

    def _send(self, call: Call, token: str) -> requests.Response:
        def signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = f"Bearer {token}"
            return request

        return self._session.request(
            call.method,
            call.url,
            params=call.parameters,
            data=call.body,
            headers=dict(call.headers),
            auth=signed,  # given as auth, so that no .netrc takes its place
            allow_redirects=False,  # the token is for this host alone
        )

    def _note(self, error: SyncError, reply: Reply) -> None:
        """Keep every worker from a connection whose remote takes no calls until a known time."""
        if isinstance(error, TryAgain) and error.whole_connection and error.after:
            used_up = self._tongue.reading(reply.headers).day_left == 0
            budget.park(self.connection.pk, error.after, str(error), day_is_used_up=used_up)

    def _log(self, call: Call, reply: Reply | None, began: float, failure: str) -> None:
        good = reply is not None and reply.status < 400
        say = log.warning if not good else log.info if call.writes else log.debug
        say(
            "remote_call",
            connection=self.connection.pk,
            system=str(self._tongue.system),
            lane=str(self.lane),
            method=call.method,
            path=urlsplit(call.url).path,  # the query may hold names
            status=reply.status if reply else None,
            bytes=len(reply.content) if reply else 0,
            failure=failure,
            correlation_id=self.correlation_id,
            milliseconds=round((time.monotonic() - began) * 1000),
        )


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


def _reply(answer: requests.Response) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(answer.status_code, headers, answer.content)


def _lost(error: requests.RequestException, label: str, writes: bool) -> SyncError:
    """Return what a call without an answer means: only one that never left is surely undone."""
    if writes and not _never_sent(error):
        return OutcomeUnknown(f"{label}’s answer was lost on its way.")
    return TryAgain(f"{label} did not answer.")


def _never_sent(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NEVER_SENT)


def _is_fleeting(error: Exception) -> bool:
    """Return whether a read may succeed within seconds."""
    if not isinstance(error, TryAgain):
        return False
    return error.after is None or error.after <= timezone.now() + SOON
