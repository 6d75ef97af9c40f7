"""Calls that no careful client makes: each is refused in words, and none holds up the others."""

from typing import Any

import pytest

from .conftest import Org

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[" * 100_000, "JSON_PARSER_ERROR"),
        (b'{"Name": "\\ud800"}', "JSON_PARSER_ERROR"),
        (b'{"Name": "A", "NumberOfEmployees": 1e999999999}', "NUMBER_OUTSIDE_VALID_RANGE"),
        (b'{"Name": "A", "NumberOfEmployees": 2147483648}', "NUMBER_OUTSIDE_VALID_RANGE"),
        (b'{"Name": "A", "NumberOfEmployees": 1e-999999999}', "JSON_PARSER_ERROR"),
        (b'{"Name": "A", "AnnualRevenue": 1e999999999}', "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_a_body_beyond_all_measure_is_a_400(org: Org, body: bytes, code: str) -> None:
    refused = org.refused("POST", "/sobjects/Account", data=body, headers=JSON)
    assert refused[:2] == (400, code)
    assert org.column("SELECT Id FROM Account") == []


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Id FROM Account WHERE " + "(" * 1000 + "Name = 'a'" + ")" * 1000,
        "SELECT Id FROM Account WHERE " + "NOT " * 1000 + "Name = 'a'",
    ],
)
def test_a_query_nested_without_end_is_refused(org: Org, soql: str) -> None:
    refused = org.refused("GET", "/query", params={"q": soql})
    assert refused[:2] == (400, "QUERY_TOO_COMPLICATED")


def test_brackets_as_clients_write_them_are_read(org: Org) -> None:
    made = org.make("Account", Name="a")
    soql = "SELECT Id FROM Account WHERE " + "(" * 20 + "Name = 'a'" + ")" * 20
    assert org.column(soql) == [made]


@pytest.mark.parametrize("count", ["9" * 5000, "1.5", "-1", "1e3"])
def test_a_limit_that_is_no_count_is_refused(org: Org, count: str) -> None:
    query: dict[str, Any] = {"params": {"q": f"SELECT Id FROM Account LIMIT {count}"}}
    assert org.refused("GET", "/query", **query)[:2] == (400, "MALFORMED_QUERY")


@pytest.mark.parametrize("named", [[], {}, ["u"], {"a": 1}])
def test_what_names_a_record_is_no_list_and_no_object(org: Org, named: object) -> None:
    record = {
        "attributes": {"type": "Account"},
        "Name": "A",
        "Counterpart_Xero_Contact_Id__c": named,
    }
    path = "/composite/sobjects/Account/Counterpart_Xero_Contact_Id__c"
    refused = org.refused("PATCH", path, json={"records": [record]})
    assert refused[:2] == (400, "JSON_PARSER_ERROR")


def test_one_call_names_a_record_once_in_whatever_case(org: Org) -> None:
    path = "/composite/sobjects/Account/Counterpart_Xero_Contact_Id__c"
    records = [
        {"attributes": {"type": "Account"}, "Name": name, "Counterpart_Xero_Contact_Id__c": name}
        for name in ("abc", "ABC", "d")
    ]
    rows = org.ok("PATCH", path, json={"records": records})
    assert [row["success"] for row in rows] == [False, False, True]
    assert rows[0]["errors"][0]["statusCode"] == "DUPLICATE_VALUE"


@pytest.mark.parametrize("name", [1, True, None, ["Name"], {"a": 1}])
def test_fields_to_read_are_names(org: Org, name: object) -> None:
    made = org.make("Account", Name="A")
    body = {"ids": [made], "fields": ["Id", name]}
    assert org.refused("POST", "/composite/sobjects/Account", json=body)[0] == 400


def test_a_page_size_beyond_all_measure_is_the_largest(org: Org) -> None:
    org.make("Account", Name="A")
    header = {"Sforce-Query-Options": "batchSize=" + "9" * 5000}
    assert len(org.rows("SELECT Id FROM Account", headers=header)) == 1
