"""A Salesforce and a Xero at the doorway: no HTTP, the same promises, faults on order."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import uuid4

from connections.models import Connection
from connections.remote import Answer, Changes, Lane, Reference, Sending, Verb
from sync.core.errors import NeedsPerson, OutcomeUnknown, TryAgain
from sync.core.organisation import Account, TaxRate
from sync.core.records import Key, Record, System
from tests.fakes.reading import FurtherReading

Fault = Callable[[], None]


def lose() -> None:
    """Lose the answer."""
    raise OutcomeUnknown("The connection was lost.")


def fail_500() -> None:
    """Answer 500, which the remote would replay under the same key."""
    raise OutcomeUnknown("Xero had an internal error.", fresh_key=True)


def busy() -> None:
    """Refuse for the whole connection, nothing written."""
    raise TryAgain(
        "Xero's limit is reached.",
        after=datetime.now(UTC) + timedelta(seconds=30),
        whole_connection=True,
    )


def kill() -> None:
    """Die at once, as under kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


class FakeRemote(FurtherReading):
    """What both fakes share: records with stamps, a list of calls, faults before and after."""

    system: System
    connection_id = 0

    def __init__(self) -> None:
        self.calls = 0
        self.records: dict[tuple[str, str], Record] = {}
        self.sent: list[Sending] = []
        self.before: list[Fault] = []
        self.after: list[Fault] = []
        self.clock = datetime.now(UTC).replace(microsecond=0)

    def tick(self) -> datetime:
        """Return a time later than any before."""
        self.clock += timedelta(seconds=1)
        return self.clock

    def put(self, kind: str, remote_id: str, values: Mapping[str, Any], gone: str = "") -> Record:
        """Save a record with a new stamp."""
        key = Key(self.system, kind, remote_id)
        record = Record(key, dict(values), self.tick(), gone)
        self.records[kind, remote_id] = record
        return record

    def edit(self, kind: str, remote_id: str, **values: Any) -> Record:
        """Change a record as a person would."""
        old = self.records[kind, remote_id]
        return self.put(kind, remote_id, {**old.values, **values}, old.gone)

    def of(self, kind: str) -> list[Record]:
        """Return the records of a kind."""
        return [record for (k, _), record in self.records.items() if k == kind]

    def batch_size(self, kind: str) -> int:
        """Return the remote's batch."""
        return 50 if self.system is System.XERO else 200

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Return what is there."""
        self.calls += 1
        return [self.records[kind, i] for i in ids if (kind, i) in self.records]

    def changed(self, kind: str, since: datetime | None) -> Changes:
        """Return what is newer."""
        self.calls += 1
        found = [r for r in self.of(kind) if since is None or (r.stamp and r.stamp >= since)]
        return Changes(tuple(r.key for r in found), tuple(found), self.clock)

    def link_to(self, key: Key) -> str:
        """Return an address."""
        return f"https://{self.system}.example/{key.id}"

    def send(self, sending: Sending) -> list[Answer]:
        """Write once, with the next fault before or after."""
        self.calls += 1
        self.sent.append(sending)
        if self.before:
            self.before.pop(0)()
        answers = self.write(sending)
        if self.after:
            self.after.pop(0)()
        return answers

    def write(self, sending: Sending) -> list[Answer]:
        """Carry it out."""
        raise NotImplementedError


class FakeSalesforce(FakeRemote):
    """Deals and their accounts."""

    system = System.SALESFORCE
    always: Sequence[str] = (
        *("Id", "Name", "AccountId", "Account", "Amount", "CloseDate", "IsWon"),
        *("CurrencyIsoCode", "OpportunityLineItems", "OpportunityContactRoles"),
        "LastStageChangeDate",
    )
    written_back: Sequence[str] = tuple(
        f"Counterpart_Invoice_{name}__c" for name in ("Id", "Number", "Status", "Total", "Url")
    )

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Return what is there, and of each record only what is asked for, as Salesforce does."""
        asked = {*self.always, *(path.split(".")[0] for path in fields)}
        return [
            replace(r, values={name: value for name, value in r.values.items() if name in asked})
            for r in super().read(kind, ids, fields)
        ]

    def glance(self, kind: str, since: datetime) -> Changes:
        """Return won deals."""
        changes = self.changed(kind, since)
        won = tuple(r for r in changes.records if r.get("IsWon"))
        return Changes(tuple(r.key for r in won), won, changes.covered)

    def newest(self, kind: str, since: datetime) -> Changes:
        """Return what changed."""
        return self.changed(kind, since)

    def fields(self, kind: str) -> Mapping[str, str]:
        """Return the fields that the flow uses."""
        names = (
            "Id Name AccountId Amount CloseDate IsWon StageName CurrencyIsoCode Description "
            "Quantity UnitPrice TotalPrice Discount Product2Id OwnerId OpportunityId"
        )
        return dict.fromkeys([*names.split(), *self.written_back], "string")

    def reference(self) -> Reference:
        """Return the org."""
        return Reference(datetime.now(UTC), "Fernhill", "GB", "GBP", "Europe/London")

    def write(self, sending: Sending) -> list[Answer]:
        """Update records."""
        answers = []
        for body in sending.bodies:
            remote_id = str(body["Id"])
            self.edit(sending.kind, remote_id, **{k: v for k, v in body.items() if k != "Id"})
            answers.append(Answer(True, remote_id))
        return answers


