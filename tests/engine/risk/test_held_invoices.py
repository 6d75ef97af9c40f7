"""What was said of a case holds for the invoices that it was said of, whatever comes after."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connections.salesforce import describing
from sandbox.salesforce import acts as salesforce
from sync.core.chasing.cases import Holds
from sync.engine import risk_holds, switching
from sync.models import FlowSwitch, Write

from .office import Office

PROMISED = "Counterpart_Promised_On__c"


def quiet(office: Office) -> None:
    """Fail where the tasks still change though nothing happens."""
    office.sync(0)
    office.sync(0)
    before = Write.objects.filter(kind="Task").count()
    for _ in range(3):
        office.sync(0)
    assert Write.objects.filter(kind="Task").count() == before


@pytest.mark.parametrize("said", ["Disputed", "Promised_On"])
def test_a_later_invoice_is_told_and_the_held_one_stays_held(office: Office, said: str) -> None:
    account, contact = office.customer()
    office.owes(contact, "900.00", late=20)
    office.sync(0)
    far = (office.today + timedelta(days=60)).isoformat()
    office.edit(office.task(), **{said: True if said == "Disputed" else far})
    office.sync(0)
    assert office.account(account)["Credit_Status"] == "Good"
    office.street.tick()
    office.owes(contact, "700.00", late=20)
    quiet(office)
    assert office.task()["Description"].splitlines()[1].startswith("GBP 700.00")
    assert office.account(account)["Credit_Status"] == "Watch"


def test_a_new_promise_in_the_broken_ones_own_task_waits_for_its_day(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact, late=25)
    office.sync(0)
    office.edit(office.task(), Promised_On=(office.today + timedelta(days=1)).isoformat())
    office.sync(0)
    office.pass_days(3)
    broken = office.task(account, "promise")
    office.edit(broken, Promised_On=(office.today + timedelta(days=9)).isoformat())
    quiet(office)
    assert len(office.tasks(account, "promise")) == 1
    office.pass_days(8)
    assert len(office.tasks(account, "promise")) == 1
    office.pass_days(3)
    assert office.task(account, "promise")


def test_a_task_ends_with_its_own_invoices_though_others_wait(office: Office) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact, "900.00", late=20)
    far = (office.today + timedelta(days=30)).isoformat()
    office.owes(contact, "800.00", late=20, ExpectedPaymentDate=far)
    office.sync(0)
    assert office.task()["Description"].splitlines()[1].startswith("GBP 900.00")
    office.street.pay(invoice)
    office.sync(0)
    assert [task["IsClosed"] for task in office.tasks(account)] == [True]
    assert "Outstanding now: GBP 800.00" in office.tasks(account)[0]["Description"]


def test_a_dispute_outlives_the_task_that_it_was_said_in(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, "900.00", late=20)
    office.sync(0)
    office.edit(office.task(), Disputed=True)
    office.sync(0)
    office.complete(office.task())
    office.sync(0)
    office.street.tick()
    office.owes(contact, "700.00", late=20)
    office.pass_days(20)
    told = office.task()["Description"].splitlines()
    assert told[1].startswith("GBP 700.00")
    assert any("GBP 900.00 is disputed" in line for line in told)
    quiet(office)


def test_what_was_said_here_reaches_fields_that_are_installed_later(office: Office) -> None:
    salesforce.remove_custom_field(office.world, "Task", PROMISED)
    _, contact = office.customer()
    office.owes(contact, late=20)
    office.sync(0)
    day = office.today + timedelta(days=9)
    risk_holds.hold(office.case().pk, Holds(promised_on=day), "fay")
    office.sync(0)
    salesforce.add_custom_field(office.world, "Task", PROMISED, "Date")
    describing.forget(office.street.pairs[0].salesforce_id)
    office.pass_days(1)
    assert office.case().promised_on == day
    assert office.task()[PROMISED] == day.isoformat()


def test_what_finance_says_while_a_task_is_being_written_is_kept(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=20)
    office.sync(0)
    office.street.tick()
    office.owes(contact, "200.00", late=20)
    day = office.today + timedelta(days=5)

    def say() -> None:
        risk_holds.hold(office.case().pk, Holds(promised_on=day), "fay")

    office.sync_while("send", say)
    assert office.case().promised_on == day
    office.sync(0)
    assert office.case().promised_on == day
    assert office.task()["Counterpart_Promised_On__c"] == day.isoformat()


def test_what_is_said_after_the_telling_pair_was_switched_off_reaches_the_task(
    office: Office,
) -> None:
    account, _ = office.customer()
    other = office.street.contact("Acme Ltd", 1)
    office.street.link(account, other, 1)
    office.owes(other, "1900.00", late=20, place=1)
    office.sync()
    switching.switch_flow(office.street.pairs[0], "credit_risk", FlowSwitch.Mode.OFF, "fay")
    risk_holds.hold(office.case().pk, Holds(disputed=True), "fay")
    office.sync(1)
    assert office.task()["Counterpart_Disputed__c"] is True
