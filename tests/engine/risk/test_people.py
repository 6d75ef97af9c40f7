"""What people do to tasks is theirs: closing, deleting, taking over, rewording, reopening."""

from __future__ import annotations

from datetime import timedelta

from sandbox.salesforce import acts as salesforce
from sync.core.chasing import wording
from sync.models import RiskCase

from .office import Office


def test_who_completes_a_task_is_left_in_peace_for_the_quiet_days(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact, late=15)
    office.sync()
    office.complete(office.task())
    office.sync()
    assert office.case().state == "done"
    for _ in range(13):  # 16 to 28 days late, and 13 days of the rule's 14
        office.pass_days(1)
    assert [task["IsClosed"] for task in office.tasks(account)] == [True]
    office.pass_days(1)
    assert office.task(account)["Counterpart_Rule_Key__c"].endswith(":2")


def test_the_next_level_makes_a_new_task_at_once(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact, late=29)
    office.sync()
    office.complete(office.task())
    office.sync()
    office.pass_days(2)
    task = office.task(account)
    assert (task["OwnerId"], len(office.tasks(account))) == (office.mia, 2)
    first, second = RiskCase.objects.order_by("episode")
    assert (first.state, first.closed_why) == ("settled", "Another task has taken its place.")
    assert second.state == "open"


def test_of_two_tasks_for_one_reason_the_earlier_ones_case_is_settled(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact, late=29)
    office.sync()
    office.complete(office.task())
    office.pass_days(2)
    assert office.task(account)["Counterpart_Rule_Key__c"].endswith(":2")
    office.sync()
    cases = RiskCase.objects.order_by("episode").values_list("state", "closed_why")
    assert list(cases) == [("settled", "Another task has taken its place."), ("open", "")]


def test_who_deletes_a_task_is_left_in_peace_likewise(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact, late=15)
    office.sync()
    office.delete(office.task())
    office.pass_days(1)
    assert (office.case().state, office.tasks(account)) == ("removed", [])
    office.pass_days(10)
    assert office.tasks(account) == []
    office.pass_days(5)
    assert office.task(account)["Counterpart_Rule_Key__c"].endswith(":2")


def test_a_task_completed_when_the_reason_was_gone_ends_the_case(office: Office) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact)
    office.sync()
    office.complete(office.task())
    office.street.pay(invoice)
    office.sync()
    assert office.case().state == "settled"
    office.street.tick()
    office.owes(contact)
    office.sync()
    assert office.task(account)["Counterpart_Rule_Key__c"].endswith(":2")


def test_a_task_that_a_person_opens_again_goes_on(office: Office) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact)
    office.sync()
    task = office.task()
    office.complete(task)
    office.sync()
    office.edit(task, Status="In Progress")
    office.sync()
    assert office.case().state == "open"
    assert office.history()[1:] == [
        "The task was completed by a person, while the reason stands.",
        "The task was opened again.",
    ]
    office.street.pay(invoice)
    office.sync()
    assert [task["Status"] for task in office.tasks(account)] == ["Completed"]


def test_a_task_that_counterpart_closed_and_a_person_opened_goes_on_too(office: Office) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact)
    office.sync(0)
    task = office.task()
    office.street.pay(invoice)
    office.sync(0)
    office.edit(task, Status="In Progress")
    office.sync(0)
    assert office.task()["Id"] == task["Id"]  # without a reason it is the person's own
    office.street.tick()
    second = office.owes(contact, "700.00")
    office.sync(0)
    assert [each["Id"] for each in office.tasks(account)] == [task["Id"]]
    assert "GBP 700.00 is more than 14 days overdue" in office.task()["Description"]
    assert (office.case().state, office.case().episode) == ("open", 1)
    written = office.street.written()
    office.sync(0)
    office.sync(0)
    assert office.street.written() == written
    office.street.pay(second)
    office.sync(0)
    assert [each["IsClosed"] for each in office.tasks(account)] == [True]
    office.edit(task, Disputed=True)  # whatever is written in what is over stays there
    office.pass_days(1)
    assert office.tasks(account)[0]["Counterpart_Disputed__c"] is True


