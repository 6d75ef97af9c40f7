"""Thousands of made-up customers and deals, always the same ones for the same seed."""

import random
from datetime import timedelta
from decimal import Decimal

from sandbox.salesforce import acts as salesforce
from sandbox.seeding import AGE, pacific, regions
from sandbox.store import Record
from sandbox.world import World
from sandbox.xero import acts as xero

ACCOUNTS, PEOPLE, DEALS = 5_000, 5_000, 2_000
PACIFIC_ACCOUNTS, PACIFIC_DEALS = 500, 300  # beside those
LINKED = 0.4  # share of the Xero contacts that carry their account's id

PLACES = [
    ("Bristol", "BS", "United Kingdom"), ("Leeds", "LS", "United Kingdom"),
    ("Sheffield", "S", "United Kingdom"), ("Exeter", "EX", "United Kingdom"),
    ("Norwich", "NR", "United Kingdom"), ("Cardiff", "CF", "United Kingdom"),
    ("Hamburg", "2", "Germany"), ("Lyon", "69", "France"), ("Utrecht", "35", "Netherlands"),
]  # fmt: skip
PACIFIC_PLACES = [
    ("Melbourne", "30", "Australia"), ("Sydney", "20", "Australia"), ("Perth", "60", "Australia"),
    ("Auckland", "10", "New Zealand"), ("Dunedin", "90", "New Zealand"),
]  # fmt: skip
FIRST = "Amelia Omar Ruth Kofi Ingrid Liam Noor Piotr Sadie Tomás Yusuf Zoë Fiona Anders Mei"
LAST = (
    "Abbott Bashir Crane Dufour Eklund Farrow Göransson Hale Idris Jowett Kaur Lindqvist Moss"
    " Nowak Okafor Pryce Quill Rafferty Sørensen Thorne Ueda Varga Whitlock Young Zeller"
)
FIELDS = (
    "Homes Civils Estates Quarries Rail Joinery Architects Farms Marine Logistics Roofing"
    " Holdings Energy Geotech Demolition Landscapes Surfacing Piling Hotels Foods"
)
FORMS = ["Ltd", "Limited", "LLP", "plc", "& Co", "Group Ltd", "& Sons Ltd", "Partners"]
STAGES = ["Prospecting", "Qualification", "Proposal/Price Quote", "Negotiation/Review"]


def gather(world: World, seed: int) -> None:
    """Add the accounts, the contacts of both sides and the open deals, of both companies."""
    chance = random.Random(seed)
    accounts = [_account(world, chance, number) for number in range(ACCOUNTS)]
    for number in range(PEOPLE):
        _person(world, chance, number, accounts[number % ACCOUNTS])
    for number in range(PEOPLE):
        _payer(world, chance, number, accounts[number % ACCOUNTS])
    prices = _prices(world, "GBP")
    for number in range(DEALS):
        _deal(world, chance, number, chance.choice(accounts), prices)
    _gather_pacific(world, chance)


def _gather_pacific(world: World, chance: random.Random) -> None:
    """The same for the Australian company. Some of its deals tell nothing but their currency."""
    numbers = range(ACCOUNTS, ACCOUNTS + PACIFIC_ACCOUNTS)
    entity = {regions.ENTITY: regions.AUSTRALIAN}
    accounts = [
        _account(world, chance, number, PACIFIC_PLACES, entity if chance.random() < 0.6 else {})
        for number in numbers
    ]
    tenant = pacific.tenant_of(world, regions.AUSTRALIAN)
    for number, account in zip(numbers, accounts, strict=True):
        _payer(world, chance, number, account, tenant)
    prices = {currency: _prices(world, currency) for currency in ("AUD", "NZD")}
    for number in range(DEALS, DEALS + PACIFIC_DEALS):
        account = chance.choice(accounts)
        country = world.table("salesforce", "Account")[account]["BillingCountry"]
        currency = "AUD" if country == "Australia" else "NZD"
        more: Record = {"CurrencyIsoCode": currency}
        if chance.random() < 0.8:
            more["Territory2Id"] = regions.territory(world, country)
        _deal(world, chance, number, account, prices[currency], more=more)


def _account(
    world: World,
    chance: random.Random,
    number: int,
    places: list[tuple[str, str, str]] = PLACES,
    more: Record | None = None,
) -> str:
    city, code, country = chance.choice(places)
    name = f"{_pick(chance, LAST)} {_pick(chance, FIELDS)} {chance.choice(FORMS)}"
    values = {
        "Name": f"{name} {number:04d}" if chance.random() < 0.85 else f"{name} of {city} {number}",
        "BillingStreet": f"{chance.randint(1, 240)} {_pick(chance, LAST)} Street",
        "BillingCity": city,
        "BillingPostalCode": f"{code}{chance.randint(1, 99)}",
        "BillingCountry": country,
        "Phone": f"01632 {chance.randint(960000, 960999)}",
        **(more or {}),
    }
    world.clock.advance(1)
    return salesforce.create(world, "Account", values)


def _person(world: World, chance: random.Random, number: int, account: str) -> None:
    first, last = _pick(chance, FIRST), _pick(chance, LAST)
    values = {
        "AccountId": account,
        "FirstName": first,
        "LastName": last,
        "Email": f"person{number}@customer{number % ACCOUNTS}.example",
    }
    salesforce.create(world, "Contact", values)


def _payer(
    world: World, chance: random.Random, number: int, account: str, tenant: str | None = None
) -> None:
    name: str = world.table("salesforce", "Account")[account]["Name"]
    values: Record = {"Name": name, "EmailAddress": f"accounts@customer{number}.example"}
    if chance.random() < LINKED:
        values["ContactNumber"] = account
    elif chance.random() < 0.5:
        values["Name"] = name.replace("Limited", "Ltd").replace("&", "and").upper()
    world.clock.advance(1)
    xero.create(world, "Contact", values, tenant)


def _prices(world: World, currency: str) -> list[tuple[str, Decimal]]:
    entries = world.table("salesforce", "PricebookEntry").items()
    return [
        (key, Decimal(entry["UnitPrice"]))
        for key, entry in entries
        if entry["CurrencyIsoCode"] == currency
    ]


def _deal(
    world: World,
    chance: random.Random,
    number: int,
    account: str,
    prices: list[tuple[str, Decimal]],
    *,
    more: Record | None = None,
) -> None:
    closes = world.clock.now() + AGE + timedelta(days=chance.randint(1, 120))
    values: Record = {
        "AccountId": account,
        "Name": f"Survey {number:04d}, {_pick(chance, LAST)} site",
        "StageName": chance.choice(STAGES),
        "CloseDate": closes.date().isoformat(),
        "CurrencyIsoCode": "GBP",
        **(more or {}),
    }
    if chance.random() < 0.2:
        values["Amount"] = Decimal(chance.randint(20_000, 2_000_000)) / 100
    world.clock.advance(1)
    deal = salesforce.create(world, "Opportunity", values)
    for entry, price in chance.sample(prices, 0 if "Amount" in values else chance.randint(1, 3)):
        line = {
            "OpportunityId": deal,
            "PricebookEntryId": entry,
            "Quantity": Decimal(chance.randint(1, 20)),
            "UnitPrice": price,
        }
        salesforce.create(world, "OpportunityLineItem", line)


def _pick(chance: random.Random, words: str) -> str:
    return chance.choice(words.split())
