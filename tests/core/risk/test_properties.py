"""What holds for every rule and every account."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.risk.findings import CreditStatus, Finding, Priority, severity_of, status_of
from sync.core.risk.judging import judge, judge_one, remarks
from sync.core.risk.rules import LEVELS, RiskKind, RiskRule
from sync.core.risk.shipped import SHIPPED
from sync.core.risk.standing import Entry, Invoice, Standing, standing_on

from .ledger import BY_KIND, TODAY, ago, invoice, rules, standing, standings


def level_of(rule: RiskRule, at: Standing) -> int:
    finding = judge_one(rule, at)
    return finding.level if finding else 0


@given(rules(), st.none() | st.decimals(0, 9, places=0))
def test_every_rule_is_silent_on_an_account_that_was_never_billed(
    rule: RiskRule, limit: Decimal | None
) -> None:
    assert judge_one(rule, standing(limit=limit)) is None
    assert judge_one(rule, standing(currency="", home="", rates={})) is None


@given(rules(), standings(), st.integers(1, 200), st.integers(1, 10**6))
def test_one_more_overdue_invoice_never_lowers_a_level(
    rule: RiskRule, at: Standing, days: int, cents: int
) -> None:
    if rule.kind is RiskKind.CREDITED:  # what was billed is a sale, whether it is paid or not
        return
    more = invoice("more", str(Decimal(cents) / 100), due=days)
    assert level_of(rule, replace(at, invoices=(*at.invoices, more))) >= level_of(rule, at)


@given(rules(), standings(), st.data())
def test_settling_an_invoice_never_raises_a_level(
    rule: RiskRule, at: Standing, data: st.DataObject
) -> None:
    owed = at.open_invoices()
    if not owed:
        return
    one = data.draw(st.sampled_from(owed))
    paid = replace(one, due=Decimal(0), entries=(*one.entries, Entry(TODAY, one.due)))
    after = replace(at, invoices=tuple(paid if other is one else other for other in at.invoices))
    assert level_of(rule, after) <= level_of(rule, at)


@given(rules(), standings(), st.data())
def test_a_payment_on_account_never_raises_a_level(
    rule: RiskRule, at: Standing, data: st.DataObject
) -> None:
    if rule.kind is RiskKind.PART_PAYMENTS or not at.open_invoices():
        return
    one = data.draw(st.sampled_from(at.open_invoices()))
    part = one.due / 2
    paid = replace(one, due=one.due - part, entries=(*one.entries, Entry(TODAY, part)))
    after = replace(at, invoices=tuple(paid if other is one else other for other in at.invoices))
    assert level_of(rule, after) <= level_of(rule, at)


@given(standings(), st.randoms())
def test_the_order_of_records_does_not_matter(at: Standing, random: st.random.Random) -> None:  # type: ignore[name-defined]
    mixed = replace(
        at,
        invoices=tuple(random.sample(at.invoices, len(at.invoices))),
        credits=tuple(random.sample(at.credits, len(at.credits))),
        promises=tuple(random.sample(at.promises, len(at.promises))),
    )
    assert judge(SHIPPED, mixed) == judge(reversed(SHIPPED), at)


SUMS = (RiskKind.OVERDUE, RiskKind.LIMIT, RiskKind.CREDITED, RiskKind.PROMISE)
"""The kinds whose level hangs on money alone; the others count days and invoices too."""


def own_currency(at: Standing) -> Standing:
    """Return the standing without rates and without anything in another currency."""
    return replace(
        at,
        rates={},
        invoices=tuple(one for one in at.invoices if one.currency == at.currency),
        credits=tuple(one for one in at.credits if one.currency == at.currency),
    )


@given(rules(*SUMS), standings())
def test_without_rates_only_the_accounts_own_currency_counts(rule: RiskRule, at: Standing) -> None:
    mixed, single = judge_one(rule, replace(at, rates={})), judge_one(rule, own_currency(at))
    assert (mixed is None) == (single is None)
    if mixed is not None and single is not None:
        assert (mixed.level, mixed.amount) == (single.level, single.amount)


@given(rules(RiskKind.HABIT, RiskKind.PART_PAYMENTS), standings())
def test_what_is_at_stake_is_never_summed_across_currencies(rule: RiskRule, at: Standing) -> None:
    mixed = judge_one(rule, replace(at, rates={}))
    owed = sum((one.due for one in own_currency(at).open_invoices()), Decimal(0))
    assert mixed is None or 0 < mixed.amount <= owed


@given(standings())
def test_whatever_is_found_is_more_than_nothing_and_told(at: Standing) -> None:
    for finding in judge(SHIPPED, at):
        assert 1 <= finding.level <= LEVELS
        assert finding.level <= finding.severity <= 5
        assert finding.amount > 0
        assert finding.currency == at.currency
        assert finding.words[0].endswith(".")
        assert set(finding.invoices) <= {one.id for one in at.invoices}


@given(standings())
def test_what_cannot_be_counted_is_said(at: Standing) -> None:
    told = "\n".join(remarks(SHIPPED, at))
    francs = any(one.currency == "CHF" and one.due > 0 for one in at.invoices)
    assert ("CHF" in told) or not francs


@given(rules(), standings())
def test_a_rule_that_is_switched_off_finds_nothing(rule: RiskRule, at: Standing) -> None:
    assert judge([replace(rule, active=False)], at) == ()


@given(standings(), st.integers(0, 120))
def test_an_earlier_day_knows_nothing_of_later_ones(at: Standing, days: int) -> None:
    then = standing_on(ago(days), at)
    assert then.day == ago(days)
    assert standing_on(TODAY, at) == at
    for one in then.invoices:
        assert one.day <= then.day
        assert all(entry.day <= then.day for entry in one.entries)
        now = next(other for other in at.invoices if other.id == one.id)
        assert one.due >= now.due
        assert one.due + sum((e.amount for e in one.entries), Decimal(0)) == one.total
    for credit in then.credits:
        assert all(use.day <= then.day for use in credit.uses)
        assert credit.left + sum((u.amount for u in credit.uses), Decimal(0)) == credit.total


@given(standings(), st.integers(0, 60), st.integers(0, 60))
def test_two_steps_back_are_one_long_step_back(at: Standing, a: int, b: int) -> None:
    near = standing_on(ago(a), at)
    assert standing_on(near.day - timedelta(days=b), near) == standing_on(ago(a + b), at)


@pytest.mark.parametrize("kind", RiskKind)
def test_the_accounts_that_are_drawn_give_every_kind_something_to_say(kind: RiskKind) -> None:
    seen = set()

    @settings(max_examples=400, database=None, derandomize=True)
    @given(rules(kind), standings())
    def look(rule: RiskRule, at: Standing) -> None:
        seen.add(level_of(rule, at))

    look()
    assert {0, 1} <= seen


def test_no_severity_is_above_five() -> None:
    assert [severity_of(replace(BY_KIND[RiskKind.PROMISE], weight=9), n) for n in (1, 3)] == [5, 5]


def test_a_status_is_that_of_the_worst_finding() -> None:
    def finding(severity: int) -> Finding:
        return Finding("overdue", 1, severity, Decimal(1), "GBP", ("x.",))

    assert status_of([]) is CreditStatus.GOOD
    by_severity = [status_of([finding(1), finding(n)]).value for n in range(1, 6)]
    assert by_severity == ["Watch", "Watch", "At risk", "At risk", "On hold"]
    urgency = [finding(n).priority for n in range(1, 6)]
    assert urgency == [Priority.LOW, Priority.NORMAL, Priority.NORMAL, Priority.HIGH, Priority.HIGH]


@pytest.mark.parametrize("kind", RiskKind)
def test_every_kind_is_shipped_with_rising_levels(kind: RiskKind) -> None:
    rule = BY_KIND[kind]
    assert list(rule.steps) == sorted(set(rule.steps))
    severities = [severity_of(rule, n) for n in range(1, len(rule.steps) + 1)]
    assert severities == sorted(severities)
    assert rule.active
    assert rule.quiet_days > 0


def test_a_thousand_invoices_of_one_account_are_judged_in_no_time() -> None:
    many: list[Invoice] = [
        invoice(f"I{n}", due=n % 300 - 30, paid=((1, "1000.00"),) if n % 3 else ())
        for n in range(1000)
    ]
    started = time.process_time()
    found = {finding.rule: finding for finding in judge(SHIPPED, standing(*many))}
    assert time.process_time() - started < 1
    assert found["overdue"].level == LEVELS
    assert len(found["overdue"].words) < 20
