"""A sandbox in a process of its own, filled through its control API."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import simplejson

ROOT = Path(__file__).resolve().parent.parent
PORTS = {"control": 9410, "salesforce": 9411, "xero": 9412}


class Box:
    """The running sandbox, as its control API serves it."""

    control = f"http://127.0.0.1:{PORTS['control']}/control"
    salesforce = f"http://127.0.0.1:{PORTS['salesforce']}"
    xero = f"http://127.0.0.1:{PORTS['xero']}"

    def ask(self, path: str, body: Any = None, method: str = "") -> Any:
        """Return the control API's answer; a body makes it a POST."""
        data = None if body is None else simplejson.dumps(body, use_decimal=True).encode()
        verb = method or ("GET" if data is None else "POST")
        request = urllib.request.Request(f"{self.control}/{path}", data, method=verb)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return simplejson.loads(answer.read(), use_decimal=True)

    def act(self, system: str, act: str, **args: Any) -> Any:
        """Do by hand what a person does in the system's own screens; return its result."""
        return self.ask("act", {"system": system, "act": act, "args": args})["result"]

    def set(self, system: str, name: str, value: Any) -> None:
        """Set a setting of one system."""
        self.ask("settings", {"system": system, "name": name, "value": value})

    def records(self, system: str, kind: str) -> list[dict[str, Any]]:
        """Return every record of a kind."""
        found: list[dict[str, Any]] = self.ask(f"records?system={system}&kind={kind}")["records"]
        return found


@contextmanager
def running() -> Iterator[Box]:
    """Run a sandbox with the small company in it until the block ends."""
    command = [sys.executable, "-m", "sandbox", "--seed", "1"]
    for name, port in PORTS.items():
        command += [f"--{name}-port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        box = Box()
        wait(box)
        yield box
    finally:
        process.terminate()
        process.wait(20)


def wait(box: Box) -> None:
    """Wait until the sandbox answers; raises URLError after a minute and a half without."""
    deadline = time.monotonic() + 90
    while True:
        try:
            box.ask("health")
            return
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
