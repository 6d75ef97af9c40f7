"""What the first steps tell of a pair: its steps, its templates, and what each still lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from connections.models import Pair
from sync.core.flow import Flow
from sync.core.money import Money
from sync.flows.registry import every_flow

TEMPLATES: Mapping[str, str] = {
    "won_opportunity_invoice": "Closed Won opportunity to invoice",
    "payment_status": "Invoice payment status",
    "account_contact": "Contacts and accounts both ways",
    "quote_opportunity": "Quote to opportunity",
    "credit_risk": "Overdue alert and task",
    "product_catalogue": "Product catalogue",
}
"""The ready-made templates by their flow, in the order in which they are offered."""


class Standing(StrEnum):
    """How a step stands: done, the one to take now, a later one, or one that wants a look."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    LOOK = "look"


class Begins(Enum):
    """What a flow begins with, where it is no day."""

    EVERY_RECORD = "every record"


FirstDay = date | Begins | None
"""The first day that a flow takes, every record there is, or not chosen yet."""


@dataclass(frozen=True)
class Place:
    """Where something is mended: a page by its URL name, with what its link says."""

    name: str
    words: str
    args: tuple[str | int, ...] = ()
    query: tuple[tuple[str, str | int], ...] = ()

    @property
    def address(self) -> str:
        """The page's path; empty where there is no such page."""
        try:
            found = reverse(self.name, args=self.args)
        except NoReverseMatch:
            return ""
        return f"{found}?{urlencode(self.query)}" if self.query else found


@dataclass(frozen=True)
class Missing:
    """One thing that a template lacks: a sentence, where to mend it, and whether it blocks.

    What blocks must be mended before the template goes on; anything else may be asked about later.
    `shared` marks what the whole pair lacks, and so each of its templates.
    """

    key: str
    words: str
    place: Place | None = None
    blocking: bool = False
    shared: bool = False


@dataclass(frozen=True)
class MoneyCount:
    """So many plans of one action, in one currency; `amount` is before tax, None without money."""

    action: str
    count: int
    currency: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True)
class Waiting:
    """How many questions of one kind wait for a person at one desk; `sure` have one good answer.

    As the desks count: all disputed fields of one record are one question.
    """

    desk: str
    kind: str
    count: int
    sure: int = 0


@dataclass(frozen=True)
class Progress:
    """How far a flow has looked: `planned` of `of` records; `of` is None while that is unknown."""

    planned: int = 0
    of: int | None = None

    @property
    def complete(self) -> bool:
        """Whether everything that was found has been looked at."""
        return self.of is not None and self.planned >= self.of


@dataclass(frozen=True)
class Plans:
    """What one flow has planned so far in shadow, and what waits for a person."""

    flow: str
    counts: tuple[MoneyCount, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    progress: Progress = Progress()

    @property
    def questions(self) -> int:
        """How many questions wait."""
        return sum(one.count for one in self.waiting)

    @property
    def mark(self) -> str:
        """What tells these plans from others: whoever saw them saw this."""
        told = [f"{c.action} {c.count} {c.currency} {c.amount}" for c in self.counts]
        return "; ".join(told) or "nothing"


@dataclass(frozen=True)
class Template:
    """One ready-made template of a pair: how it stands, what it lacks and what it has planned."""

    flow: str
    title: str
    mode: str
    starts_from: date | None
    changed_at: datetime | None
    missing: tuple[Missing, ...]
    plans: Plans

    @property
    def blocking(self) -> tuple[Missing, ...]:
        """What must be mended before it goes on."""
        return tuple(one for one in self.missing if one.blocking)

    @property
    def dated(self) -> bool:
        """Whether a first day means anything to it."""
        return self.found.dated

    @property
    def found(self) -> Flow:
        """The flow itself."""
        return every_flow()[self.flow]

    @property
    def first_plans(self) -> tuple[MoneyCount, ...]:
        """What it would write, by action and currency."""
        return self.plans.counts

    @property
    def questions(self) -> int:
        """How many questions of it wait for a person."""
        return self.plans.questions

    @property
    def planned(self) -> int:
        """How many records it has looked at."""
        return self.plans.progress.planned

    @property
    def of(self) -> int | None:
        """How many records there are to look at, as far as that is known."""
        return self.plans.progress.of


@dataclass(frozen=True)
class Step:
    """One of the eight steps: `key` is its name in code, `since` when it came to stand so."""

    number: int
    key: str
    title: str
    state: Standing
    words: str
    since: datetime | None = None


@dataclass(frozen=True)
class Setup:
    """How far a pair is set up. Without a pair, what there is to make one of."""

    pair: Pair | None
    steps: tuple[Step, ...]
    minutes_left: int
    missing: tuple[Missing, ...] = ()
    """What the pair itself lacks, whatever template it is for."""
    checked_at: datetime | None = None
    """When both systems were last asked."""

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.state is Standing.DONE for step in self.steps)

    @property
    def current(self) -> Step | None:
        """The first step to take or to look at; None where all are done."""
        return next((s for s in self.steps if s.state in (Standing.LOOK, Standing.NOW)), None)


def title_of(flow: str) -> str:
    """Return the product's name of a flow: its template's, else its own title."""
    known = every_flow().get(flow)
    return TEMPLATES.get(flow) or (known.title if known else flow)


VERBS = {"create": "to make", "update": "to change", "question": "to ask about"}


def in_words(counts: Sequence[MoneyCount]) -> str:
    """Return what plans come to: “9 to make (GBP 12.00 before tax), 2 to ask about”."""
    told = []
    for action, verb in VERBS.items():
        mine = [one for one in counts if one.action == action]
        sums = [
            str(Money(one.amount, one.currency))
            for one in mine
            if one.amount is not None and one.currency
        ]
        money = f" ({' and '.join(sums)} before tax)" if sums else ""
        if mine:
            told.append(f"{sum(one.count for one in mine):,} {verb}{money}")
    return ", ".join(told) or "nothing to write"
