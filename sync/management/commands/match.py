"""Match two exported address books, to see what Counterpart would link before it is connected."""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from sync.core.likeness.bulk import Pairing, match_books
from sync.core.likeness.choosing import Decision
from sync.core.likeness.places import country_code
from sync.core.likeness.rules import SHIPPED, MatchRules
from sync.management.address_books import OUT_COLUMNS, Book, BookUnreadable, read_book
from sync.management.doors import Door


class Command(Door):
    """`manage.py match LEFT.csv RIGHT.csv --out LINKS.csv [--country GB] [--json]`."""

    help = (
        "Match two address books, exported as CSV, without a connection or a database. The first "
        "line names the columns: id, name, first_name, last_name, email, phone, street, city, "
        "region, postcode, country, tax_number, company_number, website; any may be absent. "
        "Decision 'link' is what Counterpart links by itself, 'ask' what it asks a person about."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the two books and the file for the links."""
        parser.add_argument("left", type=Path, metavar="LEFT.csv", help="The first address book.")
        parser.add_argument("right", type=Path, metavar="RIGHT.csv", help="The second one.")
        parser.add_argument(
            "--out", type=Path, required=True, metavar="LINKS.csv", help="Where the links go."
        )
        parser.add_argument(
            "--country", default="", help="The country of addresses that name none (GB, Germany)."
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read both books, match them, write the links and say how many."""
        started = time.monotonic()
        rules, out = _rules(options["country"]), options["out"]
        _refuse_overwriting(out, (options["left"], options["right"]))
        try:
            with _replacing(out) as file:
                books = [read_book(options[side], rules.words) for side in ("left", "right")]
                pairings = _matched(books, rules)
                _write(file, pairings)
        except BookUnreadable as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        report = _report(books, pairings, time.monotonic() - started)
        if options["json"]:
            self.print_json(report)
            return
        for note in report["notes"]:
            self.stderr.write(note)
        self.stdout.write(_in_words(report, out))


def _rules(country: str) -> MatchRules:
    code = country_code(country)
    if country and not code:
        raise CommandError(f"“{country}” is no country. Write its name or code: Germany, DE.")
    return replace(SHIPPED, words=replace(SHIPPED.words, country=code))


def _refuse_overwriting(out: Path, books: Iterable[Path]) -> None:
    if any(out.resolve() == book.resolve() for book in books):
        raise CommandError(f"{out} is one of the address books; name another file for the links.")
    if out.is_dir():
        raise CommandError(f"{out} is a folder; name a file for the links.")


@contextmanager
def _replacing(out: Path) -> Iterator[IO[str]]:
    """Open the file for the links; one that is there already stays until all is written."""
    if out.exists() and not out.is_file():
        with out.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=out.parent, prefix=f".{out.name}.", delete=False
    ) as file:
        written = Path(file.name)
        try:
            yield file
            file.close()
            written.chmod(0o644)
            written.replace(out)
        finally:
            written.unlink(missing_ok=True)


def _matched(books: list[Book], rules: MatchRules) -> list[Pairing]:
    """Return the links and questions, one a pair; ids of several records are only asked about."""
    bar = tqdm(unit="pair", unit_scale=True, disable=not sys.stderr.isatty(), leave=False)

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    with bar:
        found = match_books(books[0].parties, books[1].parties, rules, show)
    doubtful = (books[0].doubtful, books[1].doubtful)
    best: dict[tuple[str, str], Pairing] = {}
    for pairing in found:
        ids = (pairing.left_id, pairing.right_id)
        if ids not in best or best[ids].points < pairing.points:
            best[ids] = _asked_if_doubtful(pairing, *doubtful)
    return list(best.values())


def _asked_if_doubtful(pairing: Pairing, left: set[str], right: set[str]) -> Pairing:
    if pairing.left_id in left or pairing.right_id in right:
        return replace(pairing, decision=Decision.ASK, why="its id names several records")
    return pairing


def _write(file: IO[str], pairings: Iterable[Pairing]) -> None:
    """Write the header and one row a pair."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(OUT_COLUMNS)
    for pairing in pairings:
        words = pairing.evidence.in_words() or "nothing speaks for or against it"
        why = f" (asked: {pairing.why})" if pairing.decision is Decision.ASK else ""
        decision = pairing.decision.value
        writer.writerow([pairing.left_id, pairing.right_id, pairing.points, decision, words + why])


def _report(books: list[Book], pairings: list[Pairing], seconds: float) -> dict[str, Any]:
    asks = [pairing for pairing in pairings if pairing.decision is Decision.ASK]
    found = [{p.left_id for p in pairings}, {p.right_id for p in pairings}]
    ids = [{one.id for one in book.parties} for book in books]
    return {
        "left": len(ids[0]),
        "right": len(ids[1]),
        "links": len(pairings) - len(asks),
        "asks": len(asks),
        "left_asked": len({pairing.left_id for pairing in asks}),
        "left_without": len(ids[0] - found[0]),
        "right_without": len(ids[1] - found[1]),
        "seconds": round(seconds, 1),
        "notes": [note for book in books for note in book.notes],
    }


def _in_words(report: dict[str, Any], out: Path) -> str:
    return (
        f"{report['left']:,} records on the left and {report['right']:,} on the right: "
        f"{report['links']:,} linked, {report['asks']:,} pairs to ask about "
        f"(left records: {report['left_asked']:,}). Without a partner: "
        f"{report['left_without']:,} left, {report['right_without']:,} right. "
        f"{report['seconds']:.1f} seconds; written to {out}."
    )
