"""Starts other programs in sessions of their own and ends them, whole families at a time."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

POLL_SECONDS = 0.05


@dataclass
class Child:
    """A program we started; its process group has its pid as number."""

    name: str
    process: subprocess.Popen[bytes]

    @property
    def ended(self) -> bool:
        """Say whether its main process is gone."""
        return self.process.poll() is not None


def start(
    name: str,
    command: list[str],
    *,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Child:
    """Start the program in a session of its own, so that a Ctrl-C in the terminal passes it by.

    With `log` its output is added to that file, else it goes where ours goes.
    """
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("ab")) if log else None
        process = subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
        )
    return Child(name, process)


def end(children: Iterable[Child], grace: float) -> None:
    """Ask each main process to stop, wait `grace` seconds in all, then kill what is left.

    Only the main process is asked: django-q2 hangs when its whole group gets the signal.
    """
    family = list(children)
    for child in family:
        if not child.ended:
            child.process.terminate()
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and not all(child.ended for child in family):
        time.sleep(POLL_SECONDS)
    for child in family:
        kill(child)


def kill(child: Child) -> None:
    """Kill the program with every process of its group, and wait until they are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()
    deadline = time.monotonic() + 5
    while _group_lives(child.process.pid) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def processes_with(variable: str, value: str) -> list[psutil.Process]:
    """Return the running processes that were started with this environment variable."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            if process.environ().get(variable) == value:
                found.append(process)
    return found


def _group_lives(group: int) -> bool:
    for process in psutil.process_iter(["status"]):
        with contextlib.suppress(OSError):
            zombie = process.info["status"] == psutil.STATUS_ZOMBIE
            if not zombie and os.getpgid(process.pid) == group:
                return True
    return False
