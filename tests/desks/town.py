"""Ten customers without a partner and more, so that the match desk has something to show."""

from __future__ import annotations

from typing import Any

from connections.models import Pair
from sync.core import snapshots
from sync.models import KnownKey, KnownRecord, ReviewItem

from .matches import account, ask, candidate, contact

ALIKE = "60 points are enough. This one waits because a second account has almost the same name."


def fill(pair: Pair) -> list[ReviewItem]:
    """Ask about a dozen contacts of every sort; return the items, most certain first."""
    _known(pair)
    vine = ask(pair, _vine(), *_vines(), why=ALIKE)
    sure = [
        ask(
            pair,
            contact(2, "Blue Gum Logistics", tax_number="53 004 085 616", city="Geelong"),
            candidate(
                account(2, "Blue Gum Logistics Pty Ltd", tax_number="53004085616", city="Geelong"),
                ("Same ABN", 45), ("Name alike, without Pty Ltd", 27), ("Same postcode", 10),
            ),
            sure=True,
        ),
        ask(
            pair,
            contact(3, "Wattle Creek Council – Works Dept", email="works@wattlecreek.example"),
            candidate(
                account(3, "Wattle Creek Shire Council", email="info@wattlecreek.example"),
                ("Same e-mail domain, used by no one else", 36), ("Same phone", 20),
                ("Name 0.71 alike", 15),
            ),
            sure=True,
        ),
    ]  # fmt: skip
    doubtful = [
        ask(pair, contact(10 + n, ours), candidate(account(10 + n, theirs), (why, points)))
        for n, (ours, theirs, why, points) in enumerate(DOUBTFUL)
    ]
    alone = ask(pair, contact(30, "Bellbird Café", {"invoices": "3 invoices"}, city="Ballarat",
                              email="hello@bellbird.example"))  # fmt: skip
    return [vine, *sure, *doubtful, alone]


DOUBTFUL = [
    ("J. Tran Building", "Tran Building & Design", "Same phone; first name missing", 58),
    ("Pemberton and Rowe", "Pemberton & Rowe LLP", "Same name, other country", 52),
    ("Mirrabooka Medical Ctr", "Mirrabooka Medical Centre", "Same postcode", 49),
    ("Red Hill Vineyard No 2", "Red Hill Vineyard", "Number in the name differs", 38),
    ("Sandstone Quarries", "Sandstone Quarries Holdings", "Same town", 36),
    ("D & M Ferris", "Ferris Family Trust", "Surname only", 28),
    ("Northcote Tiles", "Northcote Tile & Stone", "Same town, alike name", 27),
    ("Acacia Grove", "Acacia Grove Estate", "Alike name", 26),
]


def _vine() -> Any:
    return contact(
        1, "Harbour & Vine P/L", {"last_used": "Invoice 4 Nov 2026, AUD 3,190.00"},
        tax_number="51 824 753 556", email="accounts@harbourvine.example",
        phone="+61 3 9555 0142", street="Lvl 2, 18 Wharf Rd", city="Williamstown", region="VIC",
        postcode="3016", person="Imogen Castellano",
    )  # fmt: skip


def _vines() -> list[Any]:
    first = account(
        1, "Harbour & Vine Pty Ltd", {"last_used": "Deal won 2 Nov 2026, AUD 2,900.00"},
        tax_number="51824753556", email="accounts@harbourvine.example", phone="+61 3 9555 0142",
        street="18 Wharf Rd", city="Williamstown", region="VIC", postcode="3016",
    )  # fmt: skip
    events = account(
        4, "Harbour & Vine Events", city="Geelong", region="VIC", postcode="3220",
        email="events@harbourvine.example",
    )  # fmt: skip
    cellars = account(5, "Harbourvine Cellars", city="Hobart", region="TAS", postcode="7000")
    return [
        candidate(
            first, ("Same ABN", 40), ("Same e-mail domain, used by no one else", 12),
            ("Name 0.97 alike, without P/L and Pty Ltd", 19), ("Same postcode", 6),
            ("Same phone", 8),
        ),
        candidate(
            events, ("Same e-mail domain, used by no one else", 12), ("Name 0.81 alike", 37),
            ("Other town", -8), taken="linked to Vine Events already",
        ),
        candidate(cellars, ("Name 0.74 alike", 28), ("Other town", -6)),
    ]  # fmt: skip


def _known(pair: Pair) -> None:
    """Keep an account in the index that no match names, to be looked up."""
    row = KnownRecord.objects.create(
        connection=pair.salesforce, system="salesforce", kind="Account",
        remote_id="0015g0000000077AAA", name="Vine & Barrel Imports",
        facts=snapshots.dump({"party": {"city": "Perth", "email": "pay@barrel.example"}}),
    )  # fmt: skip
    for name, value in [("~word", "vine"), ("~word", "barrel"), ("~email", "pay@barrel.example")]:
        KnownKey.objects.create(
            record=row, connection_id=row.connection_id, kind=row.kind, name=name, value=value
        )
