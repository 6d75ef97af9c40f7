"""The kinds of Salesforce's records and their fields, read from the tables in objects/."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

_TABLES = Path(__file__).parent / "objects"
KINDS = tuple(sorted(path.stem for path in _TABLES.glob("[A-Z]*.txt")))
NUMBERS = ("currency", "double", "percent")
TEXTS = ("string", "textarea", "phone", "url", "email", "picklist", "combobox")


@dataclass(frozen=True)
class Field:
    """One field. The letters of `flags` are the properties that describe tells of it.

    c createable, u updateable, n nillable, d defaulted on create, R restricted picklist,
    N name field, L look-up by id, x external id, q unique, F neither to be filtered nor sorted by.
    """

    name: str
    type: str
    length: int = 0
    scale: int | None = None  # of numbers, whose `length` is their precision
    flags: str = ""
    to: tuple[str, ...] = ()
    relationship: str = ""
    below: str = ""
    cascade: bool = False
    compound: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    case_sensitive: bool = False

    def has(self, flag: str) -> bool:
        """Whether it has the property of this letter."""
        return flag in self.flags

    @property
    def custom(self) -> bool:
        """Whether the org added it."""
        return self.name.endswith(("__c", "__pc"))

    @property
    def polymorphic(self) -> bool:
        """Whether it may point to records of several kinds."""
        return len(self.to) > 1

    @property
    def comparable(self) -> bool:
        """Whether queries may filter and sort by it."""
        return not self.long and self.type != "address" and not self.has("F")

    @property
    def long(self) -> bool:
        """Whether it is too long a text to be filtered, sorted or grouped by."""
        return self.type == "textarea" and self.length > 255


@dataclass(frozen=True)
class Below:
    """A relationship downwards: the kind there, and its field that points up."""

    name: str
    kind: str
    field: str
    cascade: bool


@dataclass(frozen=True)
class Kind:
    """One kind as this org has it."""

    name: str
    prefix: str
    label: str
    plural: str
    abilities: tuple[str, ...]
    fields: Mapping[str, Field]
    features: tuple[str, ...] = ()
    below: tuple[Below, ...] = field(default=(), compare=False)

    @cached_property
    def _by_lower(self) -> dict[str, Field]:
        return {name.lower(): one for name, one in self.fields.items()}

    @cached_property
    def _up(self) -> dict[str, Field]:
        return {one.relationship.lower(): one for one in self.fields.values() if one.relationship}

    def find(self, name: str) -> Field | None:
        """The field of this name in whatever case."""
        return self._by_lower.get(name.lower())

    def upwards(self, relationship: str) -> Field | None:
        """The reference field behind a relationship's name."""
        return self._up.get(relationship.lower())

    def downwards(self, relationship: str) -> Below | None:
        """The relationship of this name to the records below."""
        wanted = relationship.lower()
        return next((one for one in self.below if one.name.lower() == wanted), None)

    def can(self, ability: str) -> bool:
        """Whether its records can be created, updated, deleted, undeleted or merged by API."""
        return ability in self.abilities

    def without(self, abilities: Collection[str]) -> "Kind":
        """The same kind to somebody whose profile withholds these abilities."""
        kept = tuple(one for one in self.abilities if one not in abilities)
        return replace(self, abilities=kept) if abilities else self

    def with_fields(self, fields: Mapping[str, Field]) -> "Kind":
        """The same kind with other fields."""
        return replace(self, fields=fields)


@cache
def declared(name: str) -> Kind:
    """The kind as its table has it, with every field that some org may have."""
    head, *rest = _lines(name)
    titles, plural, abilities, *more = (part.strip() for part in head.split(" | "))
    prefix, label = titles.split(" ", 1)
    fields = {one.name: one for line in rest for one in _fields(line)}
    features = _features(more[0]) if more else ()
    return Kind(name, prefix, label, plural, tuple(abilities.split()), fields, features)


def _lines(name: str) -> list[str]:
    return (_TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def _fields(line: str) -> Iterator[Field]:
    if not line.startswith("use "):
        yield _field(line)
        return
    _, block, *prefix = line.split()
    for below in _lines(block):
        yield _field(below.replace("{}", prefix[0] if prefix else ""))


def _field(line: str) -> Field:
    main, *options = line.split(" | ")
    name, kind, size, *flags = main.split()
    first, _, second = size.partition(",")
    made = Field(
        name,
        kind,
        0 if size == "-" else int(first),
        int(second) if second else None,
        flags[0] if flags else "",
    )
    for option in options:
        made = _with_option(made, *option.split(" ", 1))
    return made


def _with_option(made: Field, sign: str, text: str) -> Field:
    if sign == ">":
        return _pointing(made, text)
    if sign == "in":
        return replace(made, compound=text)
    if sign == "=":
        return replace(made, default=text)
    if sign == "when":
        return replace(made, features=_features(text))
    choices = [choice.strip() for choice in text.split(";")]
    default = next((choice[:-1] for choice in choices if choice.endswith("*")), made.default)
    return replace(made, choices=tuple(c.removesuffix("*") for c in choices), default=default)


def _pointing(made: Field, text: str) -> Field:
    text, cascade = text.removesuffix(" cascade"), text.endswith(" cascade")
    text, _, below = text.partition(" below ")
    kinds, _, relationship = text.partition(" as ")
    return replace(
        made,
        to=tuple(kinds.split(", ")),
        relationship=relationship,
        below=below,
        cascade=cascade,
    )


def _features(text: str) -> tuple[str, ...]:
    return tuple(text.removeprefix("when ").split(", "))
