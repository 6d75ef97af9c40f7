"""What cannot be billed is a question in plain words, and nothing is written to Xero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.core.flow import Condition, FieldRule, RuleSet, TableRow
from sync.core.organisation import Account, Reference
from sync.core.planning import Action
from sync.core.questions import Question
from sync.core.records import Record
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import around, deal, deal_line, rules, uk, with_lines
from tests.flows.books import Books

LONG = "x" * 4001


def asked(record: Record, reference: Reference | None = None, **values: Any) -> Question:
    """Return the one question of a deal that must not be billed."""
    held = Books(FLOW, around(reference, **values))
    held.put(record)
    plan = held.prepare(record.key)
    assert plan.action is Action.QUESTION
    assert plan.intents == ()
    (question,) = plan.questions
    assert question.holds
    assert len(question.title) > 10
    return question


def lined(*lines: dict[str, Any], amount: str = "100") -> Record:
    return with_lines(deal(), *lines, amount=amount)


def booked(value: str) -> RuleSet:
    """Return the shipped rows, with every line booked to this account at 20 %."""
    return rules(TableRow("account_code", value), TableRow("tax_type", "OUTPUT2"))


@pytest.mark.parametrize(
    ("record", "cause", "words"),
    [
        (deal(AccountId=None), "no_account:", "nobody can be billed"),
        (deal(Account=None), "account_unreadable:", "cannot be read"),
        (deal(account={"Name": "n" * 300}), "account_name:", "1 to 255"),
        (deal(Amount=None), "no_amount:", "neither products nor an amount"),
        (deal(Amount=Decimal(0)), "not_positive:", "GBP 0.00: there is nothing to bill"),
        (deal(Amount=Decimal("-5")), "not_positive:", "GBP -5.00"),
        (lined(deal_line("-100"), amount="-100"), "not_positive:", "GBP -100.00"),
        (deal(Amount=Decimal("9.999")), "decimals:", "GBP has 2 decimals"),
        (deal(CurrencyIsoCode="JPY", Amount=Decimal("99.50")), "decimals:", "JPY has 0 decimals"),
        (deal(CurrencyIsoCode="USD"), "currency:USD", "USD is not enabled"),
        (deal(CloseDate=None), "no_date", "no invoice date"),
        (lined(deal_line("99.99")), "difference:", "GBP 99.99, the deal is GBP 100.00"),
        (lined(deal_line("0.333", "3"), amount="0.99"), "difference:", "GBP 1.00"),
        (lined(deal_line("100", Description=LONG)), "length:description:", "4000 characters"),
        (lined(deal_line("20000000000"), amount="20000000000"), "largest:", "9,999,999,999.99"),
    ],
)
def test_a_deal_that_cannot_be_billed(record: Record, cause: str, words: str) -> None:
    question = asked(record)
    assert question.cause.startswith(cause)
    assert words in question.title


def test_a_difference_from_rounding_discounts_is_a_question_to_the_cent() -> None:
    """Salesforce may sum 3 × 0.35 less 10 % unrounded, 0.945; Xero rounds each line."""
    lines = [deal_line("0.35", "1", "10") for _ in range(3)]
    question = asked(lined(*lines, amount="0.95"))
    assert "Xero would make it GBP 0.96, the deal is GBP 0.95" in question.title
    assert "difference of GBP 0.01" in question.fix.hint


def test_prices_with_tax_are_not_held_against_the_net() -> None:
    record = lined(deal_line("120"), amount="100")
    question = asked(record, rules=rules(TableRow("amounts_are", "Inclusive")))
    assert "GBP 120.00, the deal is GBP 100.00" in question.title


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("999", "does not exist"),
        ("260", "is archived"),
        ("610", "keeps by itself"),
        ("090", "is a bank account"),
    ],
)
def test_an_account_that_takes_no_sale(code: str, words: str) -> None:
    question = asked(deal(), rules=booked(code))
    assert question.cause == f"account:{code}"
    assert words in question.title
    assert (question.fix.place, question.fix.argument) == ("table", "account_code")


@pytest.mark.parametrize(
    ("code", "cause", "words"),
    [
        ("GST", "tax:GST", "does not exist"),
        ("SROUTPUT", "tax:SROUTPUT", "no longer active"),
        ("INPUT2", "tax:INPUT2:200", "does not let"),
    ],
)
def test_a_tax_rate_that_does_not_fit(code: str, cause: str, words: str) -> None:
    question = asked(deal(), rules=rules(TableRow("tax_type", code)))
    assert question.cause == cause
    assert words in question.title


def test_an_account_of_the_wrong_class_for_its_tax_rate() -> None:
    assert asked(deal(), rules=booked("310")).cause == "tax:OUTPUT2:310"


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (builders.tracked("Region", "South"), "“South” is archived"),
        (builders.tracked("Region", "Nowhere"), "does not exist"),
    ],
)
def test_a_tracking_option_that_is_no_more(pair: str, words: str) -> None:
    question = asked(deal(), rules=rules(TableRow("tracking_1", pair)))
    assert words in question.title


def test_a_locked_date_names_the_lock_and_one_cause_for_all_deals() -> None:
    organisation = uk(locked_until=builders.TODAY)
    question = asked(deal(), organisation)
    assert "locked up to 19 Nov 2026" in question.title
    assert question.cause == asked(deal(2), organisation).cause


def test_the_day_after_the_lock_is_open(books: Books) -> None:
    books.around = around(uk(locked_until=date(2026, 11, 18)))
    assert books.sync(deal()).action is Action.CREATE


def test_a_plan_without_currencies_says_so() -> None:
    question = asked(deal(), builders.australian())
    assert "its Xero plan has only AUD" in question.title


def test_rights_that_the_connecting_user_lacks() -> None:
    organisation = uk(actions={"CreateApprovedInvoice": False})
    question = asked(deal(), organisation, rules=rules(TableRow("status", "AUTHORISED")))
    assert "AUTHORISED" in question.title


def test_an_approved_invoice_needs_a_due_date() -> None:
    chosen = rules(TableRow("status", "AUTHORISED"), TableRow("payment_terms", "=contact"))
    assert asked(deal(), rules=chosen).cause == "no_due_date"


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ("amounts_are", "before tax"),
        ("status", "PAID"),
        ("payment_terms", "30 days"),
        ("account_code", "ask"),
        ("account_code", "=item"),
        ("tax_type", "=item"),
    ],
)
def test_a_row_that_cannot_be_followed_is_for_a_person(table: str, value: str) -> None:
    question = asked(deal(), rules=rules(TableRow(table, value)))
    assert (question.fix.place, question.fix.argument) == ("table", table)


@pytest.mark.parametrize(
    "rule",
    [
        FieldRule("date", "Name"),
        FieldRule("line.unit_amount", "Description", "copy"),
        FieldRule("line.quantity", "Description", "number"),
        FieldRule("reference", "Name", "no such transform"),
    ],
)
def test_a_mapping_that_gives_nonsense_is_for_a_person(rule: FieldRule) -> None:
    asked(lined(deal_line("100")), rules=rules(fields=(rule,)))


def test_an_organisation_without_a_revenue_account() -> None:
    purchases = Account("a", "310", "Purchases", "EXPENSE", "INPUT2", True, "", "EXPENSE")
    assert asked(deal(), uk(accounts=(purchases,))).cause == "no_account_code"


def test_all_that_is_wrong_is_said_at_once() -> None:
    held = Books(FLOW, around(uk(locked_until=builders.TODAY), rules=booked("999")))
    held.put(deal(CurrencyIsoCode="USD"))
    causes = {question.cause for question in held.prepare(deal().key).questions}
    assert causes == {"currency:USD", "account:999", "locked:2026-11-19"}


def test_once_it_is_corrected_the_deal_is_billed(books: Books) -> None:
    books.sync(deal(Amount=Decimal(0)))
    assert books.of("Invoice") == []
    assert books.sync(deal()).action is Action.CREATE


def test_a_condition_on_a_line_is_asked_of_that_line(books: Books) -> None:
    row = TableRow("account_code", "999", (Condition("line.Description", "is", "Bad"),))
    books.around = around(rules=rules(row))
    books.put(lined(deal_line("60", Description="Bad"), deal_line("40")))
    (question,) = books.prepare(deal().key).questions
    assert question.cause == "account:999"
