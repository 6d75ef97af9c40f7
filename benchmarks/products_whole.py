"""What it costs to carry a whole catalogue through all steps, with its worker killed on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.address_books import sign_in_afresh
from benchmarks.address_books_box import Distant

FLOW = "product_catalogue"
A_MOMENT = 360
LEASE = "10"


def measure(shelves: Distant, pair: Any, products: int) -> Iterator[str]:
    """Yield the figures of making an item of each product, and of the sweep afterwards.

    The worker is killed with -9 once half of the items are linked; another one goes on.
    """
    shelves.stock(products)
    sign_in_afresh()
    shelves.paths()
    started = time.monotonic()
    first = _worker()
    done = _killed_halfway(first, pair, products)
    held = _memory(first)
    time.sleep(float(LEASE))
    sizes = [int(line) for line in (*held, *_worked())]
    seconds = time.monotonic() - started - float(LEASE)
    yield (
        f"{products:,} products without items, killed at {done:,}: {_came_of(shelves, pair)}; "
        f"{_calls(shelves)}; {products / seconds:,.0f} products a second; {_flat(sizes)}"
    )
    shelves.later(A_MOMENT)
    sign_in_afresh()
    _worked()
    yield f"the sweep afterwards: {_came_of(shelves, pair)}; {_calls(shelves)}"


def _worker() -> subprocess.Popen[str]:
    """Start a process that sweeps and works off what is due, and prints its memory as it goes."""
    environment = {**os.environ, "LEASE_SECONDS": LEASE}
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.products_whole"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def _worked() -> list[str]:
    """Let a worker work until nothing is due; return what it printed. Ends where it failed."""
    worker = _worker()
    out, _ = worker.communicate()
    if worker.returncode:
        raise SystemExit("The worker failed.")
    return out.split()


def _killed_halfway(worker: subprocess.Popen[str], pair: Any, products: int) -> int:
    """Kill the worker once half of the products have their items; return how many have."""
    from sync.models import Link  # noqa: PLC0415

    linked = Link.objects.filter(pair=pair, flow=FLOW)
    while worker.poll() is None and linked.count() < products / 2:
        time.sleep(0.1)
    worker.kill()
    worker.wait()
    return linked.count()


def _memory(worker: subprocess.Popen[str]) -> list[str]:
    return worker.stdout.read().split() if worker.stdout else []


def _flat(sizes: list[int]) -> str:
    """Return the memory after a worker's runs, in MB: after the first of all and at most."""
    return f"memory {sizes[0]} MB after the first 1,000, {max(sizes)} MB at most" if sizes else ""


def _came_of(shelves: Distant, pair: Any) -> str:
    """Return what there is now: links, items by code, what is in doubt and what is asked."""
    from sync.models import Link, ReviewItem, Write  # noqa: PLC0415

    codes = Counter(shelves.codes())
    twice = sum(1 for count in codes.values() if count > 1)
    links = Link.objects.filter(pair=pair, flow=FLOW).count()
    doubt = Write.objects.filter(state__in=Write.OPEN).count()
    asked = ReviewItem.objects.filter(state=ReviewItem.State.OPEN).count()
    return f"{len(codes):,} items, {twice} twice, {links:,} links, {doubt} in doubt, {asked} asked"


def _calls(shelves: Distant) -> str:
    calls = Counter(system for system, _, _ in shelves.paths())
    return f"{calls['xero']} Xero and {calls['salesforce']} Salesforce calls"


def work() -> None:
    """Sweep and work off what is due; print this process's memory in MB after each run."""
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    from sync.engine import running, settling  # noqa: PLC0415
    from sync.intake import sweeps  # noqa: PLC0415
    from sync.models import FlowSwitch  # noqa: PLC0415

    switch = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero").get()
    sweeps.sweep(switch.pair)
    settling.wake(switch.pair, FLOW)
    while running.has_due(switch):
        running.work_off(switch, on_run=lambda run: print(_resident(), flush=True))


def _resident() -> int:
    """Return how much memory this process has now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    work()