class FakeXero(FakeRemote):
    """Invoices and contacts, with idempotency keys and numbers."""

    system = System.XERO

    def __init__(self) -> None:
        super().__init__()
        self.replies: dict[str, list[Answer]] = {}
        self.refuse: Callable[[Mapping[str, Any]], str] = lambda body: ""
        self.locked: date | None = None

    def glance(self, kind: str, since: datetime) -> Changes:
        """Xero has none."""
        raise AssertionError("Xero is not glanced at")

    def newest(self, kind: str, since: datetime) -> Changes:
        """Xero has none."""
        raise AssertionError("Xero has no watermark to look beyond")

    def fields(self, kind: str) -> Mapping[str, str]:
        """Return nothing: Xero does not describe itself."""
        return {}

    def reference(self) -> Reference:
        """Return a British organisation."""
        self.calls += 7
        return Reference(
            datetime.now(UTC),
            "Fernhill Surveys Ltd",
            "GB",
            "GBP",
            "Europe/London",
            locked_until=self.locked,
            actions={"UseMulticurrency": True},
            accounts=(
                Account("a1", "200", "Sales", "REVENUE", "OUTPUT2", True, "", "REVENUE"),
                Account("a2", "205", "Recharges", "REVENUE", "OUTPUT2", True, "", "REVENUE"),
            ),
            tax_rates=(
                TaxRate(
                    "OUTPUT2",
                    "20% (VAT on Income)",
                    Decimal(20),
                    True,
                    ((Decimal(20), False),),
                    frozenset({"REVENUE"}),
                ),
            ),
            currencies=frozenset({"GBP", "EUR", "JPY"}),
        )

    def write(self, sending: Sending) -> list[Answer]:
        """Create or update, and replay the answer of a key that was used before."""
        if sending.idempotency_key in self.replies:
            return self.replies[sending.idempotency_key]
        answers = [self._one(sending, body) for body in sending.bodies]
        self.replies[sending.idempotency_key] = answers
        return answers

    def _one(self, sending: Sending, body: Mapping[str, Any]) -> Answer:
        reason = self.refuse(body)
        if reason:
            return Answer(False, message=reason, error=NeedsPerson(reason, cause=f"x:{reason}"))
        if sending.verb is Verb.UPDATE:
            remote_id = str(body[f"{sending.kind}ID"])
            return Answer(True, remote_id, self.edit(sending.kind, remote_id, **_filled(body)))
        remote_id = str(uuid4())
        extra = {f"{sending.kind}ID": remote_id}
        if sending.kind == "Invoice":
            extra["InvoiceNumber"] = f"INV-{len(self.of('Invoice')) + 1:04}"
        record = self.put(sending.kind, remote_id, {**_filled(body), **extra})
        return Answer(True, remote_id, record)

    def live_invoices(self) -> list[Record]:
        """Return the invoices that bill somebody."""
        return [r for r in self.of("Invoice") if r.get("Status") not in ("VOIDED", "DELETED")]


def _filled(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record that Xero makes of a body: dates as dates, totals computed."""
    values = dict(body)
    for name in ("Date", "DueDate"):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    if "LineItems" in values:
        net = sum((_amount(line) for line in values["LineItems"]), Decimal(0))
        taxes = (_amount(line) * Decimal("0.2") for line in values["LineItems"])
        tax = sum((each.quantize(Decimal("0.01"), ROUND_HALF_UP) for each in taxes), Decimal(0))
        values |= {"SubTotal": net, "TotalTax": tax, "Total": net + tax}
    return values


def _amount(line: Mapping[str, Any]) -> Decimal:
    kept = 1 - (line.get("DiscountRate") or Decimal(0)) / 100
    amount: Decimal = line["Quantity"] * line["UnitAmount"] * kept
    return amount.quantize(Decimal("0.01"))


class FakeDoor:
    """Opens the fakes for the connections of one pair."""

    def __init__(self, salesforce: FakeSalesforce, xero: FakeXero) -> None:
        self.salesforce, self.xero = salesforce, xero

    def __call__(self, connection: Connection, lane: Lane) -> Any:
        """Return the fake of the connection's system."""
        fake = self.salesforce if connection.system == System.SALESFORCE else self.xero
        fake.connection_id = connection.pk
        return fake


DEAL = "006000000000001AAA"
ACCOUNT = "001000000000001AAA"


def deal(number: int = 1, **values: Any) -> dict[str, Any]:
    """Return a won deal over GBP 1,000 of an account of its own."""
    account = values.pop("account", number)
    return {
        "Id": f"0065g00000{number:05}AAA",
        "Name": f"Survey {number}",
        "AccountId": f"0015g00000{account:05}AAA",
        "Account": {"Name": f"Customer {account} Ltd"},
        "Amount": Decimal("1000.00"),
        "CloseDate": date(2026, 11, 19),
        "IsWon": True,
        "CurrencyIsoCode": "GBP",
        **values,
    }
