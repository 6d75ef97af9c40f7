"""Company books full of traps: branches, namesakes, groups, shared mailboxes, households."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator

from .book import Books, Entity, Row, typo
from .vocabulary import (
    BOXES,
    CONSONANTS,
    COUNTRIES,
    DIAL,
    FIRST,
    FORM_SPELLINGS,
    FORMS,
    FREE,
    LAST,
    SHORT,
    STEM_ENDS,
    STEM_STARTS,
    STREETS,
    TAILS,
    TOWNS,
    TRADES,
    WAYS,
)

TRAPPED, USUAL = 62, 620
"""How many of so many and 38 families are companies by themselves."""


def company_books(size: int, seed: int, singles: int = TRAPPED) -> Books:
    """Return two books of about `size` records each, with the true pairs; most stand in traps."""
    dice = random.Random(seed)
    books = Books()
    entities = _Makers(dice).entities(singles)
    while min(len(books.left), len(books.right)) < size:
        _place(next(entities), books, dice)
    dice.shuffle(books.left)
    dice.shuffle(books.right)
    return books


def usual_books(size: int, seed: int) -> Books:
    """Return two books of companies of which one record in eight stands in a trap."""
    return company_books(size, seed, USUAL)


def _place(entity: Entity, books: Books, dice: random.Random) -> None:
    """Write an entity into the left book, the right one or both; two in a hundred twice."""
    ids: tuple[list[str], list[str]] = ([], [])
    for side, book in enumerate((books.left, books.right)):
        if dice.random() < 0.12:
            continue
        for _ in range(2 if dice.random() < 0.02 else 1):
            row = written(entity.row, dice)
            row["id"] = f"{'LR'[side]}{len(book)}"
            book.append(row)
            ids[side].append(row["id"])
            if entity.trap:
                books.trap_of[row["id"]] = entity.trap
    books.truth |= {(one, other) for one in ids[0] for other in ids[1]}


class _Makers:
    """Makes entities, singly and in families that are made to be mistaken for one another."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.bookkeepers = [f"accounts@{self.stem().lower()}-books.co.uk" for _ in range(40)]

    def entities(self, singles: int) -> Iterator[Entity]:
        """Return entities without end."""
        families = (
            *((self.single, singles), (self.branches, 6), (self.namesakes, 6), (self.group, 6)),
            *((self.numbered, 4), (self.clients, 4), (self.household, 8), (self.neighbours, 4)),
        )
        makers = [maker for maker, weight in families for _ in range(weight)]
        while True:
            yield from self.dice.choice(makers)()

    def stem(self) -> str:
        """Return an invented word."""
        dice = self.dice
        middle = dice.choice(
            ["", "a", "i", "o", "en", dice.choice(CONSONANTS) + dice.choice("aeiou")]
        )
        return dice.choice(STEM_STARTS) + middle + dice.choice(STEM_ENDS)

    def name(self) -> str:
        """Return a company's name without its legal form."""
        dice = self.dice
        kind = dice.random()
        trade = dice.choice(TRADES)
        if kind < 0.45:
            return f"{self.stem()} {trade}"
        if kind < 0.6:
            return f"{dice.choice(LAST)} {trade}"
        if kind < 0.7:
            return f"{dice.choice(LAST)} & {dice.choice(LAST)} {trade}"
        if kind < 0.8:
            return f"{self.stem()} {trade} {dice.choice(TAILS)}"
        return self.stem() if kind < 0.9 else f"{self.stem()} {self.stem()}"

    def address(self, land: str) -> Row:
        """Return an address in a country."""
        dice = self.dice
        number = dice.randrange(1, 180)
        code = f"{dice.randrange(10000, 99999)}"
        if land in {"GB", "IE"}:
            code = f"{dice.choice('ABCDEHLMNPRSTWY')}{dice.randrange(1, 30)} {dice.randrange(1, 9)}"
            code += dice.choice("ABDEFGHJLN") + dice.choice("ABDEFGHJLN")
        return {
            "street": f"{number} {dice.choice(STREETS)} {dice.choice(WAYS)}",
            "city": dice.choice(TOWNS[land].split()),
            "postcode": code,
            "country": land,
        }

    def company(self, name: str = "", land: str = "") -> Row:
        """Return a company's row."""
        dice = self.dice
        land = land or dice.choices(list(TOWNS), [50, 15, 8, 15, 7, 5])[0]
        name = name or self.name()
        form = dice.choice(FORMS[land].split()).replace("|", " ")
        label = "".join(c for c in _ascii(name).lower() if c.isalnum())[:22]
        domain = label + dice.choice([".com", ".co.uk" if land == "GB" else f".{land.lower()}"])
        first, last = dice.choice(FIRST), dice.choice(LAST)
        local = dice.choice([*BOXES, _ascii(f"{first}.{last}".lower()), _ascii(first.lower())])
        prefix = land if dice.random() < 0.7 else ""
        return {
            "name": f"{name} {form}",
            **({"first_name": first, "last_name": last} if dice.random() < 0.5 else {}),
            "email": f"{local}@{domain if dice.random() < 0.85 else dice.choice(FREE)}",
            "phone": self.phone(land),
            **self.address(land),
            "tax_number": f"{prefix}{dice.randrange(10**8, 10**9)}",
            "company_number": f"{dice.randrange(10**6, 10**7):08d}",
            "website": f"https://www.{domain}",
        }

    def phone(self, land: str) -> str:
        """Return a number in its international form."""
        return f"+{DIAL[land]} {self.dice.randrange(20, 90)} {self.dice.randrange(10**6, 10**7)}"

    def single(self) -> Iterator[Entity]:
        """Return a company by itself."""
        yield Entity(self.company())

    def branches(self) -> Iterator[Entity]:
        """Return branches: one name, domain and tax number, several addresses and telephones."""
        row = self.company()
        for _ in range(self.dice.randrange(2, 5)):
            own = {**self.address(row["country"]), "phone": self.phone(row["country"])}
            yield Entity({**row, **own}, "branches")

    def namesakes(self) -> Iterator[Entity]:
        """Return companies of one name in different countries."""
        name = self.name()
        for land in self.dice.sample(list(TOWNS), 2):
            yield Entity(self.company(name, land), "namesakes")

    def group(self) -> Iterator[Entity]:
        """Return a company and its sisters: one address, domain and telephone, other numbers."""
        stem, row = self.stem(), self.company()
        form = row["name"].split()[-1]
        for word in self.dice.sample(["", "Holdings", "Property", "Trading", "Group"], 3):
            name = " ".join(part for part in (stem, word, form) if part)
            yield Entity({**row, "name": name, **self.numbers()}, "group")

    def numbered(self) -> Iterator[Entity]:
        """Return numbered sister companies."""
        row, stem = self.company(), self.name()
        form = row["name"].split()[-1]
        for number in range(1, self.dice.randrange(3, 5)):
            yield Entity({**row, "name": f"{stem} {number} {form}", **self.numbers()}, "numbered")

    def numbers(self) -> Row:
        """Return a tax and a company number."""
        dice = self.dice
        return {
            "tax_number": f"{dice.randrange(10**8, 10**9)}",
            "company_number": f"{dice.randrange(10**6, 10**7):08d}",
        }

    def clients(self) -> Iterator[Entity]:
        """Return companies that share their bookkeeper's mailbox, and often the address."""
        mailbox, home = self.dice.choice(self.bookkeepers), self.address("GB")
        for _ in range(3):
            row = {**self.company(land="GB"), "email": mailbox}
            yield Entity(row | (home if self.dice.random() < 0.5 else {}), "clients")

    def household(self) -> Iterator[Entity]:
        """Return persons of one surname at one address, some with one telephone or mailbox."""
        dice = self.dice
        land = dice.choice(list(TOWNS))
        last, home, phone = dice.choice(LAST), self.address(land), self.phone(land)
        for first in dice.sample(FIRST, dice.randrange(1, 4)):
            own = _ascii(
                f"{first}.{last}{dice.choice(['', '7', '82'])}@{dice.choice(FREE)}".lower()
            )
            family = _ascii(f"family.{last}@{FREE[0]}".lower())
            row = {"first_name": first, "last_name": last, **home}
            row["email"] = own if dice.random() < 0.75 else family
            row["phone"] = phone if dice.random() < 0.6 else self.phone(land)
            named = {"name": f"{first} {last}"} if dice.random() < 0.6 else {}
            yield Entity({**row, **named}, "household")

    def neighbours(self) -> Iterator[Entity]:
        """Return companies whose names share a word, in one town."""
        word, row = self.dice.choice([self.stem(), self.dice.choice(LAST)]), self.company()
        for trade in self.dice.sample(TRADES, 2):
            other = self.company(f"{word} {trade}", row["country"])
            yield Entity({**other, "city": row["city"]}, "neighbours")


