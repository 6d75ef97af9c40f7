"""Files of rows, CSV and XLSX: safe to open in a spreadsheet, and read back without loss."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest

import openpyxl
import tablib
from openpyxl.cell.read_only import EMPTY_CELL

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection)."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no sheet can hold."""
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_COLUMNS = 100
LARGEST = 1_000_000
LARGEST_INSIDE = 20_000_000
MOST_PARTS = 1_000_000
"""So many marks of XML; 5,000 full lines have half of them."""
MOST_LINES = 5_000
LONGEST = 500
BOM = "\ufeff"
YES, NO = "yes", "no"


class Unreadable(ValueError):
    """The file is no such sheet; it says why in a sentence."""


def write(kind: str, lines: Iterable[Mapping[str, str]], headings: Sequence[str]) -> bytes:
    """Return the lines as a file, `csv` or `xlsx`; no cell can be taken for a formula."""
    sheet = tablib.Dataset(headers=list(headings), title="Mapping")
    for line in lines:
        sheet.append([_guarded(line.get(heading, "")) for heading in headings])
    made = sheet.export(kind)
    return (BOM + made).encode() if isinstance(made, str) else bytes(made)


def _guarded(text: str) -> str:
    text = CONTROL.sub("", text)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text[:1] == "'" else text


def read(
    name: str, file: bytes, needed: Sequence[str] = ("table", "row", "in use")
) -> list[dict[str, str]]:
    """Return the lines of a file by heading, of which some are needed; raises Unreadable.

    Empty ones between them stay, so that a line is counted as its sheet counts it.
    """
    if len(file) > LARGEST:
        raise Unreadable("The file is larger than 1 MB, which no mapping is.")
    try:
        rows = _kept((_of_book if name.lower().endswith(".xlsx") else _of_text)(file))
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a foreign file may break its reader in any way
        raise Unreadable("It is no CSV or XLSX file that can be read.") from None
    headings = rows[0] if rows else []
    if missing := [heading for heading in needed if heading not in headings]:
        raise Unreadable(f"It has no column “{missing[0]}”: export a mapping to see how one looks.")
    return [dict(zip_longest(headings, row[: len(headings)], fillvalue="")) for row in rows[1:]]


def _kept(rows: Iterable[Sequence[object]]) -> list[list[str]]:
    """Return the rows as texts, as far as there is something in them; headings come first.

    A sheet may go on without an end, where a whole column has a colour.
    """
    found: list[list[str]] = []
    for number, row in enumerate(rows):
        cells = [_cell(value) for value in row]
        if not any(cells):
            continue
        if number > MOST_LINES:
            raise Unreadable(f"It has more than {MOST_LINES} lines.")
        if any(len(text) > LONGEST for text in cells):
            raise Unreadable(f"A cell has more than {LONGEST} characters.")
        found += [[] for _ in range(number - len(found))]
        found.append([text.strip() for text in cells] if number == 0 else cells)
    return found


def _of_book(file: bytes) -> Iterator[Sequence[object]]:
    """Yield the values of each row; refuses formulas: what one comes to is not in the file."""
    _refuse_swollen(file)
    book = openpyxl.load_workbook(io.BytesIO(file), read_only=True)
    blank: object = None  # one and the same for all rows that the file leaves out
    for row in book.worksheets[0].iter_rows(max_col=MOST_COLUMNS):
        if row is blank or all(cell is EMPTY_CELL for cell in row):
            blank = row
            yield ()
            continue
        formula = next((cell for cell in row if cell.data_type == "f"), None)
        if formula is not None:
            raise Unreadable(f"Cell {formula.coordinate} holds a formula: put its value there.")
        yield [cell.value for cell in row]


def _refuse_swollen(file: bytes) -> None:
    """Refuse what is small packed and large unpacked, or has more parts than any mapping."""
    with zipfile.ZipFile(io.BytesIO(file)) as inside:
        if sum(part.file_size for part in inside.infolist()) > LARGEST_INSIDE:
            raise Unreadable("What is packed in the file is too large.")
        if sum(inside.read(part).count(b"<") for part in inside.infolist()) > MOST_PARTS:
            raise Unreadable("What is packed in the file is too large.")


def _of_text(file: bytes) -> Iterator[Sequence[object]]:
    """Yield the cells of each row of a CSV file, by the separator of its headings."""
    text = _decoded(file)
    headings = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=headings.count)
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decoded(file: bytes) -> str:
    """Return the text of a CSV file: UTF-8, or what spreadsheets call Unicode text."""
    encoding = "utf-16" if file.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return file.decode(encoding)
    except UnicodeDecodeError:
        told = "Its letters are in no known alphabet: save it as “CSV UTF-8” or as XLSX."
        raise Unreadable(told) from None


def _cell(value: object) -> str:
    """Return a cell as text, without the apostrophe that guards it from being a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = CONTROL.sub("", _plain(value))
    guarded = text[:1] == "'" and text[1:].lstrip(" ").startswith((*FORMULA, "'"))
    return text[1:] if guarded else text


def _plain(value: object) -> str:
    """Return a value of a spreadsheet as people write it: a day is one without its midnight."""
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
