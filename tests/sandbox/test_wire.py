"""What the server under both systems makes of bodies: packed, in pieces, or unreadable."""

import gzip
import socket

import pytest

from .test_frame import Counter, counter

__all__ = ["counter"]


def test_bodies_may_be_packed_or_come_in_pieces(counter: Counter) -> None:
    packed = gzip.compress(b"packed")
    assert counter.post(data=packed, headers={"Content-Encoding": "gzip"}).text == "packed"
    assert counter.post(data=iter([b"in ", b"pieces"])).text == "in pieces"
    long = counter.post(data="x" * 5000)
    assert long.headers["Content-Encoding"] == "gzip"
    assert long.text == "x" * 5000


def test_a_body_that_is_not_packed_as_it_says_is_a_400(counter: Counter) -> None:
    torn = gzip.compress(b"packed")[:-9]
    for body in (b"not packed at all", torn):
        answer = counter.post(data=body, headers={"Content-Encoding": "gzip"})
        assert answer.status_code == 400
        assert "cannot be read" in answer.text
    assert counter.bodies == []
    assert counter.post(data="fine").text == "fine"


@pytest.mark.parametrize(
    "header",
    ["Content-Length: -1", "Content-Length: ten", "Content-Length: 1.5",
     "Transfer-Encoding: chunked\r\n\r\nZZ"],
)  # fmt: skip
def test_a_length_that_is_none_is_a_400_and_ends_the_connection(
    counter: Counter, header: str
) -> None:
    with socket.create_connection(("127.0.0.1", counter.server.port), timeout=5) as wire:
        wire.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n".encode())
        assert wire.recv(12) == b"HTTP/1.1 400"
        while wire.recv(1000):
            pass
    assert counter.bodies == []
