"""Leaving: whom an invoice that moved to another customer was entered under before."""

from __future__ import annotations

from collections.abc import Sequence

from sync.core.matching import Candidate
from sync.core.records import Key, System
from sync.flows.shapes import credits
from sync.models import KnownKey, KnownRecord

OF_CUSTOMERS = ("Invoice", *credits.KINDS)


def left(rows: Sequence[KnownRecord], entries: Sequence[Candidate]) -> list[Candidate]:
    """Return the contacts that these invoices leave: they owe less now, which is their news.

    Asked before the rows' old keys are replaced by the entries'.
    """
    now = {row.pk: entry.keys for row, entry in zip(rows, entries, strict=True)}
    invoices = [row.pk for row in rows if row.kind in OF_CUSTOMERS]
    if not invoices:
        return []
    before = KnownKey.objects.filter(record__in=invoices, name="contact")
    gone = {v for pk, v in before.values_list("record", "value") if ("contact", v) not in now[pk]}
    return [Candidate(Key(System.XERO, "Contact", each), "", frozenset()) for each in sorted(gone)]
