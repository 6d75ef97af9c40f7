"""Where a task's reader finds the records that it speaks of, and what the account owes now."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from django.conf import settings

from connections.live import open_remote
from connections.models import Connection
from connections.remote import Lane
from sync.core.money import Money
from sync.core.records import Key, System
from sync.core.risk.findings import LONGEST_LIST, Finding
from sync.core.risk.standing import Standing

from .billing import CONTACT, INVOICE, Source
from .risk_standing import Owed
from .work import Work

CASES = "/admin/sync/riskcase/?q="


def links(work: Work, owed: Owed, finding: Finding) -> list[str]:
    """Return the addresses of the customer and of the invoices in Xero, and of the case here."""
    found = [*_of_contacts(work, owed), *_of_invoices(work, owed, finding)]
    if settings.PUBLIC_URL:
        address = f"{settings.PUBLIC_URL.rstrip('/')}{CASES}{quote(owed.account)}"
        found.append(f"Counterpart: {address}")
    return found


def _of_contacts(work: Work, owed: Owed) -> Iterator[str]:
    for source, contact in owed.contacts[:LONGEST_LIST]:
        address = _address(work, source, Key(System.XERO, CONTACT, contact))
        yield f"Customer in {source.name}: {address}"


def _of_invoices(work: Work, owed: Owed, finding: Finding) -> Iterator[str]:
    numbers = {one.record.key.id: one.record.get("InvoiceNumber") for one in owed.invoices}
    for each in finding.invoices[:LONGEST_LIST]:
        source = owed.where.get(each)
        if source is not None:
            address = _address(work, source, Key(System.XERO, INVOICE, each))
            yield f"{numbers.get(each) or 'Invoice'}: {address}"


def _address(work: Work, source: Source, key: Key) -> str:
    """Return a record's page in its own organisation; no call is made."""
    if source.connection_id == work.pair.xero_id:
        return work.xero.link_to(key)
    other = Connection.objects.get(pk=source.connection_id)
    return open_remote(other, Lane.BACKGROUND).link_to(key)


def now_owed(standing: Standing) -> str:
    """Return what the account owes now, by currency and never summed across."""
    sums: dict[str, Money] = {}
    for one in standing.open_invoices():
        owed = Money(one.due, one.currency)
        sums[one.currency] = sums[one.currency] + owed if one.currency in sums else owed
    told = ", ".join(str(sums[currency]) for currency in sorted(sums))
    return f"Outstanding now: {told}." if told else "Nothing is outstanding now."
