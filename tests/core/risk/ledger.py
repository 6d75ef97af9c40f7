"""A customer's ledger in a few words, and what Hypothesis draws of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
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


AMOUNTS = st.integers(1, 400_000).map(lambda cents: Decimal(cents) / 100)
KINDS = st.sampled_from(RiskKind)
CURRENCIES = st.sampled_from(["GBP", "EUR", "JPY", "CHF"])


@st.composite
def invoices(draw: st.DrawFn, ids: st.SearchStrategy[str] | None = None) -> Invoice:
    """Draw an invoice with what was paid and credited of it up to today."""
    number = draw(ids or st.uuids().map(str))
    age, terms = draw(st.integers(0, 300)), draw(st.integers(0, 60))
    total = draw(AMOUNTS)
    entries, left = [], total
    for _ in range(draw(st.integers(0, 3))):
        part = min(draw(AMOUNTS), left)
        if part > 0:
            entries.append(Entry(ago(draw(st.integers(0, age))), part, draw(st.booleans())))
            left -= part
    due_on = draw(
        st.sampled_from([ago(age - terms), None]) if terms == 0 else st.just(ago(age - terms))
    )
    return Invoice(
        number, number, draw(CURRENCIES), ago(age), due_on, total, left, tuple(entries)
    )  # fmt: skip


@st.composite
def credits(draw: st.DrawFn) -> Credit:
    """Draw a credit note or money paid ahead, with what was set off."""
    number, age, total = draw(st.uuids().map(str)), draw(st.integers(0, 300)), draw(AMOUNTS)
    uses, left = [], total
    for _ in range(draw(st.integers(0, 2))):
        part = min(draw(AMOUNTS), left)
        if part > 0:
            uses.append(Entry(ago(draw(st.integers(0, age))), part))
            left -= part
    return Credit(
        number, number, draw(CURRENCIES), ago(age), total, left, draw(st.booleans()), tuple(uses)
    )  # fmt: skip


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Draw an account with invoices, credits, promises, disputes and perhaps a limit."""
    owed = draw(st.lists(invoices(), max_size=6))
    ids = [one.id for one in owed]
    made = st.none() | st.integers(0, 120).map(ago)
    promises = [
        Promise(one, ago(draw(st.integers(-20, 120))), draw(made))
        for one in ids
        if draw(st.integers(0, 3)) == 0
    ]  # fmt: skip
    disputed = frozenset(one for one in ids if draw(st.integers(0, 5)) == 0)
    return standing(
        *owed,
        credits=tuple(draw(st.lists(credits(), max_size=3))),
        limit=draw(st.none() | st.just(Decimal(0)) | AMOUNTS),
        promises=tuple(promises),
        disputed=disputed,
    )


@st.composite
def rules(draw: st.DrawFn) -> RiskRule:
    """Draw a rule of any kind with numbers of its own."""
    kind = draw(KINDS)
    steps = sorted(draw(st.sets(st.integers(0, 60), min_size=1, max_size=3)))
    if kind is RiskKind.PART_PAYMENTS:
        steps = [max(step, 1) for step in steps]
    return replace(
        BY_KIND[kind],
        steps=tuple(map(Decimal, dict.fromkeys(steps))),
        amount=draw(st.sampled_from([Decimal(0), Decimal(100), Decimal(500)])),
        count=draw(st.integers(0, 4)),
        window=draw(st.integers(1, 120)),
    )
