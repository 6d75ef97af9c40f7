"""Deals of a real clock, with its limits, refusals and numbers."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from connections import budget
from connections.models import Connection
from connections.remote import Sending, Verb
from connections.salesforce.client import SalesforceRemote
from sandbox.salesforce import acts
from sandbox.salesforce.defaults import set_up_org
from sandbox.server import Box
from sync.core.errors import ConnectionBroken, NeedsPerson, OutcomeUnknown, TryAgain
from sync.core.records import Key, System

pytestmark = pytest.mark.django_db


def make_account(box: Box, **values: Any) -> str:
    return acts.create(box.world, "Account", {"Name": "O’Neill & “Söhne”", **values})


def make_deal(box: Box, account: str, **values: Any) -> str:
    usual = {"Name": "Survey", "StageName": "Prospecting", "CloseDate": "2026-11-25"}
    return acts.create(box.world, "Opportunity", {**usual, "AccountId": account, **values})


def make_price(box: Box, code: str = "PEG") -> str:
    """A product with a standard price; the id of its price book entry."""
    books = box.world.table("salesforce", "Pricebook2").values()
    standard = next(book["Id"] for book in books if book["IsStandard"])
    product = acts.create(
        box.world, "Product2", {"Name": code, "ProductCode": code, "IsActive": True}
    )
    entry = {"Pricebook2Id": standard, "Product2Id": product, "UnitPrice": Decimal("0.10")}
    return acts.create(
        box.world, "PricebookEntry", {**entry, "IsActive": True, "CurrencyIsoCode": "GBP"}
    )


def make_line(box: Box, deal: str, price: str, **values: Any) -> str:
    usual = {"OpportunityId": deal, "PricebookEntryId": price, "Quantity": Decimal(2)}
    return acts.create(
        box.world, "OpportunityLineItem", {**usual, "UnitPrice": Decimal("50.05"), **values}
    )


def calls(box: Box, method: str) -> list[dict[str, Any]]:
    entries = box.journal.entries("salesforce")
    return [e for e in entries if e["method"] == method and "/services/data/" in e["path"]]


def update(deal: str, **values: Any) -> Sending:
    return Sending("Opportunity", Verb.UPDATE, ({"Id": deal, **values},), "key")


def test_a_deal_is_read_with_lines_people_and_currency(box: Box, remote: SalesforceRemote) -> None:
    account = make_account(box, BillingCity="Köln")
    deal = make_deal(box, account, CurrencyIsoCode="GBP")
    price = make_price(box)
    make_line(box, deal, price, SortOrder=2, Discount=Decimal("12.5"))
    make_line(box, deal, price, SortOrder=1)
    gone = make_line(box, deal, price)
    acts.delete(box.world, "OpportunityLineItem", gone)
    person = acts.create(
        box.world, "Contact", {"LastName": "Ó Briain", "AccountId": account, "Email": "o@b.example"}
    )
    role = {"OpportunityId": deal, "ContactId": person, "IsPrimary": True}
    acts.create(box.world, "OpportunityContactRole", role)
    (record,) = remote.read("Opportunity", [deal])
    assert record.get("Account.Name") == "O’Neill & “Söhne”"
    assert record.get("CurrencyIsoCode") == "GBP"
    first, second = record.values["OpportunityLineItems"]
    assert (first["SortOrder"], second["SortOrder"]) == (1, 2)
    assert second["Discount"] == Decimal("12.5")
    assert second["TotalPrice"] == Decimal("87.59")
    assert first["Product2"]["ProductCode"] == "PEG"
    assert record.values["Amount"] == first["TotalPrice"] + second["TotalPrice"]
    assert record.values["OpportunityContactRoles"][0]["Contact"]["Email"] == "o@b.example"


def test_custom_fields_are_read_where_a_mapping_asks(box: Box, remote: SalesforceRemote) -> None:
    acts.add_custom_field(box.world, "Opportunity", "Region__c")
    acts.add_custom_field(box.world, "OpportunityLineItem", "Site__c")
    deal = make_deal(box, make_account(box), Region__c="North")
    make_line(box, deal, make_price(box), Site__c="Quay")
    (record,) = remote.read("Opportunity", [deal], ["Region__c", "Owner.Email"])
    assert record.get("Region__c") == "North"
    assert record.values["OpportunityLineItems"][0]["Site__c"] == "Quay"
    with pytest.raises(NeedsPerson) as caught:
        remote.read("Opportunity", [deal], ["Regon__c"])
    assert caught.value.cause == "unknown_field:Opportunity.Regon__c"


def test_deleted_and_merged_records_say_so(box: Box, remote: SalesforceRemote) -> None:
    winner, loser = make_account(box), make_account(box, Name="O’Neill Söhne")
    deal = make_deal(box, winner)
    acts.merge_accounts(box.world, winner, loser)
    acts.delete(box.world, "Opportunity", deal)
    (merged,) = remote.read("Account", [loser])
    (deleted,) = remote.read("Opportunity", [deal])
    assert merged.gone == f"merged:{winner}"
    assert deleted.gone == "deleted"


def test_what_changed_is_found_when_salesforces_clock_has_moved(
    box: Box, remote: SalesforceRemote
) -> None:
    won, lost = (make_deal(box, make_account(box)) for _ in range(2))
    acts.close_won(box.world, won)
    acts.delete(box.world, "Opportunity", lost)
    begun = box.world.clock.now() - timedelta(minutes=1)
    assert remote.glance("Opportunity", begun).keys == (Key(System.SALESFORCE, "Opportunity", won),)
    box.world.clock.advance(600)
    changes = remote.changed("Opportunity", begun)
    assert {key.id for key in changes.keys} == {won, lost}
    assert changes.covered is not None
    assert begun + timedelta(minutes=10) < changes.covered <= box.world.clock.now()
    assert {key.id for key in remote.changed("Opportunity", None).keys} == {won, lost}


def test_a_written_value_is_read_back_to_the_digit(box: Box, remote: SalesforceRemote) -> None:
    deal = make_deal(box, make_account(box))
    total = Decimal("1234567890123456.78")
    (answer,) = remote.send(update(deal, Counterpart_Invoice_Total__c=total))
    assert (answer.done, answer.id) == (True, deal)
    (record,) = remote.read("Opportunity", [deal], ["Counterpart_Invoice_Total__c"])
    assert record.values["Counterpart_Invoice_Total__c"] == total


def test_each_refusal_belongs_to_its_own_record(box: Box, remote: SalesforceRemote) -> None:
    good, long = (make_deal(box, make_account(box)) for _ in range(2))
    bodies = ({"Id": good, "Name": "Better"}, {"Id": long, "Name": "x" * 121})
    done, refused = remote.send(Sending("Opportunity", Verb.UPDATE, bodies, "key"))
    assert done.done
    assert isinstance(refused.error, NeedsPerson)
    assert "too long" in str(refused.error)


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_to_a_write_is_sent_exactly_once(
    box: Box, remote: SalesforceRemote, lost: str
) -> None:
    deal = make_deal(box, make_account(box))
    box.faults.add(system="salesforce", method="PATCH", lost=lost)
    with pytest.raises(OutcomeUnknown):
        remote.send(update(deal, Name="Better"))
    assert len(calls(box, "PATCH")) == 1


def test_an_ended_session_is_renewed_once(box: Box, remote: SalesforceRemote) -> None:
    deal = make_deal(box, make_account(box))
    box.faults.add(system="salesforce", method="PATCH", expired_token=True, times=1)
    (answer,) = remote.send(update(deal, Name="Better"))
    assert answer.done
    assert len(calls(box, "PATCH")) == 2
    box.faults.add(system="salesforce", expired_token=True)
    with pytest.raises((ConnectionBroken, TryAgain)):
        remote.read("Account", ["001000000000000AAA"])


def test_the_days_limit_parks_the_connection(
    box: Box, connection: Connection, remote: SalesforceRemote
) -> None:
    deal = make_deal(box, make_account(box))
    box.faults.add(system="salesforce", rate_limit="day", times=1)
    with pytest.raises(TryAgain, match="used up"):
        remote.send(update(deal, Name="Better"))
    parked = budget.calls_left(connection).parked_until
    assert parked is not None
    assert timedelta(minutes=14) < parked - timezone.now() < timedelta(minutes=16)
    with pytest.raises(TryAgain):
        remote.send(update(deal, Name="Better"))
    assert len(calls(box, "PATCH")) == 1


def test_an_org_says_what_it_is(box: Box, connection: Connection, remote: SalesforceRemote) -> None:
    told = remote.reference()
    assert (told.name, told.base_currency, told.country) == ("Fernhill Surveys", "GBP", "GB")
    assert {"GBP", "EUR"} <= told.currencies
    assert [s.name for s in told.stages if s.won] == ["Closed Won"]
    assert [s.name for s in told.stages if s.closed] == ["Closed Won", "Closed Lost"]
    assert told.stages[0].name == "Prospecting"
    users = box.world.table("salesforce", "User").values()
    assert {u.id for u in told.users} == {one["Id"] for one in users if one["IsActive"]}
    assert [u.name for u in told.users] == sorted(u.name for u in told.users)
    left = budget.calls_left(connection)
    assert left.day is not None
    assert left.day_limit is not None
    assert left.day == left.day_limit - remote.calls


def test_an_org_with_one_currency_says_which(box: Box, remote: SalesforceRemote) -> None:
    box.world.clear()
    set_up_org(box.world, "Fernhill Surveys", "GBP")
    told = remote.reference()
    assert (told.base_currency, set(told.currencies)) == ("GBP", {"GBP"})
    assert "CurrencyIsoCode" not in remote.fields("Opportunity")


@pytest.mark.slow
def test_a_thousand_deals_with_lines_cost_two_calls_to_read_and_five_to_write(
    box: Box, remote: SalesforceRemote
) -> None:
    account, price = make_account(box), make_price(box)
    with box.world.batch():
        deals = [make_deal(box, account, CurrencyIsoCode="GBP") for _ in range(1000)]
        for deal in deals:
            for _ in range(3):
                make_line(box, deal, price)
    records = remote.read("Opportunity", deals)
    assert len(records) == 1000
    assert all(len(record.values["OpportunityLineItems"]) == 3 for record in records)
    assert remote.calls == 2
    for start in range(0, 1000, remote.batch_size("Opportunity")):
        bodies = tuple(
            {"Id": deal, "Counterpart_Invoice_Number__c": f"INV-{start}"}
            for deal in deals[start : start + 200]
        )
        answers = remote.send(Sending("Opportunity", Verb.UPDATE, bodies, f"key-{start}"))
        assert all(answer.done for answer in answers)
    assert remote.calls == 7
