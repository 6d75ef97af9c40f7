"""The answers that a fault gives in a system's place, in that system's own words."""

from typing import Any, NamedTuple

import simplejson

LIMITS = ("minute", "day", "concurrent", "appminute")
WAITS = {"minute": "60", "day": "3600"}  # seconds; the other two problems carry no Retry-After


class Refusal(NamedTuple):
    """Status, headers and body of an answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def plain(status: int, headers: dict[str, str], body: Any) -> Refusal:
    """Exactly what was asked for: text as it is, anything else as JSON."""
    if body is None or isinstance(body, str):
        return Refusal(status, {"Content-Type": "text/html", **headers}, (body or "").encode())
    return _json(status, body, headers)


def expired_token(system: str) -> Refusal:
    """What either system says to an access token that has run out."""
    if system == "salesforce":
        wrong = {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
        return _json(401, [wrong], {"WWW-Authenticate": "Token"})
    body: dict[str, Any] = {
        "Type": None,
        "Title": "Unauthorized",
        "Status": 401,
        "Detail": "TokenExpired: token expired",
        "Instance": "00000000-0000-0000-0000-000000000000",
        "Extensions": {},
    }
    return _json(401, body, {"WWW-Authenticate": 'Bearer error="invalid_token"'})


def rate_limited(system: str, problem: str, headers: dict[str, str]) -> Refusal:
    """Xero's 429 with its headers, or Salesforce's 403, which tells no time to wait."""
    if system == "salesforce":
        message = "TotalRequests Limit exceeded."
        if problem == "concurrent":
            message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
        wrong = {"message": message, "errorCode": "REQUEST_LIMIT_EXCEEDED"}
        return _json(403, [wrong], headers)
    said = {"X-Rate-Limit-Problem": problem}
    if problem in WAITS:
        said["Retry-After"] = WAITS[problem]
    left = {"X-MinLimit-Remaining": "0" if problem == "minute" else "59"}
    left["X-DayLimit-Remaining"] = "0" if problem == "day" else "4000"
    left["X-AppMinLimit-Remaining"] = "0" if problem == "appminute" else "9999"
    return Refusal(429, {**said, **left, **headers}, b"")


def _json(status: int, body: Any, headers: dict[str, str]) -> Refusal:
    text = simplejson.dumps(body, use_decimal=True)
    return Refusal(status, {"Content-Type": "application/json", **headers}, text.encode())
