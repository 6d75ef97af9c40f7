"""What is known of accounts for the rules of credit risk, gathered from the local index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sync.core.chasing.cases import Case, State
from sync.core.flow import FieldRule
from sync.core.mapping import evaluate_one
from sync.core.projection import ACCOUNT, Billed, Standpoint
from sync.core.records import Record
from sync.core.risk.standing import Promise, Standing
from sync.flows.shapes import credit_status, risk_records

from . import billing
from .billing import Source


@dataclass
class Owed:
    """One account's invoices and credits in every organisation, as they were last read."""

    account: str
    invoices: list[Billed] = field(default_factory=list)
    credits: list[Record] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    contacts: list[tuple[Source, str]] = field(default_factory=list)
    where: dict[str, Source] = field(default_factory=dict)
    """By invoice the organisation that it is in."""

    def day(self, otherwise: date) -> date:
        """Return the earliest day that is in its organisations, by Xero's clocks."""
        return min((source.today for source in self.sources), default=otherwise)


def gather(accounts: Collection[str], sources: Sequence[Source]) -> Mapping[str, Owed]:
    """Return what is known of every one of these accounts; no call is made.

    The number of queries grows with the organisations alone.
    """
    found = {each: Owed(each) for each in accounts}
    for account, rows in billing.invoices_of(ACCOUNT, accounts, sources).items():
        found[account].invoices = [billed for _, billed in rows]
        found[account].where = {billed.record.key.id: source for source, billed in rows}
    for account, records in billing.credits_of(accounts, sources).items():
        found[account].credits = records
    for source in sources:
        for account, contact in billing.contacts_of(accounts, source):
            owed = found[account]
            owed.contacts.append((source, contact))
            owed.sources += [source] if source not in owed.sources else []
    return found


def said(cases: Iterable[Case]) -> tuple[list[Promise], set[str]]:
    """Return what people said of an account's cases: promises, and the invoices in dispute."""
    held = [case for case in cases if case.state is not State.SETTLED]
    promises = [
        Promise(each, case.holds.promised_on)
        for case in held
        if case.holds.promised_on
        for each in case.held
    ]
    return promises, {each for case in held if case.holds.disputed for each in case.held}


def limit_of(record: Record | None, rules: Iterable[FieldRule]) -> Decimal | None:
    """Return the account's credit limit by the row that says where it is kept, or None."""
    rule = next((rule for rule in rules if rule.target == credit_status.LIMIT), None)
    value = evaluate_one(rule, record.get) if rule and record else None
    return value if isinstance(value, Decimal) else None


def standing_of(
    owed: Owed,
    at: Standpoint,
    day: date,
    *,
    home: str,
    limit: Decimal | None = None,
    promises: Sequence[Promise] = (),
    disputed: Collection[str] = (),
) -> Standing:
    """Return the standing of an account on its day, for the rules to be judged on.

    `promises` and `disputed` are what people said here and in Salesforce, beside what Xero expects.
    """
    return Standing(
        account=owed.account,
        day=day,
        currency=at.currency,
        invoices=risk_records.invoices(owed.invoices),
        credits=risk_records.credits_of(owed.credits, owed.invoices),
        limit=limit,
        promises=(*risk_records.promises(owed.invoices), *promises),
        disputed=frozenset(disputed),
        home=home,
        rates=at.rates,
    )
