"""When two values of a field are the same to people, so that trivial differences never count."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from . import countries, people, phones
from .texts import email_key, name_key, plain, postcode_key, street_key, text_key, url_key

Comparer = Callable[[Any, Any], bool]
"""Tells whether two values are the same. In a merge the first is what Salesforce says, or what a
side says now; the second what Xero says, or what the side said when both agreed."""

_VAT = re.compile(
    "(AT|BE|BG|CH|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI"
    "|SK|XI)(?=[0-9])"
)
"""The countries whose tax numbers are also written with the country before them (EU, VIES)."""


def same(compare: str, one: Any, other: Any) -> bool:
    """Return whether two values are the same by the named comparer; raises KeyError for none.

    No value, an empty text and an empty list are all the same: nothing.
    """
    return COMPARERS[compare](one, other)


def _keyed(key: Callable[[Any], str]) -> Comparer:
    return lambda one, other: key(one) == key(other)


def _exact(one: Any, other: Any) -> bool:
    return bool(one == other) or (_is_nothing(one) and _is_nothing(other))


def _is_nothing(value: Any) -> bool:
    return value is None or value == "" or value in ([], ())


def _number(one: Any, other: Any) -> bool:
    """Numbers of the state's: punctuation, case and a country that only one names are nothing."""
    left, right = _bare(one), _bare(other)
    return left == right or _without_country(left) == right or left == _without_country(right)


def _company(one: Any, other: Any) -> bool:
    """Numbers of a register: as _number, and zeros that fill up the front are nothing."""
    return _bare(one).lstrip("0") == _bare(other).lstrip("0") or _number(one, other)


def _bare(value: Any) -> str:
    return re.sub(r"[^A-Z0-9]", "", name_key(value).upper())


def _without_country(number: str) -> str:
    return _VAT.sub("", number, count=1) if _VAT.match(number) else number


def _phone(one: Any, other: Any) -> bool:
    return phones.same(plain(one), plain(other))


def _country(one: Any, other: Any) -> bool:
    left, right = plain(one), plain(other)
    return text_key(countries.common_name(left)) == text_key(countries.common_name(right))


def _region(one: Any, other: Any) -> bool:
    return countries.same_region(plain(one), plain(other))


def _persons(one: Any, other: Any) -> bool:
    return people.same(one or (), other or ())


def _rate(one: Any, other: Any) -> bool:
    """A rate that is left to Xero is whatever Xero makes it."""
    mine, theirs = _figure(one), _figure(other)
    return mine is None or mine == theirs


def _figure(value: Any) -> Any:
    return value.get("rate") if isinstance(value, Mapping) else value or None


def _line(one: Any, other: Any) -> bool:
    """Lines are the same whatever words they have for people."""
    return bool(_without_words(one) == _without_words(other))


def _without_words(value: Any) -> Any:
    return {n: v for n, v in value.items() if n != "words"} if isinstance(value, Mapping) else None


COMPARERS: Mapping[str, Comparer] = {
    "": _exact,
    "text": _keyed(text_key),
    "name": _keyed(name_key),
    "email": _keyed(email_key),
    "phone": _phone,
    "country": _country,
    "region": _region,
    "street": _keyed(street_key),
    "postcode": _keyed(postcode_key),
    "number": _number,
    "company": _company,
    "url": _keyed(url_key),
    "persons": _persons,
    "terms": _keyed(text_key),
    "line": _line,
    "rate": _rate,
}
"""Every comparer by the name that a field rule gives."""
