"""Salesforce's record ids: 15 characters that mind their case, or 18 that need not."""

import string

_SUFFIXES = string.ascii_uppercase + "012345"
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
USUAL_INSTANCE = "5e0"  # which of Salesforce's many databases the org lives in
_FIRST = 40_000  # so that the ids have letters of both cases from the start


def make_id(prefix: str, number: int, instance: str = USUAL_INSTANCE) -> str:
    """The 18-character id of a kind's nth record in the orgs of an instance.

    `prefix` and `instance` have three characters each.
    """
    rest, text = number + _FIRST, ""
    while rest:
        rest, digit = divmod(rest, 62)
        text = _DIGITS[digit] + text
    return lengthen(f"{prefix}{instance}{text:0>9}")


def lengthen(short: str) -> str:
    """The 18-character form of a 15-character id: three more tell which letters are capital."""
    return short + "".join(
        _SUFFIXES[sum(1 << place for place, letter in enumerate(part) if letter.isupper())]
        for part in (short[0:5], short[5:10], short[10:15])
    )


def whole_id(text: object) -> str | None:
    """The 18-character id meant by 15 or 18 characters; None where they are no id.

    An 18-character id may have come in one case only: its last three letters bring it back.
    """
    if not isinstance(text, str) or len(text) not in (15, 18) or not text.isascii():
        return None
    if not text.isalnum():
        return None
    return lengthen(text) if len(text) == 15 else _restored(text)


def _restored(text: str) -> str | None:
    suffix = text[15:].upper()
    if any(letter not in _SUFFIXES for letter in suffix):
        return None
    bits = [_SUFFIXES.index(letter) >> place & 1 for letter in suffix for place in range(5)]
    letters = (
        letter.upper() if capital else letter.lower()
        for letter, capital in zip(text[:15], bits, strict=True)
    )
    found = lengthen("".join(letters))
    return found if found[15:] == suffix else None
