"""What won deals tell before any of them is planned: how many there are, in which currencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from connections.models import Pair
from connections.remote import Remote
from mappings.routing import rows_of
from mappings.rules import rules_for
from sync.core.organisation import Reference
from sync.core.records import Record, System

from . import assigning, routing_rows, routing_trying
from .routing_rows import Routing, account_of
from .setting_up_facts import Missing, Place

BILLING, KIND = "won_opportunity_invoice", "Opportunity"
LATELY = timedelta(days=90)
MOST = 200
"""So many of the deals that were won lately are read, the newest."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Deals:
    """How many were ever won, in words; by currency those won lately ("" for the org's own).

    Those that belong to another organisation do not count; `elsewhere` says how many these are.
    """

    ever_won: str = ""
    lately: Mapping[str, int] = field(default_factory=dict)
    elsewhere: int = 0


def look(pair: Pair, remote: Remote) -> Deals:
    """Return what the won deals tell; three calls, and descriptions of what rows ask for.

    Raises the design's errors.
    """
    ever = remote.glance(KIND, BEGINNING)
    count = len(ever.keys)
    words = f"{count:,}" if ever.complete else f"more than {count:,}"
    lately = remote.glance(KIND, timezone.now() - LATELY)
    fields = ["CurrencyIsoCode"] if "CurrencyIsoCode" in remote.fields(KIND) else []
    routing = _routing(pair, remote)
    wanted = tuple(dict.fromkeys([*fields, *(routing.readable if routing else ())]))
    records = remote.read(KIND, [key.id for key in lately.keys[-MOST:]], wanted)
    here = records if routing is None else _may_belong_to(pair, routing, records)
    currencies = Counter(str(record.get("CurrencyIsoCode") or "") for record in here)
    return Deals(words, dict(currencies), len(records) - len(here))


def _routing(pair: Pair, remote: Remote) -> Routing | None:
    """Return how the org's deals are routed, or None where no row says so."""
    every = routing_rows.every_pair(pair.salesforce_id, System.SALESFORCE)
    if not any(each.active and each != pair for each in every):
        return None
    rows = rows_of(pair.salesforce_id) or ()
    found = routing_trying.routing_for(pair.salesforce, KIND, rows, remote)
    return found if found.has_rows else None


def _may_belong_to(pair: Pair, routing: Routing, deals: Sequence[Record]) -> list[Record]:
    """Return the deals that belong to the pair, or of which nobody has said yet where."""
    asked = [key for deal in deals for key in (deal.key, account_of(deal))]
    said = assigning.assigned(pair.salesforce_id, asked)
    routes = ((deal, routing.route(deal, said)) for deal in deals)
    return [deal for deal, route in routes if not route.known or route.pair == pair.pk]


def unbillable(
    pair: Pair, deals: Deals, org: Reference, books: Reference
) -> Iterator[tuple[str, Missing]]:
    """Yield the currencies of won deals that the organisation lacks: each would be asked about.

    With rows of one's own for currencies it is for them to say, deal by deal.
    """
    if rules_for(pair, BILLING).table("currency"):
        return
    known = books.currencies | {books.base_currency}
    place = Place("admin:mappings_table", "Choose a currency", (pair.pk, BILLING, "currency"))
    for code, count in sorted(deals.lately.items()):
        currency = code or org.base_currency
        if currency and currency not in known:
            one_only = books.actions.get("UseMulticurrency") is False
            mend = "Its Xero plan has one currency" if one_only else f"Add {currency} in Xero"
            words = (
                f"{books.name} does not bill in {currency}: {_so_many(count, deals)} "
                f"would be asked about. {mend}; a row can say what else to bill in."
            )
            yield BILLING, Missing(f"currency:{currency}", words, place)


def _so_many(count: int, deals: Deals) -> str:
    """Return how many of the deals won lately are in a currency, in words."""
    total, here = sum(deals.lately.values()), " that may belong here" if deals.elsewhere else ""
    if total == 1:
        return f"the one deal won lately{here}"
    many = "1 deal" if count == 1 else f"{count:,} deals"
    return f"of the last {total} won deals{here} {many}"
