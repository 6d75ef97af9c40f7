"""The shipped rules of credit risk, tried on customers of known character: whom they find.

`python -m benchmarks.credit_risk [--customers 1500]`. No database and no sandbox is needed.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sync.core.risk.replay import Episode, Outcome, replay_all, tally
from sync.core.risk.shipped import SHIPPED
from sync.core.risk.standing import Credit, Entry, Invoice, Standing

TODAY = date(2026, 11, 19)
DAYS = 540
ZERO = Decimal(0)


@dataclass(frozen=True)
class Character:
    """How a kind of customer pays: days after the due date, their spread, and what else it does.

    Of a hundred customers `share` are such. `slower` and `stopped` are the days ago since when it
    takes ever longer, or pays nothing at all.
    """

    share: int
    late: int
    spread: int
    parts: float = 0.03
    credited: float = 0.015
    slower: int = 0
    stopped: int = 0


CHARACTERS: Mapping[str, Character] = {
    "prompt": Character(50, -4, 3),
    "always late": Character(20, 20, 5),
    "irregular": Character(15, 8, 12),
    "slowing down": Character(10, 2, 4, parts=0.35, slower=240),
    "failing": Character(5, 3, 4, parts=0.35, credited=0.05, stopped=120),
}


def main() -> None:
    """Print for each rule the tasks of 90 days, what became of them, and whom it found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.credit_risk", description=__doc__)
    parser.add_argument("--customers", type=int, default=1500)
    chance = random.Random(7)
    names = [name for name, one in CHARACTERS.items() for _ in range(one.share)]
    kinds = [chance.choice(names) for _ in range(parser.parse_args().customers)]
    standings = [standing(str(n), CHARACTERS[kind], chance) for n, kind in enumerate(kinds)]
    started = time.process_time()
    told = [replay_all(SHIPPED, one) for one in standings]
    seconds = time.process_time() - started
    invoices = sum(len(one.invoices) for one in standings)
    print(f"{len(kinds):,} customers, {invoices:,} invoices, tried in {seconds:.1f} seconds")
    for number, rule in enumerate(SHIPPED):
        print(f"\n{rule.title}: {_outcomes([e for one in told for e in one[number]])}")
        print(f"  found {_found(kinds, [bool(one[number]) for one in told])}")


def _outcomes(episodes: Sequence[Episode]) -> str:
    found = tally(episodes)
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in found.outcomes)
    late = dict(found.outcomes).get(Outcome.LATE, 0)
    return f"{found.tasks} tasks; {outcomes}; {found.soon} of {late} late ones within a week"


def _found(kinds: Sequence[str], hits: Sequence[bool]) -> str:
    every = Counter(kinds)
    hit = Counter(kind for kind, found in zip(kinds, hits, strict=True) if found)
    return ", ".join(f"{hit[kind]} of {every[kind]} {kind}" for kind in CHARACTERS)


def standing(number: str, character: Character, chance: random.Random) -> Standing:
    """Return a customer with one and a half years of invoices, of a size and pace of its own.

    The credit limit is three months' turnover.
    """
    size, pace = 10 ** chance.uniform(2.3, 4.3), chance.choice([7, 14, 30, 30, 45])
    days = range(DAYS - chance.randrange(pace), -1, -pace)
    invoices, credits = [], []
    for ago in days:
        day = TODAY - timedelta(days=ago)
        total = Decimal(f"{size * chance.uniform(0.4, 1.8):.2f}")
        invoices.append(_invoice(f"{number}-{ago}", day, total, character, chance))
        if chance.random() < character.credited:
            back, when = (total / 4).quantize(Decimal("0.01")), day + timedelta(days=10)
            credits.append(_credit(f"{number}-{ago}", back, when))
    turnover = sum((one.total for one in invoices), ZERO) * 90 / DAYS
    limit = turnover.quantize(Decimal(1))
    return Standing(number, TODAY, "GBP", tuple(invoices), tuple(credits), limit, home="GBP")


def _credit(key: str, total: Decimal, day: date) -> Credit:
    return Credit(key, key, "GBP", day, total, ZERO, uses=(Entry(day, total),))


def _invoice(
    key: str, day: date, total: Decimal, character: Character, chance: random.Random
) -> Invoice:
    due_on, ago = day + timedelta(days=30), (TODAY - day).days
    late = chance.gauss(character.late, character.spread)
    late += max(character.slower - ago, 0) / 8
    late += chance.randrange(15, 60) if chance.random() < 0.02 else 0  # forgotten for once
    paid_on = max(due_on + timedelta(days=round(late)), day)
    in_parts, rest = chance.random() < character.parts, timedelta(days=chance.randrange(5, 25))
    stopped = character.stopped and due_on > TODAY - timedelta(days=character.stopped)
    half = (total / 2).quantize(Decimal("0.01"))
    parts = [(paid_on, half), (paid_on + rest, total - half)] if in_parts else [(paid_on, total)]
    entries = tuple(Entry(when, part) for when, part in parts if when <= TODAY and not stopped)
    left = total - sum((entry.amount for entry in entries), ZERO)
    return Invoice(key, key, "GBP", day, due_on, total, left, entries)


if __name__ == "__main__":
    main()
