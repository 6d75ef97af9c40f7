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
    numbers are not taken for ids.
    """
    found = []
    for word in re.findall(r"[A-Za-z0-9]+", text):
        if not word.startswith(prefix):
            continue
        if len(word) == 15 or (len(word) == 18 and to_18(word[:15]) == word):
            found.append(to_18(word[:15]))
    return tuple(dict.fromkeys(found))
