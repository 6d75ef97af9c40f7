"""Address books of persons in the manner of Febrl: each twice, the second with many errors."""

from __future__ import annotations

import random

from .book import Books, Row, typo
from .vocabulary import FIRST, FREE, LAST, STREETS, SYLLABLES, WAYS

COLUMNS = ("first_name", "last_name", "street", "city", "postcode", "email", "phone", "tax_number")
MOST_PER_FIELD = 2
MOST_PER_RECORD = 8


def person_books(size: int, seed: int) -> Books:
    """Return two books of `size` persons each; everybody stands in both, a tenth with family."""
    dice = random.Random(seed)
    books = Books()
    towns = [_word(dice, 2, 4) for _ in range(max(20, size // 20))]
    row: Row = {}
    for number in range(size):
        family = bool(row) and dice.random() < 0.1
        row = _relative(row, dice) if family else _person(dice, towns)
        original, copy = {"id": f"L{number}", **row}, {"id": f"R{number}", **_corrupted(row, dice)}
        books.left.append(original)
        books.right.append(copy)
        books.truth.add((original["id"], copy["id"]))
        if family:
            books.trap_of |= dict.fromkeys((original["id"], copy["id"]), "household")
    dice.shuffle(books.left)
    dice.shuffle(books.right)
    return books


def _word(dice: random.Random, least: int, most: int) -> str:
    return "".join(dice.choices(SYLLABLES, k=dice.randrange(least, most))).capitalize()


def _person(dice: random.Random, towns: list[str]) -> Row:
    first = dice.choice(FIRST) if dice.random() < 0.8 else _word(dice, 2, 3)
    last = dice.choice(LAST) if dice.random() < 0.5 else _word(dice, 2, 4)
    return {
        "first_name": first,
        "last_name": last,
        "street": f"{dice.randrange(1, 300)} {_street(dice)}",
        "city": dice.choice(towns),
        "postcode": f"{dice.randrange(1000, 9999)}",
        "tax_number": f"{dice.randrange(10**8, 10**9)}",
        **_contact(first, last, dice),
    }


def _street(dice: random.Random) -> str:
    name = dice.choice(STREETS) if dice.random() < 0.5 else _word(dice, 2, 4)
    return f"{name} {dice.choice(WAYS)}"


def _contact(first: str, last: str, dice: random.Random) -> Row:
    """Return an e-mail address and a telephone; half have no e-mail, a third no telephone."""
    local = f"{first}{dice.choice(['.', '', '_'])}{last}{dice.choice(['', '1', '64'])}".lower()
    found: Row = {}
    if dice.random() < 0.5:
        found["email"] = f"{local}@{dice.choice(FREE)}"
    if dice.random() < 0.67:
        found["phone"] = f"0{dice.randrange(2, 9)} {dice.randrange(10**7, 10**8)}"
    return found


def _relative(row: Row, dice: random.Random) -> Row:
    """Return somebody of the same surname at the same address, often with the same telephone."""
    first = dice.choice([name for name in FIRST if name != row["first_name"]])
    mine = _contact(first, row["last_name"], dice)
    mine["tax_number"] = f"{dice.randrange(10**8, 10**9)}"
    if "phone" in row and dice.random() < 0.6:
        mine["phone"] = row["phone"]
    kept = {name: row[name] for name in ("last_name", "street", "city", "postcode")}
    return {"first_name": first, **kept, **mine}


def _corrupted(row: Row, dice: random.Random) -> Row:
    """Return the row with up to eight errors, two a field; a field may go missing, names swap."""
    found = dict(row)
    spoilt = dict.fromkeys(COLUMNS, 0)
    for _ in range(dice.randrange(MOST_PER_RECORD + 1)):
        column = dice.choice(COLUMNS)
        if column not in found or spoilt[column] >= MOST_PER_FIELD:
            continue
        spoilt[column] += 1
        if dice.random() < 0.12 and column != "last_name":
            del found[column]
        else:
            found[column] = typo(found[column], dice)
    if dice.random() < 0.03 and "first_name" in found:
        found["first_name"], found["last_name"] = found["last_name"], found["first_name"]
    return found
