"""Orders and pages what a list call has found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.store import Record
from sandbox.xero.errors import HttpError, bad_query
from sandbox.xero.fields import field_type

PAGE_SIZE, LARGEST_PAGE = 100, 1000
MOST_UNPAGED = 100_000
_DIRECTIONS = {"": False, "ASC": False, "ASCENDING": False, "DESC": True, "DESCENDING": True}


@dataclass(frozen=True)
class Page:
    """A page of a list and, where there are pages, Xero's pagination block."""

    records: list[Record]
    pagination: dict[str, int] | None = None


def ordered(
    records: Iterable[Record], order: str, kind: str, look: Callable[[Record, str], Any]
) -> list[Record]:
    """The records in the wished order, such as `Date DESC, InvoiceNumber`.

    Raises a 400 QueryParseException for an unknown field.
    """
    found = list(records)
    for wish in reversed([wish.split() for wish in order.split(",") if wish.strip()]):
        path, direction = wish[0], "".join(wish[1:]).upper()
        if field_type(kind, path) is None:
            raise bad_query(f"No property or field '{path}' exists in type '{kind}'")
        if direction not in _DIRECTIONS:
            raise bad_query(f"Syntax error at '{direction}'")
        found.sort(key=lambda record: _key(look(record, path)), reverse=_DIRECTIONS[direction])
    return found


def _key(value: Any) -> tuple[bool, Any]:
    return (value is not None, value.casefold() if isinstance(value, str) else value or 0)


def page_of(records: list[Record], page: int, size: int) -> Page:
    """One page, counted from 1; sizes out of range are brought into it."""
    page, size = max(page, 1), min(max(size, 1), LARGEST_PAGE)
    count = len(records)
    block = {"page": page, "pageSize": size, "pageCount": -(-count // size), "itemCount": count}
    return Page(records[(page - 1) * size : page * size], block)


def unpaged(records: list[Record], collection: str) -> Page:
    """The whole list. Raises the 400 that Xero gives where there is too much of it."""
    if len(records) > MOST_UNPAGED:
        message = (
            f"Your request is not filtering {collection} efficiently. More than"
            f" {MOST_UNPAGED:,} records match: use paging and the optimised filters."
        )
        raise HttpError(400, {"ErrorNumber": 10, "Type": "ValidationException", "Message": message})
    return Page(records)
