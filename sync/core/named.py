"""Records that a question speaks of besides those that it is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .money import Money
from .records import Key


@dataclass(frozen=True)
class Named:
    """One such record: its key, what people call it, what it is here, and its money if it has any.

    `what` tells how it comes into the question (“Linked to the deal”), `counted` how its money is
    counted (“with tax”).
    """

    key: Key
    name: str
    what: str
    money: Money | None = None
    counted: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        money = self.money
        return {
            "key": str(self.key),
            "name": self.name,
            "what": self.what,
            "amount": str(money.amount) if money else "",
            "currency": money.currency if money else "",
            "counted": self.counted if money else "",
        }


def from_json(kept: Mapping[str, Any]) -> Named:
    """Return what `as_json` has kept."""
    money = Money(Decimal(kept["amount"]), kept["currency"]) if kept["currency"] else None
    return Named(Key.parse(kept["key"]), kept["name"], kept["what"], money, kept["counted"])
