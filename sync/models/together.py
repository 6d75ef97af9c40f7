"""Saving many rows together: one plain statement, where Django would write a CASE for every row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

CHUNK = 1000


def update_together(rows: Iterable[models.Model], names: Sequence[str]) -> None:
    """Write these fields of rows of one model that are in the database already.

    As `bulk_update`, but one statement for 1,000 rows and some ten times as fast.
    """
    every = list(rows)
    for start in range(0, len(every), CHUNK):
        _update(every[start : start + CHUNK], names)


def _update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    meta, quote = rows[0]._meta, connection.ops.quote_name
    fields: list[models.Field[Any, Any]] = [
        field for field in meta.concrete_fields if field.name in names
    ]
    columns = {quote(str(f.column)): f.db_type(connection) for f in fields}
    sets = ", ".join(f"{name} = given.{name}" for name in columns)
    given = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    values = [{"pk": row.pk, **{f.column: getattr(row, f.attname) for f in fields}} for row in rows]
    sql = (
        f"UPDATE {quote(meta.db_table)} AS kept SET {sets} "  # noqa: S608 - our own models' names
        f"FROM jsonb_to_recordset(%s::jsonb) AS given(pk bigint, {given}) WHERE kept.id = given.pk"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(values, default=str)])
