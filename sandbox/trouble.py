"""Carries the faults out: wraps a system so that calls are slowed, refused or left unanswered."""

import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from sandbox.faults import Fault, Faults
from sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class AnswerLostError(ConnectionAbortedError):
    """The server ends the connection without an answer."""


def troubled(
    app: "WSGIApplication", world: World, faults: Faults, system: str
) -> "WSGIApplication":
    """Wrap a system with its latency and its faults; nothing here holds the world's lock."""

    def struck(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        time.sleep(world.setting(system, "latency_ms", 0) / 1000)
        hits = faults.strike(system, environ["REQUEST_METHOD"], environ["PATH_INFO"])
        _note(environ, hits)
        time.sleep(sum(hit.delay for hit in hits))
        if any(hit.lost == "before" for hit in hits):
            raise AnswerLostError("lost before the work")
        refusing = next((hit for hit in hits if hit.refuses), None)
        body = (
            _refuse(refusing, system, start_response)
            if refusing
            else list(app(environ, start_response))
        )
        time.sleep(sum(hit.delay_after for hit in hits))
        if any(hit.lost == "after" for hit in hits):
            raise AnswerLostError("lost after the work")
        return body

    return struck


def _note(environ: "WSGIEnvironment", hits: list[Fault]) -> None:
    if hits and "sandbox.entry" in environ:
        environ["sandbox.entry"]["fault"] = ", ".join(hit.label or _name(hit) for hit in hits)


def _name(fault: Fault) -> str:
    if fault.lost:
        return f"answer lost {fault.lost} the work"
    if fault.expired_token:
        return "expired token"
    if fault.rate_limit:
        return f"{fault.rate_limit} limit"
    return f"status {fault.status}" if fault.status else "slow"


def _refuse(fault: Fault, system: str, start_response: "StartResponse") -> list[bytes]:
    refusal = fault.answer(system)
    try:
        phrase = HTTPStatus(refusal.status).phrase
    except ValueError:  # Salesforce has been seen to answer 420
        phrase = "Unknown"
    start_response(f"{refusal.status} {phrase}", list(refusal.headers.items()))
    return [refusal.body]
