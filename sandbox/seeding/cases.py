"""Customers that make each desk worth a visit: ties, duplicates, namesakes, branches, conflicts."""

from collections import defaultdict
from datetime import datetime, timedelta

from sandbox.salesforce import acts as salesforce
from sandbox.seeding import ledger, truth
from sandbox.seeding.desks import make
from sandbox.seeding.ledger import Bill
from sandbox.seeding.ledgers import bill
from sandbox.seeding.sheets import rows
from sandbox.store import Record
from sandbox.world import World
from sandbox.xero import acts as xero

TAKEN = "meridian"  # the account whose name Xero has given away already
_PERSON = ("FirstName", "LastName", "PersonEmail")
_PHONE = ("PhoneNumber", "PhoneAreaCode", "PhoneCountryCode")  # apart, as on Xero's own screen
_TEXTS = ("Name", "FirstName", "LastName", "EmailAddress", "TaxNumber", "CompanyNumber")


def open_accounts(world: World) -> dict[str, str]:
    """Make the accounts and their people; answers the accounts' ids by their keys."""
    persons = bool(world.setting("salesforce", "person_accounts"))
    accounts: dict[str, str] = {}
    for row in rows("case_accounts"):
        key, above = row.pop("Key"), accounts.get(row.pop("Parent"), "")
        person = persons and bool(row["LastName"])
        dropped = ("Name",) if person else _PERSON
        values = {name: value for name, value in row.items() if name not in dropped}
        accounts[key] = make(world, "Account", {**values, "ParentId": above})
    for row in rows("case_people"):
        account = accounts[row.pop("Account")]
        make(world, "Contact", {**row, "AccountId": account})
    _deal(world, accounts[TAKEN])
    return accounts


def open_contacts(world: World, accounts: dict[str, str], now: datetime) -> None:
    """Make the Xero contacts, bill them before `now`, and tell the truth about all of them."""
    payers = rows("case_payers")
    contacts = {row["Key"]: _payer(world, row, accounts) for row in payers}
    for age, row in enumerate(payers, 8):
        if row["Billed"]:
            line = ("Survey, as agreed", "1", row["Billed"], "200")
            reference = f"Order {2000 + 7 * age}"
            world.clock.freeze(now - timedelta(days=age))
            bill(world, contacts[row["Key"]], Bill(row["Name"], reference, age, [line], "approved"))
    for row in payers:
        fate, _, winner = row["Fate"].partition(":")
        if fate == "merged":
            xero.merge_contacts(world, contacts[winner], contacts[row["Key"]])
    _tell(world, payers, accounts, contacts)


def tell_company(world: World, accounts: dict[str, str], contacts: dict[str, str]) -> None:
    """Tell the truth about the company's first customers, by whom they are called on each side."""
    for name, account in accounts.items():
        called = ledger.ALSO_CALLED.get(name, name)
        own = [contacts[called]] if called in contacts else []
        truth.tell(world, "of the first hour", [account], own)
    known = {ledger.ALSO_CALLED.get(name, name) for name in accounts}
    for name, contact in contacts.items():
        if name not in known:
            truth.tell(world, "of the first hour, in Xero alone", contacts=[contact])


def _payer(world: World, row: dict[str, str], accounts: dict[str, str]) -> str:
    values: Record = {name: row[name] for name in _TEXTS if row[name]}
    if row["Number"]:
        values["ContactNumber"] = accounts[row["Number"]]
    if row["Phone"]:
        parts = zip(_PHONE, reversed(row["Phone"].split("/")), strict=False)
        values["Phones"] = [{"PhoneType": "DEFAULT", **dict(parts)}]
    address = {
        "AddressLine1": row["Street"],
        "City": row["City"],
        "PostalCode": row["PostalCode"],
        "Country": row["Country"],
    }
    if any(address.values()):
        values["Addresses"] = [{"AddressType": "POBOX", **address}]
    world.clock.advance(211)
    return xero.create(world, "Contact", values)


def _deal(world: World, account: str) -> None:
    """A deal that closes late: once it is won, its account wants a contact of a taken name."""
    closes = world.clock.now() + timedelta(days=115)
    values = {
        "AccountId": account,
        "Name": "Park Square, rights of light",
        "StageName": "Qualification",
        "CloseDate": closes.date().isoformat(),
        "CurrencyIsoCode": "GBP",
        "Amount": "1960.00",
    }
    salesforce.create(world, "Opportunity", values)


def _tell(
    world: World, payers: list[dict[str, str]], accounts: dict[str, str], contacts: dict[str, str]
) -> None:
    same: dict[str, list[str]] = defaultdict(list)
    cases: dict[str, str] = {}
    for row in payers:
        if row["Account"]:
            same[row["Account"]].append(contacts[row["Key"]])
            cases[row["Account"]] = row["Case"]
        else:
            truth.tell(world, row["Case"], contacts=[contacts[row["Key"]]])
    twice = {"ridgeway": ["ridgeway", "ridgeway-2"]}
    for key in accounts:
        if key.removesuffix("-2") in twice and key not in twice:
            continue
        own = [accounts[one] for one in twice.get(key, [key])]
        group = "Thames Gateway" if key in ("thames", "tilbury") else ""
        truth.tell(world, cases.get(key, "in Salesforce alone"), own, same[key], group)
