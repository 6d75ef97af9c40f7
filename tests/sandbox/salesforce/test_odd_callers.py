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
