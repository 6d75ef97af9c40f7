"""Lost answers, refusals, limits, kills and two workers: never a second task for one reason."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from connections.live import open_remote
from connections.models import Budget, Connection
from connections.remote import Lane
from sandbox.salesforce import acts as salesforce
from sync.engine import running as engine
from sync.engine import settling
from sync.intake import sweeps
from sync.models import ReviewItem, RiskCase, Write
from tests.engine.test_whole import later

from .office import Office

ROOT = Path(__file__).resolve().parents[3]
MAKING, CHANGING = "*/composite/sobjects/Task/*", "*/composite/sobjects"


def settle(office: Office) -> None:
    """Work until nothing is in doubt any more."""
    for _ in range(6):
        office.street.tick()
        later()
        Budget.objects.all().delete()
        engine.work_off(office.street.switch(), lane=Lane.PERSON)
    assert not Write.objects.filter(state__in=Write.OPEN).exists()


def strike(office: Office, path: str, **fault: object) -> None:
    """Let the next call to Salesforce that writes go wrong."""
    office.street.box.faults.add(system="salesforce", method="PATCH", path=path, times=1, **fault)


def sweep(office: Office) -> None:
    """Sweep, and make due what waits."""
    office.street.tick()
    Budget.objects.all().delete()
    sweeps.sweep(office.street.pairs[0])
    later()


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_never_makes_a_second_task(office: Office, lost: str) -> None:
    account, contact = office.customer()
    office.owes(contact)
    strike(office, MAKING, lost=lost)
    sweep(office)
    settle(office)
    task = office.task(account)
    assert (RiskCase.objects.get().task, RiskCase.objects.get().state) == (task["Id"], "open")
    office.pass_days(1)
    assert len(office.tasks(account)) == 1


def test_what_a_person_did_to_a_task_before_its_answer_was_found_stands(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    strike(office, MAKING, lost="after")
    sweep(office)
    engine.work_off(office.street.switch(), lane=Lane.PERSON)
    office.edit(office.task(), Subject="Mine", Status="Completed")
    settle(office)
    (task,) = office.tasks(account)
    assert (task["Subject"], task["Status"]) == ("Mine", "Completed")


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_to_a_rise_or_a_close_is_planned_again(office: Office, lost: str) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact, late=25)
    office.sync(0)
    strike(office, CHANGING, lost=lost)
    office.street.pass_days(6)
    sweep(office)
    settle(office)
    assert (office.case().peak, office.task(account)["OwnerId"]) == (2, office.mia)
    office.street.pay(invoice)
    strike(office, CHANGING, lost=lost)
    sweep(office)
    settle(office)
    (task,) = office.tasks(account)
    assert (task["Status"], office.case().state) == ("Completed", "settled")
    assert task["Description"].count("Closed by Counterpart") == 1


def test_a_reason_that_is_gone_while_the_answer_is_lost_ends_with_a_closed_task(
    office: Office,
) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact)
    strike(office, MAKING, lost="after")
    sweep(office)
    engine.work_off(office.street.switch(), lane=Lane.PERSON)
    office.street.pay(invoice)
    sweep(office)
    settle(office)
    assert [task["IsClosed"] for task in office.tasks(account)] == [True]
    assert office.case().state == "settled"


def test_a_refusal_is_a_question_and_is_tried_again(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    rule = {"kind": "Task", "field": "Priority", "is": "Normal", "message": "Not like this."}
    office.street.box.faults.add(
        system="salesforce",
        method="PATCH",
        path=MAKING,
        times=1,
        status=200,
        body=[
            {
                "success": False,
                "errors": [
                    {
                        "statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                        "message": rule["message"],
                        "fields": [],
                    }
                ],
            }
        ],
    )
    office.sync(0)
    item = ReviewItem.objects.get(state=ReviewItem.State.OPEN)
    assert "Not like this" in item.title
    office.pass_days(1)
    assert office.task(account)
    item.refresh_from_db()
    assert item.state == ReviewItem.State.SOLVED


def test_a_limit_puts_it_off_and_nothing_is_lost(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    strike(office, MAKING, status=503, headers={"Retry-After": "1"})
    sweep(office)
    engine.work_off(office.street.switch(), lane=Lane.PERSON)
    switch = office.street.switch()
    switch.parked_until = None
    switch.save()
    settle(office)
    assert office.task(account)


def test_two_workers_make_one_task(office: Office) -> None:
    accounts = [office.customer(f"Customer {n} Ltd") for n in range(4)]
    for _, contact in accounts:
        office.owes(contact)
    sweep(office)
    switch, errors = office.street.switch(), []

    def work() -> None:
        try:
            engine.work_off(switch, lane=Lane.PERSON)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(office)
    assert errors == []
    assert [len(office.tasks(account)) for account, _ in accounts] == [1] * 4


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_killed_worker_leaves_one_task(
    office: Office, settings: Settings, outside_environment: dict[str, str], moment: str
) -> None:
    account, contact = office.customer()
    office.owes(contact)
    settings.LEASE_SECONDS = 1
    sweep(office)
    addresses = {n: getattr(settings, n) for n in ("XERO_API_URL", "XERO_IDENTITY_URL")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.risk.killed_worker", moment, "1"],
        cwd=ROOT,
        env={**outside_environment, **addresses, "LEASE_SECONDS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    assert RiskCase.objects.count() == 0
    assert len(office.tasks(account)) == (moment == "after")
    threading.Event().wait(1.2)
    settling.wake(office.street.pairs[0], "credit_risk")
    settle(office)
    assert len(office.tasks(account)) == 1
    assert RiskCase.objects.get().task == office.task(account)["Id"]


def test_an_org_without_the_package_gets_no_task_and_one_question(office: Office) -> None:
    salesforce.remove_custom_field(office.world, "Task", "Counterpart_Rule_Key__c")
    for name in ("Acme Ltd", "Bird Ltd"):
        account, contact = office.customer(name)
        office.owes(contact)
    office.sync(0)
    assert office.tasks() == []
    item = ReviewItem.objects.get(state=ReviewItem.State.OPEN)
    assert item.title.startswith("Salesforce’s tasks have no field Counterpart_Rule_Key__c")
    assert office.account(account)["Credit_Status"] == "Watch"  # the account's fields are there


def test_fields_that_are_missing_are_left_out_and_the_holds_stay_here(office: Office) -> None:
    for name in ("Severity", "Snoozed_Until", "Disputed", "Promised_On"):
        salesforce.remove_custom_field(office.world, "Task", f"Counterpart_{name}__c")
    account, contact = office.customer()
    office.owes(contact, late=25)
    office.sync(0)
    row = office.case()
    row.disputed = True
    row.save()
    office.pass_days(10)
    assert office.task(account)["OwnerId"] == office.sam
    written = office.street.written()
    office.pass_days(1)
    assert office.street.written() == written


def test_priorities_that_an_org_has_renamed_are_left_to_it(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    sweep(office)

    class Renamed:
        """A Salesforce whose priorities have other names."""

        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        def choices(self, kind: str, field: str, within: str = "") -> dict[str, str]:
            """Return the org's own names."""
            return {"Dringend": "Dringend"}

    def door(connection: Connection, lane: Lane) -> Any:
        return Renamed(open_remote(connection, lane))

    engine.work_off(office.street.switch(), lane=Lane.PERSON, open_remote=door)
    assert office.task(account)["Priority"] == "Normal"  # the org's default
    (write,) = Write.objects.filter(kind="Task")
    assert "Priority" not in write.body["values"]
