"""Reads Xero's lists page by page: a question to its end, or everything that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sync.core.records import Record

from . import values
from .doorway import Doorway
from .kinds import Kind

UNIT_PLACES = 4  # or Xero rounds unit prices to two places
# Xero compares whole seconds, and does not say whether those of the very time count.
BACK = timedelta(seconds=1)


@dataclass(frozen=True)
class Page:
    """One page of a list, and Xero's time when it was asked for."""

    records: tuple[Record, ...]
    asked_at: datetime | None
    is_last: bool

    @property
    def reached(self) -> datetime | None:
        """The latest stamp on the page."""
        return max((record.stamp for record in self.records if record.stamp), default=None)

    @property
    def began(self) -> datetime | None:
        """The earliest stamp on the page."""
        return min((record.stamp for record in self.records if record.stamp), default=None)


class Lists:
    """The lists of one organisation."""

    def __init__(self, door: Doorway) -> None:
        self._door = door

    def pages(self, shape: Kind, question: Mapping[str, Any]) -> Iterator[Page]:
        """Yield the pages of a list to its end, oldest change first."""
        number, is_last = 1, False
        while not is_last:
            page = self._page(shape, question, number)
            yield page
            number, is_last = number + 1, page.is_last

    def changed(self, shape: Kind, since: datetime | None) -> Iterator[Page]:
        """Yield everything changed since the time, oldest first; a record may come twice.

        Each question begins where the last page ended: a record that is edited meanwhile moves to
        the end, and with page numbers alone another would slip into a page that was read already.
        Only more than a page of one moment is counted through.
        """
        begin, number = since, 1
        while True:
            page = self._page(shape, _since(shape, begin), number)
            yield page
            if page.is_last:
                return
            following = _following(page)
            if following and (begin is None or following > begin):
                begin, number = following, 1
            else:
                number += 1

    def _page(self, shape: Kind, question: Mapping[str, Any], number: int) -> Page:
        how = {**shape.filters, **question}
        if shape.unit_places:
            how["unitdp"] = UNIT_PLACES
        if shape.pages:
            how |= {"order": "UpdatedDateUTC ASC", "page_size": shape.pages, "page": number}
        answer = self._door.get(shape.listing, **how)
        elements = answer.get(shape.collection) or []
        count = (answer.get("pagination") or {}).get("pageCount")
        short = number >= count if count is not None else len(elements) < shape.pages
        asked_at = values.read(answer.get("DateTimeUTC"), "DateTimeUTC")
        return Page(
            tuple(shape.record(each) for each in elements if shape.wanted(each)),
            asked_at if isinstance(asked_at, datetime) else None,
            is_last=not shape.pages or not elements or short,
        )


def _following(page: Page) -> datetime | None:
    """Return the whole second to go on from, or None for a page that is all of one moment."""
    if page.began is None or page.reached is None:
        return None
    following = (page.reached - BACK).replace(microsecond=0)
    return following if following > page.began else None


def _since(shape: Kind, since: datetime | None) -> dict[str, Any]:
    """Return what a list is asked for: of the kind alone, and changed since the time."""
    question: dict[str, Any] = {"where": shape.where} if shape.where else {}
    return question | ({"if_modified_since": values.header_time(since)} if since else {})
