"""Attacks on the review queue: questions that nag, never close, or whose answers misfire."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from sync.engine import deciding, housekeeping, noticing
from sync.models import KnownOrganisation, Notice, PlanRow
from tests.engine.conftest import Desk
from tests.engine.test_attacks_doubling import open_items
from tests.engine.test_changes import billed


def test_an_answer_among_many_contacts_of_one_address_is_heard(desk: Desk) -> None:
    for number in range(9):
        desk.xero.put(
            "Contact",
            f"66666666-6666-6666-6666-{number:012}",
            {
                "Name": f"Branch {number}",
                "ContactStatus": "ACTIVE",
                "EmailAddress": "accounts@example.com",
            },
        )
    person = {"IsPrimary": True, "Contact": {"Email": "accounts@example.com"}}
    desk.win(OpportunityContactRoles=[person])
    desk.work()
    (item,) = open_items()
    deciding.decide(item.pk, "use:66666666-6666-6666-6666-000000000000", "Priya")
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1
    assert open_items() == []


def test_a_question_raised_by_news_from_xero_closes_when_its_cause_is_gone(desk: Desk) -> None:
    _, invoice = billed(desk)
    original = desk.salesforce.fields
    Notice.objects.all().delete()
    desk.salesforce.fields = lambda kind: {}  # type: ignore[method-assign]
    desk.notice(invoice.key)
    desk.work()
    assert open_items()
    desk.salesforce.fields = original  # type: ignore[method-assign]
    for item in open_items():
        deciding.decide(item.pk, "retry", "Priya")
    desk.work_until_quiet()
    assert open_items() == []


def test_an_item_put_aside_stays_aside_until_its_records_change(desk: Desk) -> None:
    key = desk.win(AccountId=None)
    desk.work()
    (item,) = open_items()
    deciding.leave_alone(item.pk, "Priya", "Billed elsewhere")
    desk.notice(key)  # sweeps read the same again
    desk.work_until_quiet()
    assert open_items() == []
    desk.change(key, Name="Survey 1, second part")
    desk.work_until_quiet()
    assert len(open_items()) == 1


def test_a_new_deal_with_the_same_cause_is_asked_about_though_others_were_put_aside(
    desk: Desk,
) -> None:
    desk.xero.locked = date(2026, 11, 30)
    first = desk.win(1)
    desk.work()
    (item,) = open_items()
    deciding.leave_alone(item.pk, "Priya", "Next year")
    second = desk.win(2)
    desk.notice(first)
    desk.work_until_quiet()
    (again,) = open_items()
    assert [row.subject for row in again.subjects.filter(closed_at__isnull=True)] == [str(second)]


def test_an_answer_to_a_conflict_does_not_decide_the_next_one_of_the_same_values(
    desk: Desk,
) -> None:
    key, invoice = billed(desk)
    for _ in range(2):
        desk.xero.edit("Invoice", invoice.key.id, Date=date(2027, 1, 31))
        desk.change(key, CloseDate=date(2026, 11, 25))
        desk.work_until_quiet()
        (item,) = [i for i in open_items() if i.field == "date"]
        deciding.decide(item.pk, "salesforce", "Priya")
        desk.work_until_quiet()
        assert desk.invoices()[0].get("Date") == date(2026, 11, 25)
        desk.change(key, CloseDate=date(2026, 11, 19))
        desk.work_until_quiet()
        for other in open_items():
            deciding.decide(other.pk, "salesforce", "Priya")
        desk.work_until_quiet()


def test_leaving_a_lost_deal_does_not_answer_for_the_next_time_it_is_lost(desk: Desk) -> None:
    key, _ = billed(desk)
    desk.change(key, IsWon=False)
    desk.work_until_quiet()
    (item,) = open_items()
    deciding.decide(item.pk, "leave", "Priya")
    desk.work_until_quiet()
    assert open_items() == []
    desk.change(key, IsWon=True)
    desk.work_until_quiet()
    desk.change(key, IsWon=False)
    desk.work_until_quiet()
    assert len(open_items()) == 1


def test_bill_it_again_holds_for_once(desk: Desk) -> None:
    key, invoice = billed(desk)
    desk.xero.edit("Invoice", invoice.key.id, Status="VOIDED")
    desk.notice(key)
    desk.work_until_quiet()
    deciding.decide(open_items()[0].pk, "again", "Priya")
    desk.change(key, IsWon=False)  # before anybody carried it out
    desk.work_until_quiet()
    assert desk.invoices() == []
    desk.change(key, IsWon=True)
    desk.work_until_quiet()
    assert desk.invoices() == []
    assert len(open_items()) == 1


def test_try_again_after_a_correction_in_xero_looks_at_xero_anew(desk: Desk) -> None:
    desk.xero.locked = date(2026, 11, 30)
    desk.win()
    desk.work()
    (item,) = open_items()
    desk.xero.locked = None
    KnownOrganisation.objects.update(read_at=timezone.now())
    deciding.decide(item.pk, "retry", "Priya")
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1
    assert open_items() == []


@pytest.mark.parametrize("quantity", [Decimal(10) ** 9, Decimal(10) ** 15])
def test_an_amount_too_large_for_any_ledger_is_a_question(desk: Desk, quantity: Decimal) -> None:
    line = {"Id": "1", "Description": "x", "Quantity": quantity, "UnitPrice": Decimal(10) ** 14}
    desk.win(1, OpportunityLineItems=[line], Amount=quantity * Decimal(10) ** 14)
    desk.win(2)
    (run,) = desk.work()
    assert run.error == ""
    assert len(desk.invoices()) == 1
    assert open_items()
    assert PlanRow.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"Name": "N" * 300},
        {"Name": "Ünïcode 🦊 \u202e deal"},
        {"Amount": None},
        {"Amount": Decimal("-5")},
        {"Amount": Decimal("0.005")},
        {"CurrencyIsoCode": "JPY", "Amount": Decimal("10.50")},
        {"CurrencyIsoCode": "XXX"},
        {"CloseDate": None},
        {"CloseDate": date(9999, 12, 31)},
        {"Name": None},
        {"Account": None},
        {"Account": {"Name": "A" * 300}},
        {"Account": {"Name": "ß" * 255}, "OpportunityContactRoles": []},
        {"OpportunityLineItems": [{"Quantity": None, "UnitPrice": None, "Description": None}]},
        {"OpportunityLineItems": [{"Quantity": "many", "UnitPrice": Decimal(1)}]},
    ],
    ids=lambda values: str(values)[:40],
)
def test_bad_input_holds_up_nobody_else_and_is_no_bug(desk: Desk, values: dict[str, Any]) -> None:
    desk.win(1, **values)
    desk.win(2)
    (run,) = desk.work()
    assert run.error == ""
    assert any("Survey 2" in str(i.get("Reference")) for i in desk.invoices())


def test_rechecking_problems_never_reads_for_a_pair_that_is_off(desk: Desk) -> None:
    desk.win(AccountId=None)
    desk.work()
    pair = desk.switch.pair
    pair.active = False
    pair.save()
    calls = desk.xero.calls
    desk.switch.refresh_from_db()
    housekeeping.recheck_if_due(desk.switch, desk.door)
    housekeeping.recheck_if_due(desk.switch, desk.door)
    assert desk.xero.calls == calls
    assert noticing.waiting(pair, desk.switch.flow) == 0
