"""Posts to a webhook: outside of our network alone, once, and never with its secret told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from connections import posting, transport
from connections.addresses import is_public, outside_place
from sync.core.errors import NeedsPerson, TryAgain


class Hook(BaseHTTPRequestHandler):
    """Takes what is posted, and answers as it is told to."""

    posts: list[dict[str, Any]] = []
    status, body = 200, b"ok"
    headers_to_send: dict[str, str] = {}

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        type(self).posts.append({"path": self.path, **json.loads(self.rfile.read(length))})
        self.send_response(self.status)
        for name, value in {"Content-Length": str(len(self.body)), **self.headers_to_send}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook(settings: Settings) -> Iterator[str]:
    settings.MESSAGE_PRIVATE_HOSTS = ["127.0.0.1"]
    Hook.posts, Hook.status, Hook.headers_to_send, Hook.body = [], 200, {}, b"ok"
    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/services/T0/B0/hush"
    server.shutdown()
    server.server_close()


def test_a_line_arrives_as_slack_wants_it(hook: str) -> None:
    posting.post_text(hook, posting.escaped("Quay & Sons <b> — Größe"))
    assert Hook.posts == [
        {"path": "/services/T0/B0/hush", "text": "Quay &amp; Sons &lt;b&gt; — Größe"}
    ]


def test_nothing_is_posted_into_our_own_network_unless_it_is_named(
    hook: str, settings: Settings
) -> None:
    settings.MESSAGE_PRIVATE_HOSTS = []
    with pytest.raises(NeedsPerson, match="is in your own network"):
        posting.post_text(hook, "x")
    assert Hook.posts == []


def test_the_connection_itself_refuses_a_place_inside_whatever_was_checked_before(
    hook: str, settings: Settings
) -> None:
    """As when a name says one thing when it is checked and another when it is connected to."""
    made = transport.session(2)
    made.mount("http://", transport.OutsideAdapter((2, 2)))
    settings.MESSAGE_PRIVATE_HOSTS = []
    with pytest.raises(ValueError, match="is in your own network"):
        made.post(hook, b"{}")
    assert Hook.posts == []


@pytest.mark.parametrize(
    "place",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
     "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
     "2002:a00:1::", "ff02::1"],
)  # fmt: skip
def test_every_way_to_write_an_inner_address_is_seen_through(place: str) -> None:
    assert not is_public(place)


@pytest.mark.parametrize(
    "place", ["1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(place: str) -> None:
    assert is_public(place)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0", "localhost"])
def test_odd_spellings_of_this_machine_are_inside(host: str) -> None:
    with pytest.raises((ValueError, OSError)):
        outside_place(host, 443)


def test_a_redirect_is_not_followed(hook: str) -> None:
    Hook.status, Hook.headers_to_send = 302, {"Location": "http://169.254.169.254/"}
    with pytest.raises(NeedsPerson, match="refused it"):
        posting.post_text(hook, "x")
    assert len(Hook.posts) == 1


def test_a_busy_channel_is_tried_when_it_says_and_a_wrong_one_never(hook: str) -> None:
    Hook.status, Hook.headers_to_send = 429, {"Retry-After": "120"}
    with pytest.raises(TryAgain) as busy:
        posting.post_text(hook, "x")
    assert busy.value.after is not None
    assert busy.value.after - timezone.now() > timedelta(seconds=100)
    Hook.status, Hook.headers_to_send = 404, {}
    with pytest.raises(NeedsPerson):
        posting.post_text(hook, "x")


def test_an_endless_answer_is_not_read_to_its_end(hook: str) -> None:
    Hook.body = b"x" * 5_000_000
    reply = transport.post_outside(hook, b"{}")
    assert len(reply.content) <= 4096


def test_no_error_tells_the_secret(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.MESSAGE_PRIVATE_HOSTS = ["127.0.0.1"]
    with pytest.raises(TryAgain) as lost:
        posting.post_text("http://127.0.0.1:1/services/T0/B0/hush", "x")
    assert "hush" not in str(lost.value)
    assert "hush" not in caplog.text
