"""What a Xero organisation says of itself and its lists: what a plan is checked against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Account:
    """A ledger account of the organisation."""

    id: str
    code: str
    name: str
    type: str
    tax_type: str
    active: bool
    system: str = ""
    account_class: str = ""


@dataclass(frozen=True)
class TaxRate:
    """A tax rate: `rate` is the effective percentage; `classes` the account classes it fits."""

    tax_type: str
    name: str
    rate: Decimal
    active: bool
    components: tuple[tuple[Decimal, bool], ...] = ()
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TrackingOption:
    """One option of a tracking category, by id, so that a rename changes nothing."""

    category_id: str
    category: str
    option_id: str
    option: str
    active: bool


@dataclass(frozen=True)
class Stage:
    """A stage that deals of a Salesforce org may be in."""

    name: str
    closed: bool
    won: bool


@dataclass(frozen=True)
class PriceBook:
    """A price book of a Salesforce org; `standard` marks the one that comes with it."""

    id: str
    name: str
    standard: bool
    active: bool = True


MOST_USERS = 500
"""So many users are read to choose from; where there are more, they are found by name."""


@dataclass(frozen=True)
class User:
    """An active user of a Salesforce org; `username` tells apart those of one name."""

    id: str
    name: str
    username: str


@dataclass(frozen=True)
class Reference:
    """The organisation's own facts and lists, read at `read_at` (aware UTC).

    `locked_until` is the later of the two lock dates; `sales_terms` are (days, Xero's term type).
    `actions` are Xero's permissions (`UseMulticurrency` …) by name. `classes` of a tax rate and
    `account_class` of an account are upper-case (`REVENUE`).
    """

    read_at: datetime
    name: str
    country: str
    base_currency: str
    timezone: str
    short_code: str = ""
    is_demo: bool = False
    edition: str = ""
    locked_until: date | None = None
    actions: Mapping[str, bool] = field(default_factory=dict, hash=False)
    sales_terms: tuple[int, str] | None = None
    accounts: tuple[Account, ...] = ()
    tax_rates: tuple[TaxRate, ...] = ()
    currencies: frozenset[str] = frozenset()
    tracking: tuple[TrackingOption, ...] = ()
    themes: tuple[tuple[str, str], ...] = ()
    rates: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    """How much of a currency one unit of the org's own is worth (Salesforce)."""
    dated_rates: Mapping[str, tuple[tuple[date, Decimal], ...]] = field(
        default_factory=dict, hash=False
    )
    """The same from a day on, by currency, earliest first; only where the org dates its rates."""
    stages: tuple[Stage, ...] = ()
    """The active stages of deals, in the org's own order (Salesforce)."""
    price_books: tuple[PriceBook, ...] = ()
    """The price books of the org, the standard one first (Salesforce)."""
    users: tuple[User, ...] = ()
    """The active users by name, one more than MOST_USERS where these are not all (Salesforce)."""

    def account(self, code: str) -> Account | None:
        """Return the account with this code, or None."""
        return next((a for a in self.accounts if a.code == code), None)

    def tax_rate(self, tax_type: str) -> TaxRate | None:
        """Return the tax rate with this code, or None."""
        return next((r for r in self.tax_rates if r.tax_type == tax_type), None)
