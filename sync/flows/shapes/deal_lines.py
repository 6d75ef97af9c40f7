"""The lines of a deal as the lines of its invoice: fields by their rows, codes by the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sync.core import mapping, tax
from sync.core.couples import Couple
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import RuleSet, Surroundings
from sync.core.lines import Line
from sync.core.records import Record
from sync.core.transforms import TRANSFORMS, as_number
from sync.core.transforms_rates import KnownRates

from . import choosing, made_with, rounding
from .billing_terms import Terms
from .item_codes import code_key

BEYOND_COUNTING = Decimal(10) ** 13
"""A thousand times Xero's largest amount: sums of such lines could not be kept any more."""


@dataclass(frozen=True)
class Sale:
    """A deal, its own currency, what its prices are, what rows convert by, how it is billed."""

    deal: Record
    currency: str
    amounts: tax.Amounts
    rates: KnownRates
    terms: Terms


@dataclass(frozen=True)
class _Drafted:
    """A line as today's rows make it, or without codes and why there are none."""

    line: Line
    at: choosing.At
    problem: NeedsPerson | None = None


def lines(couple: Couple, around: Surroundings, sale: Sale, moves: made_with.Moves) -> list[Line]:
    """Return the invoice's lines in the deal's own currency; raises NeedsPerson without a code.

    A deal without lines is one line over its amount. What would bear other codes than it was made
    with goes to the moves.
    """
    deal = sale.deal
    rows: list[Mapping[str, Any]] = sorted(deal.get("OpportunityLineItems") or [], key=_place)
    whole = not rows
    if whole and deal.get("Amount") is not None:
        rows = [{"Description": deal.get("Name"), "Quantity": 1, "UnitPrice": deal.get("Amount")}]
    drafted = [_drafted(row, couple, around, sale) for row in rows]
    known = made_with.made_lines(couple)
    made = [line for line in known if not rounding.is_ours(line, around.reference)]
    wanted = [sale.terms.converted(each.line) for each in drafted]
    befores = made_with.taken(made, wanted, whole=whole)
    return [
        _finished(each, couple, around, sale, (before, moves))
        for each, before in zip(drafted, befores, strict=True)
    ]


def _place(row: Mapping[str, Any]) -> tuple[Decimal, str]:
    """Return a line's place, so that a line read in another order is no change of the deal."""
    return as_number(row.get("SortOrder")) or Decimal(0), str(row.get("Id") or "")


def _drafted(row: Mapping[str, Any], couple: Couple, around: Surroundings, sale: Sale) -> _Drafted:
    at = choosing.line_paths(row, sale.deal, sale.currency)
    rules = [r for r in around.rules.fields if r.target.startswith("line.")]
    given = choosing.with_tables(at, around.rules, sale.rates)
    values = {k.removeprefix("line."): v for k, v in mapping.evaluate(rules, given).items()}
    item = around.items.get(code_key(values.get("item_code")))
    plain = _plain(values, sale, item)
    try:
        return _Drafted(_coded(plain, couple, around, item, (at, sale.amounts)), at)
    except NeedsPerson as problem:
        return _Drafted(plain, at, problem)


def _finished(
    drafted: _Drafted,
    couple: Couple,
    around: Surroundings,
    sale: Sale,
    known: tuple[Line | None, made_with.Moves],
) -> Line:
    """Return a line with the codes it was made with, else today's; raises its NeedsPerson."""
    before, moves = known
    line = drafted.line
    if drafted.problem is not None:
        if before is None:
            raise drafted.problem
        line = replace(line, account_code=before.account_code, tax_type=before.tax_type)
    line = made_with.line(couple, line, before, moves)
    untaxed = sale.amounts is tax.Amounts.NO_TAX
    tracking = choosing.tracking(around, drafted.at)
    return replace(line, tracking=tracking, tax_type="" if untaxed else line.tax_type)


def _plain(values: Mapping[str, Any], sale: Sale, item: choosing.Item) -> Line:
    """Return a line as the deal has it, without codes."""
    number = TRANSFORMS["number"]
    quantity, price, discount = (
        number([values.get(name)], "", values.get)
        for name in ("quantity", "unit_amount", "discount_rate")
    )
    full = (quantity or Decimal(1)) * (price or Decimal(0))
    _require_countable(sale.deal, full * max(Decimal(1), abs(discount or Decimal(0))))
    return Line(
        description=str(values.get("description") or sale.deal.get("Name") or ""),
        quantity=Decimal(1) if quantity is None else quantity,
        unit_amount=Decimal(0) if price is None else price,
        discount_rate=discount or Decimal(0),
        item_code=str(item["code"]) if item and item.get("sold") else "",
    )


def _coded(
    line: Line,
    couple: Couple,
    around: Surroundings,
    item: choosing.Item,
    by: tuple[choosing.At, tax.Amounts],
) -> Line:
    at, amounts = by
    account = choosing.account_code(around, item, at)
    untaxed = amounts is tax.Amounts.NO_TAX
    code = "" if untaxed else choosing.tax_type(around, couple, item, account, at)
    return replace(line, account_code=account, tax_type=code)


def _require_countable(deal: Record, amount: Decimal) -> None:
    if abs(amount) >= BEYOND_COUNTING:
        raise NeedsPerson(
            f"A line of “{deal.get('Name')}” is over an amount that no ledger takes.",
            cause=f"largest:{deal.key.id}",
            fix=Fix("Correct its quantity or price in Salesforce."),
        )


def item_codes(deal: Record, rules: RuleSet) -> set[str]:
    """Return the item codes, upper-case, that the deal's lines name by the mapping row."""
    rule = rules.field("line.item_code")
    rows = deal.get("OpportunityLineItems") or []
    if rule is None:
        return set()
    codes = (mapping.evaluate_one(rule, choosing.line_paths(row, deal, "")) for row in rows)
    return {code_key(code) for code in codes if code}