def written(row: Row, dice: random.Random) -> Row:
    """Return an entity's row as somebody wrote it: errors, habits and gaps."""
    found = dict(row)
    land = found.get("country", "GB")
    if "name" in found:
        found["name"] = _name_as_written(found["name"], dice)
    if dice.random() < 0.03:  # moved
        other = _Makers(dice).address(land)
        found |= {k: other[k] for k in ("street", "postcode", "city")}
    _write_contacts(found, dice)
    for column, share in _ERRORS.items():
        if column in found and dice.random() < share:
            found[column] = typo(found[column], dice)
    found["country"] = dice.choice(COUNTRIES[land])
    for column, share in _GAPS.items():
        if dice.random() < share:
            found.pop(column, None)
    if "first_name" in found and "name" not in found and dice.random() < 0.06:
        found["first_name"] = found["first_name"][0] + "."
    return found


def _write_contacts(found: Row, dice: random.Random) -> None:
    if dice.random() < 0.05 and "@" in found.get("email", ""):
        found["email"] = f"{dice.choice(BOXES)}@{found['email'].split('@')[1]}"
    if dice.random() < 0.3:
        found["phone"] = _phone_as_written(found["phone"], dice)
    if dice.random() < 0.15:
        found["street"] = found["street"].replace("Street", "St").replace("Road", "Rd")


