"""The caller of one connection: one budget for all workers, retried reads, one-time writes."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from urllib.parse import urlsplit

import requests
import stamina
import structlog
import urllib3
from django.utils import timezone

from connections import budget
from connections.models import Connection
from connections.remote import Lane
from sync.core.errors import OutcomeUnknown, SyncError, TryAgain

from .calls import Call, Reply, Tokens, Tongue
from .sessions import session

TRIES, LONGEST_RETRY = 3, 8.0  # of a read
SOON = timedelta(seconds=3)
NEVER_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)

log = structlog.get_logger(__name__)
logging.getLogger("urllib3").setLevel(logging.INFO)  # its debug log has whole addresses


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
