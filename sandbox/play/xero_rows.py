"""What the page's Xero column shows: invoices and contacts of one organisation."""

from dataclasses import dataclass
from heapq import nlargest

from sandbox.play.salesforce_rows import SHOWN
from sandbox.store import Record
from sandbox.world import World


@dataclass(frozen=True)
class Column:
    """Everything of one organisation, and how many there are in all."""

    invoices: list[tuple[Record, str]]
    contacts: list[Record]
    counts: dict[str, int]


def invoices(world: World) -> list[Record]:
    """The organisation's sales invoices, oldest first."""
    return [one for one in _all(world, "Invoice") if one.get("Type") == "ACCREC"]


def organisation(world: World) -> str:
    """The name of the organisation that is shown, or nothing where there is none."""
    return next((str(one["Name"]) for one in _all(world, "Organisation")), "")


def column(world: World, search: str) -> Column:
    """The Xero side; the caller holds the world's lock."""
    contacts = _all(world, "Contact")
    names = {record["ContactID"]: str(record.get("Name") or "") for record in contacts}
    sales = [(one, names.get(one["Contact"]["ContactID"], "")) for one in invoices(world)]
    found = [pair for pair in sales if _mentions(search, pair[0], pair[1])]
    people = [record for record in contacts if _mentions(search, record, record.get("Name", ""))]
    return Column(
        nlargest(SHOWN, found, key=lambda pair: _changed(pair[0])),
        nlargest(SHOWN, people, key=_changed),
        {"Invoice": len(sales), "Contact": len(contacts)},
    )


def _all(world: World, kind: str) -> list[Record]:
    return list(world.table("xero", kind).values())


def _mentions(search: str, record: Record, name: str) -> bool:
    fields = ("InvoiceNumber", "Reference", "ContactNumber", "EmailAddress")
    text = " ".join([name, *(str(record.get(field) or "") for field in fields)])
    return search.casefold() in text.casefold()


def _changed(record: Record) -> str:
    return str(record.get("UpdatedDateUTC") or "")
