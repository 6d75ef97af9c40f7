"""`manage.py worker`: runs the queue's processes and watches over them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sync.management.supervision import Supervisor, queue_command


class Command(BaseCommand):
    """Start a worker; several may run, on one host or on many."""

    help = (
        "Runs the queue's processes until SIGTERM or Ctrl-C. Ends with exit code 1 when they no "
        "longer work, so that systemd or compose starts it again."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        """Supervise until told to stop."""
        supervisor = Supervisor(
            command=queue_command(),
            folder=settings.VAR / "workers",
            silence=settings.WORKER_SILENCE_SECONDS,
            grace=settings.WORKER_STOP_SECONDS,
            quick_look=settings.QUICK_LOOK_SECONDS,
        )
        raise SystemExit(supervisor.run())