_ERRORS = {
    **{"street": 0.05, "city": 0.03, "postcode": 0.03, "last_name": 0.04, "first_name": 0.03},
    **{"email": 0.02, "tax_number": 0.01, "phone": 0.02},
}
_GAPS = {
    **{"email": 0.25, "phone": 0.35, "street": 0.25, "city": 0.15, "postcode": 0.2},
    **{"country": 0.25, "tax_number": 0.6, "company_number": 0.7, "website": 0.65},
}


def _name_as_written(name: str, dice: random.Random) -> str:
    words = name.split()
    form = words[-1]
    if dice.random() < 0.45 and form in FORM_SPELLINGS:
        words[-1] = dice.choice(FORM_SPELLINGS[form])
    words = [SHORT.get(w, w) if dice.random() < 0.15 else w for w in words if w]
    if dice.random() < 0.2:
        words = ["and" if word == "&" else word for word in words]
    if dice.random() < 0.12:
        at = dice.randrange(len(words))
        words[at] = typo(words[at], dice)
    if dice.random() < 0.03 and len(words) > 2:
        words[0], words[1] = words[1], words[0]
    found = " ".join(words)
    if dice.random() < 0.25:
        found = _ascii(found)
    return dice.choice([found, found, found, found.upper(), found.lower()])


def _phone_as_written(phone: str, dice: random.Random) -> str:
    code, area, number = phone.split()
    return dice.choice(
        [
            f"0{area} {number}",
            f"0{area}/{number}",
            f"({area}) {number[:3]}-{number[3:]}",
            f"00{code[1:]}{area}{number}",
        ]
    )


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o"))
    return "".join(c for c in plain if c.isascii()).replace("ł", "l").replace(" & ", " and ")
