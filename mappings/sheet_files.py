"""Files of rows, CSV and XLSX: safe to open in a spreadsheet, and read back without loss."""

from __future__ import annotations

import io
import re
import zipfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import openpyxl
import tablib

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
    kind = "xlsx" if name.lower().endswith(".xlsx") else "csv"
    try:
        sheet = _sheet(kind, file)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a foreign file may break its reader in any way
        raise Unreadable("It is no CSV or XLSX file that can be read.") from None
    if len(sheet) > MOST_LINES:
        raise Unreadable(f"It has more than {MOST_LINES} lines.")
    headings = [str(heading or "").strip() for heading in sheet.headers or []]
    if missing := [heading for heading in needed if heading not in headings]:
        raise Unreadable(f"It has no column “{missing[0]}”: export a mapping to see how one looks.")
    rows = [[_cell(value) for value in row] for row in sheet]
    if any(len(text) > LONGEST for row in rows for text in row):
        raise Unreadable(f"A cell has more than {LONGEST} characters.")
    while rows and not any(rows[-1]):
        rows.pop()
    return [dict(zip(headings, row, strict=False)) for row in rows]


def _sheet(kind: str, file: bytes) -> tablib.Dataset:
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(file)) as inside:
            if sum(part.file_size for part in inside.infolist()) > LARGEST_INSIDE:
                raise Unreadable("What is packed in the file is too large.")
        _refuse_formulas(file)
        return tablib.Dataset().load(file, format="xlsx")
    text = _decoded(file)
    headings = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=headings.count)
    return tablib.Dataset().load(text, format="csv", delimiter=delimiter)


def _refuse_formulas(file: bytes) -> None:
    """Refuse a sheet with a formula: what it comes to is not in the file for certain."""
    book = openpyxl.load_workbook(io.BytesIO(file), read_only=True)
    for row in book.worksheets[0].iter_rows(max_row=MOST_LINES + 1, max_col=MOST_COLUMNS):
        for cell in row:
            if cell.data_type == "f":
                raise Unreadable(f"Cell {cell.coordinate} holds a formula: put its value there.")


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
        return YES if value else NO
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = value.isoformat() if isinstance(value, date) else str(value)
    guarded = text[:1] == "'" and text[1:].lstrip(" ").startswith((*FORMULA, "'"))
    return text[1:] if guarded else text
