"""The demo: a sandbox, the web pages and a worker, connected, in processes of their own."""

import contextlib
import fcntl
import json
import secrets
import shutil
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import psutil

from sync.management import processes

MARK = "COUNTERPART_DEMO"  # in the environment of every process of a demo
START_SECONDS = 60.0
GRACE_SECONDS = 20.0
LOOPBACK = "127.0.0.1"
CALLS_PER_MINUTE = 1_000  # of Xero; a real organisation takes 60, and is swept far less often


class DemoFailed(RuntimeError):
    """The demo cannot go on; the text is for the person at the terminal."""


class Stopped(Exception):
    """A person pressed Ctrl-C while the demo was starting."""


@dataclass(frozen=True)
class Ports:
    """Where the demo listens; the sandbox's Salesforce and Xero take the two after its page."""

    web: int = 8000
    sandbox: int = 9100

    @property
    def uses(self) -> dict[str, int]:
        """Each port by what it is for."""
        systems = {"Salesforce": self.sandbox + 1, "Xero": self.sandbox + 2}
        return {"Counterpart": self.web, "the sandbox's page": self.sandbox} | systems


def choose_ports(folder: Path, web: int | None, sandbox: int | None) -> Ports:
    """Return the ports asked for, else those of the last time, else 8000 and 9100; keep them.

    Raises DemoFailed when the sandbox, whose address stands in the database, would move.
    """
    file = folder / "ports.json"
    kept = Ports(**json.loads(file.read_text())) if file.exists() else Ports()
    begun = (folder / "logins.json").exists()  # before, no address stands anywhere
    if begun and sandbox not in (None, kept.sandbox):
        raise DemoFailed(f"This demo's sandbox is at port {kept.sandbox}: make demo-reset first.")
    ports = Ports(web or kept.web, sandbox or kept.sandbox)
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(ports)))
    return ports


def environment(ports: Ports) -> dict[str, str]:
    """Return the environment of a demo: a place of its own, the sandbox's addresses, haste."""
    xero = f"http://{LOOPBACK}:{ports.sandbox + 2}"
    return {
        "VAR_DIRECTORY": "var/demo",
        "XERO_API_URL": xero,
        "XERO_IDENTITY_URL": xero,
        "XERO_LOGIN_URL": xero,
        "XERO_CALLS_PER_MINUTE": str(CALLS_PER_MINUTE),
        "QUICK_LOOK_SECONDS": "2",
        "SWEEP_SECONDS": "20",
        "QUEUE_PROCESSES": "2",
        "QUEUE_POLL_SECONDS": "0.2",
        "WEB_BIND": f"{LOOPBACK}:{ports.web}",
        "SITE_URL": f"http://{LOOPBACK}:{ports.web}",
        "WEB_PROCESSES": "1",
        "WEB_THREADS": "8",
        "WORKER_STOP_SECONDS": "10",
    }


def remove(folder: Path) -> None:
    """Forget everything the demo has done: end what it left running, then remove its folder."""
    end_leftovers(folder)
    servers = [process for process in psutil.process_iter() if _uses(process, folder)]
    for server in servers:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast way out
    psutil.wait_procs(servers, timeout=10)
    shutil.rmtree(folder)


def _uses(process: psutil.Process, folder: Path) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.name() == "postgres" and any(
            argument.startswith(f"{folder}/") for argument in process.cmdline()
        )
    return False


def only_one(folder: Path) -> IO[str]:
    """Return a lock that this process holds until it ends; raises DemoFailed when it is held."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "demo.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DemoFailed("The demo is running already, in another terminal.") from None
    return lock


def end_leftovers(folder: Path) -> int:
    """Kill what a demo that was killed itself has left running; return how many processes."""
    left = processes.processes_with(MARK, str(folder))
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=5)
    return len(left)


def require_free(ports: Ports) -> None:
    """Raise DemoFailed naming the ports that other programs use."""
    taken = busy(ports.uses.values())
    named = [f"{port} ({use})" for use, port in ports.uses.items() if port in taken]
    if named:
        raise DemoFailed(
            f"In use by another program: port {', '.join(named)}. Stop it, or choose others: "
            'make demo DEMO="--port 8001 --sandbox-port 9200"'
        )


def busy(ports: Iterable[int]) -> list[int]:
    """Return those of the ports on which another program listens."""
    found = []
    for port in ports:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((LOOPBACK, port))
            except OSError:
                found.append(port)
    return found


def wait_for(child: processes.Child, address: str, folder: Path, stop: threading.Event) -> None:
    """Return when the address answers.

    Raises DemoFailed with the log's end when it does not, and Stopped when a person stops it.
    """
    deadline = time.monotonic() + START_SECONDS
    while not answers(address):
        require_alive([child], folder)
        if time.monotonic() > deadline:
            raise DemoFailed(f"The {child.name} does not answer. {last_lines(folder, child)}")
        if stop.wait(0.25):
            raise Stopped


def require_alive(children: Iterable[processes.Child], folder: Path) -> None:
    """Raise DemoFailed when one of them has ended by itself."""
    for child in children:
        if child.ended:
            raise DemoFailed(f"The {child.name} has ended. {last_lines(folder, child)}")


def answers(address: str) -> bool:
    """Say whether a program on this machine answers there with a success."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=5) as answer:
            return bool(answer.status < 400)
    except (urllib.error.URLError, OSError):
        return False


def last_lines(folder: Path, child: processes.Child) -> str:
    """Return the end of a child's log for a person to read."""
    log = folder / f"{child.name}.log"
    text = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
    return f"Its log {log} ends with:\n" + "\n".join(text)


def logins(file: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return each name's password, made at the first call and kept in the file."""
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    made = {name: kept.get(name) or secrets.token_urlsafe(9) for name in names}
    if made != kept:
        file.touch(mode=0o600)
        file.write_text(json.dumps(made, indent=2) + "\n")
    return made


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python with the arguments."""
    return [sys.executable, *arguments]
