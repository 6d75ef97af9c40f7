"""Customers who pay late, for the pages of credit risk: at the page's own doorway."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from sync.admin.risk_try_out import try_out
from tests.browser import town
from tests.engine.trying.shop import LIMIT, Shop, invoice, open_shop

NAMES = (
    *("Harbour Freight", "Ivy & Sons", "Kestrel Aviation Maintenance and Engineering", "Larch Ltd"),
    *("Ponty Chapel Trust", "Merrow Farms", "Oakfield School", "Stour Valley Rail", "Tern Marine"),
    *("Quarnby Mill", "Velden Solar", "Wick Harbour", "Ashdown Water", "Beacon Hotels"),
)


@contextmanager
def opened() -> Iterator[Shop]:
    """Fill a shop with fourteen late customers, of whom nine have paid, and open the page to it.

    Each has paid four invoices in time before; the third has a small credit limit.
    """
    town.people()
    made, before = open_shop(), try_out.open_remote
    try_out.open_remote = made.open
    for number, name in enumerate(NAMES, start=1):
        made.customer(number, Name=name, **{LIMIT: Decimal(500) if number == 3 else None})
        paid = 50 - 3 * number if number <= 9 else None
        made.store([invoice(number, 60 + number, paid, Total=f"{number * 731 + 520}.50")])
        made.store(invoice(number, 95 + 30 * n, 94 + 30 * n, Total="90.00") for n in range(1, 5))
    yield made
    try_out.open_remote = before
