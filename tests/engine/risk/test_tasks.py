"""Opening, updating, rising and closing: one task an account and rule, over simulated weeks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.salesforce import acts as salesforce
from sync.models import Write

from .office import Office


def test_an_overdue_invoice_makes_one_task_for_the_accounts_owner(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    office.sync()
    task = office.task(account)
    assert (task["OwnerId"], task["WhatId"]) == (office.sam, account)
    assert (task["Subject"], task["Priority"]) == ("Overdue: Acme Ltd", "Normal")
    assert "GBP 900.00 is more than 14 days overdue, on 1 invoice." in task["Description"]
    assert f"/Contacts/View/{contact}" in task["Description"]
    assert office.account(account)["Credit_Status"] == "Watch"
    assert office.history() == ["Level 1: a task for Sam."]


def test_a_task_leads_to_its_case_where_people_open_counterpart(
    office: Office, settings: Any
) -> None:
    settings.PUBLIC_URL, settings.SITE_URL = "https://door.example", "https://inside.example"
    account, contact = office.customer()
    office.owes(contact)
    office.sync()
    words = office.task(account)["Description"]
    assert f"Counterpart: https://inside.example/admin/sync/riskcase/?q={account}" in words
    assert "door.example" not in words


def test_a_second_run_and_a_new_day_write_nothing(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=16)
    office.sync()
    written, stamp = office.street.written(), office.task()["SystemModstamp"]
    office.sync()
    for _ in range(5):  # 17 to 21 days late: words name days, never ages
        office.pass_days(1)
    assert office.street.written() == written
    assert office.task()["SystemModstamp"] == stamp


def test_a_task_is_updated_with_the_figures_and_stays_one(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact)
    office.sync()
    first = office.task()
    office.street.tick()
    office.owes(contact, "250.00")
    office.sync()
    again = office.task()
    assert again["Id"] == first["Id"]
    assert "GBP 1,150.00 is more than 14 days overdue, on 2 invoices." in again["Description"]
    assert again["ActivityDate"] == first["ActivityDate"]


def test_it_rises_to_the_manager_and_further_as_weeks_pass(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact, late=13)
    office.sync()
    assert office.tasks() == []
    owners, priorities, statuses = [], [], []
    for _ in range(8):
        office.pass_days(7)  # 20, 27, 34, … days late
        task = office.task()
        owners.append(task["OwnerId"])
        priorities.append((task["Priority"], int(task["Counterpart_Severity__c"])))
        statuses.append(office.account(account)["Credit_Status"])
    assert owners == [office.sam] * 2 + [office.mia] * 4 + [office.dan] * 2
    assert priorities == [("Normal", 2)] * 2 + [("Normal", 3)] * 4 + [("High", 4)] * 2
    assert statuses == ["Watch"] * 2 + ["At risk"] * 6
    assert len(office.tasks()) == 1
    assert office.history() == [
        "Level 1: a task for Sam.",
        "Level 2: passed on to Mia.",
        "Level 3: passed on to Dan.",
    ]


def test_it_closes_itself_in_words_when_it_is_paid_and_a_later_reason_is_new(
    office: Office,
) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact)
    office.sync()
    first = office.task()
    office.street.pay(invoice)
    office.sync()
    (closed,) = office.tasks()
    assert closed["Status"] == "Completed"
    assert "The reason is gone. Nothing is outstanding now." in closed["Description"]
    assert office.account(account)["Credit_Status"] == "Good"
    assert (office.case().state, office.case().closed_why) == (
        "settled",
        "The reason is gone. Nothing is outstanding now.",
    )
    office.street.tick()
    office.owes(contact, "700.00")
    office.sync()
    second = office.task()
    assert second["Id"] != first["Id"]
    assert second["Counterpart_Rule_Key__c"] == f"overdue:{account}:2"


def test_a_part_payment_lowers_the_level_and_nothing_bounces_back(office: Office) -> None:
    _, contact = office.customer()
    old = office.owes(contact, "800.00", late=40)
    office.owes(contact, "700.00", late=20)
    office.sync()
    assert office.task()["OwnerId"] == office.mia
    office.street.pay(old)
    office.sync()
    task = office.task()
    assert (task["OwnerId"], int(task["Counterpart_Severity__c"])) == (office.mia, 2)
    assert office.case().level == 1
    office.pass_days(12)  # the other one passes the second threshold as well
    assert (office.case().level, office.task()["OwnerId"]) == (2, office.mia)


def test_each_rule_has_a_task_of_its_own(office: Office) -> None:
    account, contact = office.customer(Counterpart_Credit_Limit__c=1000)
    office.owes(contact, "900.00")
    office.sync()
    keys = {task["Counterpart_Rule_Key__c"] for task in office.tasks(account)}
    assert keys == {f"overdue:{account}:1", f"limit:{account}:1"}
    salesforce.edit(office.world, "Account", account, {"Counterpart_Credit_Limit__c": 5000})
    office.pass_days(1)
    assert office.task(account, "overdue")
    assert [task["IsClosed"] for task in office.tasks(account, "limit")] == [True]


def test_several_customers_cost_a_call_together(office: Office) -> None:
    for number in range(5):
        _, contact = office.customer(f"Customer {number} Ltd")
        office.owes(contact)
    runs = office.sync(0)
    assert len(office.tasks()) == 5
    sent = set(Write.objects.filter(kind="Task").values_list("attempts__sent", flat=True))
    assert len(sent) == 1
    assert max(run.calls_salesforce for run in runs) <= 15  # with what an org is described by


def test_organisations_add_up_and_one_pair_tells(office: Office) -> None:
    account, british = office.customer()
    other = office.street.contact("Acme Ltd", 1)
    office.street.link(account, other, 1)
    office.owes(british, "400.00")
    office.owes(other, "300.00", place=1, CurrencyCode="NZD")
    office.sync()
    (task,) = office.tasks(account)
    assert "GBP 550.00 is more than 14 days overdue" in task["Description"]
    assert "Fernhill New Zealand" in task["Description"]
    office.sync()
    assert len(office.tasks(account)) == 1


def test_a_task_is_due_on_a_working_day_soon(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact)
    office.sync()
    due = office.task()["ActivityDate"]
    assert due > office.today.isoformat()
    assert due <= (office.today + timedelta(days=9)).isoformat()
