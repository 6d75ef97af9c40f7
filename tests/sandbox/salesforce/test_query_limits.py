"""What a query may not ask, although it could be understood."""

import pytest

from .conftest import Org

ACCOUNTS = "SELECT Id FROM Account WHERE "
OF_CONTACTS = "Id IN (SELECT AccountId FROM Contact)"
OF_DEALS = "Id NOT IN (SELECT AccountId FROM Opportunity)"
SEMI_JOINS = [
    (f"{ACCOUNTS}Name = 'a' OR {OF_CONTACTS}", "not allowed with the 'OR' operator"),
    (f"{ACCOUNTS}Name = 'a' AND (Phone = '1' OR {OF_CONTACTS})", "not allowed with the 'OR'"),
    (f"{ACCOUNTS}NOT {OF_CONTACTS}", "only allowed at the top level"),
    (f"{ACCOUNTS}NOT (Name = 'a' AND {OF_CONTACTS})", "only allowed at the top level"),
    (f"{ACCOUNTS}{OF_CONTACTS} AND {OF_DEALS} AND {OF_CONTACTS}", "At most 2"),
    (f"{ACCOUNTS}Id IN (SELECT AccountId FROM Contact WHERE AccountId IN "
     "(SELECT AccountId FROM Opportunity))", "Nesting of semi join"),
    (f"{ACCOUNTS}Id IN (SELECT ParentId FROM Account)", "same object type"),
    ("SELECT Id FROM Contact WHERE Account.OwnerId IN (SELECT Id FROM User)", "relationship"),
    (f"{ACCOUNTS}Id IN (SELECT AccountId FROM Contact ORDER BY Name)", "neither ORDER BY"),
    (f"{ACCOUNTS}Id IN (SELECT AccountId FROM Contact LIMIT 1)", "nor LIMIT"),
    ("SELECT Id, (SELECT Id FROM Contacts WHERE LastName = 'a' OR Id IN "
     "(SELECT ContactId FROM OpportunityContactRole)) FROM Account", "not allowed with the 'OR'"),
]  # fmt: skip


@pytest.mark.parametrize(("soql", "words"), SEMI_JOINS)
def test_a_query_within_a_condition_has_its_place(fernhill: Org, soql: str, words: str) -> None:
    status, code, said = fernhill.refused("GET", "/query", params={"q": soql})
    assert (status, code) == (400, "MALFORMED_QUERY")
    assert words in said


@pytest.mark.parametrize(
    "where",
    [
        f"{OF_CONTACTS} AND {OF_DEALS}",
        f"({OF_CONTACTS}) AND (Name = 'a' OR Name = 'b')",
        "Account.Id IN (SELECT AccountId FROM Contact)",
    ],
)
def test_two_queries_may_stand_where_all_must_hold(fernhill: Org, where: str) -> None:
    fernhill.rows(ACCOUNTS + where)


def test_relationships_go_up_five_levels_and_no_further(fernhill: Org) -> None:
    five, six = ("Account." + "Parent." * count + "Name" for count in (4, 5))
    fernhill.rows(f"SELECT {five} FROM Contact LIMIT 1")
    for soql in (
        f"SELECT {six} FROM Contact LIMIT 1",
        f"SELECT Id FROM Contact WHERE {six} = 'a'",
        f"SELECT Id FROM Contact ORDER BY {six}",
    ):
        refused = fernhill.refused("GET", "/query", params={"q": soql})
        assert refused[:2] == (400, "MALFORMED_QUERY")
        assert "5 levels" in refused[2]


def test_a_text_in_a_condition_has_four_thousand_characters_at_most(fernhill: Org) -> None:
    fernhill.rows(f"SELECT Id FROM Account WHERE Name = '{'x' * 4000}'")
    soql = f"SELECT Id FROM Account WHERE Name IN ('a', '{'x' * 4001}')"
    refused = fernhill.refused("GET", "/query", params={"q": soql})
    assert refused[:2] == (400, "MALFORMED_QUERY")


def test_records_below_records_below_are_for_newer_versions(fernhill: Org) -> None:
    deals = "(SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunities)"
    query = {"q": f"SELECT Id, {deals} FROM Account LIMIT 1"}
    fernhill.ok("GET", "/query", params=query, version="58.0")
    refused = fernhill.refused("GET", "/query", params=query, version="57.0")
    assert refused[:2] == (400, "MALFORMED_QUERY")
    assert "more than 1 level away" in refused[2]
    one_level = {"q": "SELECT Id, (SELECT Id FROM Opportunities) FROM Account LIMIT 1"}
    fernhill.ok("GET", "/query", params=one_level, version="57.0")
