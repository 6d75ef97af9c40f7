"""What the rules would have done, of what the local index and Salesforce tell."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mappings import publishing
from mappings.content import FIELD
from mappings.drafting import draft_of
from mappings.risk_rules import rules_for
from mappings.shipped import ensure
from sync.core.risk.replay import Outcome
from sync.core.risk.shipped import SHIPPED
from sync.engine import trying
from sync.engine.trying import Trial, Tried
from sync.flows.shapes import credit_status
from sync.models import Cursor, KnownRecord, Link, Lock, Notice, RiskCase, Write

from .shop import LIMIT, Shop, ago, contact_of, invoice, today


def trial(shop: Shop, *rules: object) -> Trial:
    return trying.try_rules(shop.pair, rules or rules_for(shop.pair), shop.open)  # type: ignore[arg-type]


def of(found: Trial, key: str) -> Tried:
    return next(one for one in found.tried if one.rule.key == key)


def test_a_customer_who_paid_late_would_have_had_a_task(shop: Shop) -> None:
    account = shop.customer(1)
    shop.invoice(1, due=60, paid=20)
    found = trial(shop)
    assert (found.day, found.first, found.accounts, found.invoices) == (today(), ago(90), 1, 1)
    (episode,) = of(found, "overdue").episodes
    assert (episode.account, episode.opened) == (account, ago(45))
    assert episode.outcome is Outcome.LATE
    assert found.names == {account: "Customer 1 Ltd"}
    assert found.notes == ()


def test_fourteen_tasks_of_which_nine_were_paid_late(shop: Shop) -> None:
    for number in range(1, 15):
        shop.customer(number)
        shop.invoice(number, due=60, paid=20 if number <= 9 else None)
    told = of(trial(shop), "overdue").tally
    assert told.in_words() == (
        "It would have made 14 tasks for 14 accounts in the last 90 days: "
        "9 were paid late, 5 are still open."
    )


def test_nothing_is_written_anywhere(shop: Shop) -> None:
    shop.customer(1)
    shop.invoice(1, due=60)
    before = [model.objects.count() for model in (KnownRecord, Link, Notice, Write, Cursor)]
    trial(shop)
    assert [m.objects.count() for m in (KnownRecord, Link, Notice, Write, Cursor)] == before
    assert shop.salesforce.sent == []


def test_a_rule_that_is_off_is_tried_before_it_is_switched_on(shop: Shop) -> None:
    shop.customer(1)
    shop.invoice(1, due=60)
    off = replace(SHIPPED[0], active=False)
    assert of(trial(shop, off), "overdue").tally.tasks == 1


def test_the_limit_is_that_of_the_account_in_salesforce(shop: Shop) -> None:
    shop.customer(1, **{LIMIT: Decimal(900)})
    shop.customer(2)
    for number in (1, 2):
        shop.invoice(number, due=-10)
    (episode,) = of(trial(shop), "limit").episodes
    assert (episode.first.level, episode.outcome) == (2, Outcome.NOT_DUE)


def test_where_nobody_has_a_limit_the_rule_says_that_it_was_not_tried(shop: Shop) -> None:
    shop.customer(1)
    shop.invoice(1, due=-10)
    assert of(trial(shop), "limit").unable == "No account has a credit limit in Salesforce."


def test_a_salesforce_that_does_not_answer_hides_nothing_else(shop: Shop) -> None:
    account = shop.customer(1, **{LIMIT: Decimal(900)})
    shop.invoice(1, due=60)
    KnownRecord.objects.create(
        connection=shop.pair.xero, kind="Contact", remote_id=contact_of(1), name="Acme"
    )
    shop.silent = True
    found = trial(shop)
    assert of(found, "overdue").tally.tasks == 1
    assert of(found, "limit").unable == found.notes[0]
    assert found.notes[0] == "Salesforce could not be asked: Salesforce does not answer."
    assert found.names == {account: "Acme"}


def test_credit_notes_that_were_never_read_are_said_to_be_unknown(shop: Shop) -> None:
    shop.customer(1)
    shop.invoice(1, due=60)
    Cursor.objects.filter(purpose="index:Prepayment").delete()
    (note,) = trial(shop).notes
    assert note.startswith("Credits that are not set off yet are read once the flow is on")


def test_books_that_were_never_read_are_said_to_be_unknown(shop: Shop) -> None:
    Cursor.objects.all().delete()
    assert "The invoices of" in trial(shop).notes[0]


def test_who_is_kept_out_of_sync_has_no_task(shop: Shop) -> None:
    locked = shop.customer(1)
    shop.customer(2, Counterpart_Do_Not_Sync__c=True)
    for number in (1, 2):
        shop.invoice(number, due=60)
    Lock.objects.create(
        pair=shop.pair, system="salesforce", kind="Account", remote_id=locked, by="ada", why="x"
    )
    found = trial(shop)
    assert of(found, "overdue").tally.tasks == 0
    assert found.accounts == 0


def test_a_rule_whose_amount_has_no_rate_says_that_it_was_not_tried(shop: Shop) -> None:
    shop.customer(1, CurrencyIsoCode="EUR")
    shop.invoice(1, due=60, CurrencyCode="EUR")
    found = of(trial(shop), "overdue")
    assert found.unable == "There is no rate from GBP to any account’s currency."


def test_a_customer_without_an_account_is_not_among_them(shop: Shop) -> None:
    shop.invoice(7, due=60)
    assert trial(shop).accounts == 0


def query_count(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as told:
        act()
    return len(told)


def test_ten_times_the_customers_are_as_many_queries(shop: Shop) -> None:
    def fill(numbers: range) -> None:
        for number in numbers:
            shop.customer(number)
            shop.invoice(number, due=60)

    fill(range(1, 6))
    trial(shop)
    few = query_count(lambda: trial(shop))
    fill(range(6, 60))
    assert query_count(lambda: trial(shop)) == few


@pytest.mark.slow
def test_ten_thousand_invoices_are_tried_within_seconds(shop: Shop) -> None:
    for number in range(1, 2001):
        shop.customer(number)
    shop.store(
        invoice(
            number, due=5 + 37 * turn + number % 30, paid=None if number % 7 == 0 else turn * 37
        )
        for number in range(1, 2001)
        for turn in range(5)
    )
    started = time.process_time()  # our own seconds, whoever else uses the machine
    found = trial(shop)
    assert time.process_time() - started < 10
    assert (found.accounts, found.invoices) == (2000, 10_000)
    assert of(found, "overdue").tally.tasks > 100


def limit_kept_in(shop: Shop, **values: Any) -> None:
    """Publish the row that says where an account's credit limit is kept."""
    ensure(shop.pair, trying.FLOW)
    place = f"{FIELD}{credit_status.LIMIT}"
    row = {**draft_of(shop.pair, trying.FLOW).in_force[place], **values}
    publishing.publish_one(shop.pair, trying.FLOW, place, row, by="ada", why="ours")


def test_a_limit_kept_in_a_field_of_ones_own_is_read_there(shop: Shop) -> None:
    shop.salesforce.written_back = (*shop.salesforce.written_back, "Risk_Limit__c")
    shop.customer(1, Risk_Limit__c=Decimal(900))
    shop.invoice(1, due=-10)
    assert of(trial(shop), "limit").unable
    limit_kept_in(shop, source="Risk_Limit__c")
    assert of(trial(shop), "limit").tally.tasks == 1
    limit_kept_in(shop, source="Risk_Limit__c", active=False)
    assert of(trial(shop), "limit").unable


def test_what_people_promised_and_dispute_here_counts_as_it_does_for_tasks(shop: Shop) -> None:
    for number in (1, 2, 3):
        account = shop.customer(number)
        owed = shop.invoice(number, due=60)
        RiskCase.objects.create(
            connection=shop.pair.salesforce,
            account=account,
            rule="overdue",
            episode=1,
            marker=f"marker {number}",
            held=[owed.key.id],
            promised_on=ago(-5) if number == 1 else None,
            disputed=number == 2,
        )
    (episode,) = of(trial(shop), "overdue").episodes
    assert episode.account.endswith("3AAA")
