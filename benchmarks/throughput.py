"""How many deals a second the engine bills, and what it costs in calls and memory."""

from __future__ import annotations

import resource
import time

from benchmarks import company
from benchmarks.box import Box
from connections.models import Budget
from sync.engine import running
from sync.intake import sweeps
from sync.models import FlowSwitch, Link


def measure(box: Box, switch: FlowSwitch, accounts: list[str], count: int, latency: int) -> str:
    """Bill `count` new deals with known contacts; return the figures in a sentence."""
    deals = company.open_deals(box, accounts, count, f"{latency} ms")
    company.win(box, deals)
    _like_a_new_minute(switch)
    for system in ("salesforce", "xero"):
        box.set(system, "latency_ms", latency)
    box.ask("requests", method="DELETE")
    before = Link.objects.filter(xero_kind="Invoice").count()
    started = time.monotonic()
    sweeps.sweep(switch.pair)
    runs = running.work_off(switch)
    seconds = time.monotonic() - started
    calls = {system: _calls(box, system) for system in ("salesforce", "xero")}
    for system in ("salesforce", "xero"):
        box.set(system, "latency_ms", 0)
    made = Link.objects.filter(xero_kind="Invoice").count() - before
    errors = [run.error for run in runs if run.error]
    per = 1000 / max(made, 1)
    return (
        f"{made} of {count} deals billed at {latency} ms latency: {made / seconds:,.0f} deals a "
        f"second; {calls['xero'] * per:.0f} Xero and {calls['salesforce'] * per:.0f} Salesforce "
        f"calls per 1,000 deals; peak memory {_peak_mb():.0f} MB"
        + (f"; stopped: {errors[0]}" if errors else "")
    )


def drain(switch: FlowSwitch) -> None:
    """Work off the echoes of what was written, so that nothing else waits."""
    sweeps.sweep(switch.pair)
    running.work_off(switch)


def _calls(box: Box, system: str) -> int:
    """Return the data calls received; sign-in does not count in either system's limits."""
    entries = box.ask(f"requests?system={system}&limit=100000")["requests"]
    return sum(1 for e in entries if "/api.xro/" in e["path"] or "/services/data/" in e["path"])


def _like_a_new_minute(switch: FlowSwitch) -> None:
    """Forget the minute's calls, as if the benchmark before had been a while ago."""
    Budget.objects.all().delete()
    switch.parked_until = None
    switch.save(update_fields=["parked_until"])


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
