"""What all documents with lines have in common: the lines that are meant, and what they sum to."""

from collections.abc import Sequence
from typing import Any

from sandbox.store import Record
from sandbox.xero.money import ZERO, line_amount, totals
from sandbox.xero.reading import Given, parts


def given_lines(
    given: Given, kept: Sequence[Record], *, types_moved: bool
) -> tuple[list[dict[str, Any]], bool]:
    """The lines that were sent or, without any, those that are there, to be checked anew.

    The second tells whether they are those that are there. `types_moved` is whether the prices'
    relation to tax changes, so that kept lines cost otherwise than before.
    """
    sent = parts(given, "LineItems")
    if sent:
        return sent, False
    again = ("LineItemID", "Quantity") if types_moved else ("LineItemID",)
    return [{name: line.get(name) for name in again} for line in kept], True


def add_up(document: Record, line_amount_types: str) -> None:
    """Set the document's sums from its lines."""
    lines = document["LineItems"]
    sums = totals(((line["LineAmount"], line["TaxAmount"]) for line in lines), line_amount_types)
    full = sum(
        (line_amount(x.get("Quantity") or ZERO, x.get("UnitAmount") or ZERO) for x in lines), ZERO
    )
    discount = full - sum((line["LineAmount"] for line in lines), ZERO)
    document.update(SubTotal=sums.net, TotalTax=sums.tax, Total=sums.gross)
    document["TotalDiscount"] = discount if discount else None
