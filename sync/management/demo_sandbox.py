"""What the demo asks of its sandbox, by the control API."""

import json
import urllib.request
from typing import Any
from urllib.parse import urlencode

SECONDS = 30


def records(sandbox: str, system: str, kind: str) -> list[dict[str, Any]]:
    """Return a system's records of a kind. Raises OSError where the sandbox cannot be reached."""
    asked = urlencode({"system": system, "kind": kind})
    found: list[dict[str, Any]] = _answer(f"{sandbox}/control/records?{asked}")["records"]
    return found


def act(sandbox: str, system: str, name: str, **arguments: Any) -> None:
    """Do by hand what a person does in a system's own screens; raises OSError."""
    post(f"{sandbox}/control/act", {"system": system, "act": name, "args": arguments})


def post(address: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send a JSON object and return the one that is answered; raises OSError."""
    return _answer(urllib.request.Request(address, json.dumps(body).encode()))  # noqa: S310 - loopback


def _answer(request: str | urllib.request.Request) -> dict[str, Any]:
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - loopback
        found: dict[str, Any] = json.loads(answer.read())
    return found
