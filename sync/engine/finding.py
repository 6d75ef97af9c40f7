"""Finding: who in two address books carries which keys, in one statement for a whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from sync.core.likeness.keys import CAP
from sync.core.likeness.usage import MANY, Usage
from sync.core.matching import MARK, IndexKey

_SQL = """
SELECT asked.name, asked.value, held.record_id, held.book, held.called
FROM unnest(%s::text[], %s::text[]) AS asked(name, value)
CROSS JOIN LATERAL (
    SELECT k.record_id, k.connection_id AS book, r.called
    FROM unnest(%s::bigint[], %s::text[]) AS books(id, kind)
    JOIN sync_knownkey k ON k.connection_id = books.id AND k.kind = books.kind
                        AND k.name = asked.name AND k.value = asked.value
    JOIN sync_knownrecord r ON r.id = k.record_id AND r.gone = ''
    LIMIT %s
) AS held
"""


@dataclass(frozen=True)
class Found:
    """What a look-up found: by key the records' row ids of each address book, and the usage."""

    rows: Mapping[IndexKey, Mapping[int, frozenset[int]]]
    usage: Usage

    def near(self, keys: Iterable[IndexKey], book: int) -> set[int]:
        """Return the row ids in one address book (a connection) that share a telling key."""
        return {pk for key in keys for pk in self.rows.get(key, {}).get(book, ())}


def find(keys: Iterable[IndexKey], books: Mapping[int, str]) -> Found:
    """Return who carries these keys in the address books, given as connection id to kind.

    A key that more records carry than the cap, both books together, finds nothing: it tells too
    little. One statement, whatever the number of keys.
    """
    wanted = sorted(set(keys))
    held: dict[IndexKey, list[tuple[int, int, str]]] = {}
    with connection.cursor() as cursor:
        columns = [[MARK + name for name, _ in wanted], [value for _, value in wanted]]
        cursor.execute(_SQL, [*columns, list(books), list(books.values()), MANY])
        for name, value, pk, book, called in cursor.fetchall():
            held.setdefault((name[len(MARK) :], value), []).append((pk, book, called))
    return Found(
        {key: _by_book(rows) for key, rows in held.items() if len(rows) <= CAP},
        Usage(
            {key: len(rows) for key, rows in held.items()},
            {key: len({called for _, _, called in rows}) for key, rows in held.items()},
        ),
    )


def _by_book(rows: Iterable[tuple[int, int, str]]) -> Mapping[int, frozenset[int]]:
    books: dict[int, set[int]] = {}
    for pk, book, _ in rows:
        books.setdefault(book, set()).add(pk)
    return {book: frozenset(pks) for book, pks in books.items()}
