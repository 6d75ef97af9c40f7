"""Somebody to whom the sandbox sends, and who answers as told."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answering = Callable[["Message"], tuple[int, bytes]]


@dataclass
class Message:
    """One message that came."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Receiver:
    """What came, and what is answered."""

    url: str = ""
    came: list[Message] = field(default_factory=list)
    answering: Answering = lambda message: (200, b"")

    def wait_for(self, count: int, seconds: float = 10) -> list[Message]:
        """Return the messages once so many have come."""
        until = time.monotonic() + seconds
        while len(self.came) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.came) >= count, f"{len(self.came)} of {count} came"
        return list(self.came)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Receive until the block ends."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            message = Message(self.path, body, headers)
            receiver.came.append(message)
            status, answer = receiver.answering(message)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
