"""How finance types a customer into Xero: forms, capitals, slips, gaps and other spellings."""

import random
import unicodedata

from sandbox.seeding.customers import Customer
from sandbox.seeding.vocabulary import MAILBOXES, SHORTER
from sandbox.store import Record

_ADDRESS = ("AddressLine1", "City", "PostalCode", "Country")


def typed(customer: Customer, chance: random.Random) -> Record:
    """A Xero contact as somebody has typed it in, with what that somebody left out."""
    values: Record = {"Name": typed_name(customer, chance)[:255]}
    if chance.random() < 0.85:
        values["EmailAddress"] = _email(customer, chance)
    if customer.person or chance.random() < 0.5:
        values |= {"FirstName": customer.first_name, "LastName": customer.last_name}
    if chance.random() < 0.65:
        values["Phones"] = [{"PhoneType": "DEFAULT", **_telephone(customer, chance)}]
    if chance.random() < 0.7:
        sort = "POBOX" if chance.random() < 0.88 else "STREET"
        values["Addresses"] = [{"AddressType": sort, **_address(customer, chance)}]
    if customer.tax and chance.random() < 0.5:
        values["TaxNumber"] = _number(customer.tax, chance)
    if customer.company and chance.random() < 0.3:
        values["CompanyNumber"] = customer.company.lstrip("0" if chance.random() < 0.2 else "")
    return values


def typed_name(customer: Customer, chance: random.Random) -> str:
    """The name as typed: with another legal form, other signs, a slip or two."""
    if customer.person:
        name = _person(customer, chance)
    else:
        name = f"{_core(customer.name, chance)} {chance.choice(customer.form)}".strip()
    if chance.random() < 0.06:
        name = slip(name, chance)
    dice = chance.random()
    if dice < 0.1:
        return name.upper()
    if dice < 0.14:
        return name.lower()
    return f"{name} - {customer.city}" if dice < 0.17 and not customer.person else name


def slip(text: str, chance: random.Random) -> str:
    """The text with a slip of the finger: two letters swapped, one lost, doubled or wrong."""
    place = chance.randint(1, max(1, len(text) - 2))
    before, after = text[:place], text[place + 2 :]
    one, other = text[place : place + 1], text[place + 1 : place + 2]
    wrong = chance.choice("aeiounrst")
    ways = [other + one, other, one + one + other, wrong + other]
    return before + chance.choice(ways) + after


def _core(name: str, chance: random.Random) -> str:
    if chance.random() < 0.3:
        name = name.replace("&", "and") if chance.random() < 0.7 else name.replace(" & ", "&")
    if chance.random() < 0.08:
        name = " ".join(SHORTER.get(word, word) for word in name.split())
    if chance.random() < 0.3:
        plain = unicodedata.normalize("NFKD", name)
        name = "".join(sign for sign in plain if not unicodedata.combining(sign))
    parts = name.split()
    if chance.random() < 0.02 and len(parts) > 1:
        parts = [*parts[1:], parts[0]]
    return " ".join(parts)


def _person(customer: Customer, chance: random.Random) -> str:
    first, last = customer.first_name, customer.last_name
    return chance.choices(
        [f"{first} {last}", f"{last}, {first}", f"{first[0]} {last}", f"{last} {first}"],
        [70, 14, 9, 7],
    )[0]


def _email(customer: Customer, chance: random.Random) -> str:
    if not customer.domain or chance.random() < 0.5:
        return customer.mailbox or f"{chance.choice(MAILBOXES)}@{customer.domain}"
    return f"{chance.choice(MAILBOXES)}@{customer.domain}"


def _telephone(customer: Customer, chance: random.Random) -> Record:
    """In one piece, or in the three fields that Xero's own screen offers."""
    dialling, number = customer.country.dialling, customer.phone
    area, _, rest = number.partition(" ")
    national = number if dialling == "1" else f"0{number}"
    way = chance.random()
    if way < 0.35:
        code = dialling if chance.random() < 0.5 else ""
        trunk = area if code or dialling == "1" else f"0{area}"
        return {"PhoneCountryCode": code, "PhoneAreaCode": trunk, "PhoneNumber": rest}
    if way < 0.6:
        return {"PhoneNumber": national}
    if way < 0.75:
        return {"PhoneNumber": national.replace(" ", "")}
    whole = f"+{dialling} {number}" if way < 0.93 else f"00{dialling} {number.replace(' ', '-')}"
    return {"PhoneNumber": whole}


def _address(customer: Customer, chance: random.Random) -> Record:
    country = customer.country
    named = chance.choices([country.name, country.short, ""], [60, 20, 20])[0]
    street, *more = customer.street.split(", ") if chance.random() < 0.5 else [customer.street]
    parts = (street, customer.city, customer.postcode, named)
    if chance.random() < 0.04:
        more, parts = [], (f"PO Box {chance.randint(10, 999)}", customer.city, "", named)  # moved
    if chance.random() < 0.15:
        more, parts = [], ("", *parts[1:])
    second = {"AddressLine2": more[0]} if more else {}
    return dict(zip(_ADDRESS, parts, strict=True)) | second


def _number(tax: str, chance: random.Random) -> str:
    way = chance.random()
    if way < 0.5:
        return tax.replace(" ", "")
    digits = tax.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    return digits if way < 0.75 else tax
