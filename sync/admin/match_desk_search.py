"""Looking a record up in the local index by its name, e-mail address or a number; no call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from connections.models import Pair
from sync.core import snapshots
from sync.core.likeness.keys import keys_of
from sync.core.likeness.parties import party
from sync.core.matching import MARK, IndexKey
from sync.core.records import Key, System
from sync.models import KnownKey, KnownRecord, Link

from .match_desk_rows import FIELDS
from .records import addresses

MOST = 10
COMMON = 1_000
_KINDS = {System.SALESFORCE: "Account", System.XERO: "Contact"}
_PARTS = (*FIELDS, "city", "region", "postcode")


def look_up(pair: Pair, system: System, words: str) -> list[dict[str, Any]]:
    """Return up to MOST living records of the pair's connection to the system, as a desk shows
    them: those with that very address, number or name, then those whose names have all its words.
    """
    book, keys = _book(pair, system), _keys(pair, system)
    exact, every = list(_exact(words)), list(_words(words))
    found: dict[int, KnownRecord] = {}
    if exact:
        wanted = Q()
        for name, value in exact:
            wanted |= Q(name__in=(name, MARK + name), value=value)
        found |= {row.pk: row for row in book.filter(pk__in=_records(keys.filter(wanted)))[:MOST]}
    if every and len(found) < MOST:
        rows = book.filter(pk__in=_with_all(keys, every)).exclude(pk__in=found)
        found |= {row.pk: row for row in rows[: MOST - len(found)]}
    return _as_parties(pair, list(found.values()))


def find(pair: Pair, key: str) -> dict[str, Any] | None:
    """Return one living record of the index as a desk shows it; None where it is not known."""
    try:
        wanted = Key.parse(key)
    except ValueError:
        return None
    rows = list(_book(pair, wanted.system).filter(remote_id=wanted.id)[:1])
    return _as_parties(pair, rows)[0] if rows else None


def _book(pair: Pair, system: System) -> QuerySet[KnownRecord]:
    rows = KnownRecord.objects.filter(
        connection_id=_connection(pair, system), kind=_KINDS[system], gone=""
    )
    return rows.defer("values").order_by("id")


def _keys(pair: Pair, system: System) -> QuerySet[KnownKey]:
    return KnownKey.objects.filter(connection_id=_connection(pair, system), kind=_KINDS[system])


def _records(keys: QuerySet[KnownKey]) -> QuerySet[KnownKey, int]:
    return keys.values_list("record_id", flat=True)


def _with_all(keys: QuerySet[KnownKey], words: list[str]) -> set[int]:
    """Return the records whose names have all the words; the rarest word is looked up first.

    Of a word that is in more than COMMON names, the first so many are looked at.
    """
    words_of = keys.filter(name=f"{MARK}word")
    found = {word: set(_records(words_of.filter(value=word))[:COMMON]) for word in words}
    base = min(found.values(), key=len)
    for word, having in found.items():
        if len(having) < COMMON:
            base = base & having
        elif having is not base:
            base = set(_records(words_of.filter(value=word, record_id__in=base)))
    return base


def _connection(pair: Pair, system: System) -> int:
    return pair.xero_id if system is System.XERO else pair.salesforce_id


def _exact(words: str) -> Iterator[IndexKey]:
    """Return the keys of which each alone names what is looked for."""
    plain = " ".join(words.split())
    if "@" in plain:
        yield from ((n, v) for n, v in keys_of(party({"email": plain})) if n == "email")
    elif sum(letter.isdigit() for letter in plain) > 4:
        asked = {"tax_number": plain, "company_number": plain, "phone": plain}
        yield from ((n, v) for n, v in keys_of(party(asked)) if n in ("tax", "company", "phone"))
        yield "number", plain
    if plain:
        yield from ((n, v) for n, v in keys_of(party({"name": plain})) if n == "name")
        yield "name", plain.casefold()


def _words(words: str) -> Iterator[str]:
    return (v for n, v in sorted(keys_of(party({"name": words}))) if n == "word")


def _as_parties(pair: Pair, rows: list[KnownRecord]) -> list[dict[str, Any]]:
    to, taken = addresses(pair), _taken(pair, rows)
    found = []
    for row in rows:
        facts = snapshots.load(row.facts)
        raw = facts.get("party") or {}
        person = " ".join(filter(None, (raw.get("first_name"), raw.get("last_name"))))
        known = {name: str(raw[name]) for name in _PARTS if raw.get(name)}
        found.append(
            {
                "key": str(Key(row.key.system, row.kind, row.remote_id)),
                "name": row.name,
                "address": to(row.key),
                "fields": {**known, "name": row.name, "person": person},
                "facts": dict(facts.get("shown") or {}),
                "taken": taken.get(row.remote_id, ""),
            }
        )
    return found


def _taken(pair: Pair, rows: list[KnownRecord]) -> dict[str, str]:
    """Return by remote id what a record is linked to already, in words; one query."""
    ids = [row.remote_id for row in rows]
    links = Link.objects.filter(
        Q(salesforce_id__in=ids) | Q(xero_id__in=ids), pair=pair, xero_kind="Contact"
    )
    words: dict[str, str] = {}
    for link in links:
        for remote_id in {link.salesforce_id, link.xero_id} & set(ids):
            words[remote_id] = f"linked already: {link}"
    return words
