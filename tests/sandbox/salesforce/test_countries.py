"""Orgs that have lists of countries and states, and records older than those lists."""

from base64 import b64decode
from typing import Any

from tests.sandbox.salesforce.conftest import Org


def described(org: Org) -> dict[str, dict[str, Any]]:
    fields = org.ok("GET", "/sobjects/Account/describe")["fields"]
    return {field["name"]: field for field in fields}


def test_describe_tells_which_states_go_with_which_country(org: Org) -> None:
    org.set("state_country_picklists", True)
    fields = described(org)
    state, countries = fields["BillingStateCode"], fields["BillingCountryCode"]["picklistValues"]
    assert (state["controllerName"], state["dependentPicklist"]) == ("BillingCountryCode", True)
    western = [one for one in state["picklistValues"] if one["value"] == "WA"]
    found = set()
    for one in western:
        bits = b64decode(one["validFor"])
        places = (n for n in range(len(bits) * 8) if bits[n // 8] & (0x80 >> n % 8))
        found |= {(countries[place]["value"], one["label"]) for place in places}
    assert found == {("AU", "Western Australia"), ("US", "Washington")}


def test_an_address_older_than_the_lists_is_refused_only_where_it_is_touched(org: Org) -> None:
    key = org.make("Account", Name="A", BillingCountry="England", BillingState="Avon")
    org.set("state_country_picklists", True)
    org.change("Account", key, Phone="1", BillingCity="Bath")
    path = f"/sobjects/Account/{key}"
    answer = org.refused("PATCH", path, json={"BillingState": "Kent"})
    assert answer[1] == "FIELD_INTEGRITY_EXCEPTION"
    org.change("Account", key, BillingState=None, BillingCountryCode="GB")
    row = org.read("Account", key)
    assert (row["BillingCountry"], row["BillingState"]) == ("United Kingdom", None)


def test_a_country_that_is_not_in_the_list_is_refused_under_either_name(org: Org) -> None:
    org.set("state_country_picklists", True)
    for address in ({"BillingCountry": "England"}, {"BillingCountry": "UK"}):
        answer = org.refused("POST", "/sobjects/Account", json={"Name": "A", **address})
        assert answer[1] == "FIELD_INTEGRITY_EXCEPTION"
    code = org.refused("POST", "/sobjects/Account", json={"Name": "A", "BillingCountryCode": "XX"})
    assert code[1] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    kent = {"Name": "A", "BillingCountryCode": "GB", "BillingState": "Kent"}
    assert org.refused("POST", "/sobjects/Account", json=kent)[1] == "FIELD_INTEGRITY_EXCEPTION"
