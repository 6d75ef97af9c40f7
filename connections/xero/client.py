"""The Remote of one Xero organisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from xero_python.accounting import models

from connections.addresses import is_loopback
from connections.models import Connection
from connections.remote import Answer, Changes, Reference, Sending, Verb
from connections.splitting import send_parts
from connections.transport import Caller
from sync.core.records import Key, Record, System

from . import answers, organisation, values
from .answers import unreadable
from .doorway import Doorway
from .errors import WholeRefusal
from .kinds import KINDS, Kind

IDS_IN_A_CALL = 40  # Xero, "batches of 40"
RECORDS_IN_A_WRITE = 50
BYTES_IN_A_WRITE = 3_500_000
PAGES_AT_A_TIME = 5
PROGRESS = timedelta(minutes=15)  # more than any overlap, so that going on begins later
UNIT_PLACES = 4  # or Xero rounds unit prices to two places


class XeroRemote:
    """One organisation, opened for one lane."""

    system = System.XERO

    def __init__(self, connection: Connection, caller: Caller) -> None:
        self.connection_id = connection.pk
        self._connection, self._caller = connection, caller
        # A Custom Connection needs no tenant, but naming it keeps us out of any other one.
        self._door = Doorway(caller, connection.tenant_id or connection.organisation_id)

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._caller.calls

    def batch_size(self, kind: str) -> int:
        """Return how many records one call may write."""
        return RECORDS_IN_A_WRITE

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Return the records found; Xero sends every field, so `fields` asks for nothing more."""
        shape = _kind(kind)
        wanted = list(dict.fromkeys(each.lower() for each in ids))
        if not wanted:
            return []
        if not shape.by_ids:
            return [
                r for page in self._pages(shape, {}) for r in page.records if r.key.id in wanted
            ]
        found: list[Record] = []
        for start in range(0, len(wanted), IDS_IN_A_CALL):
            question = {"i_ds": wanted[start : start + IDS_IN_A_CALL]}
            found += [r for page in self._pages(shape, question) for r in page.records]
        return found

    def changed(self, kind: str, since: datetime | None) -> Changes:
        """Return the records changed since the time, oldest first; `covered` is Xero's own time.

        After some thousands the rest is left for the next question, which begins at `covered`.
        """
        shape = _kind(kind)
        question = _since(shape, since)
        records: list[Record] = []
        asked_at = None
        for number, page in enumerate(self._pages(shape, question), start=1):
            asked_at = asked_at or page.asked_at
            records += page.records
            last = records[-1].stamp if records else None
            if number >= PAGES_AT_A_TIME and not page.is_last and last is not None:
                begun = since or records[0].stamp
                if begun is not None and last - begun > PROGRESS:
                    return Changes(_keys(records), tuple(records), last, complete=False)
        covered = asked_at or max((r.stamp for r in records if r.stamp), default=since)
        return Changes(_keys(records), tuple(records), covered)

    def changed_records(
        self, kind: str, since: datetime | None, fields: Sequence[str] = ()
    ) -> Iterator[Changes]:
        """Yield the records changed since the time in pages of 1,000, oldest first."""
        shape = _kind(kind)
        asked_at = None
        for page in self._pages(shape, _since(shape, since)):
            asked_at = asked_at or page.asked_at
            stamps = [record.stamp for record in page.records if record.stamp]
            reached = max(stamps, default=since)
            yield Changes(_keys(page.records), tuple(page.records), reached, complete=False)
        yield Changes((), (), asked_at or since)

    def find_by(self, kind: str, field: str, values: Sequence[str]) -> list[Record]:
        """Return the records that Xero's search finds by a value and whose field is that value.

        One call a value: Xero filters by one alone. It searches names, numbers, references and
        e-mail addresses; a kind without search is read whole, in one call.
        """
        shape, wanted = _kind(kind), {value.casefold() for value in values}
        terms = dict.fromkeys(values)
        questions = [{"search_term": each} for each in terms] if shape.searches else [{}]
        found = {
            record.key: record
            for question in questions
            for page in self._pages(shape, question)
            for record in page.records
            if str(record.get(field) or "").casefold() in wanted and not record.gone
        }
        return list(found.values())

    def choices(self, kind: str, field: str, within: str = "") -> Mapping[str, str]:
        """Return nothing: Xero describes no lists."""
        return {}

    def glance(self, kind: str, since: datetime) -> Changes:
        """Return what changed: one call is light enough where Xero filters by time itself."""
        return self.changed(kind, since)

    def fields(self, kind: str) -> Mapping[str, str]:
        """Return the field names and types of Xero's own description, as xero-python has it."""
        model = getattr(models, _kind(kind).name)
        return {
            model.attribute_map[name]: str(kind_) for name, kind_ in model.openapi_types.items()
        }

    def reference(self) -> Reference:
        """Read the organisation's facts and lists: seven calls."""
        return organisation.read(self._door)

    def send(self, sending: Sending) -> list[Answer]:
        """Write once. A body too large for Xero goes in parts, each with a key of its own.

        What Xero could not even read is refused here, since it would take the others with it.
        Raises OutcomeUnknown when the answer to any part is lost.
        """
        shape, bodies = _kind(sending.kind), sending.bodies
        unfit = {place: unreadable(body) for place, body in enumerate(bodies)}
        good = [body for place, body in enumerate(bodies) if unfit[place] is None]
        sent = iter(
            send_parts(
                list(_parts(good)),
                sending.idempotency_key,
                lambda part, key: self._send(shape, sending.verb, part, key),
            )
        )
        return [unfit[place] or next(sent) for place in range(len(bodies))]

    def link_to(self, key: Key) -> str:
        """Return the record's page in Xero, opened in this organisation."""
        page = f"/{_kind(key.kind).page}{key.id}"
        if is_loopback(settings.XERO_API_URL):
            return f"{settings.XERO_API_URL}{page}"
        code = self._connection.short_code
        login = "https://go.xero.com/organisationlogin/default.aspx"
        return (
            f"{login}?shortcode={code}&redirecturl={page}" if code else f"https://go.xero.com{page}"
        )

    def _send(
        self, shape: Kind, verb: Verb, bodies: Sequence[Mapping[str, Any]], key: str
    ) -> list[Answer]:
        needed = (*shape.always, *([shape.id_field] if verb is Verb.UPDATE else []))
        for name in needed:
            if not all(body.get(name) for body in bodies):
                raise ValueError(f"{verb} of a {shape.name} without its {name}")
        how: dict[str, Any] = {"summarize_errors": False, "idempotency_key": key}
        if shape.unit_places_when_writing:
            how["unitdp"] = UNIT_PLACES
        method = shape.creating if verb is Verb.CREATE else shape.updating
        try:
            answer = self._door.write(method, {shape.collection: list(bodies)}, **how)
        except WholeRefusal as error:
            return answers.refused(error.elements, len(bodies), self._caller.correlation_id)
        elements = answer.get(shape.collection)
        return answers.read(shape, len(bodies), elements, self._caller.correlation_id)

    def _pages(self, shape: Kind, question: Mapping[str, Any]) -> Iterator[_Page]:
        """Yield the pages of a list to its end, oldest change first."""
        how = {**shape.filters, **question}
        if shape.unit_places:
            how["unitdp"] = UNIT_PLACES
        if not shape.pages:
            yield _page(shape, self._door.get(shape.listing, **how), is_last=True)
            return
        how |= {"order": "UpdatedDateUTC ASC", "page_size": shape.pages}
        number = 1
        while True:
            answer = self._door.get(shape.listing, page=number, **how)
            size = len(answer.get(shape.collection) or [])
            count = (answer.get("pagination") or {}).get("pageCount")
            is_last = size == 0 or (number >= count if count is not None else size < shape.pages)
            yield _page(shape, answer, is_last=is_last)
            if is_last:
                return
            number += 1


