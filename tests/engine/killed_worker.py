"""A worker in a process of its own that kills itself with SIGKILL at a named moment.

Salesforce is the fake, which a test rebuilds alike in each process; Xero is the sandbox over HTTP.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django


class Deadly:
    """The real doorway to Xero, and the moment of death: before or after the n-th write."""

    def __init__(self, inner: Any, moment: str, number: int) -> None:
        self._inner, self._moment, self._left = inner, moment, number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def changed(self, *args: Any) -> Any:
        """Read, or die while reading."""
        if self._moment == "reading":
            _die()
        return self._inner.changed(*args)

    def send(self, sending: Any) -> Any:
        """Write, and die before or after it."""
        self._left -= 1
        if self._left == 0 and self._moment == "before":
            _die()
        answers = self._inner.send(sending)
        if self._left == 0 and self._moment == "after":
            _die()
        return answers


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work(moment: str, number: int, deals: int) -> None:
    """Work off what is due; never returns when the moment comes."""
    # Django is set up by now
    from connections.live import open_remote  # noqa: PLC0415
    from sync.core.records import System  # noqa: PLC0415
    from sync.engine import running  # noqa: PLC0415
    from sync.models import FlowSwitch  # noqa: PLC0415
    from tests.fakes.remote import FakeSalesforce, deal  # noqa: PLC0415

    salesforce = FakeSalesforce()
    for each in range(1, deals + 1):
        body = deal(each)
        salesforce.put("Opportunity", body["Id"], body)

    def door(connection: Any, lane: Any) -> Any:
        if connection.system == System.SALESFORCE:
            salesforce.connection_id = connection.pk
            return salesforce
        return Deadly(open_remote(connection, lane), moment, number)

    switch = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero").get()
    running.work_off(switch, open_remote=door)


if __name__ == "__main__":
    django.setup()
    work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
