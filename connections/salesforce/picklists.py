"""A picklist as an org describes it, and which of its values go with a value of another one."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One value of a picklist.

    `valid_for` has a bit for each value of the list that this one depends on, the first value's
    the highest of the first byte (Salesforce, PicklistEntry).
    """

    value: str
    label: str
    is_active: bool
    valid_for: bytes

    def goes_with(self, place: int) -> bool:
        """Whether the value goes with the one at the place of the list that it depends on."""
        byte, bit = divmod(place, 8)
        return byte < len(self.valid_for) and bool(self.valid_for[byte] & (0x80 >> bit))


@dataclass(frozen=True)
class Picklist:
    """All values in their order, inactive ones too: places count them. `depends_on` is a field."""

    entries: tuple[Choice, ...]
    depends_on: str = ""

    def active(self) -> Mapping[str, str]:
        """Return the active values with their labels."""
        return {entry.value: entry.label for entry in self.entries if entry.is_active}

    def within(self, place: int | None) -> Mapping[str, str]:
        """Return the active values that go with a place of the list above; none for no place."""
        if place is None:
            return {}
        active = (entry for entry in self.entries if entry.is_active)
        return {entry.value: entry.label for entry in active if entry.goes_with(place)}

    def place(self, value: str) -> int | None:
        """Return where the value stands, or None where it is not in the list."""
        places = (place for place, entry in enumerate(self.entries) if entry.value == value)
        return next(places, None)


def picklist(described: Mapping[str, Any]) -> Picklist:
    """Return the list of a field that has `picklistValues`."""
    entries = tuple(
        Choice(
            str(each["value"]),
            str(each.get("label") or each["value"]),
            each.get("active") is not False,
            b64decode(each.get("validFor") or ""),
        )
        for each in described["picklistValues"]
    )
    return Picklist(entries, str(described.get("controllerName") or ""))
