"""The transport: what is resent and what never, tokens, redaction, time limits."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from connections import budget, transport
from connections.limits import Reading
from connections.models import Budget, Connection
from connections.remote import Lane
from connections.transport import Call, Caller, Reply, Tokens, Tongue
from sync.core.errors import (
    ConnectionBroken,
    NeedsPerson,
    OutcomeUnknown,
    SyncError,
    TryAgain,
)
from sync.core.records import System
from tests.connections.conftest import make_connection

pytestmark = pytest.mark.django_db


@dataclass
class Remote:
    """A server that answers in order what it is told to, and keeps what it was asked."""

    url: str = ""
    answers: list[Callable[[Request], Response]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def app(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        self.asked.append(
            {
                "method": request.method,
                "token": request.headers.get("Authorization", ""),
                "encodings": request.headers.get("Accept-Encoding", ""),
                "body": request.get_data(),
            }
        )
        answer = self.answers.pop(0) if self.answers else lambda _request: Response("{}")
        return answer(request)(environ, start)


@pytest.fixture
def remote() -> Iterator[Remote]:
    running = Remote()
    server = make_server("127.0.0.1", 0, running.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    running.url = f"http://127.0.0.1:{server.server_port}"
    yield running
    server.shutdown()
    thread.join()
    server.server_close()


def meaning(reply: Reply, writes: bool) -> SyncError | None:
    if reply.status == 401:
        return ConnectionBroken("not let in")
    if reply.status >= 500:
        return OutcomeUnknown("failed") if writes else TryAgain("failed")
    return NeedsPerson("refused", cause="x") if reply.status >= 400 else None


TONGUE = Tongue(
    System.XERO,
    meaning,
    lambda reply: reply.status == 401,
    lambda headers: Reading(day_left=int(headers["left"]) if "left" in headers else None),
    "correlation",
)


@pytest.fixture
def connection() -> Connection:
    return make_connection()


@pytest.fixture
def caller(connection: Connection) -> Caller:
    tokens = iter(["second", "third"])
    return Caller(connection, Lane.BILLING, Tokens(lambda: "first", lambda _: next(tokens)), TONGUE)


def status(code: int, **headers: str) -> Callable[[Request], Response]:
    return lambda _request: Response("{}", status=code, headers=headers)


def read(url: str) -> Call:
    return Call("GET", url, writes=False)


def write(url: str) -> Call:
    return Call("POST", url, writes=True, body=b"{}")


def test_a_read_is_tried_three_times_and_a_write_once(remote: Remote, caller: Caller) -> None:
    remote.answers = [status(500), status(502), status(200)]
    assert caller.call(read(remote.url)).status == 200
    assert caller.calls == 3
    remote.answers = [status(500)]
    with pytest.raises(OutcomeUnknown):
        caller.call(write(remote.url))
    assert [asked["method"] for asked in remote.asked] == ["GET"] * 3 + ["POST"]


def test_a_refused_read_is_not_repeated(remote: Remote, caller: Caller) -> None:
    remote.answers = [status(404)]
    with pytest.raises(NeedsPerson):
        caller.call(read(remote.url))
    assert len(remote.asked) == 1


def test_an_ended_token_is_replaced_once(remote: Remote, caller: Caller) -> None:
    remote.answers = [status(401), status(200)]
    caller.call(write(remote.url))
    assert [asked["token"] for asked in remote.asked] == ["Bearer first", "Bearer second"]
    remote.answers = [status(401), status(401)]
    with pytest.raises(ConnectionBroken):
        caller.call(write(remote.url))
    assert len(remote.asked) == 4


def test_a_call_that_never_left_was_surely_not_done(caller: Caller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(TryAgain, match="did not answer"):
        caller.call(write(f"http://127.0.0.1:{port}/"))


def test_an_answer_that_breaks_off_leaves_a_write_unknown(caller: Caller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_half_an_answer, args=(server,))
        thread.start()
        with pytest.raises(OutcomeUnknown, match="lost"):
            caller.call(write(f"http://127.0.0.1:{server.getsockname()[1]}/"))
        thread.join()


def _half_an_answer(server: socket.socket) -> None:
    client, _ = server.accept()
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    client.close()


def test_a_server_that_says_nothing_is_not_waited_for_without_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, transport.session(0.2) as session:
        began = timezone.now()
        with pytest.raises(OSError, match="timed out"):
            session.get(f"http://127.0.0.1:{server.getsockname()[1]}/")
        assert (timezone.now() - began).total_seconds() < 10


def test_redirects_are_not_followed_with_the_token(remote: Remote, caller: Caller) -> None:
    remote.answers = [status(302, Location=remote.url)]
    assert caller.call(read(remote.url)).status == 302
    assert len(remote.asked) == 1


def test_answers_come_compressed_and_a_proxy_is_not_asked_for_this_machine(
    remote: Remote, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    caller.call(read(remote.url))
    assert "gzip" in remote.asked[0]["encodings"]


def test_every_answer_corrects_the_budget_and_gives_its_place_back(
    remote: Remote, caller: Caller, connection: Connection
) -> None:
    remote.answers = [status(200, left="812", correlation="c-1"), status(404, left="811")]
    caller.call(read(remote.url))
    assert caller.correlation_id == "c-1"
    assert budget.calls_left(connection).day == 812
    with pytest.raises(NeedsPerson):
        caller.call(read(remote.url))
    assert budget.calls_left(connection).day == 811
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(TryAgain):
        caller.call(write(f"http://127.0.0.1:{port}/"))
    assert Budget.objects.get().in_flight == []


def test_logs_have_neither_token_nor_query_nor_body(
    remote: Remote, caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"{remote.url}/records?name=Aire+Valley"
    caller.call(Call("POST", url, writes=True, body=b'{"Name": "Aire Valley"}'))
    logged = " ".join(str(record.msg) for record in caplog.records)
    assert "/records" in logged
    assert "Aire" not in logged
    assert "first" not in logged


def test_the_remotes_own_time_is_told() -> None:
    reply = Reply(200, {"date": "Wed, 25 Nov 2026 20:00:00 GMT"}, b"")
    assert str(reply.sent_at) == "2026-11-25 20:00:00+00:00"
    assert Reply(200, {}, b"").sent_at is None
    assert Reply(200, {"date": "yesterday"}, b"").sent_at is None
