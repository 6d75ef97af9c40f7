"""Deals of an org, and what stands for records in an organisation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from connections.models import Pair
from sync.core import snapshots
from sync.core.records import Key
from sync.models import KnownRecord, Link
from tests.mappings.routed import Describing

BILLING = "won_opportunity_invoice"


def deal(org: Describing, number: int, amount: str, currency: str) -> Key:
    values = {
        "Id": f"006{number}",
        "Name": f"Deal {number}",
        "IsWon": True,
        "StageName": "Closed Won",
        "Amount": Decimal(amount),
        "CurrencyIsoCode": currency,
        "CloseDate": date(2026, 11, 20),
    }
    return org.put("Opportunity", f"006{number}", values).key


def link(pair: Pair, key: Key, label: str, total: str = "1200", status: str = "AUTHORISED") -> Link:
    kinds = {"Opportunity": ("Invoice", BILLING), "Account": ("Contact", "account_contact")}
    kind, flow = kinds[key.kind]
    made = Link.objects.create(
        pair=pair,
        flow=flow,
        salesforce_kind=key.kind,
        salesforce_id=key.id,
        xero_kind=kind,
        xero_id=f"x-{label}",
        origin=Link.Origin.CREATED,
        label=label,
    )
    KnownRecord.objects.create(
        connection=pair.xero,
        kind=kind,
        remote_id=f"x-{label}",
        name=label,
        status=status,
        values=snapshots.dump({"Total": Decimal(total), "CurrencyCode": "GBP"}),
    )
    return made
