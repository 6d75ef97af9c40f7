"""Sheets as accountants and strangers send them: coloured columns, dates, boxes without an end."""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from connections.models import Pair
from mappings import drafting, sheets
from mappings.sheets import Unreadable
from tests.mappings.test_exchange import FLOW, KEY, lines

LAST = 1_048_576
"""The rows that a sheet may have."""


def book(*rows: list[Any]) -> bytes:
    made = openpyxl.Workbook()
    for row in (["table", "row", "in use", "gives", "value 1"], *rows):
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def naive(day: int, hour: int) -> datetime:
    """Return a time as spreadsheets have it: without a zone."""
    return datetime(2026, 11, day, hour, tzinfo=UTC).replace(tzinfo=None)


def reaching(file: bytes, corner: str, more: str) -> bytes:
    """Return the book with other XML at the end of its sheet, said to reach to the corner."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w", 8) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith("sheet1.xml"):
                text = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="A1:{corner}"', text)
                text = text.replace("</sheetData>", f"{more}</sheetData>")
            new.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize("corner", ["Q", "XFD"])
def test_a_column_that_is_coloured_to_its_end_makes_no_sheet_too_long(corner: str) -> None:
    file = book(["status", "", "yes", "DRAFT"])
    far = f'<row r="{LAST}"><c r="{corner}{LAST}"/></row>'
    began = time.monotonic()
    (line,) = sheets.read("x.xlsx", reaching(file, f"{corner}{LAST}", far))
    assert line["gives"] == "DRAFT"
    assert time.monotonic() - began < 10


def test_what_stands_behind_the_last_line_that_is_read_is_refused_and_not_left_out() -> None:
    file = book(["status", "", "yes", "DRAFT"])
    far = f'<row r="{LAST}"><c r="A{LAST}" t="inlineStr"><is><t>status</t></is></c></row>'
    with pytest.raises(Unreadable, match="more than 5000 lines"):
        sheets.read("x.xlsx", reaching(file, f"A{LAST}", far))


@pytest.mark.parametrize("part", ["<row/>", "<x:row/>", "<c/>"])
def test_a_small_file_of_many_parts_is_refused_before_it_fills_the_memory(part: str) -> None:
    swollen = part * 1_100_000
    with pytest.raises(Unreadable, match="too large"):
        sheets.read("x.xlsx", reaching(book(), "A2", swollen))


def test_days_numbers_and_yes_or_no_of_a_spreadsheet_are_read_as_people_write_them() -> None:
    cells: list[Any] = [naive(30, 0), date(2026, 11, 30), 1000.5, 0.00001, 200.0, True]
    found = sheets.read("x.xlsx", book(*(["words", "", True, "x", cell] for cell in cells)))
    told = ["2026-11-30", "2026-11-30", "1000.5", "0.00001", "200", "true"]
    assert [line["value 1"] for line in found] == told
    assert all(sheets.in_use(line) for line in found)


def test_a_time_of_a_day_keeps_its_hour() -> None:
    (line,) = sheets.read("x.xlsx", book(["words", "", "yes", "x", naive(2, 3)]))
    assert line["value 1"] == "2026-11-02T03:00:00"


def test_letters_that_no_sheet_can_hold_are_left_out(pair: Pair) -> None:
    text = "table,row,in use,gives\nwords,,yes,a\x00b\x07c\n"
    found = sheets.read("x.csv", text.encode())
    assert [line["gives"] for line in found] == ["abc"]


def test_empty_lines_count_and_a_short_one_is_empty_where_it_ends() -> None:
    text = "table,row,in use,gives\n\nwords,,no\n,,,\n" + ",,,\n" * 20_000
    empty, short = sheets.read("x.csv", text.encode())
    assert not any(empty.values())
    assert short == {"table": "words", "row": "", "in use": "no", "gives": ""}


def test_a_sheet_of_fifty_thousand_rows_is_refused_with_its_limit() -> None:
    text = "table,row,in use\n" + "words,,yes\n" * 50_000
    with pytest.raises(Unreadable, match="more than 5000 lines"):
        sheets.read("x.csv", text.encode())


def test_columns_in_another_order_and_ones_own_beside_them_change_nothing(pair: Pair) -> None:
    said = drafting.draft_of(pair, KEY).content
    headings = ["my notes", *reversed(sheets.HEADINGS)]
    noted = [{**line, "my notes": "look at this"} for line in lines(pair)]
    found = sheets.read("x.csv", sheets.write("csv", noted, headings))
    assert sheets.wanted(FLOW, said, found) == (said, [])
