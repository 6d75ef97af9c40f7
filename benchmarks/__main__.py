"""`make bench`: deals a second, calls, memory, and how soon the other side knows."""

from __future__ import annotations

import argparse
import os
import shutil
from typing import Any

from benchmarks.box import ROOT, Box, running


def main() -> None:
    """Run the benchmarks against a fresh sandbox and a fresh database under var/bench."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--deals", type=int, default=1000, help="deals of each throughput run")
    parser.add_argument("--single", type=int, default=30, help="deals won one by one")
    parser.add_argument("--events", type=int, default=15, help="seconds of events at full rate")
    parser.add_argument("--only-events", action="store_true", help="measure nothing else")
    wanted = parser.parse_args()
    shutil.rmtree(ROOT / "var" / "bench" / "worker.log", ignore_errors=True)
    set_environment()
    with running() as box:
        _run(box, wanted)


def set_environment(var: str = "var/bench", xero: str = Box.xero) -> None:
    """Let Django keep to a directory of its own and talk to the sandbox."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "no",
        "VAR_DIRECTORY": var,
        "XERO_API_URL": xero,
        "XERO_IDENTITY_URL": xero,
        "XERO_LOGIN_URL": xero,
        "LOG_LEVEL": "WARNING",
        "XERO_CALLS_PER_MINUTE": "10000",
        "SANDBOX_SALESFORCE": "sandbox-salesforce-secret",
        "SANDBOX_XERO": "sandbox-xero-secret",
    }


def _run(box: Box, wanted: argparse.Namespace) -> None:
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    from benchmarks import company, events, latency, throughput  # noqa: PLC0415

    latency.end_leftovers()
    switch = set_up(box, "won_opportunity_invoice")
    accounts = company.customers(box)
    for milliseconds in () if wanted.only_events else (0, 200):
        print(throughput.measure(box, switch, accounts, wanted.deals, milliseconds), flush=True)
    throughput.drain(switch)
    for line in () if wanted.only_events else latency.measure(box, accounts, wanted.single):
        print(line, flush=True)
    for line in events.measure(box, accounts, wanted.single, wanted.events):
        print(line, flush=True)


def set_up(box: Box, flow: str, mode: str = "on") -> Any:
    """Connect and pair both systems in an emptied database; return the flow's switch."""
    from django.core.management import call_command  # noqa: PLC0415

    from sync.models import FlowSwitch  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    for limit in ("minute_limit", "day_limit"):
        box.set("xero", limit, 1_000_000)
    call_command(
        *("connect", "salesforce", "--name", "Salesforce", "--host", box.salesforce),
        *("--client-id", "sandbox-salesforce", "--secret-env", "SANDBOX_SALESFORCE"),
    )
    call_command(
        *("connect", "xero", "--name", "Xero"),
        *("--client-id", "sandbox-xero", "--secret-env", "SANDBOX_XERO"),
    )
    call_command("pair", "Salesforce", "Xero")
    call_command("flow", flow, mode)
    return FlowSwitch.objects.select_related("pair__salesforce", "pair__xero").get()


if __name__ == "__main__":
    main()
