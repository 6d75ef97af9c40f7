"""What a deal's lines come to in Xero: converted where a row says so, to the cent of the deal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sync.core import rates, tax
from sync.core.couples import Couple
from sync.core.flow import Surroundings
from sync.core.lines import Line
from sync.core.money import fits

from . import choosing, rounding
from .billing_terms import Terms


@dataclass(frozen=True)
class Sold:
    """The lines of a deal in its own currency, and the terms on which it is billed."""

    lines: Sequence[Line]
    amounts: tax.Amounts
    currency: str
    terms: Terms


def sums(couple: Couple, around: Surroundings, at: choosing.At, sold: Sold) -> dict[str, Any]:
    """Return the invoice's lines and sums as shared values, and what was done about cents.

    `_rounded_by` is how far Xero's sum is from the deal's before anything is done about it,
    `_rounding` what the rows or a person said: leave, line or ask; empty where rounding does not
    explain it, or where there is none. Unknown tax types count as zero here (the checks refuse
    them before anything is sent).
    """
    conversion = sold.terms.conversion
    lines = [sold.terms.converted(line) for line in sold.lines]
    amount = couple.salesforce.get("Amount") if couple.salesforce else None
    total = amount
    if conversion and amount is not None:
        total = rates.converted(amount, conversion)
    made = _totals(lines, sold.amounts, around)
    by = _of(made, sold.amounts) - total if total is not None else Decimal(0)
    how = ""
    if by and total is not None and _is_rounding(sold, total):
        cents = rounding.is_cents(by, len(lines), sold.terms.currency)
        how = rounding.chosen(couple, around, at, (by, total), cents=cents)
    if how == rounding.LINE:
        lines = [*lines, rounding.line(by, sold.amounts, around.reference)]
        made = _totals(lines, sold.amounts, around)
    return {
        "lines": [line.to_shared() for line in lines],
        "net": made.net,
        "gross": made.gross,
        "deal_total": total,
        "_deal_amount": amount,
        "_rounded_by": by,
        "_rounding": how,
    }


def _is_rounding(sold: Sold, total: Decimal) -> bool:
    """Return whether a total is one that rounding may make of the lines."""
    own, conversion = rounding.Amounts.of(sold.lines, sold.currency), sold.terms.conversion
    if conversion is not None:
        own = own.times(conversion.value, conversion.currency)
    return total > 0 and fits(total, sold.terms.currency) and own.explain(total)


def _totals(lines: Sequence[Line], amounts: tax.Amounts, around: Surroundings) -> tax.Totals:
    known = {rate.tax_type: rate.rate for rate in around.reference.tax_rates}
    return tax.totals(
        lines, amounts, {line.tax_type: known.get(line.tax_type, Decimal(0)) for line in lines}
    )


def _of(made: tax.Totals, amounts: tax.Amounts) -> Decimal:
    """Return the sum that the deal's amount is held against: with tax where prices include it."""
    return made.gross if amounts is tax.Amounts.INCLUSIVE else made.net
