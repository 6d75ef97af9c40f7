"""What it costs to keep two address books in step when thousands of customers changed at once."""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import simplejson

from benchmarks.address_books_box import BooksBox, Distant, books_running

FLOW = "account_contact"
A_MOMENT, A_DAY = 360, 24 * 3600
AIMS = {"xero": 260, "salesforce": 120}
LEGS = {
    "accounts' fields, to Xero": "account_fields",
    "contacts' fields, to Salesforce": "contact_fields",
    "contacts' e-mail, to Salesforce's Contact": "contact_mail",
}


def main() -> None:
    """Fill a sandbox and a database of its own, change every customer, print the calls."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.address_books", description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--calls", action="store_true", help="list each leg's calls by path")
    wanted = parser.parse_args()
    with books_running() as books:
        _run(books, wanted.customers, wanted.calls)


def _run(books: Distant, customers: int, each: bool) -> None:
    from benchmarks.__main__ import set_environment, set_up  # noqa: PLC0415

    set_environment("var/bench-books", BooksBox.xero)
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    set_up(BooksBox(), FLOW)
    books.fill(customers)
    print(f"{customers:,} customers, linked: {_linked(books)}", flush=True)
    for number, (title, edit) in enumerate(LEGS.items(), start=1):
        books.later(A_DAY)
        books.paths()
        getattr(books, edit)(number)
        books.later(A_MOMENT)
        print(f"{title}: {_measured(books, customers, each)}", flush=True)


def _linked(books: Distant) -> str:
    """Link the customers, and let what they say be agreed; return what it took."""
    from connections.models import Pair  # noqa: PLC0415
    from sync.models import Link  # noqa: PLC0415

    started, pair = time.monotonic(), Pair.objects.get()
    Link.objects.bulk_create(
        Link(
            pair=pair, flow=FLOW, salesforce_kind="Account", salesforce_id=account,
            xero_kind="Contact", xero_id=contact,
        )
        for account, _, contact in books.ids()
    )  # fmt: skip
    sums = [sync() for _ in range(2)]
    calls = Counter(system for system, _, _ in books.paths())
    writes = sum(each["writes"]["confirmed"] for each in sums)
    return f"{writes:,} writes, {calls_in_words(calls)}, {time.monotonic() - started:.0f} s"


def _measured(books: Distant, customers: int, each: bool) -> str:
    """Return the figures of the sync, and of the two after it that see our own writes again."""
    sign_in_afresh()
    started, queries = time.monotonic(), _Queries()
    with queries.counting():
        first = sync()
    seconds = time.monotonic() - started
    lines, calls = [], books.paths()
    for _ in range(2):
        books.later(A_MOMENT)
        sign_in_afresh()
        echo = sync()
        again = books.paths()
        calls += again
        lines.append(f"{calls_in_words(Counter(system for system, _, _ in again))}")
        if echo["writes"]["confirmed"]:
            lines.append(f"{echo['writes']['confirmed']} WRITTEN AGAIN")
    sums = Counter(system for system, _, _ in calls)
    written = first["writes"]["confirmed"]
    batches = max(first["notices"] / 1000, 1)
    words = (
        f"{written:,} writes; {calls_in_words(sums)} in all, of these the two sweeps afterwards "
        f"{' and '.join(lines)}; {customers / seconds:,.0f} customers a second; "
        f"{queries.count / batches:,.0f} queries for 1,000; peak memory {_peak_mb():.0f} MB"
    )
    over = [s for s, aim in AIMS.items() if sums[s] > aim and customers <= 10_000]
    words += f"; MORE CALLS THAN AIMED AT: {', '.join(over)}" if over else ""
    return words + ("".join(f"\n    {line}" for line in _by_path(calls)) if each else "")


def sign_in_afresh() -> None:
    """Forget the tokens, which the sandbox's clock has let run out by leaps."""
    from connections.models import Credential  # noqa: PLC0415

    Credential.objects.update(access_token="", refused_at=None)


def calls_in_words(calls: Counter[str]) -> str:
    """Return the calls to each system as words."""
    return f"{calls['xero']} Xero and {calls['salesforce']} Salesforce calls"


def _by_path(calls: list[tuple[str, str, str]]) -> Iterator[str]:
    for (system, method, path), count in sorted(Counter(calls).items()):
        yield f"{count:5} {system} {method} {path}"


def sync(flow: str = FLOW) -> dict[str, Any]:
    """Return the sum of `manage.py sync`, as a person would start it."""
    from io import StringIO  # noqa: PLC0415

    from django.core.management import call_command  # noqa: PLC0415

    out = StringIO()
    call_command("sync", flow, "--json", stdout=out)
    run: dict[str, Any] = simplejson.loads(out.getvalue(), use_decimal=True)["runs"][0]
    if "error" in run:
        raise SystemExit(run["error"])
    return run


class _Queries:
    """Counts the statements of a block."""

    def __init__(self) -> None:
        self.count = 0

    def counting(self) -> Any:
        """Return the block that counts."""
        from django.db import connection  # noqa: PLC0415

        return connection.execute_wrapper(self._one)

    def _one(self, execute: Callable[..., Any], *rest: Any) -> Any:
        self.count += 1
        return execute(*rest)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