def test_a_task_brought_back_from_the_bin_goes_on_instead_of_a_second(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact, late=15)
    office.sync()
    task = office.task()
    office.delete(task)
    office.pass_days(1)
    salesforce.restore(office.world, "Task", task["Id"])
    office.pass_days(16)  # past the quiet days
    assert [each["Id"] for each in office.tasks(account)] == [task["Id"]]
    assert office.case().state == "open"


def test_who_took_a_task_over_keeps_it_until_the_next_level(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=20)
    office.sync()
    eve = office.user("Eve")
    office.edit(office.task(), OwnerId=eve)
    office.street.tick()
    office.owes(contact, "200.00", late=20)
    office.sync()
    assert "GBP 1,100.00" in office.task()["Description"]
    assert office.task()["OwnerId"] == eve
    assert (office.case().owner_name, office.history()[-1]) == ("Eve", "Eve has the task now.")
    office.pass_days(11)
    assert office.task()["OwnerId"] == office.mia
    assert office.history()[-1] == "Level 2: passed on to Mia."


def test_who_takes_over_a_task_that_is_put_off_is_named(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=20)
    office.sync(0)
    eve = office.user("Eve")
    office.edit(office.task(), OwnerId=eve, Snoozed_Until="2099-01-01")
    office.sync(0)
    assert office.case().owner_name == "Eve"
    assert "Eve has the task now." in office.history()


def test_what_a_person_changed_stays_until_the_next_level(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=20)
    office.sync()
    far = (office.today + timedelta(days=60)).isoformat()
    mine = {"Subject": "Ring Ann", "Priority": "High", "ActivityDate": far}
    office.edit(office.task(), **mine)
    office.street.tick()
    office.owes(contact, "200.00", late=20)
    office.sync()
    task = office.task()
    assert {name: task[name] for name in mine} == mine
    office.pass_days(11)
    task = office.task()
    assert (task["Subject"], task["Priority"]) == ("Ring Ann", "Normal")
    assert task["ActivityDate"] < far


def test_what_a_person_wrote_below_our_part_is_kept_through_everything(office: Office) -> None:
    _, contact = office.customer()
    invoice = office.owes(contact, late=20)
    office.sync()
    task = office.task()
    note = "Rang Ann: she sends it on Friday."
    windows = f"{task['Description']}\n{note}".replace("\n", "\r\n")
    office.edit(task, Description=windows)
    office.street.tick()
    office.owes(contact, "200.00", late=20)
    office.sync()
    told = office.task()["Description"]
    assert "GBP 1,100.00" in told
    assert told.endswith(f"{wording.END}\n{note}")
    assert told.count(wording.END) == 1
    office.pass_days(11)
    assert note in office.task()["Description"]
    office.street.pay(invoice)
    office.sync()
    (closed,) = office.tasks()
    assert closed["IsClosed"]
    assert note in closed["Description"]


def test_a_text_that_a_person_rewrote_is_left_and_kept_below_at_the_next_level(
    office: Office,
) -> None:
    _, contact = office.customer()
    office.owes(contact, late=20)
    office.sync()
    office.edit(office.task(), Description="All mine now.")
    office.street.tick()
    office.owes(contact, "200.00", late=20)
    office.sync()
    assert office.task()["Description"] == "All mine now."
    office.pass_days(11)
    told = office.task()["Description"]
    assert told.startswith("Overdue, level 2.")
    assert told.endswith("All mine now.")


def test_nothing_is_written_over_an_edit_of_the_same_moment(office: Office) -> None:
    _, contact = office.customer()
    office.owes(contact, late=20)
    office.sync()
    task = office.task()
    office.street.tick()
    office.owes(contact, "200.00", late=20)

    def edit() -> None:
        office.edit(task, Subject="Mine, at the last moment")

    office.sync_while("stamps", edit)
    office.sync()
    assert office.task()["Subject"] == "Mine, at the last moment"
    assert "GBP 1,100.00" in office.task()["Description"]


def test_tasks_of_others_are_never_touched(office: Office) -> None:
    account, contact = office.customer()
    mine = {"Subject": "Call", "WhatId": account, "OwnerId": office.sam}
    salesforce.create(office.world, "Task", mine)
    invoice = office.owes(contact)
    office.sync()
    office.street.pay(invoice)
    office.sync()
    (other,) = [t for t in office.tasks(account) if t["Counterpart_Rule_Key__c"] is None]
    assert (other["Status"], other["Subject"]) == ("Not Started", "Call")
