"""Telephone numbers: one international form, and when two writings are the same number."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

_EXTENSION = re.compile(r"(?:ext(?:ension|n)?\.?|x|#|;ext=)\s*(\d{1,7})\s*$", re.IGNORECASE)
SHORTEST = 4
"""Digits that a national number must share with an international one to be taken for it."""
_LONGEST_COUNTRY = 4  # a country code and the nought that Italy keeps after it


@lru_cache(maxsize=65536)
def international(text: str, country: str) -> str:
    """Return the number in its international form, `+44 20 7946 0018`, where it is a valid one.

    `country` is the ISO code of where a number without a country code is dialled, or empty.
    Anything else (a second number, words, a number that is none) is returned as people wrote it,
    without spare spaces: no digit is ever lost.
    """
    cleaned = " ".join(text.split()).removeprefix("tel:")
    number = _parsed(cleaned, country)
    if number is None or not phonenumbers.is_valid_number(number):
        return cleaned
    extension, number.extension = number.extension, None  # each country has its own word for it
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    shown = str(phonenumbers.format_number(number, form))
    return f"{shown} ext. {extension}" if extension else shown


def same(one: str, other: str) -> bool:
    """Return whether two texts are the same number; a country code that only one has is no
    difference, an extension is.
    """
    left, right = _parts(one), _parts(other)
    if not left[1] or not right[1]:
        return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
    if left[2] != right[2]:
        return False
    if left[0] == right[0]:
        return left[1] == right[1]
    abroad, home = (left[1], right[1]) if left[0] else (right[1], left[1])
    return (
        len(home) >= SHORTEST
        and abroad.endswith(home)
        and len(abroad) - len(home) <= _LONGEST_COUNTRY
    )


def _parsed(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    """Return the number that the text is, or None where it holds anything else besides."""
    bare = _EXTENSION.sub("", text)
    if re.search(r"[^\W\d_]", bare):
        return None  # words: they would be dialled as digits, or lost
    try:
        number = phonenumbers.parse(text, country.upper() or None)
    except phonenumbers.NumberParseException:
        return None
    digits = re.sub(r"\D", "", bare)
    return number if digits.endswith(phonenumbers.national_significant_number(number)) else None


@lru_cache(maxsize=65536)
def _parts(text: str) -> tuple[bool, str, str]:
    """Return whether the number has its country code, its digits and its extension."""
    number = _parsed(text, "") if text.strip().startswith("+") else None
    if number is not None:
        digits = f"{number.country_code}{phonenumbers.national_significant_number(number)}"
        return True, digits, number.extension or ""
    found = _EXTENSION.search(text)
    bare = re.sub(r"\D", "", _EXTENSION.sub("", text))
    abroad = text.strip().startswith("+") or bare.startswith("00")
    return abroad, bare.lstrip("0"), found[1] if found else ""
