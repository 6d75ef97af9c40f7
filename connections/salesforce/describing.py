"""What fields a Salesforce org has and shows us: described in one call, kept for some minutes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.core.errors import TryAgain
from sync.core.fields import FieldFacts
from sync.core.rights import Rights

from .doorway import ROOT, Doorway
from .picklists import Picklist, picklist

KEPT_SECONDS = 600.0
MOST_IN_A_CALL = 25  # Salesforce, composite resources


@dataclass(frozen=True)
class Shape:
    """One kind as described: field types by name, kinds above by relationship name.

    A relationship with several kinds above (a task's) has the first.
    """

    kind: str
    fields: Mapping[str, str]
    above: Mapping[str, str]
    external_ids: frozenset[str] = frozenset()
    lists: Mapping[str, Picklist] = field(default_factory=dict)
    facts: Mapping[str, FieldFacts] = field(default_factory=dict)
    rights: Rights = Rights()

    def choices(self, name: str, within: str = "") -> Mapping[str, str]:
        """Return the list's active values with their labels, those within a value of the list
        that it depends on where one is given; empty for a field without a list.
        """
        found = self.lists.get(name)
        if found is None:
            return {}
        above = self.lists.get(found.depends_on)
        return found.within(above.place(within)) if within and above else found.active()


_kept: dict[tuple[int, str], tuple[float, Shape | None]] = {}
_lock = threading.Lock()


def forget(connection_id: int) -> None:
    """Let the connection's kinds be described anew."""
    with _lock:
        for key in [key for key in _kept if key[0] == connection_id]:
            del _kept[key]


class Shapes:
    """The described kinds of one connection."""

    def __init__(self, connection_id: int, door: Doorway) -> None:
        self._connection_id, self._door = connection_id, door

    def load(self, kinds: Iterable[str]) -> None:
        """Describe what is not known yet, in as few calls as can be (25 kinds each)."""
        now = time.monotonic()
        with _lock:
            missing = [k for k in kinds if _kept.get((self._connection_id, k), (0.0,))[0] <= now]
        for start in range(0, len(missing), MOST_IN_A_CALL):
            found = self._describe(missing[start : start + MOST_IN_A_CALL])
            with _lock:
                for kind, shape in found.items():
                    _kept[self._connection_id, kind] = (now + KEPT_SECONDS, shape)

    def get(self, kind: str) -> Shape | None:
        """Return the kind as described; None where the org does not have it or hides it."""
        self.load([kind])
        with _lock:
            return _kept[self._connection_id, kind][1]

    def types(self, kind: str) -> Mapping[str, str]:
        """Return the kind's field types by name; empty where it is not described."""
        shape = self.get(kind) if kind else None
        return shape.fields if shape else {}

    def has(self, kind: str, path: str) -> bool:
        """Return whether a dotted path of the kind leads to a field that we may read."""
        shape = self.get(kind)
        *steps, field = path.split(".")
        for step in steps:
            above = shape.above.get(step) if shape else None
            shape = self.get(above) if above else None
        return shape is not None and field in shape.fields

    def _describe(self, kinds: list[str]) -> dict[str, Shape | None]:
        asked = [
            {"method": "GET", "url": f"{ROOT}sobjects/{kind}/describe", "referenceId": f"k{place}"}
            for place, kind in enumerate(kinds)
        ]
        answer = self._door.ask("composite", {"compositeRequest": asked})
        found = {}
        for part in answer["compositeResponse"]:
            kind = kinds[int(part["referenceId"][1:])]
            found[kind] = _shape(kind, int(part["httpStatusCode"]), part["body"])
        return found


def _shape(kind: str, status: int, described: Any) -> Shape | None:
    if status == 404:
        return None
    if status != 200:
        raise TryAgain(f"Salesforce did not describe {kind} (status {status}).")
    fields = described["fields"]
    external_ids = frozenset(each["name"] for each in fields if each.get("externalId"))
    return Shape(
        kind,
        {each["name"]: each["type"] for each in fields},
        {
            each["relationshipName"]: each["referenceTo"][0]
            for each in fields
            if each.get("relationshipName") and each.get("referenceTo")
        },
        external_ids,
        {each["name"]: picklist(each) for each in fields if each.get("picklistValues")},
        {each["name"]: _facts(each) for each in fields},
        Rights(
            create=bool(described.get("createable")),
            edit=bool(described.get("updateable")),
            delete=bool(described.get("deletable")),
            external_ids=external_ids,
        ),
    )


def _facts(each: Mapping[str, Any]) -> FieldFacts:
    leads_to = each.get("referenceTo") or [""]
    return FieldFacts(
        name=each["name"],
        label=str(each.get("label") or each["name"]),
        type=each["type"],
        length=int(each.get("length") or 0),
        writable=bool(each.get("updateable")),
        relationship=str(each.get("relationshipName") or ""),
        leads_to=str(leads_to[0]),
        choices=tuple(picklist(each).active().items()) if each.get("picklistValues") else (),
    )
