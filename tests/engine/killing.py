"""Runs workers that are killed in the midst, for the tests of what is left then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytest_django import Settings

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = ("XERO_API_URL", "XERO_IDENTITY_URL", "XERO_LOGIN_URL")


class Killer:
    """Runs a worker in a process of its own against the test's database and sandbox."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def run(self, moment: str, number: int) -> int:
        """Run it to its end; return its exit code (-9: killed)."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.engine.books.killed_worker", moment, str(number)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in (0, -9), done.stderr
        return done.returncode


def killer_of(environment: dict[str, str], settings: Settings) -> Killer:
    """Return the killer of a test's own systems; a dead worker's lease ends after a second."""
    settings.LEASE_SECONDS = 1
    addresses = {name: getattr(settings, name) for name in ADDRESSES}
    return Killer({**environment, **addresses, "LEASE_SECONDS": "1"})
