"""A plan's picture as an invoice on paper: lines with their amounts, sums, the difference."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sync.core import snapshots, tax
from sync.core.lines import Line
from sync.core.money import round_half_up
from sync.core.rates import Rate
from sync.models import PlanRow


def paper(row: PlanRow) -> dict[str, Any]:
    """Return what the invoice page of a plan shows; empty for a plan that is no invoice."""
    picture = snapshots.load(row.picture)
    values, names = picture.get("values", {}), picture.get("names", {})
    lines = [Line.from_shared(line) for line in values.get("lines") or []]
    if not lines:
        return {}
    rates = _rates(lines, names)
    amounts = tax.Amounts(values.get("amounts_are") or "Exclusive")
    sums = tax.totals(lines, amounts, rates)
    rows = zip(lines, sums.line_amounts, strict=True)
    return {
        **values,
        "contact_name": names.get("contact", ""),
        "organisation": names.get("organisation", ""),
        "is_new": not values.get("invoice_id"),
        "rows": [_row(line, amount, names) for line, amount in rows],
        "tracked": any(line.tracking for line in lines),
        "discounted": any(line.discount_rate for line in lines),
        "sums": sums,
        "taxes": _taxes(lines, sums, amounts, rates, names),
        "amounts_words": _AMOUNTS[amounts],
        "off": _off(values, sums),
        "sold": _sold(values),
    }


_AMOUNTS = {
    tax.Amounts.EXCLUSIVE: "prices before tax",
    tax.Amounts.INCLUSIVE: "prices with tax",
    tax.Amounts.NO_TAX: "no tax",
}


def _rates(lines: list[Line], names: Mapping[str, Any]) -> dict[str, Decimal]:
    known = names.get("tax_rates", {})
    return {line.tax_type: known.get(line.tax_type, Decimal(0)) for line in lines}


def _row(line: Line, amount: Decimal, names: Mapping[str, Any]) -> dict[str, Any]:
    account = names.get("accounts", {}).get(line.account_code, "")
    options = names.get("tracking", {})
    return {
        "description": line.description,
        "quantity": f"{line.quantity.normalize():,f}",
        "unit_amount": f"{max_places(line.unit_amount):,f}",
        "discount": f"{line.discount_rate.normalize():f} %" if line.discount_rate else "",
        "account": " · ".join(part for part in (line.account_code, account) if part) or "–",
        "tax": names.get("tax_names", {}).get(line.tax_type, line.tax_type) or "–",
        "item": line.item_code,
        "tracking": ", ".join(options.get(option, option) for _, option in line.tracking),
        "amount": f"{amount:,.2f}",
    }


def max_places(price: Decimal) -> Decimal:
    """Return a unit price with two decimals, or up to the four that Xero keeps."""
    exact = round_half_up(price, 4)
    return exact.normalize() if exact != round_half_up(exact, 2) else round_half_up(exact, 2)


def _taxes(
    lines: list[Line],
    sums: tax.Totals,
    amounts: tax.Amounts,
    rates: Mapping[str, Decimal],
    names: Mapping[str, Any],
) -> list[tuple[str, Decimal]]:
    """Return each tax rate's name and the tax of its lines, rounded line by line as Xero does."""
    found: dict[str, Decimal] = {}
    for line, amount in zip(lines, sums.line_amounts, strict=True):
        due = tax.line_tax(amount, rates[line.tax_type], amounts)
        name = names.get("tax_names", {}).get(line.tax_type, line.tax_type) or "No tax"
        found[name] = found.get(name, Decimal(0)) + due
    return list(found.items())


def _sold(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the deal was before it was converted, and the rate; None where it was not."""
    rate = values.get("rate")
    kept = rate.get("conversion") if isinstance(rate, Mapping) else None
    if not kept or values.get("_deal_amount") is None:
        return None
    conversion = Rate.of(kept)
    return {
        "amount": values["_deal_amount"],
        "currency": conversion.base,
        "rate": str(conversion),
    }


def _off(values: Mapping[str, Any], sums: tax.Totals) -> dict[str, Any] | None:
    """Return how far the invoice before tax (or with it) is from the deal; None if unknown."""
    deal = values.get("deal_total")
    if deal is None:
        return None
    with_tax = values.get("amounts_are") == tax.Amounts.INCLUSIVE
    ours = sums.gross if with_tax else sums.net
    by = ours - deal
    left = values.get("_rounding") == "leave" and by == values.get("_rounded_by")
    return {"ours": ours, "deal": deal, "by": by, "with_tax": with_tax, "left": left}
