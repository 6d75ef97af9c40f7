"""What the fakes answer to the rarer questions of the doorway, from the records they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from connections.remote import Changes, Happening
from sync.core.records import Key, Record


class FurtherReading:
    """The rest of Remote, for a fake that has `records`, `calls`, `read` and `changed`."""

    calls: int
    records: dict[tuple[str, str], Record]

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Return what is there."""
        raise NotImplementedError

    def changed(self, kind: str, since: datetime | None) -> Changes:
        """Return what is newer."""
        raise NotImplementedError

    def changed_records(
        self,
        kind: str,
        since: datetime | None,
        fields: Sequence[str] = (),
        known: Callable[[Sequence[str]], Mapping[str, Record]] = lambda ids: {},
    ) -> Iterator[Changes]:
        """Yield what is newer in one page."""
        yield self.changed(kind, since)

    def find_by(self, kind: str, field: str, values: Sequence[str]) -> list[Record]:
        """Return the living records with one of the values."""
        self.calls += 1
        wanted = {value.casefold() for value in values}
        return [
            record
            for (each, _), record in self.records.items()
            if each == kind and not record.gone
            if str(record.get(field) or "").casefold() in wanted
        ]

    def choices(self, kind: str, field: str, within: str = "") -> Mapping[str, str]:
        """No field is a list here."""
        return {}

    def stamps(self, kind: str, ids: Sequence[str]) -> dict[str, datetime]:
        """Return the stamps of what lives."""
        return {r.key.id: r.stamp for r in self.read(kind, ids) if r.stamp and not r.gone}

    def history(self, key: Key) -> list[Happening]:
        """Return what happened to a record: the last change alone."""
        self.calls += 1
        record = self.records.get((key.kind, key.id))
        return [Happening(record.stamp, "Anna", "Last changed")] if record else []

    def open_records(self, kind: str) -> list[Record]:
        """Return what is approved and not paid."""
        self.calls += 1
        return [
            record
            for (each, _), record in self.records.items()
            if each == kind and record.get("Status") == "AUTHORISED"
        ]

    def online_address(self, key: Key) -> str:
        """Return where a customer would see it."""
        self.calls += 1
        return f"https://in.xero.example/{key.id}"
