"""A Xero organisation's own facts and lists, as the core's Reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from sync.core.money import round_half_up
from sync.core.organisation import Account, Reference, TaxRate, TrackingOption

from . import values, zones
from .doorway import Doorway

SHOWN = 4
"""Decimals that Xero shows of a percentage."""
CLASSES = ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")
SINGULAR = {
    "Assets": "ASSET",
    "Equity": "EQUITY",
    "Expenses": "EXPENSE",
    "Liabilities": "LIABILITY",
    "Revenue": "REVENUE",
}


def read(door: Doorway) -> Reference:
    """Ask for the organisation and its lists: seven calls."""
    own = _first(door.get("get_organisations").get("Organisations"))
    actions = door.get("get_organisation_actions").get("Actions") or []
    accounts = door.get("get_accounts").get("Accounts") or []
    rates = door.get("get_tax_rates").get("TaxRates") or []
    currencies = door.get("get_currencies").get("Currencies") or []
    tracking = door.get("get_tracking_categories", include_archived=True)
    themes = door.get("get_branding_themes").get("BrandingThemes") or []
    return Reference(
        read_at=timezone.now(),
        name=_text(own, "Name"),
        country=_text(own, "CountryCode"),
        base_currency=_text(own, "BaseCurrency"),
        timezone=zones.iana_name(_text(own, "Timezone")),
        short_code=_text(own, "ShortCode"),
        is_demo=own.get("IsDemoCompany") is True,
        edition=_text(own, "Class") or _text(own, "Edition"),
        locked_until=_locked_until(own),
        actions={_text(each, "Name"): each.get("Status") == "ALLOWED" for each in actions},
        sales_terms=_sales_terms(own),
        accounts=tuple(_account(each) for each in accounts),
        tax_rates=tuple(_tax_rate(each) for each in rates),
        currencies=frozenset(_text(each, "Code") for each in currencies),
        tracking=tuple(_options(tracking.get("TrackingCategories") or [])),
        themes=tuple(
            (_text(each, "BrandingThemeID").lower(), _text(each, "Name")) for each in themes
        ),
    )


def _account(row: Mapping[str, Any]) -> Account:
    return Account(
        id=_text(row, "AccountID").lower(),
        code=_text(row, "Code"),
        name=_text(row, "Name"),
        type=_text(row, "Type").upper(),
        tax_type=_text(row, "TaxType"),
        active=_text(row, "Status").upper() in ("", "ACTIVE"),
        system=_text(row, "SystemAccount"),
        account_class=_text(row, "Class").upper(),
    )


def _tax_rate(rate: Mapping[str, Any]) -> TaxRate:
    return TaxRate(
        tax_type=_text(rate, "TaxType"),
        name=_text(rate, "Name"),
        rate=_effective(rate),
        active=_text(rate, "Status").upper() in ("", "ACTIVE"),
        components=tuple(
            (_number(part.get("Rate")), part.get("IsCompound") is True)
            for part in rate.get("TaxComponents") or []
        ),
        classes=frozenset(SINGULAR[name] for name in CLASSES if rate.get(f"CanApplyTo{name}")),
    )


def _effective(rate: Mapping[str, Any]) -> Decimal:
    """Return the percentage that is charged, with all its decimals.

    Xero shows four of them, which are too few for a tax upon a tax. Where its parts come to
    another figure, as those of a reverse charge, what it shows counts.
    """
    parts = [(_number(p.get("Rate")), p.get("IsCompound")) for p in rate.get("TaxComponents") or []]
    plain = sum((part for part, compound in parts if not compound), Decimal(0))
    upon = sum((part for part, compound in parts if compound), Decimal(0))
    exact, shown = plain + upon * (100 + plain) / 100, rate.get("EffectiveRate")
    same = shown is None or round_half_up(exact, SHOWN) == round_half_up(_number(shown), SHOWN)
    return exact if same and parts else _number(shown)


def _options(categories: Iterable[Mapping[str, Any]]) -> Iterable[TrackingOption]:
    for category in categories:
        alive = _text(category, "Status").upper() in ("", "ACTIVE")
        for option in category.get("Options") or []:
            yield TrackingOption(
                _text(category, "TrackingCategoryID").lower(),
                _text(category, "Name"),
                _text(option, "TrackingOptionID").lower(),
                _text(option, "Name"),
                alive and _text(option, "Status").upper() in ("", "ACTIVE"),
            )


def _locked_until(own: Mapping[str, Any]) -> date | None:
    dates = values.read({name: own.get(name) for name in ("PeriodLockDate", "EndOfYearLockDate")})
    return max((each for each in dates.values() if isinstance(each, date)), default=None)


def _sales_terms(own: Mapping[str, Any]) -> tuple[int, str] | None:
    terms = own.get("PaymentTerms")
    sales = terms.get("Sales") if isinstance(terms, Mapping) else None
    if not isinstance(sales, Mapping) or sales.get("Day") is None:
        return None
    return int(sales["Day"]), _text(sales, "Type")


def _first(rows: Any) -> Mapping[str, Any]:
    return rows[0] if rows else {}


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _number(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))
