"""What the pure steps may look at: the organisation, the rules, the items, today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from connections.remote import Remote
from sync.core import snapshots, zones
from sync.core.flow import RuleSet, Surroundings
from sync.core.organisation import (
    Account,
    PriceBook,
    Reference,
    Stage,
    TaxRate,
    TrackingOption,
)
from sync.core.records import Key
from sync.models import KnownOrganisation

from . import indexing
from .work import Work

MAX_AGE = timedelta(hours=6)
"""Lists and lock dates are read again after so long, or at once when a problem is rechecked."""
_NESTED: Mapping[str, type] = {
    "accounts": Account,
    "tax_rates": TaxRate,
    "tracking": TrackingOption,
    "stages": Stage,
    "price_books": PriceBook,
}


def gather(work: Work, item_codes: Iterable[str], rules: RuleSet) -> Surroundings:
    """Return the surroundings of one batch; costs calls only where what is known is too old."""
    reference, own = organisation(work.xero), organisation(work.salesforce)
    return Surroundings(
        reference=reference,
        rules=rules,
        today=timezone.now().astimezone(zones.zone(reference.timezone)).date(),
        home_currency=own.base_currency,
        salesforce=own,
        items=_items(work, item_codes),
        starts_from=work.switch.starts_from,
        addresses=lambda key: work.remote(key.system).link_to(key),
        fields=_fields(work),
    )


def _fields(work: Work) -> dict[str, frozenset[str]]:
    """Return the fields that the flow's Salesforce kinds have in this org; described once."""
    kinds = [*work.flow.salesforce_indexes, "Contact"] if work.flow.by_likeness else []
    if work.flow.by_code:
        kinds = [*work.flow.salesforce_indexes, "PricebookEntry"]
    return {kind: frozenset(work.salesforce.fields(kind)) for kind in kinds}


def organisation(remote: Remote, max_age: timedelta = MAX_AGE) -> Reference:
    """Return an organisation's facts and lists, read again when older than `max_age`."""
    known = KnownOrganisation.objects.filter(connection_id=remote.connection_id).first()
    if known is not None and timezone.now() - known.read_at < max_age:
        return load_reference(known.values)
    reference = remote.reference()
    KnownOrganisation.objects.update_or_create(
        connection_id=remote.connection_id,
        defaults={"values": dump_reference(reference), "read_at": timezone.now()},
    )
    return reference


def known(connection_id: int) -> Reference | None:
    """Return an organisation's facts as they were last read, however long ago; None: never."""
    row = KnownOrganisation.objects.filter(connection_id=connection_id).first()
    return load_reference(row.values) if row is not None else None


def forget(*connection_ids: int) -> None:
    """Let the lists of these organisations be read again by the next batch."""
    KnownOrganisation.objects.filter(connection_id__in=connection_ids).update(
        read_at=timezone.now() - MAX_AGE
    )


def dump_reference(reference: Reference) -> dict[str, Any]:
    """Return the reference as JSON data, but for the users: no plan is made by them."""
    kept = [f.name for f in fields(reference) if f.name != "users"]
    values = {name: _flat(getattr(reference, name)) for name in kept}
    return snapshots.dump({**values, "dated_rates": _dated_as_text(reference)})


def load_reference(data: dict[str, Any]) -> Reference:
    """Return the reference that `dump_reference` wrote."""
    values = snapshots.load(data)
    for name, kind in _NESTED.items():
        values[name] = tuple(_build(kind, item) for item in values.get(name, ()))
    terms, dated = values["sales_terms"], values.get("dated_rates", {})
    return Reference(
        **{
            **values,
            "currencies": frozenset(values["currencies"]),
            "themes": tuple((a, b) for a, b in values["themes"]),
            "dated_rates": {
                code: tuple(_dated(each) for each in rates.split()) for code, rates in dated.items()
            },
            "sales_terms": (int(terms[0]), terms[1]) if terms else None,
        }
    )


def _dated_as_text(reference: Reference) -> dict[str, str]:
    """Return each currency's dated rates as one text: thousands may be read by each batch."""
    return {
        code: " ".join(f"{start.isoformat()}={rate}" for start, rate in rates)
        for code, rates in reference.dated_rates.items()
    }


def _dated(text: str) -> tuple[date, Decimal]:
    start, _, rate = text.partition("=")
    return date.fromisoformat(start), Decimal(rate)


def _flat(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_flat(item) for item in value]
    if isinstance(value, Account | PriceBook | Stage | TaxRate | TrackingOption):
        return {f.name: _flat(getattr(value, f.name)) for f in fields(value)}
    return value


def _build(kind: type, values: dict[str, Any]) -> Any:
    if kind is TaxRate:
        components = tuple((rate, bool(compound)) for rate, compound in values["components"])
        values = {**values, "components": components, "classes": frozenset(values["classes"])}
    return kind(**values)


def _items(work: Work, codes: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    found = indexing.find(work.xero.connection_id, "Item", [("code", code) for code in codes])
    return {
        value: candidates[0].facts
        for (_, value), candidates in found.items()
        if not candidates[0].gone
    }


def addresses_of(work: Work, keys: Iterable[Key]) -> dict[Key, str]:
    """Return the address of each record in its system's own pages; no call is made."""
    return {key: work.remote(key.system).link_to(key) for key in keys}
