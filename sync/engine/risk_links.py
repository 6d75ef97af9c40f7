"""Where a task's reader finds the records that it speaks of, and what the account owes now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from django.conf import settings

from connections.live import open_remote
from connections.models import Connection
from connections.remote import Lane, Remote
from sync.core.money import Money
from sync.core.records import Key, System
from sync.core.risk.findings import LONGEST_LIST, Finding
from sync.core.risk.standing import Standing

from .billing import CONTACT, INVOICE, Source
from .risk_standing import Owed
from .work import Work

CASES = "/admin/sync/riskcase/?q="


@dataclass
class Pages:
    """Where the systems show their records; each organisation's connection is read but once."""

    work: Work
    doors: dict[int, Remote] = field(default_factory=dict)

    def links(self, owed: Owed, finding: Finding) -> list[str]:
        """Return the addresses of the customer and of the invoices in Xero, and of the case."""
        found = [*self._of_contacts(owed), *self._of_invoices(owed, finding)]
        if settings.SITE_URL:
            address = f"{settings.SITE_URL.rstrip('/')}{CASES}{quote(owed.account)}"
            found.append(f"Counterpart: {address}")
        return found

    def _of_contacts(self, owed: Owed) -> Iterator[str]:
        for source, contact in owed.contacts[:LONGEST_LIST]:
            address = self._address(source, Key(System.XERO, CONTACT, contact))
            yield f"Customer in {source.name}: {address}"

    def _of_invoices(self, owed: Owed, finding: Finding) -> Iterator[str]:
        numbers = {one.record.key.id: one.record.get("InvoiceNumber") for one in owed.invoices}
        for each in finding.invoices[:LONGEST_LIST]:
            source = owed.where.get(each)
            if source is not None:
                address = self._address(source, Key(System.XERO, INVOICE, each))
                yield f"{numbers.get(each) or 'Invoice'}: {address}"

    def _address(self, source: Source, key: Key) -> str:
        """Return a record's page in its own organisation; no call is made."""
        if source.connection_id == self.work.pair.xero_id:
            return self.work.xero.link_to(key)
        if source.connection_id not in self.doors:
            other = Connection.objects.get(pk=source.connection_id)
            self.doors[source.connection_id] = open_remote(other, Lane.BACKGROUND)
        return self.doors[source.connection_id].link_to(key)


def now_owed(standing: Standing) -> str:
    """Return what the account owes now, by currency and never summed across."""
    sums: dict[str, Money] = {}
    for one in standing.open_invoices():
        owed = Money(one.due, one.currency)
        sums[one.currency] = sums[one.currency] + owed if one.currency in sums else owed
    told = ", ".join(str(sums[currency]) for currency in sorted(sums))
    return f"Outstanding now: {told}." if told else "Nothing is outstanding now."
