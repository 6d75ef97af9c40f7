"""The sandbox's frame keeps its promises whatever systems stand in it."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from sandbox.clock import Clock
from sandbox.faults import BadFaultError, Faults
from sandbox.journal import Journal, journaled
from sandbox.store import StateInUseError
from sandbox.trouble import troubled
from sandbox.wire import Server
from sandbox.world import World


class Counter:
    """A small system: counts the calls it was given and answers with their bodies."""

    def __init__(self) -> None:
        self.world = World()
        self.faults = Faults()
        self.journal = Journal(self.world.clock)
        self.bodies: list[bytes] = []
        app = troubled(self.app, self.world, self.faults, "xero")
        self.server = Server("127.0.0.1", 0, journaled(app, self.journal, "xero"))
        self.session = requests.Session()

    def app(self, environ, start_response):
        body = environ["wsgi.input"].read()
        self.bodies.append(body)
        if body == b"mistake":
            raise RuntimeError("a mistake of ours")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [body or b"nothing"]

    def post(self, path: str = "/api.xro/2.0/Invoices", **more: object) -> requests.Response:
        return self.session.post(self.server.url + path, timeout=5, **more)  # type: ignore[arg-type]


@pytest.fixture
def counter() -> Iterator[Counter]:
    counter = Counter()
    counter.server.start()
    yield counter
    counter.server.stop()


def test_many_calls_share_one_connection(counter: Counter) -> None:
    for number in range(5):
        assert counter.post(data=str(number)).text == str(number)
    assert len(counter.server.connections) == 1


def test_an_answer_lost_before_the_work_leaves_nothing_done(counter: Counter) -> None:
    counter.faults.add(system="xero", lost="before", times=1)
    with pytest.raises(requests.ConnectionError):
        counter.post(data="one")
    assert counter.bodies == []
    assert counter.post(data="two").text == "two"


def test_an_answer_lost_after_the_work_leaves_it_done(counter: Counter) -> None:
    counter.faults.add(system="xero", lost="after", times=1)
    with pytest.raises(requests.ConnectionError):
        counter.post(data="one")
    assert counter.bodies == [b"one"]
    assert counter.journal.entries()[0]["status"] is None


def test_a_minute_limit_answers_429_with_xeros_headers(counter: Counter) -> None:
    counter.faults.add(system="xero", rate_limit="minute", times=1)
    answer = counter.post()
    assert answer.status_code == 429
    assert answer.headers["X-Rate-Limit-Problem"] == "minute"
    assert answer.headers["Retry-After"] == "60"
    assert counter.bodies == []


def test_a_concurrent_limit_names_no_time_to_wait(counter: Counter) -> None:
    counter.faults.add(system="xero", rate_limit="concurrent", times=1)
    assert "Retry-After" not in counter.post().headers


def test_an_expired_token_spares_the_identity_calls(counter: Counter) -> None:
    counter.faults.add(system="xero", expired_token=True)
    assert counter.post("/connect/token").status_code == 200
    assert counter.post().json()["Detail"].startswith("TokenExpired")


def test_a_fault_strikes_only_its_method_and_path(counter: Counter) -> None:
    counter.faults.add(system="xero", method="PUT", path="/api.xro/2.0/Inv*", status=500)
    assert counter.post().status_code == 200
    url = counter.server.url + "/api.xro/2.0/Invoices"
    assert counter.session.put(url, timeout=5).status_code == 500


def test_a_fault_ends_after_its_time() -> None:
    passed = 7.0
    faults = Faults(now=lambda: passed)
    faults.add(system="xero", status=503, seconds=60)
    passed += 59
    assert faults.strike("xero", "GET", "/")
    assert [one["seconds"] for one in faults.active()] == [1.0]
    passed += 1
    assert not faults.strike("xero", "GET", "/")
    assert faults.active() == []


def test_a_share_strikes_some_calls_and_spares_others() -> None:
    faults = Faults(seed=3)
    faults.add(system="xero", status=500, share=0.25)
    struck = sum(bool(faults.strike("xero", "GET", "/")) for _ in range(400))
    assert 60 < struck < 140


def test_a_delay_slows_only_its_own_call(counter: Counter) -> None:
    counter.faults.add(system="xero", method="PUT", delay=1)
    url = counter.server.url + "/api.xro/2.0/Slow"
    slow = threading.Thread(target=lambda: requests.put(url, timeout=5))
    slow.start()
    counter.post()
    assert slow.is_alive()
    slow.join()


def test_latency_is_set_per_system(counter: Counter) -> None:
    counter.world.set_setting("xero", "latency_ms", 120)
    began = time.monotonic()
    counter.post()
    assert time.monotonic() - began >= 0.12


@pytest.mark.parametrize(
    "wrong",
    [{"system": "sap", "status": 500}, {"system": "xero"}, {"system": "xero", "lost": "maybe"},
     {"system": "xero", "status": 500, "times": 0}, {"system": "xero", "status": 500, "hm": 1},
     {"system": "xero", "status": 500, "share": 2}, {"system": "xero", "status": 5},
     {"system": "xero", "status": 500, "path": 5}, {"system": "xero", "status": 500, "headers": []},
     {"system": "xero", "status": 500, "seconds": 0}, {"system": "xero", "delay": -1},
     {"system": "xero", "delay": "x"}, {"system": "xero", "status": "500"}],
)  # fmt: skip
def test_a_senseless_fault_is_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(BadFaultError, match=r"\w+ .+"):
        Faults().add(**wrong)


def test_the_journal_names_each_call_and_hides_secrets(counter: Counter) -> None:
    counter.post(
        "/api.xro/2.0/Invoices?page=2&token=abc",
        data="12345",
        headers={"Idempotency-Key": "key-1"},
    )
    call = counter.journal.entries(system="xero")[0]
    assert (call["method"], call["path"], call["status"]) == ("POST", "/api.xro/2.0/Invoices", 200)
    assert (call["idempotency_key"], call["body_bytes"]) == ("key-1", 5)
    assert "page=2" in call["query"]
    assert "abc" not in call["query"]
    assert counter.journal.entries(since=call["number"]) == []


def test_a_mistake_of_ours_is_a_500_and_the_connection_goes_on(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert counter.post(data="mistake").status_code == 500
    assert counter.post(data="fine").text == "fine"
    assert "a mistake of ours" in capsys.readouterr().err


def test_stopping_ends_every_open_connection(counter: Counter) -> None:
    other = Counter()
    other.server.start()
    assert other.post(data="one").text == "one"
    other.server.stop()
    with pytest.raises(requests.ConnectionError):
        other.post(data="two")
    assert other.bodies == [b"one"]


def test_a_world_continues_where_it_was(tmp_path: Path) -> None:
    first = World(tmp_path)
    invoice = {"Total": Decimal("10.00"), "Whole": Decimal(5), "Lines": [{"Tax": Decimal("0.1")}]}
    first.table("xero", "Invoice")["b"] = invoice
    first.table("xero", "Invoice")["a"] = {"Total": Decimal(1)}
    first.table("xero", "Invoice")["b"] = {**invoice, "Status": "PAID"}
    first.table("xero", "Invoice")["c"] = {}
    del first.table("xero", "Invoice")["c"]
    first.set_setting("xero", "day_limit", 1000)
    first.next_number("xero", "invoice")
    first.clock.advance(86_400)
    first.close()

    second = World(tmp_path)
    assert dict(second.table("xero", "Invoice")) == {
        "b": {**invoice, "Status": "PAID"},
        "a": {"Total": Decimal(1)},
    }
    assert list(second.table("xero", "Invoice")) == ["b", "a"]
    whole = second.table("xero", "Invoice")["b"]["Whole"]
    assert (type(whole), str(whole)) == (Decimal, "5")
    assert second.setting("xero", "day_limit") == 1000
    assert second.next_number("xero", "invoice") == 2
    assert second.clock.now() > datetime.now(UTC) + timedelta(hours=23)
    second.close()


def test_two_sandboxes_never_share_one_state(tmp_path: Path) -> None:
    first = World(tmp_path)
    first.set_setting("xero", "day_limit", 1000)
    with pytest.raises(StateInUseError, match="in use"):
        World(tmp_path)
    first.close()


def test_a_batch_is_kept_even_if_it_ends_badly(tmp_path: Path) -> None:
    world = World(tmp_path)
    with suppress(RuntimeError), world.batch(), world.batch():
        world.table("xero", "Contact")["a"] = {"Name": "Ada"}
        raise RuntimeError
    world.close()
    again = World(tmp_path)
    assert again.table("xero", "Contact")["a"] == {"Name": "Ada"}
    again.close()


def test_a_watcher_hears_of_every_change() -> None:
    table = World().table("xero", "Contact")
    table["a"] = {"Name": "Ada"}
    heard: list[object] = []
    table.watch(lambda key, old, new: heard.append((key, old, new)))
    table["a"] = {"Name": "Bea"}
    del table["a"]
    assert heard == [
        ("a", None, {"Name": "Ada"}),
        ("a", {"Name": "Ada"}, {"Name": "Bea"}),
        ("a", {"Name": "Bea"}, None),
    ]


def test_clearing_keeps_the_tables_that_others_hold() -> None:
    world = World()
    table = world.table("xero", "Contact")
    heard: list[str] = []
    table["a"] = {}
    table.watch(lambda key, _old, new: heard.append(f"{key} {new}"))
    world.clear()
    assert not table
    assert heard == ["a {}", "a None"]
    table["b"] = {}
    assert list(world.table("xero", "Contact")) == ["b"]


def test_a_frozen_clock_moves_only_when_told() -> None:
    clock = Clock()
    start = datetime(2026, 3, 1, tzinfo=UTC)
    clock.freeze(start)
    clock.advance(90)
    assert clock.now() == start + timedelta(seconds=90)
    clock.real()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_a_clock_set_to_another_day_goes_on_from_there() -> None:
    clock = Clock()
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    first = clock.now()
    assert first >= datetime(2030, 1, 1, tzinfo=UTC)
    time.sleep(0.01)
    assert clock.now() > first


@pytest.mark.slow
def test_a_hundred_thousand_records_are_written_and_read_quickly(tmp_path: Path) -> None:
    world = World(tmp_path)
    began = time.monotonic()
    with world.batch():
        for number in range(100_000):
            world.table("xero", "Contact")[str(number)] = {"Name": f"n{number}", "Due": Decimal(1)}
    world.close()
    again = World(tmp_path)
    assert len(again.table("xero", "Contact")) == 100_000
    assert time.monotonic() - began < 20
    again.close()
