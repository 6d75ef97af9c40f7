"""What the page's Xero column shows: invoices and contacts of one organisation."""

from dataclasses import dataclass
from heapq import nlargest

from sandbox.play.salesforce_rows import SHOWN
from sandbox.store import Record
from sandbox.world import World

_WITH_PAGES = ("Invoice", "Contact", "Quote", "CreditNote", "Prepayment", "Overpayment")


@dataclass(frozen=True)
class Column:
    """Everything of one organisation, and how many there are in all."""

    organisation: Record | None
    organisations: list[Record]
    invoices: list[tuple[Record, str]]
    contacts: list[Record]
    counts: dict[str, int]
    all_invoices: int


def invoices(world: World) -> list[Record]:
    """Every organisation's sales invoices, oldest first."""
    found = world.table("xero", "Invoice").values()
    return [one for one in found if one["Type"] == "ACCREC"]


def column(world: World, tenant: str, search: str) -> Column:
    """One organisation: `tenant`, else that of the record whose id is sought, else the first.

    The caller holds the world's lock.
    """
    organisations = world.table("xero", "Organisation")
    if tenant not in organisations:
        tenant = _tenant_of(world, search) or next(iter(organisations), "")
    every = invoices(world)
    contacts = _of(tenant, _contacts(world))
    names = {record["ContactID"]: str(record["Name"]) for record in contacts}
    sales = [(one, names.get(one["Contact"]["ContactID"], "")) for one in _of(tenant, every)]
    found = [pair for pair in sales if _mentions(search, pair[0], pair[1])]
    people = [record for record in contacts if _mentions(search, record, record["Name"])]
    return Column(
        organisations.get(tenant),
        list(organisations.values()),
        nlargest(SHOWN, found, key=lambda pair: _changed(pair[0])),
        nlargest(SHOWN, people, key=_changed),
        {"Invoice": len(sales), "Contact": len(contacts)},
        len(every),
    )


def _tenant_of(world: World, key: str) -> str:
    found = (world.table("xero", kind).get(key) for kind in _WITH_PAGES)
    return next((str(one["TenantID"]) for one in found if one), "")


def by_number(world: World, column: Column) -> dict[str, Record]:
    """The organisation's active contacts by the account whose id is their ContactNumber."""
    if column.organisation is None:
        return {}
    everybody = _of(column.organisation["OrganisationID"], _contacts(world))
    active = (one for one in everybody if one["ContactStatus"] == "ACTIVE")
    return {one["ContactNumber"]: one for one in active if one.get("ContactNumber")}


def _contacts(world: World) -> list[Record]:
    return list(world.table("xero", "Contact").values())


def _of(tenant: str, records: list[Record]) -> list[Record]:
    return [record for record in records if record["TenantID"] == tenant]


def _mentions(search: str, record: Record, name: str) -> bool:
    fields = (
        "InvoiceNumber",
        "Reference",
        "ContactNumber",
        "EmailAddress",
        "InvoiceID",
        "ContactID",
    )
    text = " ".join([name, *(str(record.get(field) or "") for field in fields)])
    return search.casefold() in text.casefold()


def _changed(record: Record) -> str:
    return str(record["UpdatedDateUTC"])
