"""What differs from org to org: currencies, address lists, person accounts, its own rules."""

from typing import Any

import pytest

from sandbox.salesforce import acts
from sandbox.salesforce.defaults import set_up_org
from sandbox.salesforce.errors import RefusedError

from .conftest import Org


def fields(org: Org, kind: str) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in org.ok("GET", f"/sobjects/{kind}/describe")["fields"]}


def test_with_one_currency_nothing_shows_it(org: Org) -> None:
    for kind in ("Opportunity", "Account", "Product2", "OpportunityLineItem"):
        assert "CurrencyIsoCode" not in fields(org, kind)
    soql = "SELECT CurrencyIsoCode FROM Opportunity"
    assert org.refused("GET", "/query", params={"q": soql})[1] == "INVALID_FIELD"
    soql = "SELECT Id FROM CurrencyType"
    assert org.refused("GET", "/query", params={"q": soql})[1] == "INVALID_TYPE"
    body = {"Name": "A", "CurrencyIsoCode": "GBP"}
    assert org.refused("POST", "/sobjects/Account", json=body)[1] == "INVALID_FIELD"
    features = org.ok("GET", "/connect/organization")["features"]
    assert (features["defaultCurrencyIsoCode"], features["multiCurrency"]) == ("GBP", False)


def test_with_several_currencies_every_amount_has_one(org: Org) -> None:
    set_up_org(org.world, currency="EUR", multicurrency=True, currencies=["GBP", "JPY"])
    field = fields(org, "Opportunity")["CurrencyIsoCode"]
    assert [one["value"] for one in field["picklistValues"]] == ["EUR", "GBP", "JPY"]
    assert org.read("Opportunity", org.deal())["CurrencyIsoCode"] == "EUR"
    assert org.read("Opportunity", org.deal(CurrencyIsoCode="JPY"))["CurrencyIsoCode"] == "JPY"
    bad = {"Name": "A", "CurrencyIsoCode": "USD"}
    answer = org.refused("POST", "/sobjects/Account", json=bad)
    assert answer[1] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    rows = org.rows("SELECT IsoCode, IsCorporate, DecimalPlaces FROM CurrencyType ORDER BY IsoCode")
    assert [(r["IsoCode"], r["IsCorporate"], r["DecimalPlaces"]) for r in rows] == [
        ("EUR", True, 2), ("GBP", False, 2), ("JPY", False, 0)]  # fmt: skip


def test_dated_rates_are_there_with_the_feature_alone(org: Org) -> None:
    set_up_org(org.world, multicurrency=True, currencies=["EUR"])
    soql = "SELECT ConversionRate FROM DatedConversionRate"
    assert org.refused("GET", "/query", params={"q": soql})[1] == "INVALID_TYPE"
    org.set("dated_exchange_rates", True)
    rate = {"IsoCode": "EUR", "StartDate": "2026-01-01", "ConversionRate": 1.17}
    org.make("DatedConversionRate", **rate)
    assert [str(one) for one in org.column(soql)] == ["1.17"]


@pytest.fixture
def listed(org: Org) -> Org:
    org.set("state_country_picklists", True)
    return org


