"""Accounts are read whole, page by page, with everything that changed on them or below them."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

import pytest

from connections.remote import Changes
from connections.salesforce.client import SalesforceRemote
from sandbox.salesforce import acts
from sandbox.server import Box
from sync.core.records import Record

pytestmark = pytest.mark.django_db


def make_account(box: Box, name: str, **values: Any) -> str:
    return acts.create(box.world, "Account", {"Name": name, **values})


def make_person(box: Box, account: str, last_name: str = "Ó Briain", **values: Any) -> str:
    person = {"LastName": last_name, "AccountId": account, **values}
    return acts.create(box.world, "Contact", person)


def make_deal(box: Box, account: str) -> str:
    deal = {"Name": "Survey", "StageName": "Prospecting", "CloseDate": "2026-11-25"}
    return acts.create(box.world, "Opportunity", {**deal, "AccountId": account})


def a_minute_passes(box: Box) -> None:
    """What Salesforce tells of deletions ends with the last whole minute."""
    box.world.clock.advance(60)


def records(pages: Iterable[Changes]) -> dict[str, Record]:
    """The records of all pages, each of which came once."""
    found = [record for page in pages for record in page.records]
    assert len({record.key for record in found}) == len(found)
    return {record.key.id: record for record in found}


def later(box: Box) -> datetime:
    """The time, after what happened before lies well back."""
    box.world.clock.advance(600)
    now: datetime = box.world.clock.now()
    box.world.clock.advance(60)
    return now


def test_an_account_is_read_with_its_people_and_whether_it_bought(
    box: Box, remote: SalesforceRemote
) -> None:
    parent = make_account(box, "Aire Group")
    buyer = make_account(
        box,
        "Aire Ltd",
        ParentId=parent,
        ShippingCity="Leeds",
        Fax="0113 496 0001",
        Counterpart_Tax_Number__c="GB 123",
    )
    person = make_person(box, buyer, Title="Accounts", Counterpart_Billing_Contact__c=True)
    for _ in range(2):
        acts.close_won(box.world, make_deal(box, buyer))
    make_deal(box, parent)
    group, ltd = remote.read("Account", [parent, buyer])
    assert (ltd.get("ParentId"), ltd.get("ShippingCity"), ltd.get("Fax")) == (
        parent,
        "Leeds",
        "0113 496 0001",
    )
    assert ltd.get("Counterpart_Tax_Number__c") == "GB 123"
    assert ltd.get("LastModifiedBy.Name")
    assert isinstance(ltd.get("LastModifiedDate"), datetime)
    (only,) = ltd.values["Contacts"]
    assert (only["Id"], only["Title"]) == (person, "Accounts")
    assert only["Counterpart_Billing_Contact__c"] is True
    assert isinstance(only["CreatedDate"], datetime)
    assert len(ltd.values["Opportunities"]) == 1
    assert (group.values["Contacts"], group.values["Opportunities"]) == ([], [])


def test_a_person_account_is_read_as_a_person(box: Box, remote: SalesforceRemote) -> None:
    box.world.set_setting("salesforce", "person_accounts", True)
    person = acts.create(
        box.world,
        "Account",
        {"FirstName": "Máire", "LastName": "Ó Briain", "PersonEmail": "m@b.ie"},
    )
    (record,) = remote.read("Account", [person])
    assert record.get("IsPersonAccount") is True
    assert (record.get("FirstName"), record.get("LastName")) == ("Máire", "Ó Briain")
    assert record.get("PersonEmail") == "m@b.ie"


def test_everything_that_touches_an_account_brings_it_once(
    box: Box, remote: SalesforceRemote
) -> None:
    names = ["edited", "staffed", "left", "sold", "quiet", "won", "lost", "dropped"]
    made = {name: make_account(box, name) for name in names}
    leaver = make_person(box, made["left"])
    deal, open_deal = make_deal(box, made["sold"]), make_deal(box, made["quiet"])
    moved = make_person(box, made["lost"])
    since = later(box)
    acts.edit(box.world, "Account", made["edited"], {"Phone": "0113 496 0001"})
    make_person(box, made["edited"])
    make_person(box, made["staffed"])
    acts.delete(box.world, "Contact", leaver)
    acts.close_won(box.world, deal)
    acts.edit(box.world, "Opportunity", open_deal, {"Name": "Another survey"})
    acts.merge_accounts(box.world, made["won"], made["lost"])
    acts.delete(box.world, "Account", made["dropped"])
    found = records(remote.changed_records("Account", since))
    assert {r.values.get("Name") for r in found.values()} == set(names) - {"quiet"}
    assert found[made["lost"]].gone == f"merged:{made['won']}"
    assert found[made["dropped"]].gone == "deleted"
    assert [each["Id"] for each in found[made["won"]].values["Contacts"]] == [moved]
    assert found[made["left"]].values["Contacts"] == []
    assert len(found[made["sold"]].values["Opportunities"]) == 1


def test_the_cursor_waits_for_a_transaction_that_is_under_way(
    box: Box, remote: SalesforceRemote
) -> None:
    slow, quick = make_account(box, "Slow"), make_account(box, "Quick")
    since = later(box)
    acts.begin_transaction(box.world)
    begun = box.world.clock.now()
    box.world.clock.advance(300)
    acts.edit(box.world, "Account", quick, {"Phone": "1"})
    pages = list(remote.changed_records("Account", since))
    assert set(records(pages)) == {quick}
    assert all(page.covered and page.covered <= begun for page in pages)
    acts.end_transaction(box.world, "Account", slow, {"Phone": "2"})
    assert slow in records(remote.changed_records("Account", pages[-1].covered))


def test_the_first_reading_has_everything_and_what_is_in_the_bin(
    box: Box, remote: SalesforceRemote
) -> None:
    kept, dropped = make_account(box, "Kept"), make_account(box, "Dropped")
    person = make_person(box, kept)
    acts.delete(box.world, "Account", dropped)
    pages = list(remote.changed_records("Account", None))
    found = records(pages)
    assert {remote_id: r.gone for remote_id, r in found.items()} == {kept: "", dropped: "deleted"}
    assert [each["Id"] for each in found[kept].values["Contacts"]] == [person]
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
    assert pages[-1].covered is not None
    assert pages[-1].covered <= box.world.clock.now()
    assert records(remote.changed_records("Account", later(box))) == {}


def test_what_is_purged_before_it_was_read_is_gone_too(box: Box, remote: SalesforceRemote) -> None:
    account = make_account(box, "Purged")
    since = later(box)
    acts.delete(box.world, "Account", account)
    box.world.table("salesforce", "Account").pop(account)
    a_minute_passes(box)
    found = records(remote.changed_records("Account", since))
    assert found[account].gone == "deleted"


def test_fields_of_a_mapping_come_with_accounts_and_people(
    box: Box, remote: SalesforceRemote
) -> None:
    acts.add_custom_field(box.world, "Account", "VAT__c")
    acts.add_custom_field(box.world, "Contact", "Desk__c")
    account = make_account(box, "Aire", VAT__c="GB 1")
    make_person(box, account, Desk__c="Ledger")
    found = records(remote.changed_records("Account", None, ["VAT__c", "Contacts.Desk__c"]))
    assert found[account].get("VAT__c") == "GB 1"
    assert found[account].values["Contacts"][0]["Desk__c"] == "Ledger"


def test_a_field_that_the_org_got_meanwhile_is_found(box: Box, remote: SalesforceRemote) -> None:
    account = make_account(box, "Aire")
    assert "VAT__c" not in remote.fields("Account")
    acts.add_custom_field(box.world, "Account", "VAT__c")
    found = records(remote.changed_records("Account", None, ["VAT__c"]))
    assert found[account].values["VAT__c"] is None


@pytest.mark.slow
def test_ten_thousand_changed_accounts_cost_few_calls_and_can_be_resumed(
    box: Box, remote: SalesforceRemote
) -> None:
    since = later(box)
    with box.world.batch():
        for number in range(10_000):
            account = make_account(box, f"Account {number}")
            make_person(box, account)
            if number % 1_000 == 0:
                box.world.clock.advance(60)
    remote.fields("Account")
    before = remote.calls
    pages = list(remote.changed_records("Account", since))
    assert remote.calls - before <= 25
    found = records(pages)
    assert len(found) == 10_000
    assert all(len(record.values["Contacts"]) == 1 for record in found.values())
    assert all(len(page.records) <= 2_000 for page in pages)
    begun = list(islice(remote.changed_records("Account", since), 2))  # then the worker is killed
    rest = records(remote.changed_records("Account", begun[-1].covered))
    assert {*records(begun), *rest} == set(found)
    assert len(rest) < 10_000


def test_a_person_added_below_an_account_that_was_read_a_moment_ago_is_news(
    box: Box, remote: SalesforceRemote
) -> None:
    since = later(box)
    account = make_account(box, "Aire Joinery Ltd")
    known = records(remote.changed_records("Account", since))
    box.world.clock.advance(2)
    make_person(box, account)
    news = records(
        remote.changed_records(
            "Account", since, (), lambda ids: {i: known[i] for i in ids if i in known}
        )
    )
    assert [len(record.values["Contacts"]) for record in news.values()] == [1]
