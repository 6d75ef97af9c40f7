"""What an org can tell its organisations apart by: territories, record types, owners, lists."""

from typing import Any

import pytest

from sandbox.salesforce import acts

from .conftest import Org

INVALID = "INVALID_CROSS_REFERENCE_KEY"


def fields(org: Org, kind: str) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in org.ok("GET", f"/sobjects/{kind}/describe")["fields"]}


@pytest.fixture
def mapped(org: Org) -> Org:
    """An org with territories."""
    org.set("territories", True)
    return org


def territory(org: Org, name: str, **more: Any) -> str:
    """Make a territory with the model and the type that it needs."""
    model = acts.create(org.world, "Territory2Model", {"Name": "World", "DeveloperName": "World"})
    sort = {"MasterLabel": "Country", "DeveloperName": "Country", "Priority": 1}
    values = {
        "Name": name,
        "DeveloperName": name.replace(" ", "_"),
        "Territory2ModelId": model,
        "Territory2TypeId": acts.create(org.world, "Territory2Type", sort),
    }
    return org.make("Territory2", **values, **more)


def test_without_territories_an_org_knows_nothing_of_them(org: Org) -> None:
    assert "Territory2Id" not in fields(org, "Opportunity")
    soql = "SELECT Territory2.Name FROM Opportunity"
    _, code, words = org.refused("GET", "/query", params={"q": soql})
    assert code == "INVALID_FIELD"
    assert "Didn't understand relationship 'Territory2'" in words
    soql = "SELECT Id FROM Territory2"
    assert org.refused("GET", "/query", params={"q": soql})[1] == "INVALID_TYPE"
    assert org.call("GET", "/sobjects/Territory2/describe").status_code == 404


def test_deals_are_read_and_chosen_by_the_name_of_their_territory(mapped: Org) -> None:
    field = fields(mapped, "Opportunity")["Territory2Id"]
    assert (field["relationshipName"], field["referenceTo"]) == ("Territory2", ["Territory2"])
    assert field["createable"]
    assert field["updateable"]
    assert field["nillable"]
    deal, other = mapped.deal(Territory2Id=territory(mapped, "New Zealand")), mapped.deal()
    soql = "SELECT Id, Territory2.Name FROM Opportunity WHERE Id = '{}'"
    (row,) = mapped.rows(soql.format(deal))
    assert row["Territory2"]["Name"] == "New Zealand"
    (row,) = mapped.rows(soql.format(other))
    assert row["Territory2"] is None
    chosen = "SELECT Id FROM Opportunity WHERE Territory2.Name = 'New Zealand'"
    assert mapped.column(chosen) == [deal]


def test_a_territory_must_be_one(mapped: Org) -> None:
    deal = mapped.deal()
    path = f"/sobjects/Opportunity/{deal}"
    account = mapped.make("Account", Name="A")
    answer = mapped.refused("PATCH", path, json={"Territory2Id": account})
    assert answer[1] == "FIELD_INTEGRITY_EXCEPTION"
    answer = mapped.refused("PATCH", path, json={"Territory2Id": "0MI5e0000000zzz"})
    assert answer[1] == INVALID
    body = {"Name": "Nowhere", "DeveloperName": "Nowhere"}
    answer = mapped.refused("POST", "/sobjects/Territory2", json=body)
    assert answer[1] == "REQUIRED_FIELD_MISSING"


@pytest.fixture
def typed(org: Org) -> Org:
    """An org with record types of deals."""
    org.set("opportunity_record_types", True)
    for name in ("Project", "Pacific project"):
        values = {"Name": name, "DeveloperName": name.replace(" ", "_")}
        acts.create(org.world, "RecordType", {**values, "SobjectType": "Opportunity"})
    return org


def test_a_deal_has_the_first_record_type_unless_another_is_given(typed: Org) -> None:
    described = typed.ok("GET", "/sobjects/Opportunity/describe")["recordTypeInfos"]
    known = {one["developerName"]: one["recordTypeId"] for one in described}
    assert [one["developerName"] for one in described if one["defaultRecordTypeMapping"]] == [
        "Project"
    ]
    assert set(known) == {"Project", "Pacific_project", "Master"}
    typed.deal()
    typed.deal(RecordTypeId=known["Pacific_project"])
    soql = "SELECT RecordType.DeveloperName FROM Opportunity ORDER BY Id"
    names = [row["RecordType"]["DeveloperName"] for row in typed.rows(soql)]
    assert names == ["Project", "Pacific_project"]


def test_a_record_type_of_another_kind_or_out_of_use_is_refused(typed: Org) -> None:
    soql = "SELECT Id FROM RecordType WHERE SobjectType = '{}' ORDER BY Id"
    of_account = typed.column(soql.format("Account"))[0]
    second = typed.column(soql.format("Opportunity"))[1]
    deal = typed.deal(RecordTypeId=second)
    path = f"/sobjects/Opportunity/{deal}"
    answer = typed.refused("PATCH", path, json={"RecordTypeId": of_account})
    words = f"Record Type ID: this ID value isn't valid for the user: {of_account}"
    assert answer[1:] == (INVALID, words)
    typed.change("RecordType", second, IsActive=False)
    typed.change("Opportunity", deal, NextStep="Call")  # what it has already, it keeps
    body = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    answer = typed.refused("POST", "/sobjects/Opportunity", json={**body, "RecordTypeId": second})
    assert answer[1] == INVALID


def test_record_types_of_deals_show_none_of_accounts(typed: Org) -> None:
    assert "RecordTypeId" in fields(typed, "Opportunity")
    assert "RecordTypeId" not in fields(typed, "Account")
    typed.set("record_types", True)
    infos = typed.ok("GET", "/sobjects/Account/describe")["recordTypeInfos"]
    assert [one["name"] for one in infos] == ["Business Account", "Master"]


def test_an_owners_country_is_read_through_the_owner(org: Org) -> None:
    user = org.column("SELECT Id FROM User WHERE Name = 'Owen Pritchard'")[0]
    org.change("User", user, Country="New Zealand")
    account = org.make("Account", Name="A", OwnerId=user, BillingCountry="Australia")
    deal = org.deal(OwnerId=user, AccountId=account)
    soql = (
        "SELECT Owner.Country, Account.Owner.Country, Account.BillingCountry"
        f" FROM Opportunity WHERE Id = '{deal}'"
    )
    (row,) = org.rows(soql)
    assert row["Owner"]["Country"] == "New Zealand"
    assert row["Account"]["Owner"]["Country"] == "New Zealand"
    assert row["Account"]["BillingCountry"] == "Australia"
    soql = "SELECT Owner.CountryCode FROM Opportunity"
    assert org.refused("GET", "/query", params={"q": soql})[1] == "INVALID_FIELD"


def test_with_lists_of_countries_an_owner_has_a_code_too(org: Org) -> None:
    org.set("state_country_picklists", True)
    user = org.column("SELECT Id FROM User WHERE Name = 'Owen Pritchard'")[0]
    org.change("User", user, CountryCode="NZ")
    deal = org.deal(OwnerId=user)
    (row,) = org.rows(
        f"SELECT Owner.Country, Owner.CountryCode FROM Opportunity WHERE Id = '{deal}'"
    )
    assert (row["Owner"]["Country"], row["Owner"]["CountryCode"]) == ("New Zealand", "NZ")
    answer = org.refused("PATCH", f"/sobjects/User/{user}", json={"Country": "Zealandia"})
    assert answer[1] == "FIELD_INTEGRITY_EXCEPTION"
