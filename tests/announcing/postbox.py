"""A mail server on this machine that takes mail, refuses it, hangs up or never answers."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Postbox:
    """What came in, and how the server behaves: `well`, `refuse`, `hang up` or `dawdle`."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.mood = "well"
        self.port = 0


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        box = self.server.box
        self._say("220 postbox")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                box.mails.append(self._letter())
                if box.mood == "hang up":
                    return  # the mail is taken, and nobody is told
                if box.mood == "dawdle":
                    self.rfile.readline()  # until the sender goes away
                    return
                self._say("250 taken")
            elif verb == "RCPT" and box.mood == "refuse":
                self._say("550 no such person here")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 well")

    def _letter(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    box: Postbox


@contextmanager
def running() -> Iterator[Postbox]:
    """Run a postbox for a while."""
    box = Postbox()
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.box, box.port = box, server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join()
