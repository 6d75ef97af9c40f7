"""Addresses: where customers see their invoices; asked for one by one, and each only once."""

from __future__ import annotations

from connections import budget
from connections.models import Pair
from connections.remote import Remote
from sync.core.records import Key, System
from sync.models import KnownAddress, KnownRecord, Link

from . import noticing, turns
from .billing import INVOICE

AT_A_TIME = 10
SHARE = 0.1
"""Of the day's calls: Xero takes one for each invoice, and nothing waits for it."""
FLOOR_SECONDS = 60
APPROVED = ("AUTHORISED", "PAID")


def learn(pair: Pair, xero: Remote) -> int:
    """Ask for the addresses of some deals' invoices, the open ones first; return the notices."""
    linked = Link.objects.filter(pair=pair, xero_kind=INVOICE).values("xero_id")
    known = KnownAddress.objects.filter(connection_id=pair.xero_id).values("remote_id")
    rows = KnownRecord.objects.filter(
        connection_id=pair.xero_id, kind=INVOICE, status__in=APPROVED, remote_id__in=linked
    ).exclude(remote_id__in=known)
    chosen = list(rows.order_by("status", "-id").values_list("remote_id", flat=True)[:AT_A_TIME])
    if not chosen or not turns.take_turn(pair.xero, "addresses", lambda: _pause(pair)):
        return 0
    for remote_id in chosen:
        address = xero.online_address(Key(System.XERO, INVOICE, remote_id))
        KnownAddress.objects.update_or_create(
            connection_id=pair.xero_id, remote_id=remote_id, defaults={"address": address}
        )
    links = Link.objects.filter(pair=pair, xero_kind=INVOICE, xero_id__in=chosen)
    return noticing.note_projected(pair, [link.salesforce_key for link in links])


def _pause(pair: Pair) -> float:
    return budget.polling_interval(pair.xero, AT_A_TIME, FLOOR_SECONDS, SHARE)
