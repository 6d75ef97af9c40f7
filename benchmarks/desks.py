"""How soon each list and desk answers with 100,000 questions and 1,000,000 links."""

from __future__ import annotations

import argparse
import os
import time
from statistics import median, quantiles
from typing import Any

import psutil

LIMIT_MS = 300
PAGES = {
    "home": ("admin:index", ""),
    "match desk": ("match_desk", ""),
    "match desk, from the 5,000th": ("match_desk", "from=5000"),
    "match desk of nobody": ("match_desk", "whose=nobody"),
    "match desk, search": ("match_desk", "words=kestrel"),
    "matches linked together": ("match_bulk", "points=60"),
    "duplicate desk": ("duplicate_desk", ""),
    "conflict desk": ("conflict_desk", ""),
    "problems desk": ("admin:sync_reviewitem_changelist", ""),
    "problems desk, solved": ("admin:sync_reviewitem_changelist", "tab=solved"),
    "all questions": ("admin:review_all", ""),
    "all questions, page 100": ("admin:review_all", "p=100"),
    "all questions, solved": ("admin:review_all", "is=solved"),
    "all questions of a field": ("admin:review_all", "field=email"),
    "all questions of nobody": ("admin:review_all", "assignee=nobody"),
    "all questions, seven days old": ("admin:review_all", "age=7"),
    "all questions of an organisation": ("admin:review_all", "organisation={organisation}"),
    "all questions, search": ("admin:review_all", "q=kestrel"),
    "all questions, search for one": ("admin:review_all", "q=Kestrel 4008"),
    "links": ("admin:sync_link_changelist", ""),
    "links, page 150": ("admin:sync_link_changelist", "p=150"),
    "links of a flow": ("admin:sync_link_changelist", "flow=account_contact"),
    "further links": ("admin:sync_link_changelist", "role__exact=further"),
    "links that a person decided": ("admin:sync_link_changelist", "origin__exact=person"),
    "links of an organisation": ("admin:sync_link_changelist", "organisation={organisation}"),
    "links, three filters": (
        "admin:sync_link_changelist",
        "flow=account_contact&role__exact=further&organisation={organisation}",
    ),
    "links, search": ("admin:sync_link_changelist", "q=kestrel"),
    "links, search for one": ("admin:sync_link_changelist", "q=INV-777777"),
    "links, search by id": ("admin:sync_link_changelist", "q=c0ffee-4000"),
    "links, search in vain": ("admin:sync_link_changelist", "q=nobody at all"),
    "locks": ("admin:sync_lock_changelist", ""),
    "verdicts": ("admin:sync_verdict_changelist", ""),
    "writes": ("admin:sync_write_changelist", ""),
    "plans": ("admin:sync_planrow_changelist", ""),
    "runs": ("admin:sync_run_changelist", ""),
    "notices": ("admin:sync_notice_changelist", ""),
}


def main() -> None:
    """Fill a database of its own under var/bench-desks, and print the time of each page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desks", description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--links", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20, help="how often each page is asked for")
    parser.add_argument("--keep", action="store_true", help="measure what the last one filled")
    wanted = parser.parse_args()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "no",
        "VAR_DIRECTORY": "var/bench-desks",
        "LOG_LEVEL": "WARNING",
    }
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    if not wanted.keep:
        _fill(wanted.items, wanted.links)
    _measure(wanted.times)


def _fill(items: int, links: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415

    from benchmarks import desk_rows  # noqa: PLC0415

    started = time.monotonic()
    call_command("flush", interactive=False, verbosity=0)
    desk_rows.fill(items, links)
    print(f"filled in {time.monotonic() - started:.0f} s: {items:,} questions, {links:,} links")


def _measure(times: int) -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import NoReverseMatch, reverse  # noqa: PLC0415

    from connections.models import Pair  # noqa: PLC0415

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(User.objects.get(username="priya"))
    organisation = Pair.objects.earliest("pk").xero_id
    print(f"{'page':36} {'p50 ms':>7} {'p95 ms':>7} {'p95 CPU ms':>11} {'queries':>8}")
    for title, (name, asked) in PAGES.items():
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        query = asked.format(organisation=organisation)
        print(_line(title, browser, f"{address}?{query}", times), flush=True)


def _line(title: str, browser: Any, address: str, times: int) -> str:
    from django.db import connection  # noqa: PLC0415

    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        answer = browser.get(address)
    if answer.status_code != 200:
        return f"{title:36} answered {answer.status_code}"
    took, cost = [], []
    for _ in range(times):
        started, spent = time.perf_counter(), _cpu_seconds()
        browser.get(address)
        took.append((time.perf_counter() - started) * 1000)
        cost.append((_cpu_seconds() - spent) * 1000)
    p95 = quantiles(took, n=20, method="inclusive")[-1]
    own = quantiles(cost, n=20, method="inclusive")[-1]
    verdict = "" if p95 <= LIMIT_MS else "  too slow, or the machine is busy"
    return f"{title:36} {median(took):7.0f} {p95:7.0f} {own:11.0f} {len(asked):8}{verdict}"


def _cpu_seconds() -> float:
    """Return what this process and its session of an embedded database have spent so far.

    What a page takes on an idle machine, however busy this one is.
    """
    from django.db import connection  # noqa: PLC0415

    session = psutil.Process(connection.connection.info.backend_pid).cpu_times()
    return time.process_time() + float(session.user + session.system)


if __name__ == "__main__":
    main()
