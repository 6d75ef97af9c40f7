"""Snooze, dispute and promise, whichever side they are said on: they wait, and none is undone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sync.core.chasing.cases import Holds
from sync.engine import risk_holds
from sync.models import RiskEntry, Write

from .office import Office

SNOOZED, DISPUTED = "Counterpart_Snoozed_Until__c", "Counterpart_Disputed__c"
PROMISED = "Counterpart_Promised_On__c"


def days(office: Office, count: int) -> date:
    """Return the day in so many days."""
    return office.today + timedelta(days=count)


def here(office: Office, note: str = "", **holds: object) -> None:
    """Say something of the newest case on finance's page."""
    row = office.case()
    risk_holds.hold(row.pk, Holds(**holds), "fay", note)  # type: ignore[arg-type]
    office.sync(0)


def there(office: Office, **values: object) -> None:
    """Say something in the task in Salesforce."""
    told = {name: v.isoformat() if isinstance(v, date) else v for name, v in values.items()}
    office.edit(office.task(), **told)
    office.sync(0)


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_snoozed_task_is_left_alone_until_its_day_and_then_told_everything(
    office: Office, side: str
) -> None:
    _, contact = office.customer()
    office.owes(contact, late=25)
    office.sync(0)
    until = days(office, 10)
    if side == "here":
        here(office, snoozed_until=until)
    else:
        there(office, Snoozed_Until=until)
    assert office.task()[SNOOZED] == until.isoformat()
    assert office.case().snoozed_until == until
    told = office.task()["Description"]
    for _ in range(3):  # the second threshold passes on the sixth day
        office.pass_days(3)
    assert (office.task()["Description"], office.task()["OwnerId"]) == (told, office.sam)
    office.pass_days(1)
    assert office.task()["OwnerId"] == office.mia


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_disputed_task_stays_and_does_not_rise(office: Office, side: str) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact, late=25)
    office.sync(0)
    if side == "here":
        here(office, disputed=True, note="They say it never came.")
    else:
        there(office, Disputed=True)
    assert office.task()[DISPUTED] is True
    office.pass_days(40)
    assert (office.task()["OwnerId"], len(office.tasks())) == (office.sam, 1)
    assert office.account(account)["Credit_Status"] == "Good"
    there(office, Disputed=False)
    assert (office.case().disputed, office.task()["OwnerId"]) == (False, office.dan)
    office.street.pay(invoice)
    office.sync(0)
    assert [task["IsClosed"] for task in office.tasks()] == [True]


@pytest.mark.parametrize("side", ["here", "there", "xero"])
def test_a_promise_waits_for_its_day_and_a_broken_one_is_a_reason_of_its_own(
    office: Office, side: str
) -> None:
    _, contact = office.customer()
    invoice = office.owes(contact, late=25)
    office.sync(0)
    day = days(office, 8)
    if side == "here":
        here(office, promised_on=day)
    elif side == "there":
        there(office, Promised_On=day)
    else:
        office.street.loudly(invoice, ExpectedPaymentDate=day.isoformat())
        office.sync(0)
    office.pass_days(8)
    assert (office.task()["OwnerId"], office.tasks(rule="promise")) == (office.sam, [])
    office.pass_days(1)
    assert office.task()["OwnerId"] == office.mia
    assert "promised" in office.task(rule="promise")["Description"]


def test_a_kept_promise_ends_everything(office: Office) -> None:
    _, contact = office.customer()
    invoice = office.owes(contact, late=25)
    office.sync(0)
    there(office, Promised_On=days(office, 3))
    office.street.pay(invoice)
    office.pass_days(5)
    assert [task["IsClosed"] for task in office.tasks()] == [True]


def test_a_new_promise_on_a_broken_one_closes_its_task(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=25)
    office.sync(0)
    there(office, Promised_On=days(office, 1))
    office.pass_days(3)
    assert office.task(rule="promise")
    there(office, Promised_On=days(office, 9))
    assert [task["IsClosed"] for task in office.tasks(rule="promise")] == [True]
    office.pass_days(10)
    assert office.task(rule="promise")["Counterpart_Rule_Key__c"].endswith(":2")


def test_a_promise_in_xero_keeps_a_task_from_being_opened_at_all(office: Office) -> None:
    _, contact = office.customer()
    day = days(office, 3)
    office.owes(contact, late=25, ExpectedPaymentDate=day.isoformat())
    office.sync(0)
    assert office.tasks() == []
    office.pass_days(4)
    assert len(office.tasks()) == 2  # overdue, and the broken promise


def test_what_both_sides_say_at_once_is_kept_as_the_longer_wait(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=25)
    office.sync(0)
    office.edit(office.task(), Snoozed_Until=days(office, 3).isoformat(), Disputed=True)
    here(office, snoozed_until=days(office, 9), promised_on=days(office, 2))
    task = office.task()
    assert task[SNOOZED] == days(office, 9).isoformat()
    assert (task[DISPUTED], task[PROMISED]) == (True, days(office, 2).isoformat())
    case = office.case()
    assert case.holds == Holds(days(office, 9), True, days(office, 2))


