"""The records of one organisation, found quickly by id, number, name, contact or stamp."""

import unicodedata
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

from sandbox.store import Record
from sandbox.world import Table, World
from sandbox.xero.stamps import stamp

SYSTEM = "xero"
ID_FIELDS = {
    "Account": "AccountID",
    "Allocation": "AllocationID",
    "BankTransaction": "BankTransactionID",
    "BrandingTheme": "BrandingThemeID",
    "Contact": "ContactID",
    "CreditNote": "CreditNoteID",
    "Invoice": "InvoiceID",
    "Item": "ItemID",
    "Organisation": "OrganisationID",
    "Overpayment": "OverpaymentID",
    "Payment": "PaymentID",
    "Prepayment": "PrepaymentID",
    "Quote": "QuoteID",
    "TrackingCategory": "TrackingCategoryID",
}
OF_CONTACTS = ("Invoice", "Quote", "CreditNote", "Prepayment", "Overpayment", "BankTransaction")
LOOKED_UP: dict[str, tuple[str, ...]] = {
    "Account": ("Code",),
    "Allocation": ("Invoice.InvoiceID", "Source.ID"),
    "BankTransaction": ("Contact.ContactID",),
    "Contact": ("Name", "ContactNumber", "EmailAddress", "AccountNumber"),
    "CreditNote": ("CreditNoteNumber", "Contact.ContactID"),
    "Currency": ("Code",),
    "Invoice": ("InvoiceNumber", "Reference", "Contact.ContactID"),
    "Item": ("Code",),
    "Overpayment": ("Contact.ContactID",),
    "Payment": ("Invoice.InvoiceID",),
    "Prepayment": ("InvoiceNumber", "Contact.ContactID"),
    "Quote": ("QuoteNumber", "Contact.ContactID"),
    "TaxRate": ("TaxType",),
}


@lru_cache(maxsize=1 << 18)
def fold(text: str) -> str:
    """The text without case and accents, as Xero compares names and numbers."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def value_at(record: Record, path: str) -> Any:
    """The value at a dotted path such as Contact.ContactID, or None."""
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


class Index:
    """Secondary indexes of one kind for all organisations, kept up by watching its table."""

    def __init__(self, table: Table, fields: tuple[str, ...]) -> None:
        self._fields = fields
        self._found: dict[tuple[str, str, str], dict[str, None]] = {}
        self._stamps: dict[str, str] = {}
        self._lines: dict[str, list[tuple[str, str]]] = {}  # by tenant: (stamp, id), in order
        table.watch(self._note)

    def find(self, tenant: str, field: str, value: str) -> list[str]:
        """The ids of the records with this value, oldest first."""
        return list(self._found.get((tenant, field, fold(value)), ()))

    def since(self, tenant: str, after: str = "") -> Iterator[str]:
        """The ids of what changed later than the stamp, by stamp, then id."""
        line = self._lines.get(tenant, [])
        begin = bisect_right(line, (after, "\x7f"))
        last = None
        for entry in line[begin:]:
            if entry != last and self._stamps.get(entry[1]) == entry[0]:
                yield entry[1]
            last = entry

    def _note(self, key: str, old: Record | None, new: Record | None) -> None:
        before = dict.fromkeys(self._places(old)) if old else {}
        after = dict.fromkeys(self._places(new)) if new else {}
        for place in before:
            if place not in after:
                self._found[place].pop(key)
                if not self._found[place]:
                    del self._found[place]
        for place in after:
            self._found.setdefault(place, {})[key] = None
        if new:
            self._line_up(key, new)
        else:
            self._stamps.pop(key)

    def _line_up(self, key: str, new: Record) -> None:
        """Put the record at its stamp's place; the place it had before goes stale by itself."""
        line = self._lines.setdefault(new["TenantID"], [])
        entry = (new["UpdatedDateUTC"], key)
        self._stamps[key] = entry[0]
        at = bisect_left(line, entry)
        if at == len(line) or line[at] != entry:
            insort(line, entry, lo=at)
        if len(line) > 1000 and len(line) > 2 * len(self._stamps):
            line[:] = [one for one in line if self._stamps.get(one[1]) == one[0]]

    def _places(self, record: Record) -> Iterator[tuple[str, str, str]]:
        for field in self._fields:
            if value := value_at(record, field):
                yield record["TenantID"], field, fold(value)


_indexes: "WeakKeyDictionary[World, dict[str, Index]]" = WeakKeyDictionary()


def index_of(world: World, kind: str) -> Index:
    """The one index of this kind in this world, built at its first use."""
    with world.lock:
        known = _indexes.setdefault(world, {})
        if kind not in known:
            known[kind] = Index(world.table(SYSTEM, kind), LOOKED_UP.get(kind, ()))
        return known[kind]


class Books:
    """One organisation's records. What it hands out is read only: change a copy, then save."""

    def __init__(self, world: World, tenant: str, user: str = "System Generated") -> None:
        self.world, self.tenant = world, tenant
        self.user = user  # in whose name records are changed

    @property
    def organisation(self) -> Record:
        """The organisation itself."""
        return self.world.table(SYSTEM, "Organisation")[self.tenant]

    @property
    def today(self) -> str:
        """The present day in UTC, as it is kept."""
        return self.world.clock.now().date().isoformat()

    def record(self, kind: str, key: str) -> Record | None:
        """The record of this id in this organisation."""
        found = self.world.table(SYSTEM, kind).get(key)
        return found if found and found["TenantID"] == self.tenant else None

    def records(self, kind: str, after: str = "") -> Iterator[Record]:
        """All records, or those changed later than a stamp, in the order of their changes."""
        table = self.world.table(SYSTEM, kind)
        return (table[key] for key in index_of(self.world, kind).since(self.tenant, after))

    def find(self, kind: str, field: str, value: str) -> list[Record]:
        """The records whose indexed field has this value, whatever its case and accents."""
        table = self.world.table(SYSTEM, kind)
        return [table[key] for key in index_of(self.world, kind).find(self.tenant, field, value)]

    def first(
        self, kind: str, field: str, value: str, wanted: Callable[[Record], bool] = bool
    ) -> Record | None:
        """The oldest such record that is wanted."""
        return next((one for one in self.find(kind, field, value) if wanted(one)), None)

    def save(self, kind: str, record: Record) -> Record:
        """Keep the record as it is now, stamped; a new one gets its id."""
        return self.save_quietly(kind, {**record, "UpdatedDateUTC": stamp(self.world.clock.now())})

    def save_quietly(self, kind: str, record: Record) -> Record:
        """Keep the record without touching its stamp: some changes bump none in Xero."""
        index_of(self.world, kind)
        kept = {"TenantID": self.tenant, **record}
        name = ID_FIELDS.get(kind)
        if name:
            key = kept.setdefault(name, str(uuid4()))
        else:
            key = f"{self.tenant}/{kept[LOOKED_UP[kind][0]]}"
        kept.setdefault("UpdatedDateUTC", stamp(self.world.clock.now()))
        self.world.table(SYSTEM, kind)[key] = kept
        return kept

    def remove(self, kind: str, key: str) -> None:
        """Forget the record."""
        del self.world.table(SYSTEM, kind)[key]


def tenants(world: World) -> list[str]:
    """The ids of all organisations, in the order in which they were made."""
    return list(world.table(SYSTEM, "Organisation"))
