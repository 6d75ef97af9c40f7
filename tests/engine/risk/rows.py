"""Cases as rows, made without a run: for the list and a case's page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connections.models import Pair
from sync.models import RiskCase, RiskEntry


def case(pair: Pair, name: str = "Acme Ltd", number: int = 1, **values: Any) -> RiskCase:
    """Return an open case of a customer, with the first line of its history."""
    account = f"0015g00000{number:05}AAA"
    found: dict[str, Any] = {
        "rule": "overdue",
        "title": "Overdue",
        "episode": 1,
        "severity": 2,
        "amount": Decimal("900.00"),
        "currency": "GBP",
        "words": [
            "GBP 900.00 is more than 14 days overdue, on 1 invoice.",
            "INV-0007 · due 30 Oct 2026 · GBP 900.00",
        ],
        "owner": "0055g00000000001AAA"[:18],
        "owner_name": "Sam Reed",
        "task": f"00T5g00000{number:05}AAA",
        **values,
    }
    row = RiskCase.objects.create(
        connection=pair.salesforce,
        pair=pair,
        account=account,
        account_name=name,
        marker=f"{found['rule']}:{account}:{found['episode']}",
        **found,
    )
    RiskEntry.objects.create(case=row, by="Counterpart", words="Level 1: a task for Sam Reed.")
    return row
