"""Xero's Item: what a line needs to know of it."""

from __future__ import annotations

from sync.core.matching import Candidate
from sync.core.records import Record


def candidate(record: Record) -> Candidate:
    """Return the item's entry in the local index, found by its code without case."""
    code = str(record.get("Code") or "")
    return Candidate(
        record.key,
        str(record.get("Name") or code),
        frozenset({("code", code.upper())} if code else ()),
        gone=record.gone,
        facts={
            "code": code,
            "sold": record.get("IsSold") is not False,
            "account": str(record.get("SalesDetails.AccountCode") or ""),
            "tax_type": str(record.get("SalesDetails.TaxType") or ""),
        },
    )
