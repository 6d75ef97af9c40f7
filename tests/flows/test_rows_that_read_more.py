"""Mapping rows that read more than fields: Salesforce's rates, value tables, another field."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sync.core import snapshots
from sync.core.flow import Condition, FieldRule, RuleSet, TableRow
from sync.core.mapping import fields_needed
from sync.core.planning import Action, Plan
from sync.core.records import Record, System
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import TODAY, deal, deal_line, rules, uk, with_lines
from tests.flows import random_deals
from tests.flows.books import Books

DOLLARS = deal(CurrencyIsoCode="USD", Amount=Decimal("1000.00"))
ALL = frozenset({"GBP", "EUR", "USD"})
EAST = Condition("Region__c", "is", "East")


def with_row(target: str, *tables: TableRow, **parts: Any) -> RuleSet:
    """Return the shipped rules with one field's row changed and rows of tables before them."""
    own = rules(*tables)
    fields = tuple(replace(r, **parts) if r.target == target else r for r in own.fields)
    return replace(own, fields=fields)


def planned(wanted: RuleSet, record: Record) -> Plan:
    around = builders.around(uk(currencies=ALL), rules=wanted, salesforce=random_deals.salesforce())
    books = Books(FLOW, around)
    books.put(record)
    return books.prepare(record.key)


def reference(wanted: RuleSet, record: Record) -> str:
    plan = planned(wanted, record)
    assert plan.action is Action.CREATE, [q.title for q in plan.questions]
    body = next(i for i in plan.intents if i.kind == "Invoice").body
    return str(body["Reference"]).partition(" · ")[0]


def converted(argument: str) -> RuleSet:
    return with_row("reference", source="Amount", transform="convert", argument=argument)


@pytest.mark.parametrize(
    ("argument", "made", "told"),
    [
        ("0.79 GBP", "790.00", "USD 1,000.00 × 0.79 (fixed in a mapping row) = GBP 790.00"),
        ("0.79 GBP, 1 Nov 2026, the bank", "790.00", "× 0.79 (1 Nov 2026, the bank) = GBP 790.00"),
        ("GBP by salesforce", "750.00", "(Salesforce, from 30 Oct 2026) = GBP 750.00"),
        ("GBP by salesforce of Signed__c", "775.19", "(Salesforce, from 20 Sep 2026) = GBP 775.19"),
    ],
)
def test_a_row_converts_and_the_plan_keeps_rate_day_and_source(
    argument: str, made: str, told: str
) -> None:
    record = builders.changed(DOLLARS, Signed__c=TODAY - timedelta(days=30))
    assert reference(converted(argument), record) == made
    plan = planned(converted(argument), record)
    assert any(told in check.words for check in plan.checks)
    (kept,) = plan.couple.shared[System.SALESFORCE]["_converted"]
    assert told in kept["words"]
    assert (kept["rate"]["base"], kept["rate"]["currency"]) == ("USD", "GBP")
    intent = next(i for i in plan.intents if i.kind == "Invoice")
    assert snapshots.load(snapshots.dump(intent.shared)) == intent.shared


@pytest.mark.parametrize("argument", ["GBP by salesforce", "0.79 GBP", "0.79 GBP, the bank"])
def test_what_is_in_the_currency_already_is_not_converted(argument: str) -> None:
    record = deal(CurrencyIsoCode="GBP", Amount=Decimal("1000.00"))
    assert reference(converted(argument), record).startswith("1000")
    plan = planned(converted(argument), record)
    assert plan.couple.shared[System.SALESFORCE]["_converted"] == []


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("GBP by salesforce of Signed__c", "Signed__c has no day"),
        ("ZAR by salesforce", "no rate between USD and ZAR"),
    ],
)
def test_without_a_day_or_a_rate_a_row_asks_and_bills_nothing(argument: str, words: str) -> None:
    plan = planned(converted(argument), DOLLARS)
    assert (plan.action, plan.intents) == (Action.QUESTION, ())
    assert words in plan.questions[0].title


def test_a_large_amount_is_shown_with_the_digits_that_it_takes() -> None:
    record = deal(2, CurrencyIsoCode="USD", Amount=Decimal("1000000.00"))
    (kept,) = planned(converted("GBP by salesforce"), record).couple.shared[System.SALESFORCE][
        "_converted"
    ]
    assert "USD 1,000,000.00 × 0.74999794 (Salesforce" in kept["words"]
    assert kept["words"].endswith(" = GBP 749,997.94")


def test_a_line_is_converted_by_its_deals_day_and_currency() -> None:
    wanted = with_row("line.description", source="UnitPrice", transform="convert",
                      argument="GBP by salesforce")  # fmt: skip
    sold = deal(2, CurrencyIsoCode="USD")
    record = with_lines(sold, deal_line("1000.00", "1"), amount="1000.00")
    plan = planned(wanted, record)
    body = next(i for i in plan.intents if i.kind == "Invoice").body
    assert body["LineItems"][0]["Description"] == "750.00"
    assert any("= GBP 750.00" in check.words for check in plan.checks)


def test_a_look_up_picks_another_field() -> None:
    wanted = with_row("reference", source="Region__c", transform="look_up",
                      argument="East = {Order__c}; else = Elsewhere")  # fmt: skip
    assert reference(wanted, deal(Region__c="East", Order__c="PO 7")) == "PO 7"
    assert reference(wanted, deal(Region__c="West", Order__c="PO 7")) == "Elsewhere"


WORDS = (TableRow("words", "By the east desk", (EAST,)), TableRow("words", "By us"))


def test_a_look_up_reads_a_value_table_of_the_record_and_of_the_line() -> None:
    wanted = with_row("reference", *WORDS, source="Name", transform="look_up", argument="=words")
    assert reference(wanted, deal(Region__c="East")) == "By the east desk"
    assert reference(wanted, deal(Region__c="West")) == "By us"
    of_line = TableRow("words", "Hardware", (Condition("line.Kind__c", "is", "box"),))
    rows = with_row("line.description", of_line, source="Description", transform="look_up",
                    argument="=words")  # fmt: skip
    record = with_lines(deal(3), deal_line("10", "1", Kind__c="box"), amount="10.00")
    body = next(i for i in planned(rows, record).intents if i.kind == "Invoice").body
    assert body["LineItems"][0]["Description"] == "Hardware"


def test_a_table_that_says_ask_is_a_question_where_a_field_reads_it() -> None:
    wanted = with_row("reference", TableRow("words", "ask"), source="Name", transform="look_up",
                      argument="=words")  # fmt: skip
    plan = planned(wanted, deal())
    assert plan.action is Action.QUESTION
    assert plan.questions[0].fix.argument == "words"


def test_what_such_rows_read_is_asked_of_salesforce() -> None:
    rows = (
        FieldRule("a", "Amount", "convert", "GBP by salesforce of Signed__c"),
        FieldRule("b", "Region__c", "look_up", "East = {Account.Order__c}; else = x"),
    )
    needed = set(fields_needed(RuleSet(rows, WORDS)))
    assert {"Signed__c", "Account.Order__c", "Region__c"} <= needed
