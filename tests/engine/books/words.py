"""Values that nobody has typed before, alike to none of the others."""

from __future__ import annotations

_FIRST = (
    *("Bram", "Quill", "Thorn", "Vesper", "Larch", "Dunmore", "Osprey", "Juniper", "Falcon"),
    *("Wicker", "Zephyr", "Garnet", "Hollow", "Ivory", "Kestrel", "Umber", "Mallow", "Nettle"),
)
_LAST = (
    *("Bakery", "Opticians", "Shipping", "Vineyards", "Dairy", "Quarries", "Robotics", "Tailors"),
    *("Breweries", "Airlines", "Theatre", "Plumbing", "Foundry", "Orchards", "Clinics"),
)
_GIVEN = ("Ada", "Boris", "Chloe", "Dmitri", "Elsa", "Farid", "Greta", "Hugo", "Ines", "Jonas")


def word(field: str, number: int) -> str:
    """Return the value of this number for a field; another number is another value."""
    first, last = _FIRST[number * 7 % len(_FIRST)], _LAST[number * 4 % len(_LAST)]
    made = {
        "name": f"{first} {last} {_letters(number)}",
        "first_name": f"{_GIVEN[number * 3 % len(_GIVEN)]}{_letters(number)}",
        "last_name": f"{first}{_letters(number)}",
        "email": f"{first}.{number}@{last}{number}.example".lower(),
        "phone": f"+44 117 496 {number:04}",
        "billing_city": f"{first}{_letters(number)}",
        "billing_postcode": f"BS{number % 90 + 1} {number // 90}AB",
        "delivery_street": f"{number} {first} Lane",
        "tax_number": f"GB{900000000 + number * 101}",
        "company_number": f"{10000000 + number * 7}",
    }
    return made[field]


def _letters(number: int) -> str:
    """Return a number in letters, as no name has digits."""
    text = ""
    while number:
        number, rest = divmod(number, 20)
        text = "bcdfghjklmnpqrstvwxz"[rest] + text
    return text.capitalize()
