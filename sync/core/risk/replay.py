"""Replay: the tasks that a rule would have made over the last days, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from .findings import Finding, counted
from .judging import judge_one
from .rules import RiskRule
from .standing import Invoice, Standing, standing_on
from .turning import turning_days

DAYS = 90
SOON = 7
"""Paid within so many days of the task: perhaps it would have been anyway."""


class Outcome(StrEnum):
    """What became of the invoices that a task would have been about."""

    LATE = "paid late"
    OPEN = "still open"
    NOT_DUE = "not due yet"
    ON_TIME = "paid on time"
    CREDITED = "credited"
    NOTHING = "nothing was open"


@dataclass(frozen=True)
class Episode:
    """One task that there would have been: from the day of its reason to the day it was gone.

    `before` tells that the reason was there already when the days began. `first` is what was found
    on the day it opened, `worst` the first finding of the highest level. `closed` is None while the
    reason stands. `paid_after` are the days from its opening to the last payment, if it was paid.
    """

    account: str
    opened: date
    closed: date | None
    first: Finding
    worst: Finding
    before: bool
    outcome: Outcome
    words: str
    paid_after: int | None = None

    @property
    def soon(self) -> bool:
        """Whether it was paid within a week of its opening."""
        return self.paid_after is not None and self.paid_after <= SOON


@dataclass(frozen=True)
class Tally:
    """How many tasks a rule would have made, and how many of each outcome."""

    tasks: int
    accounts: int
    outcomes: tuple[tuple[Outcome, int], ...]
    soon: int

    def in_words(self, days: int = DAYS) -> str:
        """Return the count as a sentence."""
        if not self.tasks:
            return f"It would have made no task in the last {days} days."
        told = [_told(outcome, number) for outcome, number in self.outcomes]
        return (
            f"It would have made {counted(self.tasks, 'task')} for "
            f"{counted(self.accounts, 'account')} in the last {days} days: {', '.join(told)}."
            + self.soon_in_words()
        )

    def soon_in_words(self) -> str:
        """Return how many were paid so soon that they might have been anyway, or empty."""
        if not self.soon:
            return ""
        was = "was" if self.soon == 1 else "were"
        return f" {self.soon} of the late ones {was} paid within a week of the task."


def replay(rule: RiskRule, standing: Standing, days: int = DAYS) -> list[Episode]:
    """Return the tasks that the rule would have made for an account in the last `days` days.

    Dates tell what was known when: see `standing_on` for what is taken as it is today. The rule
    need not be active.
    """
    (found,) = replay_all([rule], standing, days)
    return found


def replay_all(
    rules: Iterable[RiskRule], standing: Standing, days: int = DAYS
) -> list[list[Episode]]:
    """Return what `replay` returns for each of the rules; earlier standings are made but once."""
    first = standing.day - timedelta(days=days)
    then: dict[date, Standing] = {}
    found: list[list[Episode]] = []
    for rule in rules:
        told: list[tuple[date, Finding | None]] = []
        for day in turning_days(rule, standing, first):
            if day not in then:
                then[day] = standing_on(day, standing)
            told.append((day, judge_one(rule, then[day])))
        found.append(
            [
                _episode(standing, row, closed, before=row[0][0] == first)
                for row, closed in _spells(told)
            ]
        )
    return found


def tally(episodes: Iterable[Episode]) -> Tally:
    """Return how many tasks there are and what became of them."""
    every = list(episodes)
    counts = [(outcome, sum(one.outcome is outcome for one in every)) for outcome in Outcome]
    return Tally(
        len(every),
        len({one.account for one in every}),
        tuple((outcome, number) for outcome, number in counts if number),
        sum(one.soon for one in every if one.outcome is Outcome.LATE),
    )


def _told(outcome: Outcome, number: int) -> str:
    verb = {Outcome.LATE: "was", Outcome.ON_TIME: "was", Outcome.CREDITED: "was"}.get(outcome, "is")
    if outcome is Outcome.NOTHING:
        return f"for {number} nothing was open"
    plural = {"was": "were", "is": "are"}[verb] if number != 1 else verb
    return f"{number} {plural} {outcome}"


def _spells(
    found: Iterable[tuple[date, Finding | None]],
) -> Iterator[tuple[list[tuple[date, Finding]], date | None]]:
    """Yield each unbroken row of findings with the day on which there was none any more."""
    row: list[tuple[date, Finding]] = []
    for day, finding in found:
        if finding is not None:
            row.append((day, finding))
        elif row:
            yield row, day
            row = []
    if row:
        yield row, None


def _episode(
    standing: Standing, told: list[tuple[date, Finding]], closed: date | None, *, before: bool
) -> Episode:
    opened, first = told[0]
    level = max(finding.level for _, finding in told)
    worst = next(finding for _, finding in told if finding.level == level)
    about = _open_then(standing, opened, first)
    paid = [day for one in about if (day := one.paid_on()) is not None and day >= opened]
    last = max(paid, default=None)
    return Episode(
        standing.account,
        opened,
        closed,
        first,
        worst,
        before,
        _outcome(about, standing.day),
        _what_happened(about, standing.day),
        (last - opened).days if last is not None else None,
    )


def _open_then(standing: Standing, day: date, finding: Finding) -> list[Invoice]:
    """Return, as they are now, the invoices that were open when the task was opened.

    Those of the finding; where it is about settled ones, all that the customer owed.
    """
    then = {one.id for one in standing_on(day, standing).open_invoices()}
    chosen = then & set(finding.invoices) or then
    return [one for one in standing.invoices if one.id in chosen]


def _outcome(about: list[Invoice], today: date) -> Outcome:
    if any(_paid_late(one) for one in about):
        return Outcome.LATE
    still = [one for one in about if one.due > Decimal(0)]
    if still:
        return Outcome.OPEN if any(one.days_late(today) for one in still) else Outcome.NOT_DUE
    if any(one.paid_on() for one in about):
        return Outcome.ON_TIME
    return Outcome.CREDITED if about else Outcome.NOTHING


def _paid_late(one: Invoice) -> int:
    """Return how many days late it was paid, 0 where it was not."""
    paid_on = one.paid_on()
    if paid_on is None or one.due_on is None:
        return 0
    return max((paid_on - one.due_on).days, 0)


def _what_happened(about: list[Invoice], today: date) -> str:
    """Return in words what became of the invoices: of one alone with its day, else how many."""
    late = [one for one in about if _paid_late(one)]
    still = [one for one in about if one.due > Decimal(0)]
    in_time = [one for one in about if one.paid_on() and not _paid_late(one)]
    credited = len(about) - len(late) - len(still) - len(in_time)
    most = max(map(_paid_late, late), default=0)
    parts = []
    if late:
        when = f" on {late[0].paid_on():%-d %b %Y}" if len(about) == 1 else ""
        upto = "" if len(late) == 1 else "up to "
        number = "" if len(about) == 1 else f"{len(late)} "
        parts.append(f"{number}paid {upto}{counted(most, 'day')} late{when}")
    overdue = [days for one in still if (days := one.days_late(today))]
    if still:
        number = "" if len(about) == 1 else f"{len(still)} "
        since = f", {counted(max(overdue), 'day')} late" if overdue else ", not due yet"
        parts.append(f"{number}still open{since}")
    if in_time:
        parts.append("paid on time" if len(about) == 1 else f"{len(in_time)} paid on time")
    if credited:
        parts.append("credited" if len(about) == 1 else f"{credited} credited")
    return "; ".join(parts) or "nothing was open"
