"""Remote records as the core sees them: who they are, what they hold, when they were stamped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class System(StrEnum):
    """The two systems that are kept in step."""

    SALESFORCE = "salesforce"
    XERO = "xero"

    @property
    def other(self) -> System:
        """The system on the other side."""
        return System.XERO if self is System.SALESFORCE else System.SALESFORCE

    @property
    def label(self) -> str:
        """The system's name as people write it."""
        return "Salesforce" if self is System.SALESFORCE else "Xero"


@dataclass(frozen=True, order=True)
class Key:
    """The name of one remote record: system, kind (`Opportunity`, `Invoice`) and the remote's id.

    Salesforce ids have 18 characters, Xero ids are lower-case UUIDs. Which connection is meant
    follows from the pair that is being worked on.
    """

    system: System
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.system}:{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """Return the key written by `str(key)`; raises ValueError when malformed."""
        system, kind, remote_id = text.split(":", 2)
        return cls(System(system), kind, remote_id)


@dataclass(frozen=True)
class Record:
    """One remote record as read.

    `values` has the remote's own field names. Numbers are Decimal, dates `date`, times aware UTC
    `datetime`; nested objects are mappings and lists of mappings. `stamp` is the remote's
    last-change time (SystemModstamp, UpdatedDateUTC). `gone` is empty for a live record, else
    `deleted`, `archived` or `merged:<id of the winner>`.
    """

    key: Key
    values: Mapping[str, Any] = field(hash=False)
    stamp: datetime | None = None
    gone: str = ""

    def get(self, path: str, default: Any = None) -> Any:
        """Return the value at a dotted path (`Account.Owner.Name`), or `default` where absent."""
        value: Any = self.values
        for part in path.split("."):
            if not isinstance(value, Mapping) or part not in value:
                return default
            value = value[part]
        return value
