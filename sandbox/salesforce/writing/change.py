"""One record on its way to being saved, and who saves it."""

from dataclasses import dataclass, field

from sandbox.salesforce.schema import Kind
from sandbox.store import Record


@dataclass(frozen=True)
class Author:
    """Who writes. In Salesforce's own screens more can be written than over the API."""

    user: str
    by_hand: bool = False
    allow_duplicates: bool = False
    show_duplicates: bool = False


@dataclass
class Change:
    """A record before and after; `given` are the fields that its author named."""

    kind: Kind
    author: Author
    old: Record | None
    new: Record
    given: set[str] = field(default_factory=set)

    @property
    def creates(self) -> bool:
        """Whether the record is a new one."""
        return self.old is None

    @property
    def key(self) -> str:
        """The record's id."""
        return str(self.new["Id"])

    def moved(self, *names: str) -> bool:
        """Whether any of these fields has another value than before."""
        return any((self.old or {}).get(name) != self.new.get(name) for name in names)
