"""The vendors' own shapes, shared by flows: one module per remote kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sync.core.flow import RuleSet
from sync.core.matching import Candidate
from sync.core.records import Record

from . import book, credits, invoice, item, product, quote, quote_deal, quote_lines, task

CANDIDATES: Mapping[str, Callable[[Record], Candidate]] = {
    "Account": book.entry,
    "Contact": book.entry,
    "Invoice": invoice.candidate,
    "Item": item.candidate,
    product.KIND: product.entry,
    "Quote": quote.candidate,
    **dict.fromkeys(credits.KINDS, credits.candidate),
}
"""How a record of each indexed kind is entered in the local index."""
MARKERS: Mapping[str, str] = {
    task.KIND: task.RULE_KEY,
    "Opportunity": quote_deal.QUOTE_ID,
    "OpportunityLineItem": quote_lines.MARKER,
    product.KIND: product.MARKER,
}
"""The fields by which what was created in Salesforce is found again, where not the account's."""
BOOKS = frozenset({"Account", "Contact"})
"""The kinds that are found by likeness: their entries depend on the mapping rows."""
BY_RULES: Mapping[str, Callable[[Record, RuleSet], Candidate]] = {
    "Account": book.entry,
    "Contact": book.entry,
    product.KIND: product.entry,
}
"""The kinds whose entries depend on the mapping rows."""
ENTERED_AS: Mapping[str, str] = {"Item": item.ENTERED_AS}
"""What changes with the manner in which a kind is entered; then all of it is entered anew."""
