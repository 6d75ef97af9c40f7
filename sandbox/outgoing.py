"""What both systems send of themselves: a thread that delivers, again and again if need be."""

import http.client
import ssl
import threading
import traceback
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from sandbox.world import World

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
TICK = 0.05  # seconds of real time between two looks for what is due
KEEP = 1000  # of what was sent, to look at afterwards


class BadAddressError(ValueError):
    """An address to which the sandbox does not send."""


class Answer(NamedTuple):
    """What a receiver answered; status None where it did not."""

    status: int | None
    body: bytes = b""
    headers: Mapping[str, str] = {}
    error: str = ""


class Sender(Protocol):
    """One system's outgoing messages."""

    def deliver(self) -> None:
        """Send whatever is due now."""


def check_address(address: str) -> str:
    """The address, if it is on this machine. Raises BadAddressError."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or parts.hostname not in LOOPBACK:
        raise BadAddressError(f"The sandbox sends to this machine alone, not to {address!r}.")
    return address


def post(address: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    """Send one message and answer what came back; redirects are not followed."""
    parts = urlsplit(check_address(address))
    host, port = str(parts.hostname), parts.port
    door = (
        http.client.HTTPSConnection(
            host, port, timeout=seconds, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=seconds)
    )
    try:
        door.request("POST", parts.path or "/", body, dict(headers))
        reply = door.getresponse()
        return Answer(reply.status, reply.read(), dict(reply.getheaders()))
    except (OSError, http.client.HTTPException) as error:
        return Answer(None, error=type(error).__name__)
    finally:
        door.close()


class Log:
    """The last messages that were sent, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEEP)

    def add(self, **entry: Any) -> None:
        """Note a message and its answer."""
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[dict[str, Any]]:
        """Copies of the entries."""
        with self._lock:
            return [dict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._entries.clear()


class Postman:
    """Lets senders deliver, each from a thread of its own, until it is stopped."""

    def __init__(self, senders: list[Sender]) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(sender,), daemon=True) for sender in senders
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, after what is under way, unless its receiver is slow."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=2)

    def _run(self, sender: Sender) -> None:
        while not self._stop.wait(TICK):
            try:
                sender.deliver()
            except Exception:  # noqa: BLE001 (the next message may go well)
                if not self._stop.is_set():
                    traceback.print_exc()


def troubles(world: World, system: str) -> dict[str, Any]:
    """What goes wrong with a system's messages: the setting `event_troubles`.

    `doubled` and `missing` are shares of the messages, `late_seconds` the longest way of one: what
    is under way for long is overtaken. `together` is how many events Xero puts into one.
    """
    found: dict[str, Any] = world.setting(system, "event_troubles") or {}
    return found
