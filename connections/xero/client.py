"""The Remote of one Xero organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from xero_python.accounting import models

from connections.addresses import is_loopback
from connections.models import Connection
from connections.remote import Answer, Changes, Happening, Reference, Sending, Verb
from connections.splitting import send_parts
from connections.transport import Caller
from sync.core.errors import NeedsPerson
from sync.core.records import Key, Record, System

from . import answers, organisation, values
from .answers import is_id, unreadable
from .doorway import Doorway
from .errors import WholeRefusal
from .kinds import HISTORY, KINDS, Kind
from .listing import UNIT_PLACES, Lists

IDS_IN_A_CALL = 40  # Xero, "batches of 40"
IDS_IN_A_WHERE = 20  # about as long an address as forty plain ids
BYTES_IN_A_WRITE = 3_500_000
PAGES_AT_A_TIME = 5
PROGRESS = timedelta(minutes=15)  # more than any overlap, so that going on begins later


class XeroRemote:
    """One organisation, opened for one lane."""

    system = System.XERO

    def __init__(self, connection: Connection, caller: Caller) -> None:
        self.connection_id = connection.pk
        self._connection, self._caller = connection, caller
        # A Custom Connection needs no tenant, but naming it keeps us out of any other one.
        self._door = Doorway(caller, connection.tenant_id or connection.organisation_id)
        self._lists = Lists(self._door)

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._caller.calls

    def batch_size(self, kind: str) -> int:
        """Return how many records one call may write."""
        return _kind(kind).in_a_write

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Return the records found; Xero sends every field, so `fields` asks for nothing more."""
        shape = _kind(kind)
        wanted = list(dict.fromkeys(each.lower() for each in ids))
        if not wanted:
            return []
        if not (shape.by_ids or shape.by_where):
            return self._lists.picked(shape, wanted)
        return [
            record
            for question in _by_ids(shape, wanted)
            for page in self._lists.pages(shape, question)
            for record in page.records
        ]

    def changed(self, kind: str, since: datetime | None) -> Changes:
        """Return the records changed since the time, oldest first; `covered` is Xero's own time.

        After some thousands the rest is left for the next question, which begins at `covered`.
        """
        found: dict[Key, Record] = {}
        asked_at = last = None
        for number, page in enumerate(self._lists.changed(_kind(kind), since), start=1):
            asked_at, last = asked_at or page.asked_at, page.reached or last
            found |= {record.key: record for record in page.records}
            begun = since or next((r.stamp for r in found.values()), None)
            far = last and begun and last - begun > PROGRESS
            if number >= PAGES_AT_A_TIME and far and not page.is_last:
                return Changes(tuple(found), tuple(found.values()), last, complete=False)
        return Changes(tuple(found), tuple(found.values()), asked_at or last or since)

    def changed_records(
        self,
        kind: str,
        since: datetime | None,
        fields: Sequence[str] = (),
        known: Callable[[Sequence[str]], Mapping[str, Record]] = lambda ids: {},
    ) -> Iterator[Changes]:
        """Yield the records changed since the time in pages of 1,000, oldest first."""
        asked_at = None
        for page in self._lists.changed(_kind(kind), since):
            asked_at = asked_at or page.asked_at
            keys = tuple(record.key for record in page.records)
            yield Changes(keys, tuple(page.records), page.reached or since, complete=False)
        yield Changes((), (), asked_at or since)

    def stamps(self, kind: str, ids: Sequence[str]) -> dict[str, datetime]:
        """Return when each of these records was last changed; see Remote.stamps."""
        return {r.key.id: r.stamp for r in self.read(kind, ids) if r.stamp and not r.gone}

    def history(self, key: Key) -> list[Happening]:
        """Return the record's history as Xero keeps it, newest first; one call."""
        name, argument = HISTORY[key.kind]
        rows = self._door.get(name, **{argument: key.id}).get("HistoryRecords") or []
        read = [values.read(row) for row in rows]
        found = [
            Happening(
                row.get("DateUTC"),
                str(row.get("User") or ""),
                " ".join(str(row.get(part) or "") for part in ("Changes", "Details")).strip(),
            )
            for row in read
        ]
        return sorted(found, key=lambda one: str(one.when or ""), reverse=True)

    def find_by(self, kind: str, field: str, values: Sequence[str]) -> list[Record]:
        """Return the records that Xero finds by a value and whose field is that value.

        One call a value: Xero filters by one alone. It searches names, numbers, references and
        e-mail addresses; a kind without search is read whole, unless it has a filter for the field.
        """
        shape, wanted = _kind(kind), {value.casefold() for value in values}
        usual = ("search_term", "{}") if shape.searches else ("", "")
        asking, written = shape.finds.get(field, usual)
        terms = dict.fromkeys(values) if asking else ()
        questions = [{asking: written.format(each)} for each in terms] if asking else [{}]
        found = {
            record.key: record
            for question in questions
            for page in self._lists.pages(shape, question)
            for record in page.records
            if str(record.get(field) or "").casefold() in wanted and not record.gone
        }
        return list(found.values())

    def open_records(self, kind: str) -> list[Record]:
        """Return the records that are still open; one whose page moves meanwhile may be absent."""
        shape = _kind(kind)
        pages = self._lists.pages(shape, {"where": shape.still_open}) if shape.still_open else ()
        return list({r.key: r for page in pages for r in page.records}.values())

    def online_address(self, key: Key) -> str:
        """Return where a customer sees an approved invoice; empty for any other record."""
        if key.kind != "Invoice":
            return ""
        try:
            answer = self._door.get("get_online_invoice", invoice_id=key.id)
        except NeedsPerson:  # a draft, or one that is gone: Xero knows no page of it
            return ""
        found = answer.get("OnlineInvoices") or [{}]
        return str(found[0].get("OnlineInvoiceUrl") or "")

    def choices(self, kind: str, field: str, within: str = "") -> Mapping[str, str]:
        """Return nothing: Xero describes no lists."""
        return {}

    def glance(self, kind: str, since: datetime) -> Changes:
        """Return what changed: one call is light enough where Xero filters by time itself."""
        return self.changed(kind, since)

    def newest(self, kind: str, since: datetime) -> Changes:
        """Return what changed: Xero knows no safe watermark that this would go beyond."""
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
        shape = _kind(key.kind)
        page = f"/{shape.page}{key.id}"
        if is_loopback(settings.XERO_API_URL):
            return f"{settings.XERO_API_URL}{page}"
        code = self._connection.short_code
        if code and shape.app_page:
            return f"https://go.xero.com/app/{code}/{shape.app_page}{key.id}"
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
        if not method:
            raise ValueError(f"A {shape.name} is only read.")
        try:
            answer = self._door.write(method, {shape.collection: list(bodies)}, **how)
        except WholeRefusal as error:
            return answers.refused(error.elements, len(bodies), self._caller.correlation_id)
        elements = answer.get(shape.collection)
        return answers.read(shape, len(bodies), elements, self._caller.correlation_id)


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


def _by_ids(shape: Kind, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the questions for the records of these ids."""
    if shape.by_ids:
        for start in range(0, len(ids), IDS_IN_A_CALL):
            yield {"i_ds": ids[start : start + IDS_IN_A_CALL]}
        return
    good = [each for each in ids if is_id(each)]
    for start in range(0, len(good), IDS_IN_A_WHERE):
        some = good[start : start + IDS_IN_A_WHERE]
        yield {"where": " OR ".join(f'{shape.id_field}==guid("{each}")' for each in some)}


def _kind(name: str) -> Kind:
    """Return the kind; a KeyError is a flow that names a kind without an entry in kinds.py."""
    return KINDS[name]
