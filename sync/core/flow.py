"""A flow is frozen data and small pure functions; these are its types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .organisation import Reference
from .records import Key, Record, System

if TYPE_CHECKING:
    from .bodies import Body
    from .couples import Couple
    from .matching import Candidate, Wanted
    from .projection import Projection
    from .questions import Check, Question

Shared = Mapping[str, Any]
"""A record's values under our own field names; a value is a snapshot type (see snapshots)."""

OF_LINE = "line:"
"""How the shared fields begin that are each one line of a record; the line's id follows."""
BOTH = frozenset(System)
TO_XERO, TO_SALESFORCE = frozenset({System.XERO}), frozenset({System.SALESFORCE})


class Owner(StrEnum):
    """Who wins for a field; SHARED means a three-way merge on the agreed values."""

    SALESFORCE = "salesforce"
    XERO = "xero"
    SHARED = "shared"


class Empty(StrEnum):
    """What an empty value means: KEEP never erases the other side, ERASE does."""

    KEEP = "keep"
    ERASE = "erase"


@dataclass(frozen=True)
class FieldRule:
    """How one shared field is made from Salesforce's fields, and which sides may be written.

    `source` is a Salesforce field path (several, comma-separated, for transforms that take
    more). A target `line.<name>` is evaluated for every line. `optional` fields are left out
    where the org lacks them. `create_only` fields count only when the record is created.
    `computed` fields are made by the flow itself, often by a value table: their source counts for
    what is read, and nobody edits it. `compare` names how two values are held against each other
    (see sameness), so that a trivial difference is none. `unset` says in words what the field is
    where no source is named. `lends`: until its owner says anything, the other's value is taken.
    """

    target: str
    source: str = ""
    transform: str = "copy"
    argument: str = ""
    owner: Owner = Owner.SHARED
    writes: frozenset[System] = TO_XERO
    empty: Empty = Empty.KEEP
    optional: bool = False
    create_only: bool = False
    computed: bool = False
    compare: str = ""
    unset: str = ""
    lends: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The source paths, one by one."""
        return tuple(part.strip() for part in self.source.split(",") if part.strip())


@dataclass(frozen=True)
class Condition:
    """`path operator value`, tested on a record, a line or a computed name (`amount`).

    Operators: `is`, `is not`, `in` (values separated by `;`), `contains`, `below`, `above`.
    """

    path: str
    operator: str
    value: str


@dataclass(frozen=True)
class TableRow:
    """One row of a value table; the first row whose conditions all hold gives `value`."""

    table: str
    value: str
    when: tuple[Condition, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class ValueTable:
    """A table that the flow looks values up in, for those who edit its rows.

    `choices` are values with their words; `free` the pattern of every other value, none when
    empty. `listed` names the list of the Xero organisation that offers values: `accounts`,
    `tax_rates`, `themes`, `tracking`, `currencies` or `conversions`; or the list of the org,
    `stages`, `price_books` or `users`. In a table of `several`, a
    value is words separated by commas, tried in order. Tables `of_lines` are looked up for every
    line. `gives` is the target that the value ends up in; empty for the table's own name.
    The rows of a table that `asks` have one condition, `=<asks> is <one of asked>`: they are asked
    by the flow itself, never of a record. `asked` has the words for each. `may_ask` tells whether
    a value may be “ask”; `hint` is what a person should know of the values. `needs_rest` tells
    whether its rows must end with one for all other cases. Rows of a `bare` table have no
    conditions: no record is at hand when they are asked. `knows` are the names that are no field
    (`=amount`) for which the flow has a value when it asks the table.
    """

    name: str
    title: str
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)
    free: str = r"[^=\s].*"
    listed: str = ""
    several: bool = False
    of_lines: bool = False
    gives: str = ""
    asks: str = ""
    asked: Mapping[str, str] = field(default_factory=dict, hash=False)
    may_ask: bool = True
    hint: str = ""
    needs_rest: bool = False
    bare: bool = False
    knows: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleSet:
    """The mapping rows in force for one flow and pair."""

    fields: tuple[FieldRule, ...]
    tables: tuple[TableRow, ...]
    version: int = 0

    def table(self, name: str) -> tuple[TableRow, ...]:
        """Return the rows of one value table, in order."""
        return tuple(row for row in self.tables if row.table == name)

    def field(self, target: str) -> FieldRule | None:
        """Return the rule of one shared field, or None."""
        return next((rule for rule in self.fields if rule.target == target), None)


@dataclass(frozen=True)
class Need:
    """A record that must exist in Xero before this flow's own can be made (a contact).

    `name` is the shared field that names it; there `@name` stands for one yet to be made.
    """

    name: str
    salesforce_kind: str
    xero_kind: str
    flow: str
    key_of: Callable[[Record], str]
    wanted: Callable[[Record], Wanted]
    body: Callable[[Record], dict[str, Any]]
    marker: Callable[[Record], str]


@dataclass(frozen=True)
class Surroundings:
    """What the pure steps may look at besides the two records.

    `today` is the date in the organisation's own time zone; `home_currency` is what a Salesforce
    record without a currency of its own is in; `items` maps item codes (upper-case) to facts of
    the Xero item; `addresses` makes a record's address in its system's own pages.
    """

    reference: Reference
    rules: RuleSet
    today: date
    home_currency: str
    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    starts_from: date | None = None
    """Records of an earlier day are left alone, unless they are linked already."""
    addresses: Callable[[Key], str] = field(default=lambda key: "", hash=False)
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    """The names of the fields that Salesforce kinds have in this org, where a flow asks."""
    salesforce: Reference | None = None
    """What the Salesforce org says of itself: its currencies, the stages of its deals."""


def _no_day(record: Record) -> date | None:
    return None


def _nothing_to_check(couple: Couple, surroundings: Surroundings) -> list[Check]:
    return []


@dataclass(frozen=True)
class Flow:
    """One thing kept in step. Flows are found by the registry; see docs/adding-a-flow.md."""

    key: str
    title: str
    salesforce_kind: str
    xero_kind: str
    starts_on: frozenset[tuple[System, str]]
    creates_in: frozenset[System]
    fields: tuple[FieldRule, ...]
    tables: tuple[TableRow, ...]
    """The rows it comes with; see `value_tables` for every table that it reads."""
    unwanted: Callable[[Record], str]
    """The reason, in words, to leave a subject's record alone; empty when it is wanted."""
    marker: Callable[[Key], str]
    """What is written into the created record so that it can be found again."""
    wanted: Callable[[Record], Wanted]
    """The keys by which an existing counterpart of a Salesforce record is found."""
    subject_of: Callable[[Candidate], str]
    """The Salesforce id that a Xero record names by itself, or empty."""
    to_shared: Callable[[System, Couple, Surroundings], dict[str, Any]]
    to_body: Callable[[System, Shared, Couple, Surroundings], dict[str, Any]]
    item_codes: Callable[[Record, RuleSet], set[str]] = lambda record, rules: set()
    """The item codes (upper-case) that a record's lines name, to be looked up in the index."""
    day_of: Callable[[Record], date | None] = _no_day
    """The day that decides whether a record is older than the flow's beginning."""
    value_tables: tuple[ValueTable, ...] = ()
    needs: tuple[Need, ...] = ()
    indexes: tuple[str, ...] = ()
    """The Xero kinds whose keys are kept in the local index for this flow."""
    frozen: Callable[[Record], str] = lambda record: ""
    """Why a Xero record may not be written any more, in words; empty when it may."""
    too_late: Callable[[Couple, frozenset[str]], Question | None] = lambda couple, fields: None
    """The question when these fields differ but the counterpart is frozen; None: no matter."""
    check: Callable[[Couple, Surroundings], list[Check]] = _nothing_to_check
    """What a create or update is held against before it is sent."""
    ended: Callable[[Couple], Question | None] = lambda couple: None
    """The question when the counterpart has ended (was voided) though the subject lives."""
    money_of: Callable[[Shared], tuple[Any, str] | None] = lambda shared: None
    """The (amount, currency) that a plan is about, before tax."""
    exclusive: bool = False
    """Whether a subject may have its counterpart in one organisation only, as a deal is billed."""
    lost: Callable[[Couple, str], Question | None] = lambda couple, reason: None
    """The question when a linked Salesforce record is no longer wanted or is gone."""
    by_likeness: bool = False
    """Whether its records are matched as two address books are, not by their keys alone."""
    lasting: bool = False
    """Whether a linked record stays wanted whatever `unwanted` says of it."""
    left_out: Callable[[Record, RuleSet], str] = lambda record, rules: ""
    """Why the rows of the flow's tables leave a record alone, in words; besides `unwanted`."""
    locked: Callable[[Record], str] = lambda record: ""
    """Why a record's own system wants it kept out of sync, in words; empty when it does not."""
    adopts_as_it_is: bool = True
    """Whether a counterpart found ready made keeps every value in which it differs."""
    creation: Callable[[System, RuleSet], str] = lambda system, rules: "yes"
    """Whether a record that has no counterpart gets one made in that system: yes, ask or no."""
    further: Callable[[System, Shared, Couple, Surroundings], tuple[Body, ...]] | None = None
    """All the bodies that the changes of one side come to; None: the one of `to_body`."""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What people call its shared fields; a name that lacks is told by itself."""
    together: tuple[frozenset[str], ...] = ()
    """Fields that make one thing (an address): while one is disputed, none of them is written."""
    conflicts_hold: bool = True
    """Whether a disputed field holds up what else would be written to Xero."""
    batch: int = 200
    """How many notices are carried through the steps together."""
    salesforce_indexes: tuple[str, ...] = ()
    """The Salesforce kinds whose keys are kept in the local index for this flow."""
    projects: Projection | None = None
    """What it computes of all that is known and tells Salesforce, where it matches nothing."""
    begins_in_xero: bool = False
    """Whether its subject is a Xero record until that has its counterpart, as a quote is."""
    from_quotes: bool = False
    """Whether a counterpart may have been made in Xero from a quote of the subject."""
    lines: Callable[[Couple], tuple[FieldRule, ...]] | None = None
    """The rules of a couple's lines, each merged as a field of its own (see OF_LINE)."""
    by_code: bool = False
    """Whether its records are matched by their codes, both systems' alike."""

    @property
    def takes_both(self) -> bool:
        """Whether a record of Xero's is a subject of its own until it has its counterpart."""
        return self.by_likeness or self.begins_in_xero or self.by_code

    @property
    def dated(self) -> bool:
        """Whether a first day leaves earlier records alone."""
        return self.day_of is not _no_day
