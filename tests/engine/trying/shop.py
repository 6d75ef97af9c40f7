"""A pair with customers whose invoices are in the local index, and a Salesforce that knows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connections.models import Pair
from connections.remote import Lane
from sync.core.errors import TryAgain
from sync.core.records import Key, Record, System
from sync.engine import indexing
from sync.flows.shapes import credits
from sync.models import Cursor, Link
from tests.builders import xero_id
from tests.factories import PairFactory
from tests.fakes.remote import FakeDoor, FakeSalesforce, FakeXero

LIMIT = "Counterpart_Credit_Limit__c"


class Org(FakeSalesforce):
    """A Salesforce with the package's fields of accounts."""

    always = (*FakeSalesforce.always, "Counterpart_Do_Not_Sync__c")
    written_back = (*FakeSalesforce.written_back, LIMIT)


@dataclass
class Shop:
    """One pair, its two systems, and the day that it is there."""

    pair: Pair
    salesforce: Org = field(default_factory=Org)
    silent: bool = False

    def __post_init__(self) -> None:
        self.door = FakeDoor(self.salesforce, FakeXero())
        for kind in ("Invoice", *credits.KINDS):
            self.read(kind)

    def open(self, connection: Any, lane: Lane) -> Any:
        """Open the doorway of a connection, or find it shut."""
        if self.silent:
            raise TryAgain("Salesforce does not answer.")
        return self.door(connection, lane)

    def read(self, kind: str) -> None:
        """Say that a kind was read just now."""
        now = datetime.now(UTC)
        Cursor.objects.update_or_create(
            connection=self.pair.xero,
            purpose=f"index:{kind}",
            defaults={"covered": now, "read_at": now},
        )

    def customer(self, number: int, **values: Any) -> str:
        """Enter an account that is linked to a contact; its id."""
        account = f"0015g00000{number:05}AAA"
        named = {"Id": account, "Name": f"Customer {number} Ltd", "CurrencyIsoCode": "GBP"}
        self.salesforce.put("Account", account, named | values)
        Link.objects.create(
            pair=self.pair,
            flow="account_contact",
            salesforce_kind="Account",
            salesforce_id=account,
            xero_kind="Contact",
            xero_id=contact_of(number),
            origin="found",
        )
        return account

    def invoice(self, number: int, due: int, paid: int | None = None, **values: Any) -> Record:
        """Enter an invoice to a customer, due and paid so many days ago; the record."""
        return self.store([invoice(number, due, paid, **values)])[0]

    def store(self, records: Iterable[Record]) -> list[Record]:
        """Put records into the index."""
        chosen = list(records)
        indexing.store(self.pair.xero_id, chosen)
        return chosen


def open_shop() -> Shop:
    """Return a shop without customers."""
    return Shop(PairFactory.create(name="Fernhill"))


def today() -> date:
    """Return the day that it is by Xero's clock."""
    return datetime.now(UTC).date()


def ago(days: int) -> date:
    """Return the day so many days ago."""
    return today() - timedelta(days=days)


def contact_of(number: int) -> str:
    """Return the id of a customer's contact."""
    return xero_id(f"contact {number}")


def invoice(number: int, due: int, paid: int | None = None, **values: Any) -> Record:
    """Return an invoice over 1,000 pounds to a customer, due and perhaps paid so many days ago."""
    name = values.pop("InvoiceNumber", f"INV-{number}-{due}")
    total = Decimal(values.pop("Total", "1000.00"))
    settled = total if paid is not None else Decimal(0)
    told = {
        "Type": "ACCREC",
        "InvoiceNumber": name,
        "Contact": {"ContactID": contact_of(number)},
        "Date": ago(due + 30),
        "DueDate": ago(due),
        "CurrencyCode": "GBP",
        "Status": "AUTHORISED" if paid is None else "PAID",
        "Total": total,
        "AmountPaid": settled,
        "AmountCredited": Decimal(0),
        "AmountDue": total - settled,
        "Payments": [{"Date": ago(paid), "Amount": total}] if paid is not None else [],
        **values,
    }
    return Record(Key(System.XERO, "Invoice", xero_id(name)), told, datetime.now(UTC))
