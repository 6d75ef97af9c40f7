"""A worker in a process of its own that kills itself around the n-th write of tasks."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django


class Deadly:
    """The real doorway to Salesforce, and the moment of death: before or after that write."""

    def __init__(self, inner: Any, moment: str, left: list[int]) -> None:
        self._inner, self._moment, self._left = inner, moment, left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, sending: Any) -> Any:
        """Write, and die before or after it."""
        if sending.kind == "Task":
            self._left[0] -= 1
        if self._left[0] == 0 and self._moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answers = self._inner.send(sending)
        if self._left[0] == 0 and self._moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return answers


def work(moment: str, number: int) -> None:
    """Work off what is due; never returns when the moment comes."""
    # Django is set up by now
    from connections.live import open_remote  # noqa: PLC0415
    from connections.remote import Lane  # noqa: PLC0415
    from sync.core.records import System  # noqa: PLC0415
    from sync.engine import running  # noqa: PLC0415
    from sync.models import FlowSwitch  # noqa: PLC0415

    left = [number]

    def door(connection: Any, lane: Any) -> Any:
        inner = open_remote(connection, lane)
        ours = connection.system == System.SALESFORCE
        return Deadly(inner, moment, left) if ours else inner

    switches = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero")
    switch = switches.filter(flow="credit_risk").earliest("pk")
    running.work_off(switch, lane=Lane.PERSON, open_remote=door)


if __name__ == "__main__":
    django.setup()
    work(sys.argv[1], int(sys.argv[2]))
