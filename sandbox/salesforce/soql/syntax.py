"""A query as it was understood. `place` is where a part begins in the query's text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Path:
    """A field, or one above it: `Account.Owner.Name`."""

    steps: tuple[str, ...]
    place: int

    def __str__(self) -> str:
        return ".".join(self.steps)


@dataclass(frozen=True)
class Column:
    """One selected field; `converts` to the caller's currency."""

    path: Path
    alias: str = ""
    converts: bool = False


@dataclass(frozen=True)
class Total:
    """An aggregate such as `SUM(Amount)`; without a path it is `COUNT()`."""

    function: str
    path: Path | None
    alias: str
    place: int


@dataclass(frozen=True)
class EveryField:
    """`FIELDS(ALL)`, `FIELDS(STANDARD)` or `FIELDS(CUSTOM)`."""

    which: str
    place: int


@dataclass(frozen=True)
class Value:
    """A literal: its sort is string, number, boolean, null, date, datetime or moving."""

    sort: str
    text: str
    place: int


@dataclass(frozen=True)
class Comparison:
    """A field beside a literal."""

    path: Path
    sign: str  # = != < <= > >= LIKE
    value: Value


@dataclass(frozen=True)
class Membership:
    """A field that is in a list, or in what another query finds, or is not."""

    path: Path
    negated: bool
    values: tuple[Value, ...]
    query: "Query | None" = None


@dataclass(frozen=True)
class Both:
    """Conditions that all must hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Either:
    """Conditions of which one must hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Negation:
    """A condition that must not hold."""

    part: "Condition"


Condition = Comparison | Membership | Both | Either | Negation


@dataclass(frozen=True)
class Order:
    """One thing to sort by."""

    what: Path | Total
    descending: bool
    nulls_last: bool


@dataclass(frozen=True)
class Query:
    """One SELECT."""

    text: str
    items: tuple["Column | Total | EveryField | Query", ...]
    source: str
    source_place: int
    alias: str = ""
    where: Condition | None = None
    group: tuple[Path, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def counts(self) -> bool:
        """Whether it asks for totals rather than for records."""
        return bool(self.group) or any(isinstance(item, Total) for item in self.items)