ADDRESSES = [
    ({"BillingCountryCode": "AU", "BillingStateCode": "NSW"},
     ("Australia", "AU", "New South Wales", "NSW")),
    ({"BillingCountry": "united kingdom"}, ("United Kingdom", "GB", None, None)),
    ({"BillingCountry": "United States", "BillingState": "Texas"},
     ("United States", "US", "Texas", "TX")),
    ({"BillingCountry": "Germany", "BillingCountryCode": "FR"}, ("France", "FR", None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kept"), ADDRESSES)
def test_names_and_codes_of_countries_go_together(
    listed: Org, given: dict[str, str], kept: tuple[str | None, ...]
) -> None:
    record = listed.read("Account", listed.make("Account", Name="A", **given))
    names = ("BillingCountry", "BillingCountryCode", "BillingState", "BillingStateCode")
    assert tuple(record[name] for name in names) == kept


@pytest.mark.parametrize(
    "given",
    [{"BillingCountry": "Scotland"}, {"BillingState": "Texas"},
     {"BillingCountry": "United Kingdom", "BillingState": "Kent"},
     {"BillingCountryCode": "NZ", "BillingState": "Otago"}],
)  # fmt: skip
def test_countries_and_states_that_are_not_listed_are_refused(
    listed: Org, given: dict[str, str]
) -> None:
    answer = listed.refused("POST", "/sobjects/Account", json={"Name": "A", **given})
    assert answer[1] == "FIELD_INTEGRITY_EXCEPTION"


def test_at_a_change_a_name_must_fit_its_code(listed: Org) -> None:
    key = listed.make("Account", Name="A", BillingCountryCode="GB")
    body = {"BillingCountry": "Germany", "BillingCountryCode": "FR"}
    answer = listed.refused("PATCH", f"/sobjects/Account/{key}", json=body)
    assert answer[1] == "FIELD_INTEGRITY_EXCEPTION"
    listed.change("Account", key, BillingCountryCode=None)
    assert listed.read("Account", key)["BillingCountry"] is None


def test_without_lists_a_country_is_any_text(org: Org) -> None:
    record = org.read("Account", org.make("Account", Name="A", BillingCountry="Scotland"))
    assert record["BillingCountry"] == "Scotland"
    assert "BillingCountryCode" not in record


def test_a_person_is_an_account_with_a_contact(org: Org) -> None:
    org.set("person_accounts", True)
    key = org.make("Account", FirstName="Ada", LastName="Moss", PersonEmail="ada@moss.example")
    record = org.read("Account", key)
    assert (record["Name"], record["IsPersonAccount"]) == ("Ada Moss", True)
    contact = org.read("Contact", record["PersonContactId"])
    assert (contact["AccountId"], contact["Email"], contact["IsPersonAccount"]) == (
        key, "ada@moss.example", True)  # fmt: skip
    org.world.clock.advance(60)
    org.change("Account", key, LastName="Reed")
    assert org.read("Account", key)["Name"] == "Ada Reed"
    changed = org.read("Contact", record["PersonContactId"])
    assert changed["Name"] == "Ada Reed"
    assert changed["SystemModstamp"] > contact["SystemModstamp"]
    for path, body in (
        (f"/sobjects/Account/{key}", {"Name": "X"}),
        (f"/sobjects/Contact/{contact['Id']}", {"Email": "x@y.example"}),
    ):
        assert org.call("PATCH", path, json=body).status_code in (400, 403)
    company = org.make("Account", Name="Moss Ltd")
    assert org.read("Account", company)["IsPersonAccount"] is False
    answer = org.refused(
        "PATCH", f"/sobjects/Account/{company}", json={"PersonEmail": "a@b.example"}
    )
    assert answer[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_custom_fields_come_and_go(org: Org) -> None:
    assert fields(org, "Opportunity")["Counterpart_Invoice_Total__c"]["type"] == "currency"
    acts.add_custom_field(org.world, "Account", "Tier__c", "Picklist", choices=["Gold", "Tin"],
                          restricted=True)  # fmt: skip
    key = org.make("Account", Name="A", Tier__c="Gold")
    bad = org.refused("PATCH", f"/sobjects/Account/{key}", json={"Tier__c": "Lead"})
    assert bad[1] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    with pytest.raises(RefusedError):
        acts.add_custom_field(org.world, "Account", "Tier__c")
    acts.remove_custom_field(org.world, "Account", "Tier__c")
    assert "Tier__c" not in org.read("Account", key)


def test_the_orgs_validation_rules_refuse_in_their_own_words(org: Org) -> None:
    rule = {"kind": "Opportunity", "field": "Amount", "op": "blank", "when": {"IsWon": True},
            "message": "A won deal needs an amount."}  # fmt: skip
    limit = {"kind": "Opportunity", "field": "Amount", "op": ">", "value": 1000,
             "message": "Too much."}  # fmt: skip
    org.set("validation_rules", [rule, limit])
    deal = org.deal()
    path = f"/sobjects/Opportunity/{deal}"
    answer = org.refused("PATCH", path, json={"StageName": "Closed Won"})
    assert answer == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "A won deal needs an amount.")
    with pytest.raises(RefusedError, match="A won deal needs an amount"):
        acts.close_won(org.world, deal)
    assert org.refused("PATCH", path, json={"Amount": 1000.01})[2] == "Too much."
    org.change("Opportunity", deal, Amount=1000, StageName="Closed Won")


def test_duplicates_are_shown_and_an_alert_can_be_overruled(org: Org) -> None:
    rule = {"kind": "Account", "fields": ["Name", "BillingCity"], "action": "Alert"}
    org.set("duplicate_rules", [rule])
    key = org.make("Account", Name="Moor Ltd", BillingCity="Leeds")
    org.make("Account", Name="Moor Ltd", BillingCity="York")
    body = {"Name": "moor ltd", "BillingCity": "LEEDS"}
    answer = org.call("POST", "/sobjects/Account", json=body)
    assert answer.status_code == 400
    (error,) = answer.json()
    assert (error["errorCode"], error["message"]) == (
        "DUPLICATES_DETECTED", "Use one of these records?")  # fmt: skip
    (match,) = error["duplicateResult"]["matchResults"]
    assert [one["record"]["Id"] for one in match["matchRecords"]] == [key]
    allow = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    assert org.call("POST", "/sobjects/Account", json=body, headers=allow).status_code == 201
    org.set("duplicate_rules", [{**rule, "action": "Block"}])
    assert org.call("POST", "/sobjects/Account", json=body, headers=allow).status_code == 400


def test_the_days_calls_are_counted_and_run_out(org: Org) -> None:
    assert org.call("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=1/115000"
    org.set("day_limit", 3)
    org.set("shows_bursts", True)
    answer = org.call("GET", "/limits")
    assert answer.json()["DailyApiRequests"] == {"Max": 3, "Remaining": 1}
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=2/3; api-bursts=1/750"
    org.call("GET", "/nothing")
    refused = org.call("GET", "/limits")
    assert refused.status_code == 403
    assert refused.json() == [
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    ]
    assert org.http.get(f"{org.url}/services/data/").status_code == 200
    org.world.clock.advance(25 * 3600)
    org.sign_in()
    assert org.call("GET", "/limits").status_code == 200
