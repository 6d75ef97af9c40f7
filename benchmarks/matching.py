"""`python -m benchmarks.matching`: how right and how fast customers of two books are matched."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.books.book import Books
from benchmarks.books.companies import company_books, usual_books
from benchmarks.books.persons import person_books
from benchmarks.weighing import Peak
from sync.core.likeness.bulk import Pairing, match_books
from sync.core.likeness.choosing import Decision
from sync.core.likeness.parties import party

NUMBERS = ("tax_number", "company_number")
CONTACT = ("email", "phone", "website")
PLACE = ("street", "city", "region", "postcode", "country")
CASES: dict[str, tuple[Callable[[int, int], Books], tuple[str, ...]]] = {
    "companies, few in traps": (usual_books, ()),
    "companies with traps": (company_books, ()),
    "the same without numbers": (company_books, (*NUMBERS, "website")),
    "the same with names and addresses alone": (company_books, (*NUMBERS, *CONTACT)),
    "the same with names and contacts alone": (company_books, (*NUMBERS, *PLACE)),
    "persons": (person_books, ()),
    "persons without numbers": (person_books, NUMBERS),
    "persons with names and addresses alone": (person_books, (*NUMBERS, *CONTACT)),
}
HEADINGS = (
    *("books", "records", "links right", "found", "F1 of links", "asked about", "F1 once asked"),
    *("traps linked", "wall s", "processor s", "memory MB"),
)


@dataclass(frozen=True)
class Result:
    """How right one match of two books was, in shares of one."""

    right: float
    found: float
    f1: float
    asked: float
    f1_asked: float
    traps: float


def main() -> None:
    """Match generated books and print a table; the seeds are fixed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    parser.add_argument("--size", type=int, default=10_000, help="records of each book")
    parser.add_argument("--large", type=int, default=50_000, help="records of the large books")
    parser.add_argument("--seed", type=int, default=41)
    wanted = parser.parse_args()
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}", flush=True)
    for name, (make, without) in CASES.items():
        print(_row(name, make(wanted.size, wanted.seed).without(without)), flush=True)
    if wanted.large:
        print(_row("companies with traps", company_books(wanted.large, wanted.seed)), flush=True)


def _row(name: str, books: Books) -> str:
    """Match the books and return their row of the table."""
    with Peak() as peak:
        started, busy = time.perf_counter(), _processor()
        left, right = ([party(row) for row in book] for book in (books.left, books.right))
        pairings = match_books(left, right)
        seconds, busy = time.perf_counter() - started, _processor() - busy
    result = measured(pairings, books)
    cells = (
        *(name, f"{len(left):,} × {len(right):,}", f"{result.right:.2%}", f"{result.found:.1%}"),
        *(f"{result.f1:.4f}", f"{result.asked:.1%}", f"{result.f1_asked:.4f}"),
        *(f"{result.traps:.2%}", f"{seconds:.0f}", f"{busy:.0f}"),
        f"{peak.megabytes:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _processor() -> float:
    """Return the processor's seconds of this process and of those that it has started and ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def measured(pairings: list[Pairing], books: Books) -> Result:
    """Return how right the pairings are; asked ones count as answered rightly in `f1_asked`."""
    links = {(p.left_id, p.right_id) for p in pairings if p.decision is Decision.LINK}
    asks = {(p.left_id, p.right_id) for p in pairings if p.decision is Decision.ASK}
    right, answered = len(links & books.truth), len(asks & books.truth)
    traps = {pair for pair in links - books.truth if pair[0] in books.trap_of}
    return Result(
        right=right / max(len(links), 1),
        found=right / max(len(books.truth), 1),
        f1=_f1(right, len(links), len(books.truth)),
        asked=len({left for left, _ in asks}) / max(len(books.left), 1),
        f1_asked=_f1(right + answered, len(links) + answered, len(books.truth)),
        traps=len(traps) / max(len(books.trap_of), 1),
    )


def _f1(right: int, said: int, true: int) -> float:
    return 2 * right / max(said + true, 1)


if __name__ == "__main__":
    main()
