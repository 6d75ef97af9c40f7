"""What many accounts cost: queries and calls that do not grow with them, but by the thousand."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from connections.remote import Lane
from sync.core.records import Key, System
from sync.engine import running
from sync.models import Notice, Run

from .office import Office


def preview(office: Office, accounts: list[str]) -> tuple[int, int]:
    """Return the queries and the Salesforce calls that looking at accounts takes."""
    keys = [Key(System.SALESFORCE, "Account", each) for each in accounts]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        run, _ = running.preview(office.street.switch(), keys)
    return len(queries), run.calls_salesforce


def test_looking_costs_the_same_for_one_account_and_for_many(office: Office) -> None:
    accounts = []
    for number in range(25):
        account, contact = office.customer(f"Customer {number} Ltd")
        office.owes(contact, late=20 + number)
        accounts.append(account)
    office.sync(0)
    assert len(office.tasks()) == 25
    preview(office, accounts[:1])
    few, many = preview(office, accounts[:2]), preview(office, accounts)
    assert many[0] <= few[0]  # where managers have tasks themselves, one call less leads to them
    assert max(few[1], many[1]) <= 5


def test_links_into_other_organisations_cost_no_query_each(office: Office) -> None:
    accounts = []
    for number in range(6):
        account, contact = office.customer(f"Customer {number} Ltd")
        other = office.street.contact(f"Customer {number} Ltd", 1)
        office.street.link(account, other, 1)
        office.owes(contact)
        for _ in range(3):
            office.owes(other, place=1)
        accounts.append(account)
    office.sync()
    assert office.task(accounts[0])["Description"].count("http://") == 6
    preview(office, accounts[:1])
    few, many = preview(office, accounts[:2]), preview(office, accounts)
    assert many[0] <= few[0]


def test_writing_costs_the_same_for_one_task_and_for_many(office: Office) -> None:
    counts = []
    for size in (2, 20):
        for number in range(size):
            _, contact = office.customer(f"Customer {size}-{number} Ltd")
            office.owes(contact)
        office.street.tick()
        office.sync(0)
        with CaptureQueriesContext(connection) as queries:
            office.pass_days(16)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 10


def test_a_day_without_news_is_a_handful_of_calls(office: Office) -> None:
    for number in range(10):
        _, contact = office.customer(f"Customer {number} Ltd")
        office.owes(contact, late=16)
    office.sync(0)
    before = Run.objects.latest("pk").pk
    office.street.pass_days(1)
    office.sync(0)
    runs = Run.objects.filter(pk__gt=before)
    assert sum(run.confirmed for run in runs) == 0
    assert sum(run.calls_salesforce for run in runs) <= 8
    assert not Notice.objects.filter(state="waiting").exists()
    assert running.work_off(office.street.switch(), lane=Lane.PERSON) == []
