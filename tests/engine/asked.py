"""Questions of every kind, made without a run: for the lists, the tiles and the exports."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from connections.models import Pair
from sync.models import Link, ReviewItem, ReviewSubject

RECORDS = {
    "records": [
        {"key": "salesforce:Account:1", "system": "salesforce", "name": "North", "fields": {}},
        {"key": "xero:Contact:2", "system": "xero", "name": "Norths", "fields": {}},
    ]
}
"""What the duplicate desk shows of a group of two."""


def ask(
    pair: Pair, name: str, kind: str = "problem", days: int = 0, amount: str = "", **values: Any
) -> ReviewItem:
    """Ask a question about a record of this name, so many days ago; return the item."""
    cause = f"{kind}:{name}"
    choices = [{"value": "retry", "label": "Try again", "effect": ""}]
    values = {"title": f"What of {name}?", "choices": choices, **values}
    item = ReviewItem.objects.create(
        pair=pair, flow="won_opportunity_invoice", kind=kind, cause=cause, explanation="Look.",
        last_seen=timezone.now(), **values,
    )  # fmt: skip
    asked = timezone.now() - timedelta(days=days, minutes=5)
    ReviewItem.objects.filter(pk=item.pk).update(first_seen=asked)
    ReviewSubject.objects.create(
        item=item, subject=f"salesforce:Account:{name.replace(' ', '')}", name=name,
        amount=Decimal(amount) if amount else None, currency="GBP" if amount else "",
        closed_at=None if item.state == "open" else timezone.now(),
    )  # fmt: skip
    return item


def link(pair: Pair, number: int, label: str = "", **values: Any) -> Link:
    """Link an account and a contact; return the link."""
    row = {"flow": "account_contact", "origin": "found", **values}
    return Link.objects.create(
        pair=pair, salesforce_kind="Account", salesforce_id=f"0015g{number:013}",
        xero_kind="Contact", xero_id=f"c0ffee00-{number}", label=label or f"Customer {number}",
        **row,
    )  # fmt: skip
