"""Salesforce record ids: 15 case-sensitive characters, or 18 that are safe without case."""

from __future__ import annotations

import re

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def to_18(remote_id: str) -> str:
    """Return the 18-character form of an id; other text is returned unchanged.

    The three last characters say which of the fifteen are capitals (Salesforce's article
    "How to convert 15-character IDs").
    """
    if len(remote_id) != 15 or not remote_id.isalnum():
        return remote_id
    chunks = (remote_id[i : i + 5] for i in (0, 5, 10))
    return remote_id + "".join(
        _SUFFIX[sum(1 << i for i, c in enumerate(chunk) if "A" <= c <= "Z")] for chunk in chunks
    )


def find(text: str, prefix: str) -> tuple[str, ...]:
    """Return the ids of one kind (`006` for opportunities) that a text holds, in 18 characters.

    Eighteen characters count only where their last three are right, so that ordinary words and
    numbers are not taken for ids; however they are typed, those three tell the capitals.
    """
    found = []
    for word in re.findall(r"[A-Za-z0-9]+", text):
        if not word.startswith(prefix):
            continue
        found.append(to_18(word) if len(word) == 15 else _restored(word))
    return tuple(dict.fromkeys(filter(None, found)))


def _restored(word: str) -> str:
    """Return an id of eighteen characters with the capitals its last three tell, or empty."""
    head, tail = word[:15], word[15:].upper()
    if len(word) != 18 or not set(tail) <= set(_SUFFIX):
        return ""
    bits = "".join(f"{_SUFFIX.index(c):05b}"[::-1] for c in tail)
    cased = "".join(
        c.upper() if bit == "1" else c.lower() for c, bit in zip(head, bits, strict=True)
    )
    return cased + tail if to_18(cased) == cased + tail else ""
