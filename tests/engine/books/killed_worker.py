"""A worker in a process of its own that kills itself with SIGKILL before or after its n-th write.

Both systems are the sandbox over HTTP, as the test's own process runs it.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django


class Deadly:
    """A real doorway, and the moment of death; all doorways count their writes together."""

    left = 0

    def __init__(self, inner: Any, moment: str) -> None:
        self._inner, self._moment = inner, moment

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, sending: Any) -> Any:
        """Write, and die before or after it."""
        Deadly.left -= 1
        if Deadly.left == 0 and self._moment == "before":
            _die()
        answers = self._inner.send(sending)
        if Deadly.left == 0 and self._moment == "after":
            _die()
        return answers


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work(moment: str, number: int) -> None:
    """Sweep and work off what is due; never returns when the moment comes."""
    # Django is set up by now
    from connections.live import open_remote  # noqa: PLC0415
    from connections.remote import Lane  # noqa: PLC0415
    from sync.engine import running  # noqa: PLC0415
    from sync.intake import sweeps  # noqa: PLC0415
    from sync.models import FlowSwitch  # noqa: PLC0415

    def door(connection: Any, lane: Any) -> Any:
        return Deadly(open_remote(connection, lane), moment)

    Deadly.left = number
    switches = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero")
    sweeps.sweep(switches[0].pair, open_remote=door)
    for switch in switches.order_by("flow"):
        running.work_off(switch, lane=Lane.PERSON, open_remote=door)


if __name__ == "__main__":
    django.setup()
    work(sys.argv[1], int(sys.argv[2]))
