"""`manage.py demo`: everything at once, to try Counterpart without any account anywhere."""

import contextlib
import logging
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from connections.models import Connection
from sync.management import demo, demo_events, demo_people, demo_setup, orphans, processes


class Command(BaseCommand):
    """Start the demo, or forget it."""

    help = (
        "Starts a sandbox, the web pages and a worker, already connected. Ctrl-C ends all; started "
        "again, it continues."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer the ports and the reset."""
        parser.add_argument("--port", type=int, help="of Counterpart's pages (8000)")
        parser.add_argument("--sandbox-port", type=int, help="of the sandbox's page (9100)")
        parser.add_argument("--reset", action="store_true", help="forget the demo, and end")
        parser.add_argument(
            "--empty",
            action="store_true",
            help="connect nothing, and tell what to type into the first steps",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Run until Ctrl-C."""
        self.folder: Path = settings.BASE_DIR / "var" / "demo"
        try:
            self._require_a_checkout()
            with demo.only_one(self.folder):
                if options["reset"]:
                    demo.remove(self.folder)
                    self._say("The demo is forgotten; `make demo` begins a new one.")
                    return
                self.empty = demo_setup.begins_empty(self.folder, wanted=options["empty"])
                self.ports = demo.choose_ports(
                    self.folder, options["port"], options["sandbox_port"]
                )
                if not os.environ.get(demo.MARK):
                    self._begin_again_inside()
                self._run()
        except demo.DemoFailed as error:
            raise CommandError(str(error)) from error

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # at once, also where the output is not a terminal

    def _require_a_checkout(self) -> None:
        if settings.PRODUCTION or settings.DATABASE_URL:
            raise demo.DemoFailed(
                "The demo brings its own database and is not for production: unset ENVIRONMENT "
                "and DATABASE_URL."
            )
        if os.environ.get(demo.MARK) and self.folder != settings.VAR:
            raise demo.DemoFailed("Unset VAR_DIRECTORY and DEMO: the demo sets its own.")

    def _begin_again_inside(self) -> None:
        """Replace this process by itself, with the settings of the demo."""
        values = demo.environment(self.ports)
        lines = "".join(f"{name}={value}\n" for name, value in values.items())
        (self.folder / "environment").write_text(lines)
        os.environ.update(values | {demo.MARK: str(self.folder)})
        os.execv(sys.executable, demo.python(*sys.argv))

    def _run(self) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        children: list[processes.Child] = []
        try:
            with contextlib.suppress(demo.Stopped):
                self._start(children, stop)
            while not stop.wait(0.5):
                demo.require_alive(children, self.folder)
        finally:
            self._say("\nStopping ...")
            processes.end(reversed(children), demo.GRACE_SECONDS)
            orphans.sweep(settings.VAR / "workers")
            connection.close()
        self._say("Stopped. `make demo` continues, `make demo-reset` starts afresh.")

    def _start(self, children: list[processes.Child], stop: threading.Event) -> None:
        if demo.end_leftovers(self.folder):
            self._say("Ended what an earlier demo had left running.")
        demo.require_free(self.ports)
        self._say("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
        passwords = demo.logins(self.folder / "logins.json", demo_people.NAMES)
        demo_people.make_people(passwords)
        self._say("Starting the sandbox ...")
        children.append(self._child("sandbox", "-m", "sandbox", *self._sandbox_options()))
        page = f"http://{demo.LOOPBACK}:{self.ports.sandbox}"
        demo.wait_for(children[-1], f"{page}/control/health", self.folder, stop)
        self._make_haste(page)
        if not self.empty:
            self._connect_once()
        self._win_once(page)
        self._say("Starting the web pages and the worker ...")
        manage = str(Path(sys.argv[0]).resolve())
        gunicorn = ["-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
        children.append(self._child("web", *gunicorn))
        children.append(self._child("worker", manage, "worker"))
        web = f"http://{demo.LOOPBACK}:{self.ports.web}"
        demo.wait_for(children[-2], f"{web}/healthz/web", self.folder, stop)
        demo.wait_for(children[-1], f"{web}/healthz", self.folder, stop)
        self._let_the_sandbox_tell(page, web)
        unconnected = self.empty and not Connection.objects.exists()
        self._welcome(web, page, passwords, self._what_to_type() if unconnected else "")

    def _let_the_sandbox_tell(self, page: str, web: str) -> None:
        """Have changes told as events; without them everything still works, some seconds later."""
        try:
            status = demo_events.tell(page, web)
        except OSError as error:
            status = str(error)
        if status != "ok":
            self._say(f"The sandbox tells of no changes ({status}): sweeps find them.")

    def _child(self, name: str, *arguments: str) -> processes.Child:
        log = self.folder / f"{name}.log"
        log.write_bytes(b"")
        return processes.start(name, demo.python(*arguments), log=log)

    def _sandbox_options(self) -> list[str]:
        first = self.ports.sandbox
        options = ["--seed", "1", "--size", "small", "--state", str(self.folder / "sandbox")]
        ports = {"--control-port": first, "--salesforce-port": first + 1, "--xero-port": first + 2}
        if self.empty:
            options.append("--bare")
        return options + [word for name, port in ports.items() for word in (name, str(port))]

    def _connect_once(self) -> None:
        """Connect both systems, pair them and switch the flows on; done once for each demo."""
        done = self.folder / "connected"
        if done.exists():
            return
        self._say("Connecting Salesforce and Xero ...")
        os.environ.update(demo_setup.secrets())
        logging.getLogger("connections").setLevel(logging.WARNING)  # its calls are no news here
        for step in demo_setup.connecting_steps(self.ports):
            if demo_setup.is_done(step):
                continue
            with (self.folder / "connect.log").open("a") as log:
                call_command(*step, stdout=log)
        done.touch()

    def _make_haste(self, page: str) -> None:
        try:
            demo_setup.make_haste(page)
        except OSError as error:
            self._say(f"Xero's usual limits hold in the sandbox ({error}): it may rest at times.")

    def _win_once(self, page: str) -> None:
        """Let the first deals be won; done once for each demo, and no reason to end it."""
        done = self.folder / "won"
        if done.exists():
            return
        try:
            demo_setup.win_deals(page)
        except OSError as error:
            self._say(f"No deal was won yet ({error}): win one on the sandbox's page.")
        done.touch()

    def _what_to_type(self) -> str:
        lines = "".join(f"      {line}\n" for line in demo_setup.what_to_type(self.ports))
        return (
            "  Nothing is connected yet. Sign in as administrator and take the first steps. The "
            f"sandbox accepts\n\n{lines}\n"
        )

    def _welcome(self, web: str, page: str, passwords: dict[str, str], typed: str) -> None:
        people = "".join(f"      {name:15}{word}\n" for name, word in passwords.items())
        seen = "   press “Close won” on a deal and see its invoice"
        if self.empty:  # the real Xero sends nobody back to 127.0.0.1 either
            web, seen = f"http://localhost:{self.ports.web}/first-steps", ""
        self._say(
            f"\n  Counterpart is ready.\n\n"
            f"    Counterpart    {web}/\n{people}"
            f"    The sandbox    {page}/{seen}\n\n{typed}"
            f"  Ctrl-C ends it. Logs and logins: {self.folder}\n"
        )
