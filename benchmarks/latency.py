"""The time from "Close won" in Salesforce to the invoice in Xero, with a worker running."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import psutil

from benchmarks import company
from benchmarks.box import ROOT, Box
from sync.models import Notice, Write

BETWEEN = (3.0, 5.0)


def measure(box: Box, accounts: list[str], count: int) -> Iterator[str]:
    """Win `count` deals one by one at random moments; yield the figures in sentences."""
    deals = company.open_deals(box, accounts, count, "one by one")
    chance, took = random.Random(1), []
    with worker(QUICK_LOOK_SECONDS="2") as running:
        _warm_up(box, accounts)
        for deal in deals:
            time.sleep(chance.uniform(*BETWEEN))
            started = time.monotonic()
            company.win(box, [deal])
            took.append(_seconds_until_billed(box, deal, started))
        memory = _largest_worker_mb(running.pid)
    yield f"“Close won” to invoice, quick look every 2 s: {_spread(took)} ({count} deals)"
    yield f"once noticed: {_spread(_once_noticed(deals))}"
    yield f"largest worker process: {memory:.0f} MB"


@contextlib.contextmanager
def worker(**settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker with these settings until the block ends."""
    environment = {**os.environ, "QUEUE_POLL_SECONDS": "0.2", **settings}
    command = [sys.executable, "manage.py", "worker"]
    with (ROOT / "var" / "bench" / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def end_leftovers() -> None:
    """End the workers that a benchmark which was killed has left at work on its database."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            ours = process.environ().get("VAR_DIRECTORY") == "var/bench"
            if ours and "worker" in process.cmdline() and Path(process.cwd()) == ROOT:
                process.terminate()
                process.wait(30)


def _warm_up(box: Box, accounts: list[str]) -> None:
    """Wait until the worker bills at all: its processes import for a while."""
    (deal,) = company.open_deals(box, accounts, 1, "warm-up")
    company.win(box, [deal])
    _seconds_until_billed(box, deal, time.monotonic(), most=90)


def _seconds_until_billed(box: Box, deal: str, started: float, most: float = 60) -> float:
    while time.monotonic() - started < most:
        if any(str(i.get("Reference", "")).endswith(deal) for i in box.records("xero", "Invoice")):
            return time.monotonic() - started
        time.sleep(0.05)
    return float("inf")


def _once_noticed(deals: list[str]) -> list[float]:
    """Return the seconds from the notice that led to each invoice to the invoice's answer."""
    seen = list(Notice.objects.filter(remote_id__in=deals).values_list("remote_id", "first_seen"))
    found = []
    for write in Write.objects.filter(marker__in=deals, kind="Invoice", settled_at__isnull=False):
        if write.settled_at:
            before = [t for deal, t in seen if deal == write.marker and t < write.settled_at]
            found.append((write.settled_at - max(before)).total_seconds())
    return found


def _spread(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "too few"
    cuts = quantiles(seconds, n=20)
    return f"p50 {cuts[9]:.2f} s, p95 {cuts[18]:.2f} s"


def _largest_worker_mb(pid: int) -> float:
    sizes = [0]
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                sizes.append(child.memory_info().rss)
    return max(sizes) / 2**20
