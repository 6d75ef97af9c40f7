"""Accounts that are merged, deleted, locked and unlinked, and flows that only look or are off."""

from __future__ import annotations

from types import SimpleNamespace

from django.test import Client
from django.urls import reverse

from connections.live import open_remote
from connections.remote import Lane
from mappings.models import RiskRuleRow
from sandbox.salesforce import acts as salesforce
from sandbox.xero import acts as xero
from sync.admin.writes import _fields
from sync.core.records import Key, System
from sync.core.risk.shipped import SHIPPED
from sync.engine import indexing, risk_cases, running, switching, telling
from sync.models import FlowSwitch, Link, PlanRow, RiskCase, Write
from sync.models.switches import set_pause

from .office import Office


def merge(office: Office, winner: str, loser: str) -> None:
    """Merge two accounts, as a person does, with the link that follows."""
    office.street.tick()
    salesforce.merge_accounts(office.world, winner, loser)
    for link in Link.objects.filter(salesforce_id=loser):
        link.salesforce_id, link.role = winner, "further"
        link.save()


def test_a_merged_accounts_task_goes_on_at_the_winner(office: Office) -> None:
    (winner, _), (loser, contact) = office.customer("Acme Ltd"), office.customer("Acme Limited")
    invoice = office.owes(contact)
    office.sync(0)
    task = office.task(loser)
    merge(office, winner, loser)
    office.pass_days(1)
    office.sync(0)
    assert office.task(winner)["Id"] == task["Id"]
    assert RiskCase.objects.get(state="open").account == winner
    office.street.pay(invoice)
    office.sync(0)
    assert [each["IsClosed"] for each in office.tasks(winner)] == [True]


def test_of_two_merged_accounts_with_a_task_each_one_stays_open(office: Office) -> None:
    (winner, first), (loser, second) = office.customer("Acme Ltd"), office.customer("Acme Limited")
    office.owes(first, "900.00")
    office.owes(second, "800.00")
    office.sync(0)
    kept = office.task(winner)
    merge(office, winner, loser)
    office.pass_days(1)
    office.sync(0)
    assert office.task(winner)["Id"] == kept["Id"]
    assert "GBP 1,700.00" in office.task(winner)["Description"]
    (closed,) = [task for task in office.tasks(winner) if task["IsClosed"]]
    assert "merged into one that has this task already" in closed["Description"]
    office.sync(0)
    assert sorted(RiskCase.objects.values_list("state", flat=True)) == ["open", "settled"]


