"""One record at its address: created, read, changed, upserted, deleted, refused."""

from typing import Any

import pytest

from sandbox.salesforce import acts

from .conftest import Org


def test_a_record_is_created_read_changed_and_deleted(org: Org) -> None:
    answer = org.call("POST", "/sobjects/Account/", json={"Name": " Moor Ltd ", "Site": ""})
    assert answer.status_code == 201
    key = answer.json()["id"]
    assert answer.json() == {"id": key, "success": True, "errors": []}
    assert answer.headers["Location"] == f"/services/data/v67.0/sobjects/Account/{key}"
    record = org.read("Account", key)
    assert (record["Name"], record["Site"]) == ("Moor Ltd", None)
    assert record["CreatedDate"] == record["SystemModstamp"]
    assert record["SystemModstamp"].endswith(".000+0000")
    org.world.clock.advance(60)
    changed = org.call("PATCH", f"/sobjects/Account/{key}", json={"name": "Moor plc"})
    assert (changed.status_code, changed.text) == (204, "")
    after = org.read("Account", key)
    assert after["Name"] == "Moor plc"
    assert after["SystemModstamp"] > record["SystemModstamp"]
    assert after["CreatedDate"] == record["CreatedDate"]
    assert org.call("DELETE", f"/sobjects/Account/{key}").status_code == 204
    for method, how in (("GET", {}), ("PATCH", {"json": {"Name": "x"}}), ("DELETE", {})):
        gone = org.refused(method, f"/sobjects/Account/{key}", **how)
        assert gone == (404, "ENTITY_IS_DELETED", "entity is deleted")


def test_only_the_fields_asked_for_are_read(org: Org) -> None:
    key = org.make("Account", Name="A")
    row = org.ok("GET", f"/sobjects/Account/{key[:15]}?fields=Name,ID")
    assert list(row) == ["attributes", "Name", "Id"]
    assert org.refused("GET", f"/sobjects/Account/{key}?fields=Colour")[1] == "INVALID_FIELD"


BAD_ACCOUNTS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]"),
    ({"Name": "  "}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]"),
    ({"Name": "A", "Colour__c": "x"}, "INVALID_FIELD",
     "No such column 'Colour__c' on sobject of type Account"),
    ({"Name": "A", "BillingCity": "x" * 41}, "STRING_TOO_LONG",
     f"Billing City: data value too large: {'x' * 41} (max length=40)"),
    ({"Name": "A", "CleanStatus": "Dirty"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
     "Clean Status: bad value for restricted picklist field: Dirty"),
    ({"Name": "A", "ParentId": "abc"}, "MALFORMED_ID",
     "Parent ID: id value of incorrect type: abc"),
    ({"Name": "A", "ParentId": "0015e0000000zzz"}, "INVALID_CROSS_REFERENCE_KEY",
     "invalid cross reference id"),
    ({"Name": "A", "ParentId": "0035e0000000zzz"}, "FIELD_INTEGRITY_EXCEPTION",
     "Parent ID: id value of incorrect type: 0035e0000000zzzAAA"),
    ({"Name": "A", "IsDeleted": True}, "INVALID_FIELD_FOR_INSERT_UPDATE",
     "Unable to create fields: IsDeleted. Please check the security settings of this field and "
     "verify that it is read/write for your profile or permission set."),
    ({"Name": 5}, "JSON_PARSER_ERROR",
     "Cannot deserialize instance of string from VALUE_NUMBER_INT value 5 or request may be "
     "missing a required field"),
    ({"Name": "A", "AnnualRevenue": "much"}, "JSON_PARSER_ERROR",
     "Cannot deserialize instance of currency from VALUE_STRING value much or request may be "
     "missing a required field"),
    ({"Name": "A", "NumberOfEmployees": 1.5}, "JSON_PARSER_ERROR",
     "Cannot deserialize instance of int from VALUE_NUMBER_FLOAT value 1.5 or request may be "
     "missing a required field"),
    ({"Name": "A", "AnnualRevenue": 1e19}, "NUMBER_OUTSIDE_VALID_RANGE",
     "Annual Revenue: value outside of valid range on numeric field: 1E+19"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "code", "words"), BAD_ACCOUNTS)
def test_bad_values_are_refused_in_salesforces_words(
    org: Org, values: dict[str, Any], code: str, words: str
) -> None:
    assert org.refused("POST", "/sobjects/Account", json=values) == (400, code, words)
    assert org.column("SELECT Id FROM Account") == []


def test_other_values_that_do_not_fit_are_refused(org: Org) -> None:
    contact = {"LastName": "X", "Email": "no address"}
    answer = org.refused("POST", "/sobjects/Contact", json=contact)
    assert answer[1:] == ("INVALID_EMAIL_ADDRESS", "Email: invalid email address: no address")
    deal = {"Name": "D", "StageName": "Prospecting"}
    for date in ("2026-02-30", "soon", "26-1-1"):
        answer = org.refused("POST", "/sobjects/Opportunity", json={**deal, "CloseDate": date})
        assert answer[1] == "JSON_PARSER_ERROR"
    answer = org.refused("POST", "/sobjects/Opportunity", json=deal)
    assert answer[2] == "Required fields are missing: [CloseDate]"


