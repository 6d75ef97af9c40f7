"""A token endpoint on this machine that plays Xero or Salesforce, and breaks on demand."""

import base64
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import jwt

ORG = "00D5g000004AbcdEAC"
USER = "0055g00000AbcdeAAC"


@dataclass
class Trouble:
    """One answer in place of the endpoint's own; `lost` is "before" or "after" its work."""

    status: int = 0
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    lost: str = ""
    delay: float = 0.0


@dataclass
class Endpoint:
    """What it knows and what it was asked. `reuse_ends_all` is Salesforce's rule."""

    url: str = ""
    refresh_token: str = "refresh-0"
    secret: str = "right"
    reuse_ends_all: bool = False
    with_expiry: bool = True
    organisation: str = ORG
    delay: float = 0.0
    ended: bool = False
    given: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    troubles: deque[Trouble] = field(default_factory=deque)
    former: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, asked: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Return status and body as the real one would."""
        if asked["client_secret"] != self.secret:
            return 400, {"error": "invalid_client", "error_description": "invalid client"}
        if asked["grant_type"] == "refresh_token":
            return self._refresh(asked["refresh_token"])
        return 200, self._tokens()

    def _refresh(self, token: str) -> tuple[int, dict[str, object]]:
        if token in self.former and self.reuse_ends_all:
            self.ended = True
        known = token == self.refresh_token or (token in self.former and not self.reuse_ends_all)
        if self.ended or not known:
            return 400, {"error": "invalid_grant", "error_description": "expired refresh token"}
        self.former.add(self.refresh_token)
        self.refresh_token = f"refresh-{self.given + 1}"
        return 200, self._tokens() | {"refresh_token": self.refresh_token}

    def _tokens(self) -> dict[str, object]:
        self.given += 1
        claims = {"xero_userid": "user-1", "n": self.given}
        body: dict[str, object] = {
            "access_token": jwt.encode(claims, "k" * 32),
            "token_type": "Bearer",
            "scope": "refresh_token api id",
            "instance_url": self.url,
            "id": f"{self.url}/id/{self.organisation}/{USER}",
        }
        return body | ({"expires_in": 1800} if self.with_expiry else {})


@contextmanager
def running() -> Iterator[Endpoint]:
    """Serve on a free port until the block ends."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = dict(parse_qsl(body)) | {"path": self.path}
            if basic := self.headers.get("Authorization"):
                pair = base64.b64decode(basic.removeprefix("Basic ")).decode().split(":", 1)
                asked |= {"client_id": pair[0], "client_secret": pair[1]}
            asked.setdefault("client_secret", endpoint.secret)
            with endpoint.lock:
                endpoint.asked.append(asked)
                trouble = endpoint.troubles.popleft() if endpoint.troubles else Trouble()
                played = trouble.status or trouble.lost == "before"
                status, answer = (0, {}) if played else endpoint.answer(asked)
            time.sleep(endpoint.delay + trouble.delay)
            if trouble.lost:
                self.close_connection = True
                return
            text = trouble.body if trouble.status else json.dumps(answer)
            self.send_response(trouble.status or status)
            for name, value in trouble.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
