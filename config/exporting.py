"""Lists as CSV files: streamed as they are read, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.html import strip_tags

BOM = "\ufeff"
"""Excel takes a file for UTF-8 only when it begins with this mark."""
CHUNK = 2000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection)."""

Column = tuple[str, str | Callable[[Any], object]]
"""A heading, and the dotted path of a value or a function of the row."""


def csv_file(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Return a download called `name-DATE.csv`; the rows are read while it is sent.

    Amounts are plain figures, days are ISO 8601, times too, in UTC: say so in their headings.
    """
    response = StreamingHttpResponse(_lines(headings, rows), content_type="text/csv; charset=utf-8")
    today = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{name}-{today}.csv"'
    return response


def chunks(rows: QuerySet[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Return the rows in lists of up to so many, newest first, however many there are.

    Each list is read by its place in the primary key, so that the last costs what the first does.
    """
    ordered = rows.order_by("-pk")
    found = list(ordered[:size])
    while found:
        yield found
        found = list(ordered.filter(pk__lt=found[-1].pk)[:size])


def rows_of(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[list[object]]:
    """Return the cells of every row."""
    for chunk in chunks(rows):
        for row in chunk:
            yield [_value(row, where) for _, where in columns]


def shown_columns(screen: ModelAdmin[Any], request: HttpRequest) -> list[Column]:
    """Return the columns that a list shows, their marks and colours taken away."""
    names = [str(name) for name in screen.get_list_display(request) if name != "action_checkbox"]
    return [(_heading(screen, name), partial(_shown, screen, name)) for name in names]


def cell(value: object) -> str:
    """Return a value as a cell's text; no text can be taken for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    is_text = not isinstance(value, int | date)
    return f"'{text}" if is_text and text.lstrip(" ").startswith(FORMULA) else text


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _lines(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BOM + str(writer.writerow(headings))
    for row in rows:
        yield str(writer.writerow([cell(value) for value in row]))


def _value(row: Any, where: str | Callable[[Any], object]) -> object:
    if callable(where):
        return where(row)
    value = row
    for part in where.split("."):
        value = getattr(value, part, None)
        value = value() if callable(value) else value
    return value


def _heading(screen: ModelAdmin[Any], name: str) -> str:
    label = label_for_field(name, screen.model, screen)
    return str(label).capitalize()


def _shown(screen: ModelAdmin[Any], name: str, row: Any) -> object:
    field, _, value = lookup_field(name, row, screen)
    if field is not None and getattr(field, "choices", None):
        return display_for_field(value, field, "")
    return strip_tags(value) if isinstance(value, str) else value
