"""Finds and ends the processes of workers whose supervisor is no more, however it died."""

import contextlib
import json
import os
import socket
import time
from pathlib import Path

import psutil
import structlog

from sync.bell import WORKER_VARIABLE
from sync.management.processes import processes_with

log = structlog.get_logger(__name__)

SAME_START_SECONDS = 2.0  # a start time is computed from the clock, which may be put right


def announce(folder: Path) -> tuple[str, Path]:
    """Write down that this process supervises a worker; return the worker's name and the note."""
    folder.mkdir(parents=True, exist_ok=True)
    started = psutil.Process().create_time()
    name = f"{socket.gethostname()}:{os.getpid()}:{started:.0f}"
    note = folder / f"{name.replace(':', '-')}.json"
    words = {"name": name, "host": socket.gethostname(), "pid": os.getpid(), "started": started}
    note.write_text(json.dumps(words))
    return name, note


def sweep(folder: Path) -> int:
    """End what dead supervisors of this host left running; return how many processes."""
    ended = 0
    for note in folder.glob("*.json"):
        try:
            words = json.loads(note.read_text())
            if words["host"] != socket.gethostname() or _lives(words["pid"], words["started"]):
                continue
            ended += kill_all(words["name"])
        except (ValueError, KeyError, TypeError):
            log.warning("unreadable note about a worker removed", note=note.name)
        note.unlink(missing_ok=True)
    if ended:
        log.warning("ended processes of a worker without supervisor", processes=ended)
    return ended


def kill_all(worker: str, patience: float = 5.0) -> int:
    """Kill every process started under this worker's name; return how many there were.

    Repeated until none is left, as each may be starting another.
    """
    killed = set()
    deadline = time.monotonic() + patience
    while (found := processes_with(WORKER_VARIABLE, worker)) and time.monotonic() < deadline:
        for process in found:
            with contextlib.suppress(psutil.Error):
                process.kill()
                killed.add(process.pid)
        psutil.wait_procs(found, timeout=0.5)
    return len(killed)


def _lives(pid: int, started: float) -> bool:
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < SAME_START_SECONDS
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