def test_what_has_a_default_cannot_be_emptied(org: Org) -> None:
    key = org.make("Account", Name="A", OwnerId=None)
    owner = org.read("Account", key)["OwnerId"]
    assert owner.startswith("005")
    answer = org.refused("PATCH", f"/sobjects/Account/{key}", json={"OwnerId": None})
    assert answer[1:] == ("REQUIRED_FIELD_MISSING", "Required fields are missing: [OwnerId]")


def test_bodies_that_are_no_json_are_refused(org: Org) -> None:
    for body in ("{", "[1]", "NaN", '{"Name": Infinity}'):
        headers = {"Content-Type": "application/json"}
        assert org.refused("POST", "/sobjects/Account", data=body, headers=headers)[:2] == (
            400, "JSON_PARSER_ERROR")  # fmt: skip
    answer = org.refused("POST", "/sobjects/Account", data="Name=x",
                         headers={"Content-Type": "text/plain"})  # fmt: skip
    assert answer[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_addresses_that_lead_nowhere_are_not_found(org: Org) -> None:
    for path in ("/sobjects/Castle", "/sobjects/Account/0015e0000000zzz", "/nothing",
                 "/sobjects/Account/nonsense", "/sobjects/Contact/0015e0000000APB"):  # fmt: skip
        assert org.refused("GET", path)[:2] == (404, "NOT_FOUND"), path
    status, code, words = org.refused("PUT", "/limits")
    assert (status, code) == (405, "METHOD_NOT_ALLOWED")
    assert words == "HTTP Method 'PUT' not allowed. Allowed are GET"


def test_a_deleted_record_cannot_be_pointed_at(org: Org) -> None:
    key = org.make("Account", Name="A")
    org.ok("DELETE", f"/sobjects/Account/{key}")
    answer = org.refused("POST", "/sobjects/Contact", json={"LastName": "X", "AccountId": key})
    assert answer[1:] == ("ENTITY_IS_DELETED", "entity is deleted")


@pytest.fixture
def keyed(org: Org) -> Org:
    acts.add_custom_field(org.world, "Account", "Key__c", "Text", length=36, external_id=True)
    acts.add_custom_field(
        org.world, "Account", "Number__c", "Text", length=36, external_id=True, unique=True
    )
    return org


def test_an_upsert_creates_once_and_then_changes(keyed: Org) -> None:
    path = "/sobjects/Account/Key__c/K%2F1%20a"
    first = keyed.call("PATCH", path, json={"Name": "A"})
    assert first.status_code == 201
    assert first.json()["created"] is True
    second = keyed.call("PATCH", path, json={"Name": "B"})
    assert second.status_code == 200
    assert second.json() == {**first.json(), "created": False}
    assert keyed.call("PATCH", path, json={"Name": "C"}, version="45.0").status_code == 204
    row = keyed.ok("GET", path)
    assert (row["Name"], row["Key__c"]) == ("C", "K/1 a")


def test_an_upsert_that_may_mean_several_writes_nothing(keyed: Org) -> None:
    keys = [keyed.make("Account", Name="A", Key__c="K") for _ in range(2)]
    answer = keyed.call("PATCH", "/sobjects/Account/Key__c/k", json={"Name": "B"})
    assert answer.status_code == 300
    assert answer.json() == [f"/services/data/v67.0/sobjects/Account/{key}" for key in keys]
    assert keyed.column("SELECT Name FROM Account") == ["A", "A"]


def test_an_upsert_can_be_kept_from_creating(keyed: Org) -> None:
    path = "/sobjects/Account/Key__c/K?updateOnly=true"
    assert keyed.refused("PATCH", path, json={"Name": "A"})[:2] == (404, "NOT_FOUND")


def test_an_upsert_by_a_field_that_names_nothing_is_refused(keyed: Org) -> None:
    for field in ("Colour__c", "Site"):
        answer = keyed.refused("PATCH", f"/sobjects/Account/{field}/x", json={"Name": "A"})
        assert answer[0] == 404
        assert field in answer[2]
    answer = keyed.refused("PATCH", "/sobjects/Account/Key__c/x", json={"Key__c": "y"})
    assert answer[1] == "INVALID_FIELD"


def test_a_unique_value_is_taken_once(keyed: Org) -> None:
    key = keyed.make("Account", Name="A", Number__c="N")
    answer = keyed.refused("POST", "/sobjects/Account", json={"Name": "B", "Number__c": "n"})
    assert answer[1:] == (
        "DUPLICATE_VALUE",
        f"duplicate value found: Number__c duplicates value on record with id: {key[:15]}",
    )
    keyed.ok("DELETE", f"/sobjects/Account/{key}")
    keyed.make("Account", Name="B", Number__c="n")


def test_a_record_above_can_be_named_by_its_external_id(keyed: Org) -> None:
    key = keyed.make("Account", Name="A", Key__c="K")
    contact = keyed.make("Contact", LastName="X", Account={"Key__c": "K"})
    assert keyed.read("Contact", contact)["AccountId"] == key
    missing = {"LastName": "X", "Account": {"Key__c": "L"}}
    answer = keyed.refused("POST", "/sobjects/Contact", json=missing)
    assert answer[1:] == (
        "INVALID_FIELD",
        "Foreign key external ID: L not found for field Key__c in entity Account",
    )


def test_a_write_can_depend_on_the_record_being_unchanged(org: Org) -> None:
    key = org.make("Account", Name="A")
    path = f"/sobjects/Account/{key}"
    known = org.call("GET", path).headers
    org.world.clock.advance(5)
    org.ok("PATCH", path, json={"Name": "B"}, headers={"If-Match": known["ETag"]})
    for stale in ({"If-Match": known["ETag"]}, {"If-Unmodified-Since": known["Last-Modified"]}):
        answer = org.refused("PATCH", path, json={"Name": "C"}, headers=stale)
        assert answer[:2] == (412, "PRECONDITION_FAILED")
    fresh = org.call("GET", path).headers
    org.ok("PATCH", path, json={"Name": "D"},
           headers={"If-Unmodified-Since": fresh["Last-Modified"]})  # fmt: skip
    bad = org.call("PATCH", path, json={"Name": "E"}, headers={"If-Unmodified-Since": "soon"})
    assert bad.status_code == 400
    assert org.read("Account", key)["Name"] == "D"


def test_only_accounts_have_an_etag_but_every_kind_has_a_time(org: Org) -> None:
    key = org.make("Contact", LastName="X")
    path = f"/sobjects/Contact/{key}"
    headers = org.call("GET", path).headers
    assert "ETag" not in headers
    org.ok("PATCH", path, json={"Title": "Dr"}, headers={"If-Match": '"other"'})
    org.world.clock.advance(5)
    org.ok("PATCH", path, json={"Title": "Prof"})
    stale = {"If-Unmodified-Since": headers["Last-Modified"]}
    assert org.call("PATCH", path, json={"Title": "x"}, headers=stale).status_code == 412
    known = {"If-Modified-Since": org.call("GET", path).headers["Last-Modified"]}
    assert org.call("GET", path, headers=known).status_code == 304


def test_kinds_and_versions_can_be_looked_up(org: Org) -> None:
    listed = org.http.get(f"{org.url}/services/data/", headers={"Authorization": ""}).json()
    assert listed[-1] == {
        "label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0",
    }  # fmt: skip
    names = {one["name"] for one in org.ok("GET", "/sobjects")["sobjects"]}
    assert {"Account", "Opportunity", "Product2", "User"} <= names
    assert not names & {"CurrencyType", "Name"}
    for version in ("41.0", "68.0"):
        assert org.call("GET", "/", version=version).status_code == 200
    retired = org.refused("GET", "/limits", version="30.0")
    assert retired[:2] == (410, "UNSUPPORTED_API_VERSION")
    assert org.call("GET", "/limits", version="69.0").status_code == 404


def test_deleting_an_account_takes_what_belongs_to_it(org: Org) -> None:
    account = org.make("Account", Name="A")
    contact = org.make("Contact", LastName="X", AccountId=account)
    deal = org.deal(AccountId=account)
    child = org.make("Account", Name="B", ParentId=account)
    org.ok("DELETE", f"/sobjects/Account/{account}")
    assert org.column("SELECT Id FROM Contact") == org.column("SELECT Id FROM Opportunity") == []
    assert org.read("Account", child)["ParentId"] is None
    acts.restore(org.world, "Account", account)
    assert org.column("SELECT Id FROM Contact") == [contact]
    assert org.column("SELECT Id FROM Opportunity") == [deal]


def test_a_merged_account_says_into_which(org: Org) -> None:
    winner, loser = org.make("Account", Name="A"), org.make("Account", Name="B")
    deal = org.deal(AccountId=loser)
    stamp = org.read("Opportunity", deal)["SystemModstamp"]
    org.world.clock.advance(60)
    acts.merge_accounts(org.world, winner, loser)
    (row,) = org.rows(
        f"SELECT IsDeleted, MasterRecordId FROM Account WHERE Id = '{loser}'", "/queryAll"
    )
    assert (row["IsDeleted"], row["MasterRecordId"]) == (True, winner)
    moved = org.read("Opportunity", deal)
    assert (moved["AccountId"], moved["SystemModstamp"]) == (winner, stamp)
    assert org.read("Account", winner)["SystemModstamp"] > stamp
