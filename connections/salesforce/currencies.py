"""The currencies of a Salesforce org and what they are worth, now and from day to day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from sync.core.errors import NeedsPerson

from .describing import Shapes
from .doorway import Doorway
from .query import Selection

DATED = "DatedConversionRate"
LOOKS_BACK = timedelta(days=400)
"""How old a deal may be for its day's rate to be known."""
Dated = dict[str, tuple[tuple[date, Decimal], ...]]


def read(door: Doorway, shapes: Shapes, default: str) -> tuple[str, dict[str, Decimal]]:
    """Return the org's own currency and the active ones with their rates.

    Several exist only with multicurrency; an org with one names it in its features alone
    (Salesforce, Connect REST API, Organization).
    """
    if shapes.get("CurrencyType") is not None:
        fields = ("IsoCode", "IsCorporate", "ConversionRate")
        soql = Selection("CurrencyType", fields).soql("IsActive = true")
        rows = [row for page in door.pages(soql) for row in page]
        corporate = next((str(r["IsoCode"]) for r in rows if r.get("IsCorporate") is True), default)
        return corporate, {str(r["IsoCode"]): _rate(r) for r in rows}
    base = default or _single_currency(door)
    return base, {base: Decimal(1)} if base else {}


def read_dated(door: Doorway, shapes: Shapes) -> Dated:
    """Return the rates that hold from a day on, by currency, earliest first; none without them.

    Only orgs with advanced currency management have them (Salesforce, DatedConversionRate).
    """
    if shapes.get(DATED) is None:
        return {}
    since = (timezone.now() - LOOKS_BACK).date()
    soql = Selection(DATED, ("IsoCode", "StartDate", "ConversionRate")).soql(
        f"(NextStartDate = null OR NextStartDate > {since.isoformat()})", order="IsoCode, StartDate"
    )
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for page in door.pages(soql):
        for row in page:
            start = date.fromisoformat(str(row["StartDate"])[:10])
            found.setdefault(str(row["IsoCode"]), []).append((start, _rate(row)))
    return {code: tuple(sorted(rates)) for code, rates in found.items()}


def _rate(row: Mapping[str, Any]) -> Decimal:
    return Decimal(row.get("ConversionRate") or 0)


def _single_currency(door: Doorway) -> str:
    try:
        features: dict[str, Any] = (door.get("connect/organization") or {}).get("features") or {}
    except NeedsPerson:  # the resource is closed to some users
        return ""
    return str(features.get("defaultCurrencyIsoCode") or "")
