"""A standing: what is known of one account's invoices, credits and promises on one day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Entry:
    """What settled a part of an invoice: a payment, or a credit that was set off against it."""

    day: date
    amount: Decimal
    is_payment: bool = True


@dataclass(frozen=True)
class Invoice:
    """One approved invoice. `due` is what is still to be paid of it on the day of the standing.

    An invoice without a due date is never late.
    """

    id: str
    number: str
    currency: str
    day: date
    due_on: date | None
    total: Decimal
    due: Decimal
    entries: tuple[Entry, ...] = ()
    organisation: str = ""

    def days_late(self, today: date) -> int:
        """Return the days since it was to be paid; 0 when nothing is open or it is not late."""
        if self.due <= ZERO or self.due_on is None:
            return 0
        return max((today - self.due_on).days, 0)

    def payment_days(self) -> list[date]:
        """Return the days on which money came in for it, each once, in their order."""
        return sorted({entry.day for entry in self.entries if entry.is_payment})

    def paid_on(self) -> date | None:
        """Return the day of its last payment once nothing is open; None where no money came in."""
        days = self.payment_days()
        return days[-1] if days and self.due <= ZERO else None

    def settled_on(self) -> date | None:
        """Return the day of whatever settled it last; None while something is open."""
        if self.due > ZERO:
            return None
        return max((entry.day for entry in self.entries), default=self.day)

    def on(self, day: date, today: date) -> Invoice:
        """Return the invoice as it was at the end of an earlier day."""
        later = [entry for entry in self.entries if day < entry.day <= today]
        if not later:
            return self
        kept = tuple(entry for entry in self.entries if entry not in later)
        return replace(
            self, due=self.due + sum((entry.amount for entry in later), ZERO), entries=kept
        )


@dataclass(frozen=True)
class Credit:
    """Money the customer has with us: a credit note, an overpayment or a prepayment.

    `left` is what was not set off yet on the day of the standing; `uses` are what was.
    """

    id: str
    number: str
    currency: str
    day: date
    total: Decimal
    left: Decimal
    is_note: bool = True
    uses: tuple[Entry, ...] = ()

    def on(self, day: date, today: date) -> Credit:
        """Return the credit as it was at the end of an earlier day."""
        later = [use for use in self.uses if day < use.day <= today]
        if not later:
            return self
        kept = tuple(use for use in self.uses if use not in later)
        return replace(self, left=self.left + sum((use.amount for use in later), ZERO), uses=kept)


@dataclass(frozen=True)
class Promise:
    """The customer's word to pay one invoice by a day; `made_on` None: it is not known when."""

    invoice: str
    day: date
    made_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """One account on one day. What is known to be later than that day is not in it.

    `currency` is the account's own, `home` the Salesforce org's; a rate is how much of a currency
    one unit of the org's own is worth. `limit` is the credit limit in the account's currency, None
    where there is none (0 means that none is given). `disputed` are ids of invoices.
    """

    account: str
    day: date
    currency: str
    invoices: tuple[Invoice, ...] = ()
    credits: tuple[Credit, ...] = ()
    limit: Decimal | None = None
    promises: tuple[Promise, ...] = ()
    disputed: frozenset[str] = frozenset()
    home: str = ""
    rates: Mapping[str, Decimal] = field(default_factory=dict, hash=False)

    def open_invoices(self) -> list[Invoice]:
        """Return what is not settled yet, the longest due first."""
        found = [one for one in self.invoices if one.due > ZERO]
        return sorted(found, key=lambda one: (one.due_on or date.max, one.number, one.id))

    def promised(self) -> dict[str, date]:
        """Return by invoice the day for which it was promised last."""
        found: dict[str, date] = {}
        for one in self.promises:
            found[one.invoice] = max(one.day, found.get(one.invoice, date.min))
        return found


def standing_on(day: date, standing: Standing) -> Standing:
    """Return the standing as it was at the end of an earlier day, as far as dates tell.

    Invoices count from their own date. Due dates, limit, disputes and rates are as they are now;
    so are promises of which it is not known when they were made.
    """
    today = standing.day
    if day >= today:
        return standing
    return replace(
        standing,
        day=day,
        invoices=tuple(one.on(day, today) for one in standing.invoices if one.day <= day),
        credits=tuple(one.on(day, today) for one in standing.credits if one.day <= day),
        promises=tuple(p for p in standing.promises if p.made_on is None or p.made_on <= day),
    )


def days_back(standing: Standing, count: int) -> date:
    """Return the first of the last `count` days, the day of the standing being the last."""
    return standing.day - timedelta(days=count - 1)


def currencies_of(standing: Standing) -> set[str]:
    """Return the currencies that its invoices and credits are in."""
    amounts: Iterable[Invoice | Credit] = (*standing.invoices, *standing.credits)
    return {one.currency for one in amounts}
