"""Whose task it is: owners who left, owners who change, managers in a circle, and refusals."""

from __future__ import annotations

import pytest

from sandbox.salesforce import acts as salesforce
from sync.models import ReviewItem, Write

from .office import Office


def questions() -> list[str]:
    """Return the titles of the open questions."""
    rows = ReviewItem.objects.filter(state=ReviewItem.State.OPEN)
    return list(rows.values_list("title", flat=True))


def test_an_inactive_owner_without_a_stand_in_is_one_question_for_all_accounts(
    office: Office,
) -> None:
    office.edit_user(office.sam, IsActive=False)
    for name in ("Acme Ltd", "Bird Ltd"):
        office.owes(office.customer(name)[1])
    office.sync(0)
    assert office.tasks() == []
    (title,) = questions()
    assert title.startswith("Salesforce lets Sam have no task")
    item = ReviewItem.objects.get(state="open")
    assert (item.place, item.argument) == ("table", "task_stand_in")
    assert item.subjects.count() == 2
    office.edit_user(office.sam, IsActive=True)
    office.pass_days(1)
    assert (len(office.tasks()), questions()) == (2, [])


@pytest.mark.parametrize("named", ["name", "id"])
def test_a_queue_stands_in_for_an_inactive_owner(office: Office, named: str) -> None:
    queue = salesforce.create(office.world, "Group", {"Name": "Collections", "Type": "Queue"})
    office.stand_in("Collections" if named == "name" else queue)
    office.edit_user(office.sam, IsActive=False)
    office.owes(office.customer()[1])
    office.sync()
    assert office.task()["OwnerId"] == queue
    assert questions() == []


def test_a_user_stands_in_by_the_user_name(office: Office) -> None:
    eve = office.user("Eve")
    office.stand_in("eve@fernhill.example")
    office.edit_user(office.sam, IsActive=False)
    office.owes(office.customer()[1])
    office.sync(0)
    assert office.task()["OwnerId"] == eve


def test_a_stand_in_whose_name_two_have_is_asked_about(office: Office) -> None:
    office.stand_in("Kim")
    office.edit_user(office.sam, IsActive=False)
    office.user("Kim")
    office.user("Kim", Username="kim2@fernhill.example")
    account, contact = office.customer("Bird Ltd")
    office.owes(contact)
    office.sync(0)
    assert office.tasks(account) == []
    assert "“Kim”, who is to stand in, cannot either" in questions()[0]


def test_a_task_whose_owner_leaves_is_given_on(office: Office) -> None:
    office.owes(office.customer()[1], late=35)
    office.sync()
    assert office.task()["OwnerId"] == office.mia
    office.edit_user(office.mia, IsActive=False)
    office.pass_days(1)
    assert office.task()["OwnerId"] == office.dan
    assert office.history()[-1] == "Given to Dan."


def test_a_task_follows_the_accounts_new_owner_unless_somebody_took_it(office: Office) -> None:
    first, second = office.customer("Acme Ltd"), office.customer("Bird Ltd")
    for _, contact in (first, second):
        office.owes(contact, late=15)
    office.sync()
    eve, kim = office.user("Eve"), office.user("Kim")
    office.edit(office.task(second[0]), OwnerId=kim)
    for account, _ in (first, second):
        salesforce.edit(office.world, "Account", account, {"OwnerId": eve})
    office.pass_days(1)
    assert office.task(first[0])["OwnerId"] == eve
    assert office.task(second[0])["OwnerId"] == kim


def test_managers_in_a_circle_and_none_at_all_end_somewhere(office: Office) -> None:
    office.edit_user(office.dan, ManagerId=office.sam)
    _, contact = office.customer()
    lone = office.user("Lone")
    other, others = office.customer("Bird Ltd", OwnerId=lone)
    for each in (contact, others):
        office.owes(each, late=61)
    office.sync()
    assert office.task(other)["OwnerId"] == lone
    assert {task["OwnerId"] for task in office.tasks()} == {office.dan, lone}


def test_an_owner_whom_salesforce_refuses_is_passed_over_and_tried_again_later(
    office: Office,
) -> None:
    queue = salesforce.create(office.world, "Group", {"Name": "Collections", "Type": "Queue"})
    office.stand_in("Collections")
    office.may_own_nothing(office.sam)
    office.owes(office.customer()[1])
    office.sync(0)
    assert office.task()["OwnerId"] == queue
    assert questions() == []
    writes = Write.objects.count()
    office.pass_days(1)
    assert Write.objects.count() == writes


def test_a_refusal_of_everybody_is_a_question(office: Office) -> None:
    office.may_own_nothing(office.sam)
    office.owes(office.customer()[1])
    office.sync(0)
    assert office.tasks() == []
    assert len(questions()) == 1
