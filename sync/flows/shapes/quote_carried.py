"""Which lines of its quote a deal is to have: none where sales made the deal its own before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.core.agreed import Common
from sync.core.couples import Couple
from sync.core.flow import OF_LINE
from sync.core.records import Record
from sync.core.transforms import as_number

from . import quote_lines

FITTED, MADE = "fitted", "made"
"""Names of a couple's facts: the quote's lines as product lines, and whether we made the deal."""


def fitted(couple: Couple) -> quote_lines.Fitted:
    """Return the quote's lines as far as Salesforce can hold them."""
    found = couple.facts.get(FITTED)
    return found if isinstance(found, quote_lines.Fitted) else quote_lines.NOTHING


def lines(couple: Couple) -> Mapping[str, Mapping[str, Any]]:
    """Return the quote's lines that its deal is to have.

    None where the deal is a salesperson's own, or where a person has taken all of them off, or has
    entered lines or typed an amount before it had any: the deal's sum is theirs then.
    """
    wanted, link, deal = fitted(couple).lines, couple.link, couple.salesforce
    if deal is None or quote_lines.of_deal(deal):
        return wanted
    agreed = link.agreed if link is not None else {}
    known = [common for name, common in agreed.items() if name.startswith(OF_LINE)]
    if known:
        taken_off = all(c.apart and c.salesforce is None for c in known)
        return {} if taken_off else wanted
    given = couple.facts.get(MADE) is True and _is_as_given(deal, agreed.get("amount"))
    return wanted if given else {}


def _is_as_given(deal: Record, amount: Common | None) -> bool:
    """Return whether a deal without lines still has the amount that its quote gave it."""
    if deal.get("OpportunityLineItems") or (amount is not None and amount.apart):
        return False
    given = as_number(amount.salesforce) if amount is not None else None
    return amount is None or (as_number(deal.get("Amount")) or None) == (given or None)
