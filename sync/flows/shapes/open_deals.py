"""Open deals that sell a product: by name, over how much, as a question about it tells them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sync.core.money import Money
from sync.core.named import Named
from sync.core.records import Key, Record, System

SHOWN = 3


@dataclass(frozen=True)
class OpenDeal:
    """One open deal and what its lines of a product come to, before tax."""

    id: str
    name: str
    money: Money | None


def of_lines(lines: Iterable[Record], home_currency: str) -> tuple[OpenDeal, ...]:
    """Return the deals of these lines of one product, most money first.

    A line without a currency is in that of the Salesforce org.
    """
    names: dict[str, str] = {}
    sums: dict[str, Money] = {}
    for line in lines:
        deal, amount = str(line.get("OpportunityId")), line.get("TotalPrice")
        names[deal] = str(line.get("Opportunity.Name") or deal)
        currency = str(line.get("CurrencyIsoCode") or home_currency)
        if isinstance(amount, Decimal) and currency:
            own = Money(amount, currency)
            sums[deal] = sums[deal] + own if deal in sums else own
    deals = (OpenDeal(deal, name, sums.get(deal)) for deal, name in names.items())
    return tuple(sorted(deals, key=_by_money))


def _by_money(deal: OpenDeal) -> tuple[Decimal, str, str]:
    return (-deal.money.amount if deal.money else Decimal(0), deal.name, deal.id)


def in_words(deals: Sequence[OpenDeal]) -> str:
    """Return in a sentence how many deals sell it, over how much, and the first of them."""
    if not deals:
        return ""
    what = "the open deal" if len(deals) == 1 else f"{len(deals):,} open deals"
    over = " and ".join(str(each) for each in _sums(deals))
    some = ", ".join(f"“{deal.name}”" for deal in deals[:SHOWN])
    more = f" and {len(deals) - SHOWN:,} more" if len(deals) > SHOWN else ""
    if len(deals) == 1:
        return f"It is sold by {what} {some}{f' over {over}' if over else ''}. "
    return f"It is sold by {what}{f' over {over}' if over else ''}: {some}{more}. "


def _sums(deals: Sequence[OpenDeal]) -> list[Money]:
    """Return what it is sold over in each currency, never summed across them."""
    found: dict[str, Money] = {}
    for deal in deals:
        if deal.money is not None:
            own = found.get(deal.money.currency)
            found[deal.money.currency] = own + deal.money if own else deal.money
    return sorted(found.values(), key=lambda money: money.currency)


def named(deals: Sequence[OpenDeal]) -> tuple[Named, ...]:
    """Return the deals as records that a question speaks of."""
    return tuple(
        Named(
            Key(System.SALESFORCE, "Opportunity", deal.id),
            deal.name,
            "Open deal that sells it",
            deal.money,
            "before tax",
        )
        for deal in deals
    )
