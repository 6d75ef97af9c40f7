"""The first time: two grown address books meet, are linked, and are kept in step from then on."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks.box import ROOT, Box, wait

PORTS = {"control": 9430, "salesforce": 9431, "xero": 9432}
ROUNDS = 6
OWNERS = {"name": "xero", "email": "xero"}
Truth = Mapping[str, Mapping[str, Any]]
"""The customer that each record, by its key as text, is of."""


class FirstBox(Box):
    """The control API of a sandbox with two full address books."""

    control = f"http://127.0.0.1:{PORTS['control']}/control"
    salesforce = f"http://127.0.0.1:{PORTS['salesforce']}"
    xero = f"http://127.0.0.1:{PORTS['xero']}"


def main() -> None:
    """Play it with 5,000 records on each side, and print what each step took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_match", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    command = [sys.executable, "-m", "sandbox", "--seed", str(wanted.seed), "--size", "books"]
    for name, port in PORTS.items():
        command += [f"--{name}-port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        box = FirstBox()
        wait(box)
        _run(box)
    finally:
        process.terminate()
        process.wait(20)


def _run(box: FirstBox) -> None:
    from benchmarks.__main__ import set_environment, set_up  # noqa: PLC0415

    set_environment("var/bench-first", box.xero)
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    set_up(box, "account_contact", "shadow")
    known = customers(box.ask("truth"))
    for line in play(known, _sync, _switch_on):
        print(line, flush=True)


def play(
    known: Truth, sync: Callable[[], dict[str, Any]], switch_on: Callable[[], None]
) -> Iterator[str]:
    """Take two connected books in shadow through the first time; yield what each step took.

    Bulk acceptance first, then somebody who knows the truth at the desks.
    """
    from sync.engine import accepting  # noqa: PLC0415
    from sync.models import ReviewItem  # noqa: PLC0415

    yield f"in shadow: {_took(sync)}; asked: {_open()}"
    items = accepting.acceptable(0)
    yield f"certain, in one list: {items.count()}; {judged(_proposed(items), known)}"
    accepting.accept(items, "priya")
    yield f"one by one at the desks: {answer_all(known)} answers"
    switch_on()
    yield f"first sync: {_took(sync)}; asked: {_open()}"
    yield f"conflicts: {_fields()}; two owners set: {_own()}; {_took(sync)}; asked: {_open()}"
    for turn in range(ROUNDS):
        if not (answers := answer_all(known, turn)):
            break
        yield f"then: {answers} answers; {_took(sync)}"
    yield f"links: {judged(links(), known)}, {len(made_twice(known))} of these a second one"
    yield f"asked still: {_open()}"
    waits = ReviewItem.objects.filter(state="open", kind__in=["match", "duplicate"]).count()
    yield f"matches that still wait: {waits}; once more: {_took(sync)}"


def customers(told: Mapping[str, Any]) -> Truth:
    """Return the customers of the control API's truth by their records' keys."""
    kinds = {"salesforce": "Account", "xero": "Contact"}
    return {
        f"{system}:{kind}:{remote_id}": one
        for one in told["customers"]
        for system, kind in kinds.items()
        for remote_id in one[system]
    }


def links() -> list[tuple[str, str]]:
    """Return the links as pairs of keys as text."""
    from sync.models import Link  # noqa: PLC0415

    rows = Link.objects.filter(flow="account_contact")
    return [(str(row.salesforce_key), str(row.xero_key)) for row in rows]


def judged(pairs: list[tuple[str, str]], known: Truth) -> str:
    """Return in words how many of these pairs are one customer by the truth."""
    right, wrong, made = 0, 0, 0
    for one, other in pairs:
        if one not in known or other not in known:
            made += 1
        elif known[one]["customer"] == known[other]["customer"]:
            right += 1
        else:
            wrong += 1
    return f"{right} right, {wrong} wrong" + (f", {made} with a new record" if made else "")


def made_twice(known: Truth) -> list[tuple[str, str]]:
    """Return the links with a new record though its customer had one in that system already."""
    found = []
    for ours, theirs in links():
        new, old, system = (
            (ours, theirs, "salesforce") if theirs in known else (theirs, ours, "xero")
        )
        if new not in known and old in known and known[old][system]:
            found.append((ours, theirs))
    return found


def _proposed(items: Any) -> list[tuple[str, str]]:
    rows = items.prefetch_related("subjects")
    return [pair for item in rows if (pair := _best(item))]


def _best(item: Any) -> tuple[str, str] | None:
    subject = item.subjects.all()[0].subject
    first = next((c["value"] for c in item.choices if c["value"].startswith("use:")), "")
    if not first:
        return None
    return subject, _other_side(subject, first.removeprefix("use:"))


def _other_side(subject: str, remote_id: str) -> str:
    ours = subject.startswith("salesforce:")
    return f"xero:Contact:{remote_id}" if ours else f"salesforce:Account:{remote_id}"


def answer_all(known: Truth, turn: int = 0) -> int:
    """Answer every match and group as somebody would who knows all customers; return how many."""
    from sync.engine import deciding  # noqa: PLC0415
    from sync.models import ReviewItem  # noqa: PLC0415

    rows = ReviewItem.objects.filter(
        state="open", answered_at=None, kind__in=["match", "duplicate"]
    ).prefetch_related("subjects")
    answered = 0
    for item in rows:
        if choice := _answer(item, known, turn):
            deciding.decide(item.pk, choice, "tom")
            answered += 1
    return answered


def _answer(item: Any, known: Truth, turn: int) -> str:
    """Return the choice that the truth tells, or nothing where there is none."""
    offered: list[str] = [choice["value"] for choice in item.choices]
    me = item.subjects.all()[0].subject
    mine = known.get(me)
    if mine is None:
        return ""
    if item.kind == "duplicate":
        told_apart = _strangers(item, mine, known)
        return _of_group(told_apart, offered, turn)
    for value in (each for each in offered if each.startswith("use:")):
        other = known.get(_other_side(me, value.removeprefix("use:")))
        if other is not None and other["customer"] == mine["customer"]:
            return value
    return next((each for each in ("new", "retry") if each in offered), "")


def _strangers(item: Any, mine: Mapping[str, Any], known: Truth) -> list[str]:
    """Return what to say of each record of a group that is another customer."""
    keys = [record["key"] for record in item.details["records"]]
    others = [key for key in keys if key in known and known[key]["customer"] != mine["customer"]]
    return [
        f"{'branch' if mine['group'] and known[key]['group'] == mine['group'] else 'not'}:{key}"
        for key in others
    ]


def _of_group(strangers: list[str], offered: list[str], turn: int) -> str:
    """Return the answer to a group: one customer, or another record each time told apart."""
    if not strangers:
        return "same" if "same" in offered else ""
    wanted = [each for each in strangers if each in offered]
    return wanted[turn % len(wanted)] if wanted else ""


def _took(sync: Callable[[], dict[str, Any]]) -> str:
    started = time.monotonic()
    run = sync()
    calls, writes = run["calls"], run["writes"]
    return (
        f"{run['notices']} looked at, {writes['confirmed']} written, {writes['refused']} refused, "
        f"{calls['xero']} Xero and {calls['salesforce']} Salesforce calls, "
        f"{(time.monotonic() - started) / 60:.1f} min"
    )


def _open() -> str:
    from sync.models import ReviewItem  # noqa: PLC0415

    rows = ReviewItem.objects.filter(state="open", answered_at=None)
    found = Counter(rows.values_list("kind", "sure"))
    words = [
        f"{count} {kind}{' (certain)' if sure else ''}"
        for (kind, sure), count in sorted(found.items())
    ]
    return ", ".join(words) or "nothing"


def _fields() -> str:
    """Return in words which fields differ how often, most often first."""
    from sync.models import ReviewItem  # noqa: PLC0415

    rows = ReviewItem.objects.filter(state="open", kind="conflict").values_list("field", flat=True)
    return ", ".join(f"{name} {count}" for name, count in Counter(rows).most_common())


def _own() -> str:
    """Make one system the owner of each of two fields, as “Do this every time” does."""
    from connections.models import Pair  # noqa: PLC0415
    from sync.core.records import System  # noqa: PLC0415
    from sync.engine import ruling  # noqa: PLC0415

    for field, side in OWNERS.items():
        ruling.let_own(Pair.objects.get(), "account_contact", field, System(side), "priya")
    return ", ".join(f"{field} {side}" for field, side in OWNERS.items())


def _sync() -> dict[str, Any]:
    from benchmarks.address_books import sync  # noqa: PLC0415

    return sync()


def _switch_on() -> None:
    from django.core.management import call_command  # noqa: PLC0415

    call_command("flow", "account_contact", "on")


if __name__ == "__main__":
    main()
