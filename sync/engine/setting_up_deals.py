"""What won deals tell before any of them is planned: how many there are, in which currencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from connections.models import Pair
from connections.remote import Remote
from mappings.rules import rules_for
from sync.core.organisation import Reference

from .setting_up_facts import Missing, Place

BILLING, KIND = "won_opportunity_invoice", "Opportunity"
LATELY = timedelta(days=90)
MOST = 200
"""So many of the deals that were won lately are read, the newest."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Deals:
    """How many were ever won, in words; by currency those won lately ("" for the org's own)."""

    ever_won: str = ""
    lately: Mapping[str, int] = field(default_factory=dict)


def look(pair: Pair, remote: Remote) -> Deals:
    """Return what the won deals tell; three calls. Raises the design's errors."""
    ever = remote.glance(KIND, BEGINNING)
    count = len(ever.keys)
    words = f"{count:,}" if ever.complete else f"more than {count:,}"
    lately = remote.glance(KIND, timezone.now() - LATELY)
    fields = ["CurrencyIsoCode"] if "CurrencyIsoCode" in remote.fields(KIND) else []
    records = remote.read(KIND, [key.id for key in lately.keys[-MOST:]], fields)
    currencies = Counter(str(record.get("CurrencyIsoCode") or "") for record in records)
    return Deals(words, dict(currencies))


def unbillable(
    pair: Pair, deals: Deals, org: Reference, books: Reference
) -> Iterator[tuple[str, Missing]]:
    """Yield the currencies of won deals that the organisation lacks: each would be asked about.

    With rows of one's own for currencies it is for them to say, deal by deal.
    """
    if rules_for(pair, BILLING).table("currency"):
        return
    known, total = books.currencies | {books.base_currency}, sum(deals.lately.values())
    place = Place("admin:mappings_table", "Choose a currency", (pair.pk, BILLING, "currency"))
    for code, count in sorted(deals.lately.items()):
        currency = code or org.base_currency
        if currency and currency not in known:
            many = "1 deal" if count == 1 else f"{count:,} deals"
            one_only = books.actions.get("UseMulticurrency") is False
            mend = "Its Xero plan has one currency" if one_only else f"Add {currency} in Xero"
            words = (
                f"{books.name} does not bill in {currency}: of the last {total} won deals {many} "
                f"would be asked about. {mend}; a row can say what else to bill in."
            )
            yield BILLING, Missing(f"currency:{currency}", words, place)
