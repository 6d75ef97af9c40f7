"""Projections: figures computed of all invoices that are known, for records that are only told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .records import Record

if TYPE_CHECKING:
    from .flow import FieldRule, RuleSet

DEAL, ACCOUNT = "Opportunity", "Account"
OF_ACCOUNT = "account."
"""How the targets of an account's own figures begin; all others are a deal's."""


@dataclass(frozen=True)
class Billed:
    """One sales invoice, with the name of its organisation and the day that it is there.

    The day goes by Xero's own clock when the organisation was last read: what was not read since
    is not said to have grown older.
    """

    record: Record
    organisation: str
    today: date
    address: str = ""
    """Where the customer sees it, as far as that is known."""


@dataclass(frozen=True)
class Standpoint:
    """What the figures are for: the currency of the Salesforce record, and Salesforce's rates.

    A rate is how much of a currency one unit of the org's own is worth. `as_of` is when the
    organisation that was read longest ago was read.
    """

    currency: str
    rates: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    as_of: datetime | None = None


Figures = Callable[[Sequence[Billed], Standpoint], Mapping[str, Any]]
"""Returns the shared values of one record, of all invoices of a deal or of a customer."""


@dataclass(frozen=True)
class Projection:
    """What a flow tells Salesforce of its deals and accounts; nothing is matched or made.

    `as_of` are the fields that say when, which alone are no reason to write.
    """

    of_deal: Figures
    of_account: Figures
    as_of: frozenset[str] = frozenset()
    judges: bool = False
    """Whether finance's rules of credit risk are judged too, and tasks are kept of what they find.

    Then `of_account` is what the shipped rules say, of accounts alone.
    """

    def of_kind(self, kind: str) -> Figures:
        """Return what computes the figures of a Salesforce kind."""
        return self.of_account if kind == ACCOUNT else self.of_deal


def rules_of_kind(rules: RuleSet, kind: str) -> tuple[FieldRule, ...]:
    """Return the rules of those fields that are of the Salesforce kind."""
    ours = kind == ACCOUNT
    return tuple(rule for rule in rules.fields if rule.target.startswith(OF_ACCOUNT) is ours)
