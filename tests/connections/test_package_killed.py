"""Kill -9 in the midst of an installation: the next one brings it to its end, once."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from connections import installing
from connections.models import Connection, Installation
from sandbox.server import Box
from tests.connections.package_org import connected, records, running_bare_org

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box() -> Iterator[Box]:
    with running_bare_org() as box:
        yield box


@pytest.fixture
def connection(box: Box) -> Iterator[Connection]:
    with connected(box) as made:
        yield made


@pytest.mark.parametrize(
    ("method", "path", "moment"),
    [
        ("POST", "*/deployRequest", "delay"),
        ("POST", "*/deployRequest", "delay_after"),
        ("GET", "*/deployRequest/*", "delay_after"),
        ("POST", "*/PermissionSetAssignment", "delay"),
        ("POST", "*/PermissionSetAssignment", "delay_after"),
    ],
)
def test_a_killed_installation_is_brought_to_its_end_by_the_next(
    box: Box,
    connection: Connection,
    outside_environment: dict[str, str],
    method: str,
    path: str,
    moment: str,
) -> None:
    slow = box.faults.add(system="salesforce", method=method, path=path, **{moment: 2.0})
    _start_and_kill(box, outside_environment, method, path.strip("*").strip("/"))
    box.faults.clear(slow.id)
    assert not Installation.objects.get().is_finished
    Installation.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    call_command("install_salesforce_package")
    assert Installation.objects.get().succeeded
    assert not any(installing.lacking(connection).values())
    assert len(records(box, "PermissionSetAssignment")) == 1
    assert len(records(box, "PermissionSet")) == 2


def _start_and_kill(box: Box, environment: dict[str, str], method: str, resource: str) -> None:
    """Run the command in a process of its own, and kill it while such a call is under way."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "install_salesforce_package"], cwd=ROOT, env=environment
    )
    try:
        end = time.monotonic() + 60
        while not _under_way(box, method, resource):
            assert process.poll() is None, "the command ended before it could be killed"
            assert time.monotonic() < end, "the call never came"
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()


def _under_way(box: Box, method: str, resource: str) -> bool:
    return any(
        call["method"] == method and resource in call["path"] and call["duration_ms"] is None
        for call in box.journal.entries()
    )
