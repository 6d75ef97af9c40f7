"""Which records Salesforce names when it refuses one because of others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Words of DUPLICATE_VALUE and of DUPLICATE_EXTERNAL_ID; ids have 15 or 18 characters.
_NAMED = re.compile(r"(?:with id: |field: \[)([\w, ]+)")
SHORT = 15
_CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ID = re.compile(r"\b[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?\b")


def candidates(error: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the records that an error speaks of, each once, the best match first."""
    named = _NAMED.search(str(error.get("message") or ""))
    said = _ID.findall(named[1]) if named else []
    return tuple(dict.fromkeys(whole_id(each) for each in [*_matches(error), *said]))


def whole_id(short: str) -> str:
    """Return an id in its 18 characters: the last three tell which of 15 are capitals.

    Messages have 15 characters, answers 18 (Salesforce, ID field type).
    """
    if len(short) != SHORT:
        return short
    chunks = (short[start : start + 5] for start in (0, 5, 10))
    places = (sum(1 << place for place, c in enumerate(chunk) if c.isupper()) for chunk in chunks)
    return short + "".join(_CHECKS[place] for place in places)


def _matches(error: Mapping[str, Any]) -> list[str]:
    """Return the ids in a duplicate rule's result, whose name has been misspelt by Salesforce."""
    result = error.get("duplicateResult") or error.get("duplicateResut") or {}
    found = [
        (float(match.get("matchConfidence") or 0), _record_id(match.get("record") or {}))
        for rule in result.get("matchResults") or []
        for match in rule.get("matchRecords") or []
    ]
    return [remote_id for _, remote_id in sorted(found, key=lambda one: -one[0]) if remote_id]


def _record_id(record: Mapping[str, Any]) -> str:
    """Return a record's id; where its fields are hidden, its address still ends with it."""
    address = str((record.get("attributes") or {}).get("url") or "")
    return str(record.get("Id") or address.rpartition("/")[2])
