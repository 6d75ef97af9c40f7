"""A worker under its supervisor: stops cleanly, is given up when dead, leaves no orphans."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.environment import ROOT
from sync.bell import WORKER_VARIABLE
from sync.management import orphans
from sync.management.processes import processes_with
from sync.management.supervision import Pulse
from sync.models import Heartbeat

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def silence() -> str:
    """Return the seconds of silence for which none of these workers is given up."""
    return "600"


@pytest.fixture
def start(outside_environment: dict[str, str], tmp_path: Path, silence: str) -> Iterator[Start]:
    """Return a function that starts `manage.py worker` on this test's database."""
    patience = {"WORKER_STOP_SECONDS": "8", "QUEUE_PROCESSES": "2", "QUEUE_POLL_SECONDS": "0.1"}
    patience["WORKER_SILENCE_SECONDS"] = silence
    environment = {**outside_environment, **patience, "VAR_DIRECTORY": str(tmp_path)}
    started: list[subprocess.Popen[str]] = []
    log = tmp_path / "worker.log"

    def begin() -> subprocess.Popen[str]:
        Heartbeat.objects.filter(kind=Heartbeat.WORKER).delete()
        command = [sys.executable, "manage.py", "worker"]
        one = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log.open("a"), text=True)
        started.append(one)
        soon(lambda: Heartbeat.objects.filter(kind=Heartbeat.WORKER).exists())
        return one

    yield begin
    for one in started:
        one.kill()
        one.wait()
    orphans.sweep(tmp_path / "workers")


def soon(condition: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def family(supervisor: subprocess.Popen[str]) -> list[psutil.Process]:
    name = Heartbeat.objects.filter(name__contains=f":{supervisor.pid}:").get().name
    return processes_with(WORKER_VARIABLE, name)


def main_of(found: list[psutil.Process]) -> psutil.Process:
    pids = {process.pid for process in found}
    (main,) = [process for process in found if process.ppid() not in pids]
    return main


def all_gone(found: list[psutil.Process]) -> bool:
    return not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in found
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_stops_cleanly_when_asked(start: Start, number: signal.Signals, tmp_path: Path):
    worker = start()
    found = family(worker)
    assert len(found) >= 5  # main, sentinel, two workers, monitor, pusher
    worker.send_signal(number)
    assert worker.wait(timeout=60) == 0
    assert all_gone(found)
    assert list((tmp_path / "workers").iterdir()) == []


@pytest.mark.slow
def test_a_worker_whose_main_process_is_killed_is_given_up_with_all_its_family(start: Start):
    worker = start()
    found = family(worker)
    main_of(found).kill()
    assert worker.wait(timeout=60) == 1
    assert all_gone(found)


@pytest.mark.slow
def test_a_worker_whose_sentinel_is_killed_is_given_up_too(start: Start):
    worker = start()
    found = family(worker)
    main = main_of(found)
    (sentinel,) = [process for process in found if process.ppid() == main.pid]
    sentinel.kill()
    assert worker.wait(timeout=60) == 1
    assert all_gone(found)


@pytest.mark.slow
@pytest.mark.parametrize("silence", ["30"])
def test_a_worker_that_lives_but_runs_no_tasks_is_given_up(start: Start):
    worker = start()
    found = family(worker)
    for process in found:
        process.suspend()  # as when a process died holding the lock of the others' queue
    assert worker.wait(timeout=150) == 1
    assert all_gone(found)


@pytest.mark.slow
def test_the_orphans_of_a_killed_supervisor_are_ended_by_the_next(start: Start):
    killed = start()
    found = family(killed)
    killed.kill()
    killed.wait()
    assert not all_gone(found), "killing the supervisor alone leaves its processes"
    start()
    assert all_gone(found)


@pytest.mark.slow
def test_the_processes_of_a_living_supervisor_are_left_alone(start: Start):
    first = start()
    found = family(first)
    start()
    assert all(process.is_running() for process in found)


def test_silence_is_counted_from_the_last_change_seen():
    pulse = Pulse(since=100)
    pulse.note(None, now=150)
    assert pulse.silent(now=160) == 60
    pulse.note("10:00", now=170)
    pulse.note("10:00", now=300)
    assert pulse.silent(now=300) == 130
    pulse.note("10:05", now=301)
    assert pulse.silent(now=301) == 0


def test_a_note_of_another_host_or_of_a_living_supervisor_stays(tmp_path: Path):
    name, mine = orphans.announce(tmp_path)
    theirs = tmp_path / "theirs.json"
    theirs.write_text(mine.read_text().replace(f'"host": "{name.split(":")[0]}"', '"host": "else"'))
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text("not JSON")
    assert orphans.sweep(tmp_path) == 0
    assert sorted(tmp_path.iterdir()) == sorted([mine, theirs])


def test_a_process_number_that_was_given_to_another_is_not_a_living_supervisor(tmp_path: Path):
    _, mine = orphans.announce(tmp_path)
    words = json.loads(mine.read_text())
    mine.write_text(json.dumps(words | {"started": words["started"] - 60}))
    orphans.sweep(tmp_path)
    assert not mine.exists()
