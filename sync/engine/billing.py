"""Billing: which invoices belong to which deals and accounts, as the local index knows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from connections.models import Pair
from sync.core import snapshots, zones
from sync.core.projection import ACCOUNT, DEAL, Billed
from sync.core.records import Key, Record, System
from sync.flows.shapes import credits, risk_records
from sync.flows.shapes.payments import NEEDED
from sync.models import Cursor, FlowSwitch, KnownAddress, KnownKey, KnownRecord, Link

from . import indexing, surroundings

INVOICE, CONTACT = "Invoice", "Contact"
OF_CUSTOMERS = (INVOICE, *credits.KINDS)
"""The kinds that are entered in the index under their customer."""
SELDOM = {
    **dict.fromkeys(("Overpayment", "Prepayment"), timedelta(hours=1)),
    "Item": timedelta(minutes=15),
}
"""What changes seldom and nobody waits for is read no more often than that."""
PREFIXES = {"001": ACCOUNT, "006": DEAL}
CHUNK = 500
FIELDS = NEEDED | risk_records.NEEDED | {risk_records.PROMISED}


@dataclass(frozen=True)
class Source:
    """One organisation whose invoices count: its name, its day, and when it was last read.

    Both go by Xero's own clock; `as_of` is None where it was never read.
    """

    pair_id: int
    connection_id: int
    name: str
    today: date
    as_of: datetime | None


Found = list[tuple[Source, Billed]]


def sources_of(pair: Pair, flow: str) -> list[Source]:
    """Return the organisations that count for the pair's Salesforce org: those whose index is read.

    That is where the flow is on or in shadow, and the pair itself.
    """
    used = FlowSwitch.objects.filter(flow=flow).exclude(mode=FlowSwitch.Mode.OFF).values("pair")
    others = Pair.objects.filter(salesforce=pair.salesforce_id, active=True, pk__in=used)
    pairs = {one.pk: one for one in (*others.select_related("xero"), pair)}
    return [_source(one) for _, one in sorted(pairs.items())]


def _source(pair: Pair) -> Source:
    reference = surroundings.known(pair.xero_id)
    as_of = read_at(pair.xero_id)
    zone = zones.zone(reference.timezone if reference else "")
    return Source(
        pair.pk,
        pair.xero_id,
        reference.name if reference else pair.xero.name,
        (as_of or timezone.now()).astimezone(zone).date(),
        as_of,
    )


def read_at(connection_id: int) -> datetime | None:
    """Return up to when an organisation's invoices are known, by Xero's clock; None: never read."""
    cursor = Cursor.objects.filter(connection_id=connection_id, purpose=f"index:{INVOICE}").first()
    return cursor.covered.replace(microsecond=0) if cursor and cursor.covered else None


def subjects_of(pair: Pair, keys: Iterable[Key]) -> list[Key]:
    """Return the deals and accounts of the pair that these records of either system concern."""
    chosen = list(keys)
    theirs = {key.id for key in chosen if key.system is System.XERO}
    ours = [_of_its_kind(key) for key in chosen if key.system is System.SALESFORCE]
    contacts = theirs | _contacts_of(pair.xero_id, theirs)
    winners = indexing.follow(pair.xero_id, CONTACT, contacts).values()
    contacts |= {candidate.key.id for candidate in winners}
    links = Link.objects.filter(pair=pair)
    deals = links.filter(salesforce_kind=DEAL, xero_kind=INVOICE, xero_id__in=theirs)
    accounts = links.filter(salesforce_kind=ACCOUNT, xero_kind=CONTACT, xero_id__in=contacts)
    found = [*ours, *(row.salesforce_key for row in (*deals, *accounts))]
    return sorted({key for key in found if key.kind in (DEAL, ACCOUNT)})


def _of_its_kind(key: Key) -> Key:
    """Return the key with the kind that its id tells, since a command knows the id alone."""
    return Key(key.system, PREFIXES.get(key.id[:3], key.kind), key.id)


def _contacts_of(connection_id: int, invoices: Collection[str]) -> set[str]:
    rows = KnownKey.objects.filter(
        connection_id=connection_id,
        kind__in=OF_CUSTOMERS,
        name="contact",
        record__remote_id__in=invoices,
    )
    return set(rows.values_list("value", flat=True))


def invoices_of(kind: str, ids: Collection[str], sources: Sequence[Source]) -> Mapping[str, Found]:
    """Return by Salesforce id every invoice of these deals or accounts, in all organisations."""
    found: dict[str, Found] = {}
    for source in sources:
        owned = _owned(kind, ids, source)
        addresses = _addresses(source, [record.key.id for _, record in owned if kind == DEAL])
        for owner, record in owned:
            address = addresses.get(record.key.id, "")
            billed = Billed(record, source.name, source.today, address)
            found.setdefault(owner, []).append((source, billed))
    return found


def credits_of(ids: Collection[str], sources: Sequence[Source]) -> Mapping[str, list[Record]]:
    """Return by account every credit note, overpayment and prepayment of its contacts."""
    found: dict[str, list[Record]] = {}
    for source in sources:
        ends = _ends(ACCOUNT, ids, source)
        owned = _by_contact(source.connection_id, ends, credits.KINDS)
        records = _records(source.connection_id, {each for _, each in owned}, credits.KINDS)
        for owner, each in sorted(owned):
            if each in records:
                found.setdefault(owner, []).append(records[each])
    return found


def _owned(kind: str, ids: Collection[str], source: Source) -> list[tuple[str, Record]]:
    ends = _ends(kind, ids, source)
    owned = set(ends) if kind == DEAL else _by_contact(source.connection_id, ends, (INVOICE,))
    records = _records(source.connection_id, {invoice for _, invoice in owned}, (INVOICE,))
    return [(owner, records[i]) for owner, i in sorted(owned) if i in records]


def _ends(kind: str, ids: Collection[str], source: Source) -> list[tuple[str, str]]:
    links = Link.objects.filter(
        pair=source.pair_id,
        salesforce_kind=kind,
        salesforce_id__in=ids,
        xero_kind=INVOICE if kind == DEAL else CONTACT,
    )
    return list(links.values_list("salesforce_id", "xero_id"))


def contacts_of(ids: Collection[str], source: Source) -> list[tuple[str, str]]:
    """Return (account, contact) of every link of these accounts in one organisation."""
    return _ends(ACCOUNT, ids, source)


def _addresses(source: Source, ids: Collection[str]) -> dict[str, str]:
    rows = KnownAddress.objects.filter(connection_id=source.connection_id, remote_id__in=ids)
    return dict(rows.values_list("remote_id", "address")) if ids else {}


def _by_contact(
    connection_id: int, ends: Iterable[tuple[str, str]], kinds: Sequence[str]
) -> set[tuple[str, str]]:
    """Return (account, record) of all these kinds of the accounts' contacts and of their mergers.

    Xero moves a merged contact's invoices to the winner; whether it stamps them is not said.
    """
    pairs = list(ends)
    now = indexing.follow(connection_id, CONTACT, [contact for _, contact in pairs])
    owners: dict[str, set[str]] = {}
    for account, contact in pairs:
        winner = now[contact].key.id if contact in now else contact
        for one in (contact, winner):
            owners.setdefault(one, set()).add(account)
    fresh = set(owners)
    for _ in range(5):
        fresh = _add_losers(connection_id, owners, fresh)
    rows = KnownKey.objects.filter(
        connection_id=connection_id, kind__in=kinds, name="contact", value__in=owners
    ).values_list("value", "record__remote_id")
    return {(account, invoice) for contact, invoice in rows for account in owners[contact]}


def _add_losers(connection_id: int, owners: dict[str, set[str]], winners: set[str]) -> set[str]:
    """Add those that were merged into the winners; return the new ones."""
    if not winners:
        return set()
    merged = KnownRecord.objects.filter(
        connection_id=connection_id, kind=CONTACT, gone__in=[f"merged:{c}" for c in winners]
    )
    rows = list(merged.values_list("remote_id", "gone"))
    new = {loser for loser, _ in rows} - set(owners)
    for loser, gone in rows:
        owners.setdefault(loser, set()).update(owners[gone.removeprefix("merged:")])
    return new


def _records(connection_id: int, ids: Collection[str], kinds: Sequence[str]) -> dict[str, Record]:
    """Return the records with those of their fields that figures need; lines would be many."""
    rows = KnownRecord.objects.filter(
        connection_id=connection_id, kind__in=kinds, remote_id__in=ids
    ).values_list("kind", "remote_id", "values", "stamp")
    found = {}
    for kind, remote_id, values, stamp in rows.iterator(chunk_size=CHUNK):
        needed = {name: v for name, v in values["values"].items() if name in FIELDS}
        record = snapshots.load({**values, "values": needed})
        found[remote_id] = Record(Key(System.XERO, kind, remote_id), record, stamp)
    return found


def open_subjects(pair: Pair) -> list[Key]:
    """Return the deals and accounts of the pair's open invoices."""
    rows = KnownRecord.objects.filter(
        connection_id=pair.xero_id, kind=INVOICE, status="AUTHORISED"
    ).values_list("remote_id", flat=True)
    return subjects_of(pair, [Key(System.XERO, INVOICE, remote_id) for remote_id in rows])


def linked_subjects(pair: Pair, kinds: Collection[str] = (DEAL, ACCOUNT)) -> list[Key]:
    """Return every deal with an invoice and every account with a contact of the pair."""
    rows = Link.objects.filter(pair=pair, xero_kind__in=(INVOICE, CONTACT))
    return sorted({r.salesforce_key for r in rows if r.salesforce_kind in kinds})