class _Page:
    """One page of a list, and Xero's time when it was asked for."""

    def __init__(self, records: list[Record], asked_at: datetime | None, *, is_last: bool) -> None:
        self.records, self.asked_at, self.is_last = records, asked_at, is_last


def _page(shape: Kind, answer: Mapping[str, Any], *, is_last: bool) -> _Page:
    asked_at = values.read(answer.get("DateTimeUTC"), "DateTimeUTC")
    elements = answer.get(shape.collection) or []
    records = [shape.record(each) for each in elements if shape.wanted(each)]
    return _Page(records, asked_at if isinstance(asked_at, datetime) else None, is_last=is_last)


def _since(shape: Kind, since: datetime | None) -> dict[str, Any]:
    """Return what a list is asked for: of the kind alone, and changed since the time."""
    question: dict[str, Any] = {"where": shape.where} if shape.where else {}
    return question | ({"if_modified_since": values.header_time(since)} if since else {})


def _parts(bodies: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Yield the bodies in as few parts as Xero's size allows."""
    part: list[Mapping[str, Any]] = []
    size = 0
    for body in bodies:
        weight = len(values.body(body))
        if part and size + weight > BYTES_IN_A_WRITE:
            yield part
            part, size = [], 0
        part.append(body)
        size += weight
    if part:
        yield part


def _kind(name: str) -> Kind:
    """Return the kind; a KeyError is a flow that names a kind without an entry in kinds.py."""
    return KINDS[name]


def _keys(records: Sequence[Record]) -> tuple[Key, ...]:
    return tuple(record.key for record in records)
