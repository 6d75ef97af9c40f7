"""What the page shows of quotes and of credit, and what each invoice was settled by."""

from dataclasses import dataclass, field
from heapq import nlargest

from sandbox.play.salesforce_rows import SHOWN
from sandbox.store import Record
from sandbox.world import World

CREDITS = {"CreditNote": "credit note", "Prepayment": "prepayment", "Overpayment": "overpayment"}


@dataclass(frozen=True)
class Credited:
    """An allocation as either of its two ends shows it: its id, the other end, the amount."""

    id: str
    other: str
    words: str
    amount: object


@dataclass(frozen=True)
class Settled:
    """What an invoice was settled by."""

    payments: list[Record] = field(default_factory=list)
    credits: list[Credited] = field(default_factory=list)


@dataclass(frozen=True)
class Credit:
    """A credit note, a prepayment or an overpayment, and where it may still go."""

    kind: str
    words: str
    id: str
    record: Record
    contact: str
    number: str
    used: list[Credited]
    refunds: list[Record]
    payable: list[Record]  # the contact's open invoices in the credit's currency


@dataclass(frozen=True)
class Documents:
    """The rows of one organisation, and how many there are in all."""

    quotes: list[tuple[Record, str]]
    credits: list[Credit]
    settled: dict[str, Settled]
    counts: dict[str, int]

    def of(self, invoice_id: str) -> Settled:
        """What this invoice was settled by."""
        return self.settled.get(invoice_id, Settled())


def documents(world: World, tenant: str, names: dict[str, str], search: str) -> Documents:
    """The quotes and credits; `names` are the contacts' by id. The caller holds the lock."""
    quotes = [(one, _name(names, one)) for one in _of(world, "Quote", tenant)]
    credits = [(kind, one) for kind in CREDITS for one in _of(world, kind, tenant) if _is_sale(one)]
    shown = [pair for pair in quotes if _mentions(search, pair[0], pair[1])]
    found = [pair for pair in credits if _mentions(search, pair[1], _name(names, pair[1]))]
    payments = _payments(world, tenant)
    credited = nlargest(SHOWN, found, key=lambda pair: _changed(pair[1]))
    payable = _payable(world, {one["Contact"]["ContactID"] for _, one in credited})
    used = _used(world, tenant)
    return Documents(
        nlargest(SHOWN, shown, key=lambda pair: _changed(pair[0])),
        [
            Credit(
                kind,
                CREDITS[kind],
                one[f"{kind}ID"],
                one,
                _name(names, one),
                _number(one) or CREDITS[kind].capitalize(),
                used.get(one[f"{kind}ID"], []),
                payments.get(one[f"{kind}ID"], []),
                payable.get((one["Contact"]["ContactID"], one["CurrencyCode"]), []),
            )
            for kind, one in credited
        ],
        _settled(world, tenant, payments),
        {"Quote": len(quotes), "Credit": len(credits)},
    )


def _number(record: Record) -> str:
    return str(record.get("CreditNoteNumber") or record.get("InvoiceNumber") or "")


def _payable(world: World, contacts: set[str]) -> dict[tuple[str, str], list[Record]]:
    """The open invoices of these contacts, by contact and currency."""
    found: dict[tuple[str, str], list[Record]] = {}
    for one in world.table("xero", "Invoice").values():
        key = one["Contact"]["ContactID"]
        if key in contacts and one["Status"] == "AUTHORISED" and one["Type"] == "ACCREC":
            found.setdefault((key, one["CurrencyCode"]), []).append(one)
    return found


def _used(world: World, tenant: str) -> dict[str, list[Credited]]:
    """The allocations by the credit they were taken of."""
    invoices = world.table("xero", "Invoice")
    found: dict[str, list[Credited]] = {}
    for one in _of(world, "Allocation", tenant):
        key = one["Invoice"]["InvoiceID"]
        number = str(invoices[key].get("InvoiceNumber") or "")
        entry = Credited(one["AllocationID"], key, number, one["Amount"])
        found.setdefault(one["Source"]["ID"], []).append(entry)
    return found


def _settled(world: World, tenant: str, payments: dict[str, list[Record]]) -> dict[str, Settled]:
    found = {key: Settled(payments=standing) for key, standing in payments.items()}
    for one in _of(world, "Allocation", tenant):
        kind, key = one["Source"]["Kind"], one["Source"]["ID"]
        record = world.table("xero", kind)[key]
        words = f"{CREDITS[kind]} {_number(record)}".strip()
        entry = Credited(one["AllocationID"], key, words, one["Amount"])
        found.setdefault(one["Invoice"]["InvoiceID"], Settled()).credits.append(entry)
    return found


def _payments(world: World, tenant: str) -> dict[str, list[Record]]:
    """The payments that stand, by the document they belong to."""
    found: dict[str, list[Record]] = {}
    for one in _of(world, "Payment", tenant):
        if one["Status"] == "AUTHORISED":
            found.setdefault(one["Invoice"]["InvoiceID"], []).append(one)
    return found


def _of(world: World, kind: str, tenant: str) -> list[Record]:
    return [one for one in world.table("xero", kind).values() if one["TenantID"] == tenant]


def _is_sale(record: Record) -> bool:
    return str(record["Type"]).startswith(("ACCREC", "RECEIVE"))


def _name(names: dict[str, str], record: Record) -> str:
    return names.get(record["Contact"]["ContactID"], "")


def _mentions(search: str, record: Record, name: str) -> bool:
    if not search:
        return True
    fields = ("QuoteNumber", "CreditNoteNumber", "InvoiceNumber", "Reference", "Title", "QuoteID",
              "CreditNoteID", "PrepaymentID", "OverpaymentID")  # fmt: skip
    text = " ".join([name, *(str(record.get(each) or "") for each in fields)])
    return search.casefold() in text.casefold()


def _changed(record: Record) -> str:
    return str(record["UpdatedDateUTC"])
