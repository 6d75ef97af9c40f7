"""Fernhill's two Xero organisations: settings, contacts and what was billed by hand."""

from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.seeding import ledger
from sandbox.store import Record
from sandbox.world import World
from sandbox.xero.acts import approve, create, pay
from sandbox.xero.defaults import set_up_organisation


def open_books(world: World, accounts: dict[str, str]) -> dict[str, str]:
    """Make the organisations, items and contacts; answers the contacts' ids by their name.

    `accounts` are the Salesforce ids by name.
    """
    set_up_organisation(
        world,
        "Fernhill Surveys Ltd",
        "GB",
        currencies=ledger.CURRENCIES,
        accounts=ledger.ACCOUNTS,
        themes=ledger.THEMES,
        tracking=ledger.TRACKING,
        details={"LegalName": "Fernhill Surveys Limited"},
    )
    other = set_up_organisation(
        world,
        "Fernhill Surveys Pty Ltd",
        "AU",
        currencies=ledger.PACIFIC_CURRENCIES,
        tracking=ledger.PACIFIC_TRACKING,
    )
    world.set_setting("xero", "day_limit", 5000)  # a paid tier: a long demo must not end in a 429
    for code, name, price, account in ledger.ITEMS:
        sales = {"UnitPrice": Decimal(price), "AccountCode": account, "TaxType": "OUTPUT2"}
        create(world, "Item", {"Code": code, "Name": name, "SalesDetails": sales})
    for code, name, price in ledger.PACIFIC_ITEMS:
        sales = {"UnitPrice": Decimal(price), "AccountCode": "200", "TaxType": "OUTPUT"}
        create(world, "Item", {"Code": code, "Name": name, "SalesDetails": sales}, other)
    return _contacts(world, accounts)


def bill_by_hand(world: World, contacts: dict[str, str], now: datetime) -> None:
    """Enter the invoices that finance has typed, each on its own day before `now`."""
    for one in ledger.BILLED:
        world.clock.freeze(now - timedelta(days=one.age))
        bill(world, contacts[one.contact], one)


def bill(world: World, contact: str, one: ledger.Bill) -> None:
    """Enter an invoice to a contact by hand today, and bring it as far as it got."""
    today = world.clock.now().date()
    values = {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact},
        "Reference": one.reference,
        "Date": today.isoformat(),
        "DueDate": (today + timedelta(days=30)).isoformat(),
        "LineAmountTypes": "Exclusive",
        "LineItems": [
            {
                "Description": words,
                "Quantity": Decimal(quantity),
                "UnitAmount": Decimal(price),
                "AccountCode": account,
                "TaxType": "OUTPUT2",
            }
            for words, quantity, price, account in one.lines
        ],
    }
    invoice = create(world, "Invoice", values)
    if one.outcome != "draft":
        approve(world, invoice)
    if one.outcome == "paid":
        world.clock.advance(25 * 86_400)
        pay(world, invoice)


def _contacts(world: World, accounts: dict[str, str]) -> dict[str, str]:
    made = {}
    for name in ledger.KNOWN:
        values = {"Name": name, "ContactNumber": accounts[name], **_postal(world, accounts[name])}
        made[name] = create(world, "Contact", values)
    for values in ledger.TYPED:
        world.clock.advance(311)
        made[values["Name"]] = create(world, "Contact", values)
    return made


def _postal(world: World, account: str) -> Record:
    """The billing address, as it was copied from Salesforce."""
    record = world.table("salesforce", "Account")[account]
    address = {
        "AddressType": "POBOX",
        "AddressLine1": record["BillingStreet"].split("\n")[0],
        "City": record["BillingCity"],
        "PostalCode": record["BillingPostalCode"],
        "Country": record["BillingCountry"],
    }
    return {"Addresses": [address]}