def test_a_deleted_account_and_its_return_make_no_second_task(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    office.sync(0)
    task = office.task(account)
    office.street.tick()
    salesforce.delete(office.world, "Account", account)
    office.pass_days(1)
    assert office.tasks(account) == []
    assert (office.case().state, office.case().closed_on) == ("removed", office.today)
    salesforce.restore(office.world, "Account", account)
    office.pass_days(1)
    assert [each["Id"] for each in office.tasks(account)] == [task["Id"]]


def test_an_unlinked_account_has_its_task_closed(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    office.sync(0)
    Link.objects.all().delete()
    office.pass_days(1)
    assert [task["IsClosed"] for task in office.tasks(account)] == [True]
    assert office.account(account)["Credit_Status"] is None


def test_a_locked_account_is_left_as_it_is(office: Office) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact)
    office.sync(0)
    key = Key(System.SALESFORCE, "Account", account)
    telling.lock(office.street.pairs[0], key, "Legal has it.", "fay")
    office.street.pay(invoice)
    office.pass_days(1)
    assert office.task(account)
    assert office.account(account)["Credit_Status"] == "Watch"


def test_a_shadow_and_a_preview_write_nothing_and_keep_nothing(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    pair = office.street.pairs[0]
    switching.switch_flow(pair, "credit_risk", FlowSwitch.Mode.SHADOW, "fay")
    office.sync(0)
    assert (office.tasks(), RiskCase.objects.count()) == ([], 0)
    plan = PlanRow.objects.latest("pk")
    assert plan.state == "shadow"
    told = {each["field"]: each["after"] for each in plan.fields}
    assert told["task.subject"] == "Overdue: Acme Ltd"
    assert not [name for name in told if name.startswith("_")]
    key = Key(System.SALESFORCE, "Account", account)
    _, plans = running.preview(office.street.switch(), [key])
    assert [each.action for each in plans] == ["create"]
    assert RiskCase.objects.count() == 0


def test_a_pause_stops_tasks_and_they_are_made_afterwards(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    set_pause(on=True, by="fay")
    office.sync(0)
    assert office.tasks() == []
    set_pause(on=False, by="fay")
    running.work_off(office.street.switch(), lane=Lane.PERSON)
    assert office.task(account)


def test_a_rule_that_finance_switches_off_closes_its_tasks_soon(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    office.sync(0)
    row = RiskRuleRow()
    row.take(next(rule for rule in SHIPPED if rule.key == "overdue"))
    row.active = False
    row.save()
    office.sync(0)
    (task,) = office.tasks(account)
    assert "The rule was switched off." in task["Description"]
    row.active = True
    row.save()
    office.sync(0)
    assert office.task(account)["Counterpart_Rule_Key__c"].endswith(":2")


def test_nothing_is_closed_because_another_organisation_was_not_read_yet(office: Office) -> None:
    account, contact = office.customer()
    other = office.street.contact("Acme Ltd", 1)
    invoice = office.owes(contact)
    office.sync(0)
    office.street.link(account, other, 1)
    office.street.pay(invoice)
    office.sync(0)
    assert office.task(account)
    office.sync()
    assert [task["IsClosed"] for task in office.tasks(account)] == [True]


def test_nothing_is_judged_before_an_organisations_credits_were_read(office: Office) -> None:
    account, _ = office.customer()
    other = office.street.contact("Acme Ltd", 1)
    office.street.link(account, other, 1)
    office.owes(other, "900.00", place=1, CurrencyCode="GBP")
    xero.prepay(office.world, other, "900.00", "GBP")
    door = open_remote(office.street.pairs[1].xero, Lane.PERSON)
    for kind in ("Invoice", "Contact"):  # as another flow has read them
        indexing.refresh(door, kind)
    office.sync(0)
    assert office.tasks(account) == []
    office.sync()
    assert office.tasks(account) == []
    assert office.account(account)["Credit_Status"] == "Good"


def test_a_task_that_was_made_beside_an_open_one_is_closed_again(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    office.sync(0)
    first = office.task(account)
    beside = Write.objects.get(kind="Task")  # as if a worker had known nothing of the first
    facts = {**beside.shared["values"]["_case"]["v"], "marker": f"overdue:{account}:7"}
    second = {
        "WhatId": account,
        "OwnerId": office.sam,
        "Subject": "Overdue: Acme Ltd",
        "Counterpart_Rule_Key__c": facts["marker"],
    }
    beside.remote_id = salesforce.create(office.world, "Task", second)
    beside.shared = {"version": 1, "values": {"_case": {"$": "map", "v": facts}}}
    work = SimpleNamespace(pair=office.street.pairs[0])
    risk_cases.confirm(work, [beside])  # type: ignore[arg-type]
    office.pass_days(1)
    assert office.task(account)["Id"] == first["Id"]
    assert len(office.tasks(account)) == 2


def test_a_late_answer_does_not_undo_what_was_kept_of_the_same_task_since(office: Office) -> None:
    account, contact = office.customer()
    invoice = office.owes(contact)
    office.sync(0)
    (late,) = Write.objects.filter(kind="Task")
    office.street.pay(invoice)
    office.sync(0)
    work = SimpleNamespace(pair=office.street.pairs[0])
    risk_cases.confirm(work, [late])  # type: ignore[arg-type]
    assert RiskCase.objects.get().state == "settled"
    assert [task["IsClosed"] for task in office.tasks(account)] == [True]


def test_a_writes_page_shows_the_tasks_fields_and_nothing_of_our_own_book_keeping(
    office: Office, admin_client: Client
) -> None:
    office.owes(office.customer()[1])
    office.sync(0)
    (write,) = Write.objects.filter(kind="Task")
    page = admin_client.get(reverse("admin:sync_write_change", args=[write.pk])).content.decode()
    assert "Overdue: Acme Ltd" in page
    assert "Case" not in {name for name, _, _ in _fields(write)}


def test_the_question_before_it_goes_on_says_how_many_accounts_would_get_tasks(
    office: Office, admin_client: Client
) -> None:
    pair = office.street.pairs[0]
    switching.switch_flow(pair, "credit_risk", FlowSwitch.Mode.SHADOW, "fay")
    for name in ("Acme Ltd", "Bird Ltd"):
        office.owes(office.customer(name)[1])
    office.sync(0)
    address = reverse("admin:sync_flowswitch_change", args=[office.street.switch().pk])
    said = {"pair": pair.pk, "flow": "credit_risk", "mode": "on", "starts_from": ""}
    page = admin_client.post(address, said).content.decode()
    assert "keeps one task an account and rule" in page
    assert "In shadow, 2 accounts would have got tasks" in page
    assert office.tasks() == []


def test_news_of_the_winner_on_the_day_of_the_merge_make_no_second_task(office: Office) -> None:
    (winner, _), (loser, contact) = office.customer("Acme Ltd"), office.customer("Acme Limited")
    office.owes(contact)
    office.sync(0)
    task = office.task(loser)
    merge(office, winner, loser)
    office.owes(contact, "300.00")
    office.sync(0)
    office.sync(0)
    assert office.task(winner)["Id"] == task["Id"]
    assert len(office.tasks(winner)) == 1


def test_a_dispute_goes_over_to_the_account_that_won(office: Office) -> None:
    (winner, first), (loser, second) = office.customer("Acme Ltd"), office.customer("Acme Limited")
    office.owes(first, "900.00")
    office.owes(second, "800.00")
    office.sync(0)
    office.edit(office.task(loser), Disputed=True)
    office.sync(0)
    merge(office, winner, loser)
    office.pass_days(1)
    office.sync(0)
    task = office.task(winner)
    assert (task["Counterpart_Disputed__c"], task["OwnerId"]) == (True, office.sam)
    assert "GBP 800.00 is disputed and not counted." in task["Description"]
    assert task["Description"].splitlines()[1].startswith("GBP 900.00")
