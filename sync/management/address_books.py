"""Address books as CSV files, however another program wrote them; and the links found, as one."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sync.core.likeness.parties import COLUMNS, Dictionaries, Party, party

Row = dict[str, str]
OUT_COLUMNS = ("left_id", "right_id", "score", "decision", "evidence")
_ALSO = {
    "id": "account_id contact_id record_id customer_id uuid",
    "name": "account_name company company_name contact_name organisation organization "
    "customer customer_name full_name business_name legal_name",
    "first_name": "given_name forename contact_first_name",
    "last_name": "surname family_name contact_last_name",
    "email": "email_address mail billing_email",
    "phone": "telephone tel phone_number mobile",
    "street": "address street_address address1 address_line_1 billing_street "
    "poaddressline1 mailing_street",
    "city": "town suburb billing_city pocity mailing_city locality",
    "region": "state county province billing_state billing_state_province poregion state_province "
    "mailing_state mailing_state_province",
    "postcode": "zip zip_code postal_code billing_postal_code "
    "billing_zip billing_zip_postal_code popostalcode mailing_postal_code mailing_zip "
    "mailing_zip_postal_code",
    "country": "billing_country pocountry country_code mailing_country",
    "tax_number": "vat vat_number vat_id tax_id abn ust_id",
    "company_number": "registration_number company_registration_number",
    "website": "web url homepage site",
}
_MEANT = {
    other.replace("_", ""): column
    for column, others in _ALSO.items()
    for other in (column, *others.split())
}
"""Our column by a heading without blanks and signs: “Billing City” and BillingCity alike."""
_SEPARATORS = ",;\t|"
_LONGEST_FIELD = 10_000_000
_LINE = "line "


class BookUnreadable(Exception):
    """A file that cannot be read as an address book; the text says why and what to do."""


@dataclass
class Book:
    """The records of one address book, ids never empty.

    `doubtful` are ids that stand on rows of different names, so that a link would be a guess.
    `notes` tell in words what was not as it should be.
    """

    parties: list[Party] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def read_book(path: Path, words: Dictionaries) -> Book:
    """Return the address book in a CSV file; raises BookUnreadable."""
    text = _text(path)
    header = next(_table(text, path.name), (0, []))[1]
    columns = _columns(header)
    if not set(columns) - {"", "id"}:
        raise BookUnreadable(
            f"{path.name} has none of the columns that can be matched. Its first line must name "
            f"some of: {', '.join(COLUMNS)}."
        )
    ids = Counter(row["id"] for row in _rows(text, path.name, columns))
    repeated = {name for name, count in ids.items() if count > 1}
    book = _book(_rows(text, path.name, columns), repeated, words)
    _note(book, path.name, ids, "id" in columns)
    return book


def _text(path: Path) -> str:
    """Return the file's text: UTF-8 or UTF-16 where it says so, else Windows' Western letters."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise BookUnreadable(f"There is no file {path}.") from None
    except OSError as error:
        raise BookUnreadable(f"{path} cannot be read: {error.strerror}.") from None
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    if b"\0" in raw:
        raise BookUnreadable(f"{path.name} is no text file. Export the address book as CSV.")
    return raw.decode("latin-1")


def _table(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of every line that is not empty."""
    csv.field_size_limit(_LONGEST_FIELD)
    said = re.match(r"\s*sep=(.)\r?\n", text)
    body = text[said.end() :] if said else text.lstrip("\r\n")
    skipped = text[: len(text) - len(body)].count("\n")
    separator = said[1] if said else _separator(body)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num + skipped, cells
    except csv.Error as error:
        line = reader.line_num + skipped
        raise BookUnreadable(f"{name} cannot be read at line {line}: {error}.") from None


def _separator(text: str) -> str:
    """Return what separates the cells: whatever makes the most known columns of the first line."""
    line = text.split("\n", 1)[0]

    def found(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([line], delimiter=separator), [])
        return len([column for column in _columns(cells) if column]), len(cells)

    return max(_SEPARATORS, key=found)


def _columns(header: Iterable[str]) -> list[str]:
    """Return our column for each of the header's cells; empty for one that we do not know."""
    named = [cell.strip().lower() for cell in header]
    plain = [re.sub(r"[^a-z0-9]+", "", name) for name in named]
    found: list[str] = []
    for name, known in zip(named, plain, strict=True):
        column = _MEANT.get(known, "")
        ours = column.replace("_", "")
        if ours != known and ours in plain:
            column = ""  # the file has a column of that very name
        if name.startswith("id:"):
            column = name
        found.append("" if column in found else column)
    return found


def _rows(text: str, name: str, columns: list[str]) -> Iterator[Row]:
    """Yield the rows under the header; one without an id has its line's number for one."""
    table = _table(text, name)
    next(table)
    for number, cells in table:
        pairs = zip(columns, cells, strict=False)
        row = {column: cell.strip() for column, cell in pairs if column and cell.strip()}
        yield {"id": f"{_LINE}{number}", **row}


def _book(rows: Iterable[Row], repeated: set[str], words: Dictionaries) -> Book:
    """Return the records; rows of one id and name are one record."""
    book = Book()
    kept: dict[str, list[Row]] = {}
    for row in rows:
        if row["id"] not in repeated:
            book.parties.append(party(row, words))
            continue
        same = [one for one in kept.setdefault(row["id"], []) if _same_name(one, row)]
        if same:
            _add(same[0], row)
        else:
            kept[row["id"]].append(row)
    book.doubtful = {name for name, several in kept.items() if len(several) > 1}
    book.parties += [party(row, words) for several in kept.values() for row in several]
    return book


def _note(book: Book, name: str, ids: Counter[str], has_ids: bool) -> None:
    nameless = sum(1 for one in ids if one.startswith(_LINE))
    repeated = ids.total() - len(ids)
    if not has_ids:
        book.notes.append(f"{name} has no column id; its records are called by their line.")
    elif nameless:
        book.notes.append(f"{name}: {nameless} rows have no id and are called by their line.")
    if repeated:
        book.notes.append(
            f"{name}: {repeated} rows repeat an id. Those of one name are read as one record; "
            f"{len(book.doubtful)} ids stand for different names and are never linked unasked."
        )


def _same_name(one: Row, other: Row) -> bool:
    def name(row: Row) -> str:
        person = f"{row.get('first_name', '')} {row.get('last_name', '')}"
        return " ".join((row.get("name") or person).casefold().split())

    return name(one) == name(other)


def _add(first: Row, more: Row) -> None:
    """Take what another row of the same record says besides."""
    for column, value in more.items():
        if column in {"email", "phone"} and value not in first.get(column, value):
            first[column] = f"{first[column]}; {value}"
        first.setdefault(column, value)
