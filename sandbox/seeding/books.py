"""Fills both address books up to 5,000 records each, of which it is known who is who."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sandbox.salesforce import acts as salesforce
from sandbox.seeding import truth
from sandbox.seeding.customers import Customer, Maker
from sandbox.seeding.desks import make
from sandbox.seeding.handwriting import slip, typed, typed_name
from sandbox.seeding.vocabulary import FREE_MAIL, LAST, TITLES
from sandbox.store import Record
from sandbox.world import World
from sandbox.xero import acts as xero
from sandbox.xero.errors import RefusedError

RECORDS = 5_000  # on each side
Entry = tuple[Customer, int, int]  # how many accounts and how many contacts somebody made of it


def write_books(world: World, seed: int, records: int = RECORDS) -> None:
    """Fill both address books, and tell the truth about each customer that is new in them.

    Of fewer records each case takes the same share.
    """
    chance = random.Random(seed)
    tables = (world.table("salesforce", "Account"), world.table("xero", "Contact"))
    room = (records - len(tables[0]), records - len(tables[1]))
    entries = _entries(Maker(chance), chance, room, records / RECORDS)
    chance.shuffle(entries)
    for customer, many, others in entries:
        accounts = [_account(world, customer, chance, copy) for copy in range(many)]
        number = accounts[0] if accounts and chance.random() < 0.1 else ""
        contacts = []
        for copy in range(others):
            contacts.append(_contact(world, customer, chance, "" if copy else number))
        truth.tell(world, _case(customer, many, others), accounts, contacts, customer.group)


def _entries(
    maker: Maker, chance: random.Random, room: tuple[int, int], share: float
) -> list[Entry]:
    def some(count: int) -> range:
        return range(max(1, round(count * share)))

    entries: list[Entry] = []
    entries += [(maker.person(), 1, 1) for _ in some(430)]
    for _ in some(100):
        entries += _on_some_sides(maker.family(2), chance)
        entries += _on_some_sides(maker.namesakes(), chance)
    for _ in some(50):
        entries += [(one, 1, 1) for one in (*maker.sisters(), *maker.household())]
    entries += [(maker.company(), 2, 1) for _ in some(90)]
    entries += [(maker.company(), 1, 2) for _ in some(100)]
    entries += [(maker.company(), 1, 1) for _ in some(2_800)]
    missing = (room[0] - sum(e[1] for e in entries), room[1] - sum(e[2] for e in entries))
    entries += [(maker.company(), 1, 0) for _ in range(missing[0])]
    entries += [(maker.company(), 0, 1) for _ in range(missing[1])]
    return entries


def _on_some_sides(customers: Iterable[Customer], chance: random.Random) -> Iterator[Entry]:
    """The first on both sides, every other one on both, or on one of them alone."""
    for place, customer in enumerate(customers):
        many, others = chance.choice([(1, 1), (1, 0), (0, 1)]) if place else (1, 1)
        yield customer, many, others


def _case(customer: Customer, many: int, others: int) -> str:
    if many > 1 or others > 1:
        return "twice in Salesforce" if many > 1 else "twice in Xero"
    if many and others:
        return customer.case
    return f"{customer.case}, in {'Salesforce' if many else 'Xero'} alone"


def _account(world: World, customer: Customer, chance: random.Random, copy: int) -> str:
    """The account as a salesperson has entered it; a copy of it is a little different."""
    if copy:
        customer = replace(customer, name=slip(customer.name, chance), company="", tax="")
    country = customer.country
    phone = f"+{country.dialling} {customer.phone}"
    values: Record = {"Name": customer.whole_name}
    if chance.random() < 0.92:
        values |= {
            "BillingStreet": customer.street.replace(", ", "\n" if chance.random() < 0.4 else ", "),
            "BillingCity": customer.city,
            "BillingPostalCode": customer.postcode,
            "BillingCountry": country.name,
        }
    if chance.random() < 0.75:
        national = customer.phone if country.dialling == "1" else f"0{customer.phone}"
        values["Phone"] = phone if chance.random() < 0.5 else national
    if customer.domain and chance.random() < 0.65:
        values["Website"] = f"https://www.{customer.domain}"
    if customer.tax and chance.random() < 0.35:
        values["Counterpart_Tax_Number__c"] = customer.tax
    if customer.company and chance.random() < 0.3:
        values["Counterpart_Company_Number__c"] = customer.company
    account = make(world, "Account", values)
    if customer.person or chance.random() < 0.85:
        _person(world, customer, chance, account)
    if chance.random() < 0.6:
        _won(world, chance, account)
    return account


def _person(world: World, customer: Customer, chance: random.Random, account: str) -> None:
    own = f"{customer.first_name}.{customer.last_name}@{customer.domain}"
    email = own if customer.domain else customer.mailbox
    if customer.domain and chance.random() < 0.3:
        email = customer.mailbox or f"info@{chance.choice(FREE_MAIL)}"
    ascii_only = email.encode("ascii", "ignore").decode().replace("'", "").lower()
    values = {
        "AccountId": account,
        "FirstName": customer.first_name,
        "LastName": customer.last_name,
        "Email": ascii_only,
        "Title": chance.choice(TITLES),
    }
    salesforce.create(world, "Contact", values)


def _won(world: World, chance: random.Random, account: str) -> None:
    """A deal won some time ago: what makes an account a customer's."""
    closed = world.clock.now() - timedelta(days=chance.randint(1, 700))
    values = {
        "AccountId": account,
        "Name": f"Survey for {chance.choice(LAST)}",
        "StageName": "Closed Won",
        "CloseDate": closed.date().isoformat(),
        "CurrencyIsoCode": "GBP",
        "Amount": Decimal(chance.randint(20_000, 900_000)) / 100,
    }
    salesforce.create(world, "Opportunity", values)


def _contact(world: World, customer: Customer, chance: random.Random, number: str) -> str:
    values = typed(customer, chance)
    if number:
        values["ContactNumber"] = number
    world.clock.advance(1)
    key = _entered(world, customer, chance, values)
    if chance.random() < 0.85:
        _bill(world, chance, key)
    return key


def _entered(world: World, customer: Customer, chance: random.Random, values: Record) -> str:
    """Enter the contact; where Xero has given the name away, finance adds something to it."""
    try:
        return xero.create(world, "Contact", values)
    except RefusedError:
        name = typed_name(customer, chance)
        taken = f"{name} ({customer.city} {chance.randint(2, 99)})"
        return xero.create(world, "Contact", {**values, "Name": taken})


def _bill(world: World, chance: random.Random, contact: str) -> None:
    line = {
        "Description": "Survey, as agreed",
        "Quantity": Decimal(1),
        "UnitAmount": Decimal(chance.randint(10_000, 500_000)) / 100,
        "AccountCode": "200",
    }
    due = world.clock.now() + timedelta(days=chance.choice([14, 30, 60]))
    invoice = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"ContactID": contact},
        "DueDate": due.date().isoformat(),
        "LineItems": [line],
    }
    xero.create(world, "Invoice", invoice)
