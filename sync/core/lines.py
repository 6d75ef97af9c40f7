"""One line of an invoice or quote, in our own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Line:
    """A line: `discount_rate` is a percentage; `tracking` pairs of category id and option id."""

    description: str
    quantity: Decimal
    unit_amount: Decimal
    discount_rate: Decimal = Decimal(0)
    account_code: str = ""
    tax_type: str = ""
    item_code: str = ""
    tracking: tuple[tuple[str, str], ...] = ()

    def to_shared(self) -> dict[str, Any]:
        """Return the line as a plain mapping, the form in which snapshots keep it."""
        return {
            "description": self.description,
            "quantity": self.quantity,
            "unit_amount": self.unit_amount,
            "discount_rate": self.discount_rate,
            "account_code": self.account_code,
            "tax_type": self.tax_type,
            "item_code": self.item_code,
            "tracking": [list(pair) for pair in self.tracking],
        }

    @classmethod
    def from_shared(cls, values: Mapping[str, Any]) -> Line:
        """Return the line that `to_shared` wrote."""
        tracking = tuple((str(a), str(b)) for a, b in values.get("tracking", ()))
        return cls(**{**values, "tracking": tracking})
