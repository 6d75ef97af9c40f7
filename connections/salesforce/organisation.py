"""A Salesforce org's own facts, as the core's Reference."""

from __future__ import annotations

from django.utils import timezone

from sync.core.organisation import MOST_USERS, PriceBook, Reference, Stage, User

from . import currencies
from .describing import Shapes
from .doorway import Doorway
from .query import Selection

FIELDS = ("Id", "Name", "OrganizationType", "IsSandbox", "TimeZoneSidKey", "DefaultLocaleSidKey")
MAYBE = ("DefaultCurrencyIsoCode", "Country", "InstanceName", "TrialExpirationDate")


def read(door: Doorway, shapes: Shapes) -> Reference:
    """Ask for the org, its currencies, stages, price books and users: seven calls at most."""
    shapes.load(
        ("Organization", "CurrencyType", currencies.DATED, "OpportunityStage", "Pricebook2", "User")
    )
    known = shapes.types("Organization")
    fields = [*FIELDS, *(name for name in MAYBE if name in known)]
    soql = Selection("Organization", tuple(fields)).soql()
    own = next(row for page in door.pages(soql) for row in page)
    base, rates = currencies.read(door, shapes, str(own.get("DefaultCurrencyIsoCode") or ""))
    return Reference(
        read_at=timezone.now(),
        name=str(own["Name"]),
        country=str(own.get("Country") or ""),
        base_currency=base,
        timezone=str(own.get("TimeZoneSidKey") or ""),
        is_demo=own.get("IsSandbox") is True,
        edition=str(own.get("OrganizationType") or ""),
        actions={"multicurrency": len(rates) > 1},
        currencies=frozenset(rates),
        rates=rates,
        dated_rates=currencies.read_dated(door, shapes),
        stages=_stages(door, shapes),
        price_books=_price_books(door, shapes),
        users=_users(door, shapes),
    )


def _users(door: Doorway, shapes: Shapes) -> tuple[User, ...]:
    """Return the org's active users by name, no partners or guests; none where they are hidden."""
    if shapes.get("User") is None:
        return ()
    staff = "UserType = 'Standard'" if "UserType" in shapes.types("User") else ""
    select = Selection("User", ("Id", "Name", "Username"))
    soql = select.soql("IsActive = true", staff, order="Name", limit=MOST_USERS + 1)
    return tuple(
        User(str(row["Id"]), str(row["Name"]), str(row["Username"]))
        for page in door.pages(soql)
        for row in page
    )


def _price_books(door: Doorway, shapes: Shapes) -> tuple[PriceBook, ...]:
    """Return the org's price books, the standard one first; none where they are hidden."""
    if shapes.get("Pricebook2") is None:
        return ()
    soql = Selection("Pricebook2", ("Id", "Name", "IsStandard", "IsActive")).soql(order="Name")
    rows = [row for page in door.pages(soql) for row in page]
    books = (
        PriceBook(
            str(row["Id"]), str(row["Name"]), row["IsStandard"] is True, bool(row["IsActive"])
        )
        for row in rows
    )
    return tuple(sorted(books, key=lambda book: not book.standard))


def _stages(door: Doorway, shapes: Shapes) -> tuple[Stage, ...]:
    """Return the active stages of deals in the org's order; none where they are hidden."""
    if shapes.get("OpportunityStage") is None:
        return ()
    names = ("MasterLabel", "IsClosed", "IsWon", "SortOrder")
    soql = Selection("OpportunityStage", names).soql("IsActive = true", order="SortOrder")
    return tuple(
        Stage(str(row["MasterLabel"]), row["IsClosed"] is True, row["IsWon"] is True)
        for page in door.pages(soql)
        for row in page
    )
