"""Address books: who resembles whom in the index of both systems, read in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sync.core.likeness.choosing import Rated
from sync.core.likeness.keys import ALONE, keys_of
from sync.core.likeness.parties import Party, party
from sync.core.likeness.rules import MatchRules
from sync.core.likeness.scoring import Evidence, score
from sync.core.likeness.usage import Usage
from sync.core.matching import Candidate, IndexKey
from sync.core.pairing import Entry
from sync.core.records import Key, Record, System
from sync.flows.shapes import book
from sync.models import KnownRecord, Link

from . import finding, indexing, telling
from .work import Work

SLACK = 15
"""Points that knowing who else uses a value may still add to a first estimate."""
AT_ONCE = 250


class AddressBooks:
    """Both books of one pair. `warm` reads for many what `look` then answers from memory."""

    def __init__(self, work: Work, rules: MatchRules) -> None:
        self.rules = rules
        self._work = work
        self._entries: dict[str, Entry] = {}
        self._kept_out: dict[int, Entry] = {}
        self._aside: dict[str, list[tuple[Entry, Evidence]]] = {}
        self._looks: dict[str, list[Rated]] = {}
        self._twins: dict[str, list[Rated]] = {}
        self._numbered: dict[Key, list[Key]] = {}
        self._carriers: dict[Key, list[Candidate]] = {}
        self._records: dict[IndexKey, int] = {}
        self._names: dict[IndexKey, int] = {}
        self._usage = Usage(self._records, self._names)
        self._books = {
            System.SALESFORCE: (work.salesforce.connection_id, work.flow.salesforce_kind),
            System.XERO: (work.xero.connection_id, work.flow.xero_kind),
        }

    def enter(self, records: Iterable[Record]) -> dict[Key, Entry]:
        """Return the entries of records as they are now, whatever the index still says of them."""
        found = {r.key: self._keep(book.entry(r, self._work.rules), None) for r in records}
        self._find_numbers(found.values())
        apart = telling.apart_from(self._work.pair, found)
        for key, told in apart.items():
            self._numbered[key] = [k for k in self._numbered.get(key, ()) if k not in told]
        self._load_by_key(key for keys in self._numbered.values() for key in keys)
        return found

    def warm(self, entries: Iterable[Entry]) -> None:
        """Read whom these records resemble, and whom those do, up to the third step."""
        asked = list(entries)
        for _ in range(3):
            near: dict[str, Entry] = {}
            for start in range(0, len(asked), AT_ONCE):
                near |= {e.party.id: e for e in self._read(asked[start : start + AT_ONCE])}
            asked = [entry for party_id, entry in near.items() if party_id not in self._looks]

    def look(self, party: Party) -> Sequence[Rated]:
        """Return the records of the other book that resemble the party; see pairing.Books."""
        if party.id not in self._looks:
            self._read([self._entries[party.id]])
        return self._looks[party.id]

    def twins(self, me: Entry) -> Sequence[Rated]:
        """Return the records of its own book that resemble one."""
        self.look(me.party)
        return self._twins[me.party.id]

    def kept_out(self, me: Entry) -> Sequence[tuple[Entry, Evidence]]:
        """Return who in the other book resembles a record and is kept out of sync."""
        self.look(me.party)
        return self._aside[me.party.id]

    def entry(self, party_id: str) -> Entry | None:
        """Return the entry of a record by its key as text, from memory or the index."""
        if party_id not in self._entries:
            self._load_by_key([Key.parse(party_id)])
        return self._entries.get(party_id)

    def _load_by_key(self, keys: Iterable[Key]) -> None:
        wanted = [key for key in keys if str(key) not in self._entries]
        for system, (connection_id, kind) in self._books.items():
            ids = {key.id for key in wanted if key.system is system}
            rows = KnownRecord.objects.filter(connection_id=connection_id, kind=kind)
            if ids:
                self._load(rows.filter(remote_id__in=ids))

    def named(self, me: Entry) -> Sequence[Entry]:
        """Return the living records of the other book that an id binds to this one."""
        found = [self.entry(str(key)) for key in self._numbered.get(me.key, ())]
        return [entry for entry in found if entry is not None and not entry.candidate.gone]

    def carriers(self, me: Entry) -> Sequence[Candidate]:
        """Return whatever lives in the other book and carries its id, free or not."""
        return [found for found in self._carriers.get(me.key, ()) if not found.gone]

    def rate(self, one: Party, other: Party) -> Evidence:
        """Return the evidence that two records are one customer."""
        return score(one, other, self.rules, self._usage)

    def _find_numbers(self, entries: Iterable[Entry]) -> None:
        """Note which records of the other book carry these records' ids, or are named by them."""
        for system, (connection_id, kind) in self._books.items():
            name = "number" if system is System.XERO else "xero"
            mine = {(name, e.key.id): e.key for e in entries if e.key.system is not system}
            for key, carriers in indexing.find(connection_id, kind, mine).items():
                self._numbered.setdefault(mine[key], []).extend(c.key for c in carriers)
                self._carriers.setdefault(mine[key], []).extend(carriers)
        for entry in entries:
            named = [value for name, value in entry.candidate.keys if name == "number"]
            if entry.key.system is System.XERO:
                keys = [Key(System.SALESFORCE, self._books[System.SALESFORCE][1], v) for v in named]
                self._numbered.setdefault(entry.key, []).extend(keys)

    def _read(self, asked: Sequence[Entry]) -> list[Entry]:
        """Fill in whom these records resemble; return the near ones of both books."""
        keys = {entry.party.id: keys_of(entry.party) for entry in asked}
        found = self._count({key for own in keys.values() for key in own})
        pks = {pk for books in found.rows.values() for held in books.values() for pk in held}
        by_pk = self._load(KnownRecord.objects.filter(pk__in=pks).defer("values"))
        apart = telling.apart_from(self._work.pair, [entry.key for entry in asked])
        pools = {
            (entry.party.id, system): self._pool(
                entry, found.near(keys[entry.party.id], self._books[system][0]), by_pk, apart
            )
            for entry in asked
            for system in System
        }
        self._count_of({e.party.id: e for pool in pools.values() for e in pool}.values())
        for entry in asked:
            here, there = entry.key.system, entry.key.system.other
            self._looks[entry.party.id] = self._rated(entry, pools[entry.party.id, there])
            near = found.near(keys[entry.party.id], self._books[there][0])
            out = self._pool(entry, near, self._kept_out, apart)
            self._aside[entry.party.id] = [(o, self.rate(entry.party, o.party)) for o in out]
            self._twins[entry.party.id] = self._rated(entry, pools[entry.party.id, here])
        least = self.rules.ask - self.rules.margin
        ids = {p.id for e in asked for p, ev in self._looks[e.party.id] if ev.points >= least}
        return [self._entries[party_id] for party_id in sorted(ids)]

    def _pool(
        self,
        entry: Entry,
        pks: Iterable[int],
        by_pk: Mapping[int, Entry],
        apart: Mapping[Key, frozenset[Key]],
    ) -> list[Entry]:
        """Return who may be this record by a first estimate, but for those told apart from it."""
        least = self.rules.ask - self.rules.margin - SLACK
        told = apart.get(entry.key, frozenset())
        near = (by_pk[pk] for pk in sorted(pks) if pk in by_pk)
        return [
            other
            for other in near
            if other.key != entry.key and other.key not in told
            if score(entry.party, other.party, self.rules, self._usage).points >= least
        ]

    def _rated(self, entry: Entry, pool: Iterable[Entry]) -> list[Rated]:
        mine = entry.party
        return [(o.party, score(mine, o.party, self.rules, self._usage)) for o in pool]

    def _count(self, keys: Iterable[IndexKey]) -> finding.Found:
        """Find who carries the keys, and remember how many do."""
        found = finding.find(keys, dict(self._books.values()))
        self._records.update(found.usage.records)
        self._names.update(found.usage.names)
        return found

    def _count_of(self, entries: Iterable[Entry]) -> None:
        """Learn how many use what these records say, where that is not known yet."""
        keys = {key for entry in entries for key in keys_of(entry.party) if key[0] in ALONE}
        unknown = keys - self._records.keys()
        if unknown:
            self._count(unknown)

    def _load(self, rows: Iterable[KnownRecord]) -> dict[int, Entry]:
        """Read index rows as entries, with who their partners are; locked ones are left out."""
        found = indexing.candidates_by_row(rows)
        partners = self._partners([candidate.key for candidate in found.values()])
        locked = telling.locks_of(self._work.pair, [c.key for c in found.values()])
        free: dict[int, Entry] = {}
        for pk, candidate in found.items():
            key, words = candidate.key, str(candidate.facts.get("locked") or "")
            if why := locked.get(key, "") or words:
                self._kept_out[pk] = replace(self._entry(candidate, None), kept_out=why)
            else:
                free[pk] = self._entries.get(str(key)) or self._keep(candidate, partners.get(key))
        return free

    def _keep(self, candidate: Candidate, partner: Key | None) -> Entry:
        entry = self._entry(candidate, partner)
        self._entries[str(candidate.key)] = entry
        return entry

    def _entry(self, candidate: Candidate, partner: Key | None) -> Entry:
        raw = dict(candidate.facts["party"])
        seen = party({**raw, "id": str(candidate.key)}, self.rules.words)
        address = self._work.remote(candidate.key.system).link_to(candidate.key)
        belongs = not candidate.facts.get("unwanted")
        return Entry(candidate, seen, raw, belongs, partner, address)

    def _partners(self, keys: Sequence[Key]) -> dict[Key, Key]:
        """Return whose these records are, one query for each book: the main counterpart's.

        What belongs to a customer as a further record is as little free as its main one.
        """
        partners: dict[Key, Key] = {}
        flow = self._work.flow
        links = Link.objects.filter(
            pair=self._work.pair,
            salesforce_kind=flow.salesforce_kind,
            xero_kind=flow.xero_kind,
        ).order_by("role", "generation")  # the last of a record counts: the main one
        for system, side in ((System.SALESFORCE, "salesforce_id"), (System.XERO, "xero_id")):
            ids = {key.id for key in keys if key.system is system}
            for link in links.filter(**{f"{side}__in": ids}) if ids else ():
                ours, theirs = link.salesforce_key, link.xero_key
                partners |= {ours: theirs} if system is System.SALESFORCE else {theirs: ours}
        return partners
