"""Makes up customers: companies, families of companies, namesakes, persons and households."""

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sandbox.seeding import vocabulary as words
from sandbox.seeding.vocabulary import COUNTRIES, Country


@dataclass(frozen=True)
class Customer:
    """A customer as it is, before anybody has typed it in anywhere."""

    name: str  # without the legal form; of a person, the whole name
    form: tuple[str, ...]
    country: Country
    street: str
    city: str
    postcode: str
    phone: str  # without the dialling code and the first zero
    domain: str  # of its own website and mail; "" where it has none
    mailbox: str
    first_name: str
    last_name: str
    tax: str
    company: str
    person: bool = False
    group: str = ""
    case: str = "a company"

    @property
    def whole_name(self) -> str:
        """The name with its legal form."""
        return f"{self.name} {self.form[0]}".strip()


class Maker:
    """Makes customers of which no two have the same name, town and number by accident."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._taken: set[str] = set()

    def company(self) -> Customer:
        """A company of whatever country."""
        country = self._chance.choices(COUNTRIES, [one.share for one in COUNTRIES])[0]
        return self._settled(self._new_name(), country)

    def person(self) -> Customer:
        """A person, mostly with a mailbox at a provider that everybody uses."""
        first, last = self._chance.choice(words.FIRST), self._chance.choice(words.LAST)
        whole = f"{first} {last}"
        made = self._settled(whole, COUNTRIES[0])
        free = self._chance.choice(words.FREE_MAIL)
        mailbox = f"{slug(first)}.{slug(last)}{self._chance.randint(1, 9999)}@{free}"
        return replace(
            made, form=("",), domain="", mailbox=mailbox, first_name=first, last_name=last,
            tax="", company="", person=True, case="a person",
        )  # fmt: skip

    def family(self, branches: int) -> Iterator[Customer]:
        """A company and its branches in other towns, with one domain and one tax number."""
        parent = replace(self.company(), case="a company with branches")
        parent = replace(parent, group=parent.whole_name)
        yield parent
        others = [one for one in parent.country.places if one[0] != parent.city]
        for town, code, phone in self._chance.sample(others, branches):
            yield replace(
                parent,
                name=f"{parent.name} {town}",
                street=self.street(parent.country),
                city=town,
                postcode=self.digits(code),
                phone=self.digits(phone),
                first_name=self._chance.choice(words.FIRST),
                company="",
                case="a branch",
            )

    def namesakes(self) -> Iterator[Customer]:
        """Two companies of the same name that know nothing of each other."""
        one = replace(self.company(), case="a namesake")
        yield one
        abroad = [country for country in COUNTRIES if country != one.country]
        country = self._chance.choice([one.country, *abroad])
        other = self._settled(one.name, country)
        tld = country.short.lower()
        yield replace(
            other, domain=f"{slug(one.name)}-{tld}.example", mailbox="", case="a namesake"
        )

    def sisters(self) -> Iterator[Customer]:
        """Two companies that differ by a number in their names, at one address."""
        one = self.company()
        number = self._chance.randint(1, 8)
        for place in (number, number + 1):
            yield replace(
                one,
                name=f"{one.name} (No {place})",
                tax=self.digits(one.country.tax),
                company=self.digits(one.country.company),
                group=one.name,
                case="a numbered sister",
            )

    def household(self) -> Iterator[Customer]:
        """Two persons of one surname at one address, with one telephone."""
        one = replace(self.person(), case="a household")
        yield one
        first = self._chance.choice([name for name in words.FIRST if name != one.first_name])
        mailbox = f"{slug(first)}.{slug(one.last_name)}@{self._chance.choice(words.FREE_MAIL)}"
        yield replace(one, name=f"{first} {one.last_name}", first_name=first, mailbox=mailbox)

    def digits(self, pattern: str) -> str:
        """The pattern with digits and letters filled in."""
        return "".join(self._filled(sign) for sign in pattern)

    def street(self, country: Country) -> str:
        """A street and number as the country writes them."""
        shape = self._chance.choice(country.streets.split(";"))
        return shape.format(n=self._chance.randint(1, 190), word=self._chance.choice(words.PLACE))

    def _filled(self, sign: str) -> str:
        if sign == "#":
            return str(self._chance.randint(0, 9))
        return self._chance.choice("BDEFHJLNPRSTW") if sign == "a" else sign

    def _settled(self, name: str, country: Country) -> Customer:
        city, code, phone = self._chance.choice(country.places)
        domain = f"{slug(name)}.example"
        mailbox = f"{self._chance.choice(words.MAILBOXES)}@{domain}"
        if self._chance.random() < 0.03:
            mailbox = f"accounts@{self._chance.choice(words.BUREAUX)}"
        return Customer(
            name, self._chance.choice(country.forms), country, self.street(country), city,
            self.digits(code), self.digits(phone), domain, mailbox,
            self._chance.choice(words.FIRST), self._chance.choice(words.LAST),
            self.digits(country.tax), self.digits(country.company),
        )  # fmt: skip

    def _new_name(self) -> str:
        while (name := self._name()) in self._taken:
            pass
        self._taken.add(name)
        return name

    def _name(self) -> str:
        pick, trade = self._chance.choice, self._chance.choice(words.TRADE)
        shape = self._chance.random()
        if shape < 0.35:
            return f"{pick(words.LAST)} {trade}"
        if shape < 0.6:
            return f"{pick(words.PLACE)} {trade}"
        if shape < 0.75:
            return f"{pick(words.PLACE)} {pick(words.PLACE)} {trade}"
        if shape < 0.88:
            return f"{pick(words.LAST)} & {pick(words.LAST)}"
        return f"{pick(words.LAST)} {pick(words.LAST)} {trade}"


def slug(text: str) -> str:
    """The text as it stands in an address: small letters and digits."""
    plain = unicodedata.normalize("NFKD", text.replace("ø", "o").replace("ß", "ss"))
    return re.sub(r"[^a-z0-9]", "", plain.casefold())
