"""Cents between what a deal says and what Xero will make of its lines, and what is done about it.

Salesforce rounds the sum, or each line to its currency's decimals; Xero prices to four decimals and
each line to two. What neither explains is no rounding, and always a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sync.core import mapping, tax
from sync.core.couples import Couple
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import Surroundings
from sync.core.lines import Line
from sync.core.money import places, round_half_up
from sync.core.organisation import Account, Reference
from sync.core.questions import RETRY, Choice

from . import choosing

TABLE = "rounding"
LEAVE, LINE, ASK = "leave", "line", "ask"
DIFFERENCE = "=difference"
ACCOUNT = "ROUNDING"
"""How Xero calls the account that it keeps for this."""
WORDS = "Rounding"
HALF = Decimal("0.5")
MOST = Decimal("0.10")
"""What Xero itself lets be put right as rounding of an invoice."""
CHOICES = (
    Choice(LEAVE, "Bill it with the difference", "The invoice stays those cents off the deal."),
    Choice(LINE, "Add a rounding line", "One line more, on Xero’s rounding account, without tax."),
    RETRY,
)


@dataclass(frozen=True)
class Amounts:
    """What a deal's lines come to exactly, and how far off rounding by Salesforce may be."""

    exact: Decimal
    slack: Decimal

    @classmethod
    def of(cls, lines: Sequence[Line], currency: str) -> Amounts:
        """Return the exact sum of lines in a currency that Salesforce rounds to its decimals."""
        unit = Decimal(1).scaleb(-places(currency))
        each = [x.quantity * x.unit_amount * (1 - x.discount_rate / 100) for x in lines]
        uneven = sum(1 for amount in each if amount % unit)
        return cls(sum(each, Decimal(0)), HALF * unit * uneven)

    def times(self, rate: Decimal, currency: str) -> Amounts:
        """Return the amounts in another currency, in which their sum is rounded once more."""
        unit = Decimal(1).scaleb(-places(currency))
        return Amounts(self.exact * rate, self.slack * rate + HALF * unit)

    def explain(self, total: Decimal) -> bool:
        """Return whether rounding alone makes this total of the lines."""
        return abs(self.exact - total) <= self.slack


def cause(couple: Couple) -> str:
    """Return the cause of the question about a deal's difference."""
    return f"difference:{couple.subject.id}"


def about(by: Decimal, total: Decimal) -> str:
    """Return what an answer holds for: these cents on this deal's amount."""
    return f"{by.normalize():f} of {total.normalize():f}"


def chosen(
    couple: Couple,
    around: Surroundings,
    at: choosing.At,
    off: tuple[Decimal, Decimal],
    *,
    cents: bool,
) -> str:
    """Return what is to be done about a difference that rounding explains: leave, line or ask.

    `off` is the difference and the deal's amount. A row that does not name the difference decides
    about `cents` alone.
    """
    by, total = off
    rows = choosing.over(at, {DIFFERENCE: abs(by)})
    row = next((r for r in around.rules.table(TABLE) if mapping.holds(r, rows)), None)
    named = row is not None and any(c.path == DIFFERENCE for c in row.when)
    value = row.value.strip().casefold() if row and (named or cents) else ASK
    if value not in (LEAVE, LINE):
        value = couple.decided(cause(couple), about(by, total))
    if value == LINE and not (cents and can_be_a_line(by)):
        return ASK
    return value if value in (LEAVE, LINE) else ASK


def is_cents(by: Decimal, lines: int, currency: str) -> bool:
    """Return whether a difference is a cent for each line, or what Xero takes for rounding.

    A line that takes away more would take it out of what is taxed.
    """
    return abs(by) <= max(MOST, lines * Decimal(1).scaleb(-places(currency)))


def line(by: Decimal, amounts: tax.Amounts, organisation: Reference) -> Line:
    """Return the line that takes the difference away; raises NeedsPerson without an account.

    It bears the tax type that the rounding account itself has in Xero.
    """
    account = _account(organisation)
    if account is None:
        raise NeedsPerson(
            f"{organisation.name} shows no rounding account, so no rounding line can be made.",
            cause="no_rounding_account",
            fix=Fix("Let the rows leave such a difference, or ask.", "table", TABLE),
        )
    code = "" if amounts is tax.Amounts.NO_TAX else account.tax_type
    return Line(WORDS, Decimal(1), -by, account_code=account.code, tax_type=code)


def is_ours(entry: Line, organisation: Reference) -> bool:
    """Return whether a line is one of those that `line` makes."""
    account = organisation.account(entry.account_code)
    return entry.description == WORDS and account is not None and account.system == ACCOUNT


def can_be_a_line(by: Decimal) -> bool:
    """Return whether Xero's two decimals hold the difference."""
    return by == round_half_up(by)


def _account(organisation: Reference) -> Account | None:
    known = (a for a in organisation.accounts if a.system == ACCOUNT and a.code and a.active)
    return next(known, None)
