"""`manage.py sandbox`: a local Salesforce and a local Xero to play with."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Run the sandbox in the place of this process."""

    help = (
        "A Salesforce (port 9101), a Xero (9102) and a page to play with both (9100). What was "
        "done in it is kept under var/sandbox."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer the seed, the size and another page's port."""
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same company")
        parser.add_argument("--size", choices=["small", "large", "books"], default="small")
        parser.add_argument("--port", type=int, default=9100, help="of its page; the systems next")

    def handle(self, *_: Any, **options: Any) -> None:
        """Become the sandbox until Ctrl-C."""
        state = settings.VAR / "sandbox"
        state.parent.mkdir(parents=True, exist_ok=True)
        first = options["port"]
        if not 0 < first < 65534:
            raise CommandError("--port must be from 1 to 65533.")
        command = [sys.executable, "-m", "sandbox", "--seed", str(options["seed"])]
        command += ["--size", options["size"], "--state", str(state)]
        command += ["--control-port", str(first), "--salesforce-port", str(first + 1)]
        command += ["--xero-port", str(first + 2)]
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, command)
