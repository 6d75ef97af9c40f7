"""Codes and names of items: how a long text of Salesforce's fits into Xero, always the same way."""

from __future__ import annotations

import base64
import hashlib
import unicodedata

CODE_ROOM, NAME_ROOM = 30, 50
"""The longest code and name that Xero takes (its Items page)."""
CUT = "~"
"""Stands between what is kept of a text that is too long and the digest of the whole."""
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""What is pasted along and never seen: soft hyphens, spaces of no width, byte order marks."""
_DIGITS = 10
"""Letters of the digest, 50 bits: of a million texts that begin alike, hardly two share it."""


def fitted(text: str, room: int) -> str:
    """Return the text without spare spaces, or its beginning with a digest of the whole.

    Letters are written in one way (é is one letter, however it was typed), or two that look the
    same would be two codes.

    It depends on nothing but the text: no other record, however alike, changes it. A text that
    fits stays as it is, so that fitting twice changes nothing.
    """
    whole = _clean(text)
    if size(whole) <= room:
        return whole
    digest = base64.b32encode(hashlib.sha256(whole.encode()).digest()).decode()[:_DIGITS]
    return f"{_beginning(whole, room - _DIGITS - len(CUT))}{CUT}{digest}"


def code_key(code: object) -> str:
    """Return what the item of a product's code is found by: as Xero takes it, without case."""
    return fitted(str(code or ""), CODE_ROOM).upper()


def size(text: str) -> int:
    """Return how many characters Xero counts: a rare one beyond the basic plane counts twice."""
    return len(text.encode("utf-16-le")) // 2


def is_cut(text: str, room: int) -> bool:
    """Return whether a text is too long for its room, so that only its beginning is sent."""
    return size(_clean(text)) > room


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).translate(_UNSEEN).split())


def _beginning(text: str, room: int) -> str:
    kept = text[:room]
    while size(kept) > room:
        kept = kept[:-1]
    return kept.rstrip()
