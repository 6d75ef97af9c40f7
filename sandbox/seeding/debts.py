"""What customers of Fernhill owe and how they pay: habits, credits, promises, quotes."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sandbox.seeding.sheets import rows
from sandbox.store import Record
from sandbox.world import World
from sandbox.xero import acts

Row = dict[str, str]
_TAX = {"GBP": "OUTPUT2", "EUR": "ZERORATEDOUTPUT"}


class Event(NamedTuple):
    """Something that happened so many days ago."""

    age: int
    place: int  # among those of one day
    do: Callable[[], object]


def run_up(world: World, now: datetime) -> None:
    """Do on its own day before `now` all that has led to what is owed, credited and quoted."""
    contacts = _by_name(world)
    invoices: dict[str, str] = {}
    events = [
        *_debts(world, contacts, invoices, now),
        *_credits(world, contacts, invoices),
        *_quotes(world, contacts, now),
    ]
    for event in sorted(events, key=lambda one: (-one.age, one.place)):
        world.clock.freeze(now - timedelta(days=event.age) + timedelta(seconds=event.place))
        event.do()


def _by_name(world: World) -> dict[str, str]:
    contacts = world.table("xero", "Contact").items()
    return {one["Name"]: key for key, one in contacts if one["ContactStatus"] == "ACTIVE"}


def _debts(
    world: World, contacts: dict[str, str], invoices: dict[str, str], now: datetime
) -> Iterator[Event]:
    for place, row in enumerate(rows("debts")):
        age, reference = int(row["Age"]), row["Reference"]

        def bill(row: Row = row, reference: str = reference) -> None:
            invoices[reference] = _bill(world, contacts[row["Contact"]], row)

        yield Event(age, place, bill)
        for step in filter(None, row["Then"].split(";")):
            later, _, deed = step.partition(":")

            def follow(reference: str = reference, deed: str = deed) -> None:
                _follow(world, invoices[reference], deed, now)

            yield Event(age - int(later), 100 + place, follow)


def _bill(world: World, contact: str, row: Row) -> str:
    today = world.clock.now().date()
    line = {
        "Description": f"Survey, {row['Reference']}",
        "Quantity": 1,
        "UnitAmount": Decimal(row["Net"]),
        "AccountCode": "200",
        "TaxType": _TAX[row["Currency"]],
    }
    values = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"ContactID": contact},
        "Reference": row["Reference"],
        "CurrencyCode": row["Currency"],
        "Date": today.isoformat(),
        "DueDate": (today + timedelta(days=int(row["Terms"]))).isoformat(),
        "LineItems": [line],
    }
    return acts.create(world, "Invoice", values)


def _follow(world: World, invoice: str, deed: str, now: datetime) -> None:
    """What came of an invoice: paid, paid in part, credited, or promised for a day."""
    what, _, figure = deed.partition(" ")
    if what == "credit":
        acts.credit_invoice(world, invoice, Decimal(figure))
    elif what == "promise":
        day = (now + timedelta(days=int(figure))).date()
        acts.promise_payment(world, invoice, day.isoformat())
    else:
        acts.pay(world, invoice, Decimal(figure) if figure else None)


def _credits(world: World, contacts: dict[str, str], invoices: dict[str, str]) -> Iterator[Event]:
    """Credit of which nothing is allocated yet."""
    last = {row["Contact"]: row["Reference"] for row in rows("debts")}
    paid = {row["Contact"]: row["Reference"] for row in rows("debts") if "paid" in row["Then"]}
    for place, row in enumerate(rows("credit")):

        def give(row: Row = row) -> None:
            who, amount = row["Contact"], Decimal(row["Amount"])
            if row["What"] == "prepaid":
                acts.prepay(world, contacts[who], amount)
            elif row["What"] == "overpaid":
                acts.overpay(world, invoices[paid[who]], amount)
            else:
                acts.credit_invoice(world, invoices[last[who]], amount, allocate=False)

        yield Event(int(row["Age"]), 200 + place, give)


def _quotes(world: World, contacts: dict[str, str], now: datetime) -> Iterator[Event]:
    for place, row in enumerate(rows("quotes")):

        def quote(row: Row = row) -> None:
            key = acts.create(world, "Quote", _quote(world, contacts[row["Contact"]], row))
            _bring_on(world, key, row["Status"], now)

        yield Event(int(row["Age"]), 300 + place, quote)


def _quote(world: World, contact: str, row: Row) -> Record:
    today = world.clock.now().date()
    values: Record = {
        "Contact": {"ContactID": contact},
        "Title": row["Title"],
        "Reference": row["Reference"],
        "Date": today.isoformat(),
        "CurrencyCode": row["Currency"],
        "Terms": "Fees are fixed for the works described.",
        "LineItems": [
            _line(line, row) for line in rows("quote_lines") if line["Quote"] == row["Title"]
        ],
    }
    if row["Days"]:
        values["ExpiryDate"] = (today + timedelta(days=int(row["Days"]))).isoformat()
    return values


def _line(line: Row, row: Row) -> Record:
    values: Record = {
        "Description": line["Words"],
        "Quantity": Decimal(line["Quantity"]),
        "UnitAmount": Decimal(line["UnitAmount"]),
        "AccountCode": "200",
        "TaxType": _TAX[row["Currency"]],
    }
    values |= {"ItemCode": line["ItemCode"]} if line["ItemCode"] else {}
    values |= {"DiscountRate": Decimal(line["Discount"])} if line["Discount"] else {}
    return values


def _bring_on(world: World, key: str, status: str, now: datetime) -> None:
    """Bring a quote to its status, each step a few days after the one before."""
    steps: dict[str, list[Callable[[World, str], object]]] = {
        "DRAFT": [],
        "DELETED": [acts.delete_quote],
        "SENT": [acts.send_quote],
        "ACCEPTED": [acts.send_quote, acts.accept_quote],
        "DECLINED": [acts.send_quote, acts.decline_quote],
        "INVOICED": [acts.send_quote, acts.accept_quote, acts.invoice_quote],
    }
    for step in steps[status]:
        world.clock.freeze(min(world.clock.now() + timedelta(days=2), now))
        step(world, key)
