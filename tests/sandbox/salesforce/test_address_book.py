"""Accounts and contacts: created by external id, found twice, locked, merged, brought back."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests

from sandbox.salesforce import acts
from sandbox.salesforce.errors import RefusedError
from tests.sandbox.salesforce.conftest import Org

MARKER = "Counterpart_Xero_Contact_Id__c"
FIRST = "3f2b8a52-9f6d-4a55-8a0e-0f5a8b3b1c01"
MOOR = {
    "Name": "Moor & Fell Ltd",
    "BillingStreet": "4 Mill Lane",
    "BillingCity": "Leeds",
    "BillingPostalCode": "LS1 2AB",
    "Phone": "+44 113 496 0600",
    "Website": "https://www.moorfell.example/about",
}


def upserted(org: Org, kind: str, *records: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    body = {"records": [{"attributes": {"type": kind}, **one} for one in records]}
    path = f"/composite/sobjects/{kind}/{MARKER}"
    found: list[dict[str, Any]] = org.ok("PATCH", path, json=body, headers=headers)
    return found


def code(row: dict[str, Any]) -> str:
    return str(row["errors"][0]["statusCode"])


def test_an_account_from_xero_is_created_once_however_often_it_is_sent(org: Org) -> None:
    record = {MARKER: FIRST, "Name": "Moor Ltd"}
    (made,) = upserted(org, "Account", record)
    (again,) = upserted(org, "Account", {**record, MARKER: FIRST.upper(), "Phone": "1"})
    assert (made["created"], again["created"]) == (True, False)
    assert again["id"] == made["id"]
    assert org.column("SELECT Phone FROM Account") == ["1"]


def test_the_marker_is_unique_and_only_among_the_living(org: Org) -> None:
    key = org.make("Account", Name="A", **{MARKER: FIRST})
    answer = org.refused("POST", "/sobjects/Account", json={"Name": "B", MARKER: FIRST.upper()})
    assert answer[1] == "DUPLICATE_VALUE"
    acts.delete(org.world, "Account", key)
    other = org.make("Account", Name="B", **{MARKER: FIRST})
    with pytest.raises(RefusedError, match="duplicate value"):
        acts.restore(org.world, "Account", key)
    acts.delete(org.world, "Account", other)
    acts.restore(org.world, "Account", key)
    assert org.read("Account", key)[MARKER] == FIRST


@pytest.mark.parametrize(
    "other",
    [
        {"Name": "MOOR and Fell Limited", "BillingPostalCode": "ls1 2ab"},
        {"Name": "Moor & Fel Ltd", "BillingStreet": "4, Mill Lane"},
        {"Name": "Moor Fell", "Phone": "0113 4960600"},
        {"Name": "Something Else", "Website": "moorfell.example", "Phone": "0113 496 0600"},
    ],
)
def test_the_standard_rule_finds_an_account_that_is_like_another(
    org: Org, other: dict[str, str]
) -> None:
    org.set("standard_duplicate_rules", True)
    key = org.make("Account", **MOOR)
    answer = org.call("POST", "/sobjects/Account", json=other)
    (error,) = answer.json()
    assert (answer.status_code, error["errorCode"]) == (400, "DUPLICATES_DETECTED")
    result = error["duplicateResult"]
    assert result["allowSave"] is True
    (match,) = result["matchResults"]
    assert match["matchEngine"] == "FuzzyMatchEngine"
    assert [one["record"]["Id"] for one in match["matchRecords"]] == [key]
    assert 70 <= match["matchRecords"][0]["matchConfidence"] <= 100


@pytest.mark.parametrize(
    "other",
    [
        {"Name": "Moor & Fell Ltd", "BillingCity": "Leeds"},
        {"Name": "Moor & Fell Ltd", "BillingPostalCode": "YO1 1AA"},
        {"Name": "Quarry Ltd", "BillingPostalCode": "LS1 2AB"},
        {"Name": "Quarry Ltd", "Website": "moorfell.example"},
    ],
)
def test_the_standard_rule_lets_be_what_shares_too_little(org: Org, other: dict[str, str]) -> None:
    org.set("standard_duplicate_rules", True)
    org.make("Account", **MOOR)
    org.make("Account", **other)


def test_the_standard_rule_asks_at_a_creation_only_and_can_be_overruled(org: Org) -> None:
    org.set("standard_duplicate_rules", True)
    org.make("Account", **MOOR)
    other = org.make("Account", Name="Moor & Fell Ltd")
    org.change("Account", other, BillingPostalCode="LS1 2AB")
    allow = {"Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=true"}
    assert org.call("POST", "/sobjects/Account", json=MOOR, headers=allow).status_code == 201
    acts.create(org.world, "Account", MOOR)
    details = {"Sforce-Duplicate-Rule-Header": "includeRecordDetails=true"}
    (error,) = org.call("POST", "/sobjects/Account", json=MOOR, headers=details).json()
    matches = error["duplicateResult"]["matchResults"][0]["matchRecords"]
    assert len(matches) == 4
    assert matches[0]["record"]["Name"] == "Moor & Fell Ltd"


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"LastName": "Hale", "FirstName": "Ruth", "Email": "R.HALE@moor.example"}, True),
        ({"LastName": "Hale", "Email": "r.hale@moor.example"}, True),
        ({"LastName": "Hale", "FirstName": "Ruth", "Phone": "0113 496 0601"}, True),
        ({"LastName": "Hale", "FirstName": "Omar", "Email": "r.hale@moor.example"}, False),
        ({"LastName": "Hale", "FirstName": "Ruth"}, False),
        ({"LastName": "Okafor", "FirstName": "Ruth", "Email": "r.hale@moor.example"}, False),
    ],
)
def test_the_standard_rule_of_contacts_wants_the_name_and_something_more(
    org: Org, other: dict[str, str], found: bool
) -> None:
    org.set("standard_duplicate_rules", True)
    org.make("Contact", FirstName="Ruth", LastName="Hale", Email="r.hale@moor.example",
             Phone="+44 113 496 0601")  # fmt: skip
    answer = org.call("POST", "/sobjects/Contact", json=other)
    assert answer.status_code == (400 if found else 201), answer.text


def test_in_a_collection_a_duplicate_is_refused_alone_and_named_only_on_request(org: Org) -> None:
    org.set("standard_duplicate_rules", True)
    key = org.make("Account", **MOOR)
    new = {MARKER: FIRST, **MOOR}
    other = {MARKER: FIRST[::-1], "Name": "Quite Another plc"}
    twice, made = upserted(org, "Account", new, other)
    assert (code(twice), made["created"]) == ("DUPLICATES_DETECTED", True)
    assert set(twice["errors"][0]) == {"statusCode", "message", "fields"}
    org.set("duplicates_in_collections", True)
    (told,) = upserted(org, "Account", new)
    (match,) = told["errors"][0]["duplicateResult"]["matchResults"]
    assert match["matchRecords"][0]["record"]["Id"] == key


def test_two_calls_at_once_cannot_both_write_below_one_account(org: Org) -> None:
    org.set("transaction_ms", 1500)
    account = org.make("Account", Name="A")
    ruth = org.make("Contact", LastName="Hale", AccountId=account)
    omar = org.make("Contact", LastName="Idris", AccountId=account)
    alone = org.make("Contact", LastName="Kaur")
    slow = threading.Thread(target=org.change, args=("Contact", ruth), kwargs={"Phone": "1"})
    slow.start()
    while slow.is_alive() and not org.world.table("salesforce", "Contact")[ruth]["Phone"]:
        time.sleep(0.01)
    answer = org.refused("PATCH", f"/sobjects/Contact/{omar}", json={"Phone": "2"})
    org.change("Contact", alone, Phone="3")
    slow.join()
    assert answer[:2] == (400, "UNABLE_TO_LOCK_ROW")
    org.change("Contact", omar, Phone="2")
    assert org.column("SELECT Phone FROM Contact ORDER BY Phone") == ["1", "2", "3"]


def test_one_call_may_write_as_much_below_an_account_as_it_likes(org: Org) -> None:
    org.set("transaction_ms", 1)
    account = org.make("Account", Name="A")
    people = [{"LastName": name, "AccountId": account} for name in ("Hale", "Idris")]
    records = [{"attributes": {"type": "Contact"}, **one} for one in people]
    rows = org.ok("POST", "/composite/sobjects", json={"records": records})
    assert all(row["success"] for row in rows)


def test_records_below_fill_the_page_too(org: Org) -> None:
    for number in range(120):
        account = acts.create(org.world, "Account", {"Name": f"A{number:03}"})
        acts.create(org.world, "Contact", {"LastName": "Hale", "AccountId": account})
    small = {"Sforce-Query-Options": "batchSize=200"}
    soql = "SELECT Id, (SELECT Id FROM Contacts), (SELECT Id FROM Opportunities) FROM Account"
    page = org.ok("GET", "/query", params={"q": soql}, headers=small)
    assert (len(page["records"]), page["totalSize"], page["done"]) == (100, 120, False)
    where = page["nextRecordsUrl"].removeprefix("/services/data/v67.0")
    rest = org.ok("GET", where, headers=small)
    assert (len(rest["records"]), rest["done"]) == (20, True)
    ids = {row["Id"] for row in page["records"] + rest["records"]}
    assert len(ids) == 120


def test_whether_an_account_has_a_won_deal_comes_along(org: Org) -> None:
    won, lost = org.make("Account", Name="Won"), org.make("Account", Name="Open")
    for account, stage in ((won, "Closed Won"), (won, "Closed Won"), (lost, "Prospecting")):
        org.deal(AccountId=account, StageName=stage)
    rows = org.rows(
        "SELECT Name, (SELECT Id FROM Opportunities WHERE IsWon = true LIMIT 1) FROM Account "
        "ORDER BY Name"
    )
    assert rows[0]["Opportunities"] is None
    assert rows[1]["Opportunities"]["totalSize"] == 1


def test_who_changed_a_record_last_is_a_person_or_the_integration(org: Org) -> None:
    key = org.make("Account", Name="A")
    who = "SELECT LastModifiedBy.Name FROM Account"
    assert org.rows(who)[0]["LastModifiedBy"]["Name"] == "Integration User"
    acts.edit(org.world, "Account", key, {"Phone": "1"})
    assert org.rows(who)[0]["LastModifiedBy"]["Name"] == "Maya Lindqvist"
    acts.edit(org.world, "Account", key, {"Phone": "2"}, by="Owen Pritchard")
    assert org.rows(who)[0]["LastModifiedBy"]["Name"] == "Owen Pritchard"


def test_a_merged_account_points_to_its_winner_and_its_children_move_unstamped(org: Org) -> None:
    winner, loser = org.make("Account", Name="A"), org.make("Account", Name="B", Phone="1")
    person = org.make("Contact", LastName="Hale", AccountId=loser)
    before = org.read("Contact", person)["SystemModstamp"]
    org.world.clock.advance(60)
    acts.merge_accounts(org.world, winner, loser, {"Phone": "1"})
    (gone,) = org.rows(
        "SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = true", path="/queryAll"
    )
    assert (gone["Id"], gone["MasterRecordId"]) == (loser, winner)
    after = org.read("Contact", person)
    assert (after["AccountId"], after["SystemModstamp"]) == (winner, before)
    assert org.read("Account", winner)["Phone"] == "1"
    acts.restore(org.world, "Account", loser)
    assert org.read("Account", loser)["MasterRecordId"] is None
    assert org.read("Contact", person)["AccountId"] == winner


def test_a_person_account_merges_with_persons_alone_and_takes_its_contact_along(org: Org) -> None:
    org.set("person_accounts", True)
    company = org.make("Account", Name="A")
    ruth = org.make("Account", FirstName="Ruth", LastName="Hale", PersonEmail="r@hale.example",
                    Counterpart_Billing_Contact__pc=True)  # fmt: skip
    hale = org.make("Account", FirstName="R", LastName="Hale")
    with pytest.raises(RefusedError, match="other person accounts only"):
        acts.merge_accounts(org.world, company, ruth)
    contact = org.read("Account", ruth)["PersonContactId"]
    assert org.read("Contact", contact)["Counterpart_Billing_Contact__c"] is True
    acts.merge_accounts(org.world, hale, ruth)
    (gone,) = org.rows(f"SELECT MasterRecordId FROM Contact WHERE Id = '{contact}'", "/queryAll")
    assert gone["MasterRecordId"] == org.read("Account", hale)["PersonContactId"]


def test_records_saved_together_are_not_compared_with_each_other(org: Org) -> None:
    org.set("standard_duplicate_rules", True)
    twins = [{MARKER: FIRST, **MOOR}, {MARKER: FIRST[::-1], **MOOR}]
    assert [row["success"] for row in upserted(org, "Account", *twins)] == [True, True]
    assert org.refused("POST", "/sobjects/Account", json=MOOR)[1] == "DUPLICATES_DETECTED"


def test_a_locked_row_is_not_deleted_either(org: Org) -> None:
    account = org.make("Account", Name="A")
    contact = org.make("Contact", LastName="Hale", AccountId=account)
    acts.lock_row(org.world, account)
    assert org.refused("DELETE", f"/sobjects/Contact/{contact}")[1] == "UNABLE_TO_LOCK_ROW"
    org.ok("DELETE", f"/sobjects/Contact/{contact}")


def test_quick_calls_at_once_wait_for_each_other_instead_of_failing(org: Org) -> None:
    account = org.make("Account", Name="A")
    people = [org.make("Contact", LastName=f"P{n}", AccountId=account) for n in range(8)]
    token = org.http.headers["Authorization"]

    def change(key: str) -> int:
        url = f"{org.url}/services/data/v67.0/sobjects/Contact/{key}"
        bearer = {"Authorization": str(token)}
        return requests.patch(url, json={"Phone": "1"}, headers=bearer, timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(change, people * 5)) == {204}


def test_a_merged_account_is_told_among_the_deleted_and_its_winner_among_the_updated(
    org: Org,
) -> None:
    winner, loser = org.make("Account", Name="A"), org.make("Account", Name="B")
    org.world.clock.advance(3600)
    acts.merge_accounts(org.world, winner, loser)
    now = org.world.clock.now()
    span = {name: f"{now + timedelta(minutes=by):%Y-%m-%dT%H:%M:00Z}"
            for name, by in (("start", -5), ("end", 1))}  # fmt: skip
    gone = org.ok("GET", "/sobjects/Account/deleted", params=span)["deletedRecords"]
    assert [row["id"] for row in gone] == [loser]
    assert org.ok("GET", "/sobjects/Account/updated", params=span)["ids"] == [winner]
    acts.restore(org.world, "Account", loser)
    assert set(org.ok("GET", "/sobjects/Account/updated", params=span)["ids"]) == {winner, loser}
    assert org.ok("GET", "/sobjects/Account/deleted", params=span)["deletedRecords"] == []
