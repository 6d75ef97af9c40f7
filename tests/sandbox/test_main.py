"""`python -m sandbox` starts, says where it is, continues where it was, and stops when told."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from sandbox.__main__ import main

ANY_PORT = ["--salesforce-port", "0", "--xero-port", "0", "--control-port", "0"]
Started = tuple[subprocess.Popen[str], str]


@contextmanager
def started(*options: str) -> Iterator[Started]:
    """The process and the address of its control page."""
    command = [sys.executable, "-m", "sandbox", *(options or ANY_PORT)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            found = re.search(r"http://\S+", lines[-1])
            yield process, found[0] if found else ""
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(number: signal.Signals) -> None:
    with started() as (process, control):
        assert requests.get(f"{control}/control/health", timeout=30).ok
        process.send_signal(number)
        assert process.wait(timeout=30) == 0


@pytest.mark.slow
def test_started_twice_it_continues(tmp_path: Path) -> None:
    options = [*ANY_PORT, "--seed", "1", "--state", str(tmp_path)]
    listing = "/control/records?system=salesforce&kind=Account"
    found = []
    for _ in range(2):
        with started(*options) as (process, control):
            found.append(requests.get(control + listing, timeout=30).json()["records"])
            process.kill()
    assert len(found[0]) == 37
    assert found[0] == found[1]


@pytest.fixture
def own_signals() -> Iterator[None]:
    """The signals answered as before once the sandbox has run in this process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("own_signals")
def test_a_port_that_is_none_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ANY_PORT[:4], "--control-port", "99999"]) == 1
    assert capsys.readouterr().err.startswith("The sandbox cannot start:")


@pytest.mark.slow
def test_a_taken_port_is_said_in_a_sentence() -> None:
    with started() as (_, control):
        port = control.rsplit(":", 1)[1]
        with started(*ANY_PORT[:4], "--control-port", port) as (second, _):
            assert second.wait(timeout=30) == 1
            assert second.stderr is not None
            said = second.stderr.read()
            assert said.startswith("The sandbox cannot start:")
            assert "Traceback" not in said
