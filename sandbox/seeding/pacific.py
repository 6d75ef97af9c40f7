"""The life of Fernhill's Australian company: its customers in both systems, deals, invoices."""

from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.seeding import desks, regions
from sandbox.seeding.desks import make
from sandbox.seeding.sheets import rows
from sandbox.store import Record
from sandbox.world import World
from sandbox.xero import acts as xero

Row = dict[str, str]
Payers = dict[tuple[str, str], str]
_PHONE = ("PhoneNumber", "PhoneAreaCode", "PhoneCountryCode")


def sell(world: World) -> dict[str, str]:
    """Make the accounts, their people and deals in Salesforce; the accounts' ids by name."""
    owners = {one["Name"]: key for key, one in world.table("salesforce", "User").items()}
    accounts, owner_of = {}, {}
    for row in rows("pacific_accounts"):
        owner = owner_of[row["Name"]] = owners[row.pop("Owner")]
        accounts[row["Name"]] = make(world, "Account", {**row, "OwnerId": owner})
    people: dict[str, str] = {}
    for row in rows("pacific_people"):
        account = row.pop("Account")
        people[account] = make(world, "Contact", {**row, "AccountId": accounts[account]})
    entries = desks.entries_of(world)
    for row in rows("pacific_deals"):
        account = row["Account"]
        more: Record = {"OwnerId": owner_of[account]}
        more["RecordTypeId"] = regions.record_type(world, row["RecordType"])
        deal = desks.open_deal(world, row, accounts[account], people[account], more)
        for line in rows("pacific_lines"):
            if line["Deal"] == row["Name"]:
                entry = entries[line["ProductCode"], row["CurrencyIsoCode"]]
                desks.add_line(world, deal, line, entry)
    return accounts


def open_contacts(world: World, accounts: dict[str, str]) -> Payers:
    """Make the Xero contacts, each in its own organisation; their ids by book and name."""
    return {
        (row["Book"], row["Name"]): _payer(world, row, accounts) for row in rows("pacific_payers")
    }


def bill_by_hand(world: World, contacts: Payers, now: datetime) -> None:
    """Enter the invoices and payments that finance has typed, each on its own day before `now`."""
    days: list[tuple[int, Row]] = [(int(row["Age"]), row) for row in rows("pacific_bills")]
    for age, row in sorted(days, key=lambda one: -one[0]):
        world.clock.freeze(now - timedelta(days=age))
        invoice = _bill(world, contacts[row["Book"], row["Contact"]], row)
        if row["Paid"]:
            world.clock.advance(int(row["Paid"]) * 86_400)
            xero.pay(world, invoice)


def tenant_of(world: World, name: str) -> str:
    """The id of the Xero organisation of this name. Raises StopIteration where there is none."""
    found = world.table("xero", "Organisation").items()
    return next(key for key, one in found if one["Name"] == name)


def _payer(world: World, row: Row, accounts: dict[str, str]) -> str:
    texts = ("Name", "FirstName", "LastName", "EmailAddress", "TaxNumber")
    values: Record = {name: row[name] for name in texts if row[name]}
    if row["Number"]:
        values["ContactNumber"] = accounts[row["Account"]]
    if row["Phone"]:
        parts = zip(_PHONE, reversed(row["Phone"].split("/")), strict=False)
        values["Phones"] = [{"PhoneType": "DEFAULT", **dict(parts)}]
    place = {name: row[name] for name in ("City", "PostalCode", "Country")}
    values["Addresses"] = [{"AddressType": "POBOX", **place}]
    name = regions.AUSTRALIAN if row["Book"] == "Pty" else regions.BRITISH
    world.clock.advance(173)
    return xero.create(world, "Contact", values, tenant_of(world, name))


def _bill(world: World, contact: str, row: Row) -> str:
    today = world.clock.now().date()
    line = {
        "Description": f"Survey, {row['Reference']}",
        "Quantity": 1,
        "UnitAmount": Decimal(row["Net"]),
        "AccountCode": "200",
        "TaxType": row["TaxType"],
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
    return xero.create(world, "Invoice", values, _tenant_of_contact(world, contact))


def _tenant_of_contact(world: World, contact: str) -> str:
    return str(world.table("xero", "Contact")[contact]["TenantID"])
