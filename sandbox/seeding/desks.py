"""Fernhill's Salesforce: price book, accounts, contacts and the deals on the desks."""

from datetime import timedelta
from decimal import Decimal

from sandbox.salesforce.acts import create, edit
from sandbox.salesforce.defaults import ensure_org, set_up_org
from sandbox.seeding import AGE, regions
from sandbox.seeding.sheets import rows
from sandbox.store import Record
from sandbox.world import World

CURRENCIES = ("GBP", "EUR", "USD", "JPY", "AUD", "NZD")
RATES = {
    "EUR": "1.165",
    "USD": "1.32",
    "JPY": "203.4",
    "AUD": "2.03",
    "NZD": "2.24",
}  # units for a pound


def furnish(world: World) -> dict[str, str]:
    """Make everything in Salesforce; answers the accounts' ids by their name."""
    set_up_org(world, "Fernhill Surveys Ltd", "GBP", multicurrency=True, currencies=CURRENCIES)
    world.set_setting("salesforce", "standard_duplicate_rules", True)  # as in every new org
    for key, one in list(world.table("salesforce", "CurrencyType").items()):
        if rate := RATES.get(one["IsoCode"]):
            edit(world, "CurrencyType", key, {"ConversionRate": Decimal(rate)})
    regions.divide(world)
    price_book(world)
    entries = entries_of(world)
    accounts = {row["Name"]: make(world, "Account", dict(row)) for row in rows("accounts")}
    contacts = _people(world, accounts)
    for row in rows("deals"):
        account = row["Account"]
        deal = open_deal(world, row, accounts[account], contacts.get(account))
        for line in rows("lines"):
            if line["Deal"] == row["Name"]:
                add_line(world, deal, line, entries[line["ProductCode"], row["CurrencyIsoCode"]])
    return accounts


def price_book(world: World) -> None:
    """Make the products and their standard prices in every currency."""
    books = world.table("salesforce", "Pricebook2")
    book = next(key for key, record in books.items() if record["IsStandard"])
    for row in rows("products"):
        values = {name: row[name] for name in ("ProductCode", "Name", "Description")}
        product = create(world, "Product2", {**values, "IsActive": True})
        for currency in CURRENCIES:
            price = {
                "Pricebook2Id": book,
                "Product2Id": product,
                "UnitPrice": Decimal(row[currency]),
                "CurrencyIsoCode": currency,
                "IsActive": True,
            }
            create(world, "PricebookEntry", price)


def entries_of(world: World) -> dict[tuple[str, str], str]:
    """The ids of the prices by product code and currency."""
    products = world.table("salesforce", "Product2")
    return {
        (str(products[one["Product2Id"]]["ProductCode"]), str(one["CurrencyIsoCode"])): key
        for key, one in world.table("salesforce", "PricebookEntry").items()
    }


def _people(world: World, accounts: dict[str, str]) -> dict[str, str]:
    """Make the contacts; answers the first one of each account by the account's name."""
    first: dict[str, str] = {}
    for row in rows("contacts"):
        account = row.pop("Account")
        made = make(world, "Contact", {**row, "AccountId": accounts[account]})
        first.setdefault(account, made)
    return first


def open_deal(
    world: World,
    row: dict[str, str],
    account: str,
    person: str | None,
    more: Record | None = None,
) -> str:
    """Make a deal as its row tells it, with `more` values; its id."""
    closes = world.clock.now() + AGE + timedelta(days=int(row["CloseInDays"]))
    told = ("Name", "StageName", "CurrencyIsoCode", "Amount", regions.ENTITY)
    values: Record = {name: row.get(name) for name in told}
    values |= {"AccountId": account, "CloseDate": closes.date().isoformat()}
    values |= {"Territory2Id": regions.territory(world, row["Territory"]), **(more or {})}
    deal = make(world, "Opportunity", values)
    if person:
        role = {"OpportunityId": deal, "ContactId": person, "IsPrimary": True}
        create(world, "OpportunityContactRole", {**role, "Role": "Decision Maker"})
    return deal


def add_line(world: World, deal: str, line: dict[str, str], entry: str) -> None:
    """Add a product to a deal as its row tells it."""
    price = line["UnitPrice"] or world.table("salesforce", "PricebookEntry")[entry]["UnitPrice"]
    values: Record = {
        "OpportunityId": deal,
        "PricebookEntryId": entry,
        "Quantity": Decimal(line["Quantity"]),
        "UnitPrice": Decimal(price),
    }
    if line["Discount"]:
        values["Discount"] = Decimal(line["Discount"])
    create(world, "OpportunityLineItem", values)


def make(world: World, kind: str, values: Record) -> str:
    """Create a record a little later than the one before; what is empty is left out.

    So is what the org has no field for, as before Counterpart's package is installed.
    """
    world.clock.advance(97)
    known = ensure_org(world).catalogue.named(kind).fields
    given = {name: value for name, value in values.items() if value and name in known}
    if "Amount" in given:
        given["Amount"] = Decimal(given["Amount"])
    return create(world, kind, given)
