"""The vendors' own shapes, shared by flows: one module per remote kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sync.core.matching import Candidate
from sync.core.records import Record

from . import contact, invoice, item

CANDIDATES: Mapping[str, Callable[[Record], Candidate]] = {
    "Contact": contact.candidate,
    "Invoice": invoice.candidate,
    "Item": item.candidate,
}
"""How a Xero record of each indexed kind is entered in the local index."""
