"""A customer's ledger in a few words, and what Hypothesis draws of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from sync.core.risk.findings import Finding
from sync.core.risk.judging import judge_one
from sync.core.risk.rules import RiskKind, RiskRule
from sync.core.risk.shipped import SHIPPED
from sync.core.risk.standing import Credit, Entry, Invoice, Promise, Standing

TODAY = date(2026, 11, 19)
RATES = {"GBP": Decimal(1), "EUR": Decimal("1.25"), "JPY": Decimal(200)}
STEPS = {
    RiskKind.LIMIT: (80, 100, 120),
    RiskKind.HABIT: (2, 4, 6),
    RiskKind.PART_PAYMENTS: (2, 3, 5),
}
BY_KIND = {
    rule.kind: replace(rule, steps=tuple(map(Decimal, STEPS.get(rule.kind, rule.steps))))
    for rule in SHIPPED
}
"""A rule of each kind, with numbers that the tests know by heart."""


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def invoice(
    number: str = "INV-1",
    amount: str = "1000.00",
    *,
    due: int = 20,
    terms: int = 30,
    paid: tuple[tuple[int, str], ...] = (),
    credited: tuple[tuple[int, str], ...] = (),
    currency: str = "GBP",
) -> Invoice:
    """Return an invoice that fell due so many days ago, with its payments as (days ago, amount)."""
    entries = tuple(
        Entry(ago(days), Decimal(part), is_payment)
        for rows, is_payment in ((paid, True), (credited, False))
        for days, part in rows
    )
    left = Decimal(amount) - sum((entry.amount for entry in entries), Decimal(0))
    day = ago(due + terms)
    return Invoice(number, number, currency, day, ago(due), Decimal(amount), left, entries)


def settled(number: str, *, due: int, late: int = 0, terms: int = 30) -> Invoice:
    """Return an invoice that was paid in full, so many days late."""
    return invoice(number, due=due, terms=terms, paid=((due - late, "1000.00"),))


def note(number: str = "CN-1", amount: str = "600.00", *, days: int = 10, left: str = "0",
         currency: str = "GBP", is_note: bool = True) -> Credit:  # fmt: skip
    """Return a credit note of so many days ago."""
    return Credit(number, number, currency, ago(days), Decimal(amount), Decimal(left), is_note)


def standing(*invoices: Invoice, **more: Any) -> Standing:
    """Return the account's standing today, in pounds."""
    values = {"home": "GBP", "rates": RATES, **more}
    return Standing("001", TODAY, values.pop("currency", "GBP"), invoices, **values)


def rule(kind: RiskKind, **more: Any) -> RiskRule:
    """Return the shipped rule of a kind, with other numbers."""
    return replace(BY_KIND[kind], **more)


def found(kind: RiskKind, at: Standing, **more: Any) -> Finding | None:
    """Return what the rule of a kind finds."""
    return judge_one(rule(kind, **more), at)


def level(kind: RiskKind, at: Standing, **more: Any) -> int:
    """Return the level that the rule of a kind finds, 0 for none."""
    finding = found(kind, at, **more)
    return finding.level if finding else 0


def words(kind: RiskKind, at: Standing, **more: Any) -> str:
    """Return the words of what is found, which must be something."""
    finding = found(kind, at, **more)
    assert finding is not None
    return "\n".join(finding.words)


SEEDS = st.integers(0, 2**32)
CURRENCIES = ("GBP", "GBP", "GBP", "GBP", "EUR", "JPY", "CHF")
MOST = {
    RiskKind.OVERDUE: 60,
    RiskKind.LIMIT: 200,
    RiskKind.CREDITED: 120,
    RiskKind.HABIT: 6,
    RiskKind.PROMISE: 30,
    RiskKind.PART_PAYMENTS: 4,
}


def standings() -> st.SearchStrategy[Standing]:
    """Draw an account with invoices, credits, promises, disputes and perhaps a limit.

    By a seed, since accounts on which rules have something to say are rare among simple examples.
    """
    return SEEDS.map(lambda seed: _account(Random(seed)))


def rules(*kinds: RiskKind) -> st.SearchStrategy[RiskRule]:
    """Draw a rule of these kinds, or of any, with numbers of its own."""
    chosen = st.sampled_from(kinds or tuple(RiskKind))
    return st.tuples(chosen, SEEDS).map(lambda of: _rule(of[0], Random(of[1])))


def _rule(kind: RiskKind, chance: Random) -> RiskRule:
    least = 0 if kind in (RiskKind.OVERDUE, RiskKind.PROMISE) else 1
    steps = {chance.randint(least, MOST[kind]) for _ in range(chance.randint(1, 3))}
    return replace(
        BY_KIND[kind],
        steps=tuple(map(Decimal, sorted(steps))),
        amount=chance.choice([Decimal(0), Decimal(100), Decimal(500)]),
        currency=chance.choice(["", "", "GBP", "EUR", "CHF"]),
        count=chance.randint(1, 4),
        window=chance.randint(7, 150),
        least_spread=Decimal(chance.randint(1, 6)),
    )


def _account(chance: Random) -> Standing:
    owed = [_drawn_invoice(f"I{n}", chance) for n in range(chance.randint(0, 12))]
    made = [None, *map(ago, range(0, 120, 7))]
    promises = [
        Promise(one.id, ago(chance.randint(-20, 90)), chance.choice(made))
        for one in owed
        for _ in range(chance.choice([0, 0, 0, 1, 2]))
    ]
    return standing(
        *owed,
        credits=tuple(_drawn_credit(f"C{n}", chance) for n in range(chance.randint(0, 4))),
        limit=chance.choice([None, Decimal(0), *map(Decimal, range(500, 6000, 500))]),
        promises=tuple(promises),
        disputed=frozenset(one.id for one in owed if chance.random() < 0.15),
    )


def _amount(chance: Random) -> Decimal:
    return Decimal(chance.randint(1, 300_000)) / 100


def _entries(total: Decimal, age: int, chance: Random, *, credited: float) -> tuple[Entry, ...]:
    """Return what came in: nothing, all at once, or parts of which the last may be missing."""
    count = chance.choice([0, 0, 1, 1, 1, 2, 3])
    parts = [(total / count).quantize(Decimal("0.01")) for _ in range(count - 1)]
    last = [total - sum(parts)] if count and chance.random() < 0.7 else []
    return tuple(
        Entry(ago(chance.randint(0, age)), part, chance.random() >= credited)
        for part in (*parts, *last)
        if part > 0
    )


def _drawn_invoice(number: str, chance: Random) -> Invoice:
    age, total = chance.randint(0, 240), _amount(chance)
    due_on = ago(age - chance.choice([0, 7, 14, 30])) if chance.random() < 0.95 else None
    entries = _entries(total, age, chance, credited=0.15)
    left = total - sum((entry.amount for entry in entries), Decimal(0))
    currency = chance.choice(CURRENCIES)
    return Invoice(number, number, currency, ago(age), due_on, total, left, entries)


def _drawn_credit(number: str, chance: Random) -> Credit:
    age, total, is_note = chance.randint(0, 200), _amount(chance), chance.random() < 0.7
    uses = _entries(total, age, chance, credited=0)
    left = total - sum((use.amount for use in uses), Decimal(0))
    return Credit(number, number, chance.choice(CURRENCIES), ago(age), total, left, is_note, uses)