def test_taking_a_hold_back_on_one_side_takes_it_back_on_the_other(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=25)
    office.sync(0)
    here(office, snoozed_until=days(office, 9))
    there(office, Snoozed_Until=None)
    assert office.case().snoozed_until is None
    there(office, Disputed=True)
    here(office)
    assert office.task()[DISPUTED] is False


def test_the_history_says_who_held_what_and_where(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=25)
    office.sync(0)
    day = days(office, 4)
    here(office, "Ann rang.", snoozed_until=day)
    there(office, Disputed=True)
    rows = RiskEntry.objects.filter(case=office.case()).values_list("by", "words")
    assert list(rows) == [
        ("Counterpart", "Level 1: a task for Sam."),
        ("fay", f"Put off until {day:%-d %b %Y}. Ann rang."),
        ("Salesforce", "Disputed."),
    ]


def test_a_case_that_somebody_else_held_meanwhile_is_looked_at_again(office: Office) -> None:
    _, contact = office.customer()
    invoice = office.owes(contact, late=25)
    office.sync(0)
    row = office.case()
    mark = risk_holds.mark_of(row)
    here(office, disputed=True)
    with pytest.raises(risk_holds.CannotHold, match="Somebody else"):
        risk_holds.hold(row.pk, Holds(days(office, 5)), "bob", mark=mark)
    office.street.pay(invoice)
    office.sync(0)
    with pytest.raises(risk_holds.CannotHold, match="settled"):
        risk_holds.hold(row.pk, Holds(days(office, 5)), "bob")


@pytest.mark.parametrize("moment", ["read", "send"])
def test_what_is_said_here_while_a_worker_is_at_it_is_not_lost(office: Office, moment: str) -> None:
    _, contact = office.customer()
    office.owes(contact, late=25)
    office.sync(0)
    office.edit(office.task(), Promised_On=days(office, 2).isoformat())
    office.street.tick()
    office.owes(contact, "800.00", late=25)  # something to write, too
    until = days(office, 9)

    def say() -> None:
        risk_holds.hold(office.case().pk, Holds(snoozed_until=until), "fay")

    office.sync_while("stamps" if moment == "send" else "choices", say)
    office.sync(0)
    task, case = office.task(), office.case()
    assert (task[SNOOZED], case.snoozed_until) == (until.isoformat(), until)
    assert (task[PROMISED], case.promised_on) == (
        days(office, 2).isoformat(),
        days(office, 2),
    )


def test_a_day_begins_where_the_books_are_kept(office: Office) -> None:
    now = office.street.now()
    office.street.pass_days((36.5 - now.hour - now.minute / 60) % 24 / 24)  # 12:30: tomorrow there
    british = office.customer("Acme Ltd")
    kiwi = office.customer("Kiwi Ltd", place=1)
    office.owes(british[1], "2000.00", late=14)
    office.owes(kiwi[1], "2000.00", late=14, place=1)
    office.sync()
    assert office.tasks(british[0]) == []
    assert office.task(kiwi[0])


def test_a_completed_task_that_was_promised_comes_back_after_its_day_alone(
    office: Office,
) -> None:
    _, contact = office.customer()
    office.owes(contact, late=25)
    office.sync(0)
    there(office, Promised_On=days(office, 20))
    office.complete(office.task())
    office.pass_days(15)
    assert [task["IsClosed"] for task in office.tasks(rule="overdue")] == [True]
    office.pass_days(6)
    again = office.task()
    assert again[PROMISED] is not None  # the broken promise is still one
    assert office.task(rule="promise")


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_task_whose_reason_waits_says_so_and_follows_its_figures(
    office: Office, side: str
) -> None:
    _, contact = office.customer()
    office.owes(contact, late=25)
    invoice = office.owes(contact, "300.00", late=24)
    office.sync(0)
    office.edit(office.task(), Description=f"{office.task()['Description']}\nThey asked for time.")
    day = days(office, 10)
    if side == "here":
        here(office, promised_on=day)
    else:
        there(office, Promised_On=day)
    office.sync(0)
    told = office.task()["Description"]
    assert f"It waits: promised for {day:%-d %b %Y}." in told
    assert told.endswith("They asked for time.")
    owner = office.task()["OwnerId"]
    before = Write.objects.count()
    office.sync(0)
    assert Write.objects.count() == before  # said once
    office.street.pay(invoice)
    office.sync(0)
    assert office.task()["Description"] != told
    assert "It waits" in office.task()["Description"]
    assert office.task()["OwnerId"] == owner
    office.pass_days(11)
    assert "It waits" not in office.task()["Description"]
    assert office.task()["Description"].endswith("They asked for time.")
