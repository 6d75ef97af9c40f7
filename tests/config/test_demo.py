"""The demo: everything starts, is connected, continues the second time and ends with Ctrl-C."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client

from config.environment import ROOT
from sync.management import demo, demo_people, demo_setup
from sync.management.processes import processes_with

PARTS = ("manage.py", "config", "connections", "mappings", "sync", "sandbox", "templates")


@pytest.fixture
def checkout(open_path: Path) -> Iterator[Path]:
    """Return a checkout of its own, so that no demo in this one is touched."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, open_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, open_path / part)
    yield open_path
    demo.end_leftovers(open_path / "var" / "demo")


class Demo:
    """A demo in its own checkout, on free ports."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self.log = checkout / "demo.log"
        self.web = free_ports(1)
        self.sandbox = free_ports(3)

    def start(self, *options: str) -> None:
        ports = ["--port", str(self.web), "--sandbox-port", str(self.sandbox)]
        self.process = self.manage("demo", *ports, *options)
        deadline = time.monotonic() + 240
        while "Counterpart is ready" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def manage(self, *arguments: str) -> subprocess.Popen[bytes]:
        outside = {"PATH": os.environ["PATH"], "HOME": str(self.checkout)}
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=self.checkout,
            env=outside,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
        )

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=90)

    def left(self) -> list[str]:
        found = processes_with(demo.MARK, str(self.checkout / "var" / "demo"))
        return [" ".join(process.cmdline()) for process in found]


def free_ports(count: int) -> int:
    """Return the first of so many neighbouring ports that nobody uses."""
    while True:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            first: int = trial.getsockname()[1]
        if first < 65000 and not demo.busy(range(first, first + count)):
            return first


@pytest.mark.slow
def test_a_demo_starts_connected_continues_and_ends_with_nothing_left(checkout: Path):
    one = Demo(checkout)
    one.start()
    assert demo.answers(f"http://127.0.0.1:{one.web}/healthz")
    people = json.loads((checkout / "var/demo/logins.json").read_text())
    assert set(people) == {"finance", "administrator", "auditor"}
    for name, password in people.items():
        assert f"{name:15}{password}" in one.log.read_text()
    sandbox = f"http://127.0.0.1:{one.sandbox}/control"
    for client in ("sandbox-xero", "sandbox-xero-australia"):
        hook = requests.get(f"{sandbox}/webhooks?client={client}", timeout=10).json()["webhook"]
        assert hook["status"] == "ok"
    assert len(requests.get(f"{sandbox}/outbound-messages", timeout=10).json()["messages"]) == 2
    assert one.left()
    assert one.stop() == 0
    assert one.left() == []

    one.start()
    assert json.loads((checkout / "var/demo/logins.json").read_text()) == people
    one.process.kill()
    one.process.wait()
    assert one.left(), "killing the demo alone leaves its processes"

    one.start()
    assert "Ended what an earlier demo had left running" in one.log.read_text()
    assert one.stop() == 0
    assert one.manage("demo", "--reset").wait(timeout=90) == 0
    assert not (checkout / "var/demo").exists()


@pytest.mark.slow
def test_an_empty_demo_connects_nothing_and_tells_what_to_type(checkout: Path):
    one = Demo(checkout)
    for options in (("--empty",), ()):  # the second time it is empty without being told
        one.start(*options)
        said = one.log.read_text()
        assert "Nothing is connected yet" in said
        assert f"http://localhost:{one.web}/first-steps/" in said
        assert f"http://127.0.0.1:{one.sandbox + 1}" in said
        for client in ("sandbox-salesforce", "sandbox-xero", "sandbox-xero-australia"):
            assert f"{client}\n" in said
            assert f"{client}-secret\n" in said
        control = f"http://127.0.0.1:{one.sandbox}/control"
        calls = requests.get(f"{control}/requests", timeout=10).json()["requests"]
        assert calls == []
        deals = requests.get(
            f"{control}/records?system=salesforce&kind=Opportunity", timeout=10
        ).json()["records"]
        assert sorted(deal["Name"] for deal in deals if deal["IsWon"]) == sorted(demo_setup.WON)
        assert not any("Counterpart_Invoice_Id__c" in deal for deal in deals)
        assert one.stop() == 0
    assert one.left() == []


def test_a_demo_that_connects_does_not_become_an_empty_one(tmp_path: Path):
    assert not demo_setup.begins_empty(tmp_path, wanted=False)
    demo.logins(tmp_path / "logins.json", ("finance",))
    with pytest.raises(demo.DemoFailed, match="make demo-reset"):
        demo_setup.begins_empty(tmp_path, wanted=True)
    assert not demo_setup.begins_empty(tmp_path, wanted=False)


def test_an_empty_demo_stays_one(tmp_path: Path):
    folder = tmp_path / "demo"
    assert demo_setup.begins_empty(folder, wanted=True)
    demo.logins(folder / "logins.json", ("finance",))
    assert demo_setup.begins_empty(folder, wanted=True)
    assert demo_setup.begins_empty(folder, wanted=False)


def test_busy_ports_are_named_in_a_plain_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(demo.DemoFailed, match=rf"port {port} \(Counterpart\)"):
            demo.require_free(demo.Ports(web=port, sandbox=free_ports(3)))


def test_the_ports_of_the_first_time_are_kept(tmp_path: Path):
    assert demo.choose_ports(tmp_path, None, 9300) == demo.Ports(8000, 9300)
    assert demo.choose_ports(tmp_path, 8100, None) == demo.Ports(8100, 9300)
    assert demo.choose_ports(tmp_path, None, 9300) == demo.Ports(8100, 9300)
    demo.logins(tmp_path / "logins.json", ("finance",))
    with pytest.raises(demo.DemoFailed, match="make demo-reset"):
        demo.choose_ports(tmp_path, None, 9400)


def test_a_demo_that_found_its_ports_in_use_may_choose_others(tmp_path: Path):
    assert demo.choose_ports(tmp_path, None, 9300) == demo.Ports(8000, 9300)
    assert demo.choose_ports(tmp_path, None, 9400) == demo.Ports(8000, 9400)


def test_a_second_demo_of_the_same_checkout_is_refused(tmp_path: Path):
    with demo.only_one(tmp_path), pytest.raises(demo.DemoFailed, match="running already"):
        demo.only_one(tmp_path)
    demo.only_one(tmp_path).close()


def test_passwords_are_made_once_and_for_the_owner_alone(tmp_path: Path):
    file = tmp_path / "logins.json"
    first = demo.logins(file, ("finance",))
    assert demo.logins(file, ("finance",)) == first
    assert demo.logins(file, ("finance", "other"))["finance"] == first["finance"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(first["finance"]) >= 12


def test_finance_may_decide_but_not_see_credentials(db: None, client: Client):
    demo_people.make_people({"finance": "x" * 12, "administrator": "y" * 12})
    demo_people.make_people({"finance": "z" * 12, "administrator": "y" * 12, "auditor": "a" * 12})
    assert [group.name for group in User.objects.get(username="auditor").groups.all()] == [
        "Auditors"
    ]
    assert client.login(username="finance", password="z" * 12)
    user = User.objects.get(username="finance")
    assert user.has_perm("sync.view_link")
    assert user.has_perm("sync.decide_reviewitem")
    assert not user.is_superuser
    assert not user.has_perm("auth.change_user")


def test_make_hands_its_options_to_the_demo_and_not_to_its_environment(tmp_path: Path):
    """Make's `DEMO` holds options; the setting of that name is yes or no."""
    (tmp_path / "python").write_text('#!/bin/sh\necho "$@, DEMO=$DEMO"\n')
    (tmp_path / "python").chmod(0o700)
    quiet = ["make", "--no-print-directory", "-o", ".venv/ready-to-run", f"BIN={tmp_path}"]
    # these tests may themselves run under make, whose flags and level would be handed on
    outside = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    said = subprocess.run(
        [*quiet, "DEMO=--port 8801", "demo"],
        cwd=ROOT,
        env=outside,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == "manage.py demo --port 8801, DEMO=\n"
