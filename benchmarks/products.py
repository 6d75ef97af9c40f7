"""What it costs to compare a catalogue of thousands, and to write what changed in it."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from typing import Any

from benchmarks import products_whole
from benchmarks.__main__ import set_environment, set_up
from benchmarks.address_books import sign_in_afresh, sync
from benchmarks.address_books_box import BooksBox, Distant, books_running
from benchmarks.products_box import Catalogue

FLOW = "product_catalogue"
MOST_SECONDS, MOST_CALLS = 60, 15
A_MOMENT = 360


def main() -> None:
    """Fill a sandbox and a database of its own, compare, reprice, print seconds and calls."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.products", description=__doc__)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--changed", type=int, default=1_000)
    parser.add_argument(
        "--whole",
        action="store_true",
        help="instead, make an item of each product, and kill the worker half-way",
    )
    wanted = parser.parse_args()
    with books_running(Catalogue) as shelves:
        pair = _ready()
        if wanted.whole:
            for line in products_whole.measure(shelves, pair, wanted.products):
                print(line, flush=True)
        else:
            _run(shelves, pair, wanted.products, wanted.changed)


def _ready() -> Any:
    """Return the pair of a sandbox and a database of its own, with the flow on."""
    set_environment("var/bench-products", BooksBox.xero)
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    return set_up(BooksBox(), FLOW).pair


def _run(shelves: Distant, pair: Any, products: int, changed: int) -> None:
    shelves.fill(products)
    _link(shelves, pair)
    print(f"{products:,} linked products, read and compared: {_synced(shelves)}", flush=True)
    print(f"compared for the page of products that differ: {_compared(pair)}", flush=True)
    print(f"carried through the steps, nothing changed: {_again(shelves, pair)}", flush=True)
    shelves.later(A_MOMENT)
    shelves.reprice(changed)
    shelves.later(A_MOMENT)
    print(f"{changed:,} changed prices: {_synced(shelves, aim=MOST_CALLS)}", flush=True)
    shelves.later(A_MOMENT)
    print(f"the sweep afterwards: {_synced(shelves)}", flush=True)


def _link(shelves: Distant, pair: Any) -> None:
    from sync.models import Link  # noqa: PLC0415

    Link.objects.bulk_create(
        Link(
            pair=pair, flow=FLOW, salesforce_kind="Product2", salesforce_id=product,
            xero_kind="Item", xero_id=item,
        )
        for product, _, item in shelves.ids()
    )  # fmt: skip


def _synced(shelves: Distant, aim: int = 0) -> str:
    """Return the figures of one sync, and whether it took more Xero calls than aimed at."""
    sign_in_afresh()
    shelves.paths()
    started = _now()
    done = sync(FLOW)
    took = _took(started)
    paths = shelves.paths()
    calls = Counter(system for system, _, _ in paths)
    over = f"; MORE THAN {aim} XERO CALLS" if aim and calls["xero"] > aim else ""
    items = Counter(method for _, method, path in paths if path.endswith("/Items"))
    words = ", ".join(f"{count} {method} Items" for method, count in sorted(items.items()))
    return (
        f"{done['writes']['confirmed']:,} writes; {calls['xero']} Xero calls ({words}) and "
        f"{calls['salesforce']} Salesforce calls; {took}{over}"
    )


def _compared(pair: Any) -> str:
    """Return how long the comparison took, and what it found."""
    from sync.engine import price_drift  # noqa: PLC0415

    started = _now()
    found = price_drift.compare(pair)
    words = f"{found.compared:,} products, {len(found.differences):,} differences"
    return f"{words}, {_took(started)}{_slow(started)}"


def _again(shelves: Distant, pair: Any) -> str:
    """Return how long it takes to plan every product anew where nothing changed."""
    from sync.engine import noticing, running  # noqa: PLC0415
    from sync.models import FlowSwitch  # noqa: PLC0415

    sign_in_afresh()
    shelves.paths()
    keys = [key for key in noticing.keys_of_books(pair, FLOW) if key.kind == "Product2"]
    switch = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero").get()
    started = _now()
    noticing.note(pair, FLOW, keys, "sweep")
    runs = running.work_off(switch)
    took = f"{_took(started)}{_slow(started)}"
    calls = Counter(system for system, _, _ in shelves.paths())
    nothing = sum(run.nothings for run in runs)
    return (
        f"{nothing:,} plans, {calls['xero']} Xero and {calls['salesforce']} Salesforce calls, "
        f"{took}"
    )


def _now() -> tuple[float, float]:
    return time.monotonic(), time.process_time()


def _took(started: tuple[float, float]) -> str:
    """Return the seconds since then, and those of them that this process worked."""
    seconds, worked = (now - then for now, then in zip(_now(), started, strict=True))
    return f"{seconds:.1f} s, {worked:.1f} s of them at work here"


def _slow(started: tuple[float, float]) -> str:
    """Return words where a comparison takes longer than aimed at."""
    return f"; MORE THAN {MOST_SECONDS} S" if _now()[0] - started[0] > MOST_SECONDS else ""


if __name__ == "__main__":
    main()
