"""Reads Xero's lists page by page: a question to its end, or everything that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sync.core.errors import NeedsPerson
from sync.core.records import Record

from . import values
from .doorway import Doorway
from .errors import NOT_FOUND
from .kinds import Kind

OLDEST_FIRST, NEWEST_FIRST = "UpdatedDateUTC ASC", "UpdatedDateUTC DESC"
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

    def picked(self, shape: Kind, ids: Sequence[str]) -> list[Record]:
        """Return the records of these ids of a kind that Xero does not find by several ids.

        What is asked for has mostly just changed: pages are read, newest first, as long as each
        brings one of them, the rest singly. So it costs at most one call more than there are ids.
        """
        alone = bool(shape.one[0])
        missing, found = dict.fromkeys(ids), dict[str, Record]()
        newest = {"order": NEWEST_FIRST} if shape.pages else {}
        pages = () if alone and len(missing) < 2 else self.pages(shape, newest)
        for number, page in enumerate(pages):
            hits = [record for record in page.records if record.key.id in missing]
            for record in hits:
                found[record.key.id] = record
                missing.pop(record.key.id, None)
            if page.is_last and not number:  # the whole list at one moment: there are no others
                return list(found.values())
            if not missing or (alone and (not hits or len(missing) == 1)):
                break
        singly = [record for each in missing for record in self._alone(shape, each)]
        return [*found.values(), *singly]

    def _alone(self, shape: Kind, id: str) -> list[Record]:
        """Return the record in a list, empty where Xero has none of this id."""
        method, argument = shape.one
        if not method:
            return []
        how = {"unitdp": UNIT_PLACES} if shape.unit_places else {}
        try:
            answer = self._door.get(method, **{argument: id}, **how)
        except NeedsPerson as error:
            if error.cause != NOT_FOUND:
                raise
            return []
        return [shape.record(each) for each in answer.get(shape.collection) or []]

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
            how = {"order": OLDEST_FIRST, **how, "page": number}
        if shape.pages and shape.sized:
            how["page_size"] = shape.pages
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
