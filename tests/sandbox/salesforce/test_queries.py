"""Queries find what they ask for, and say what they cannot understand."""

from decimal import Decimal

import pytest

from sandbox.salesforce.numbers import rounded

from .conftest import Org


def test_fields_above_and_records_below_come_along(fernhill: Org) -> None:
    (row,) = fernhill.rows(
        "SELECT Id, Name, Account.Owner.Name, Account.Name, (SELECT Quantity, Product2.ProductCode "
        "FROM OpportunityLineItems ORDER BY Quantity DESC LIMIT 2) FROM Opportunity "
        "WHERE Name LIKE 'Wapping%'"
    )
    assert list(row) == ["attributes", "Id", "Name", "Account", "OpportunityLineItems"]
    assert row["attributes"] == {
        "type": "Opportunity",
        "url": f"/services/data/v67.0/sobjects/Opportunity/{row['Id']}",
    }
    assert row["Account"]["Owner"]["Name"] == "Maya Lindqvist"
    assert row["Account"]["Name"] == "Harbourside Developments Ltd"
    lines = row["OpportunityLineItems"]
    assert (lines["totalSize"], lines["done"]) == (2, True)
    assert [line["Product2"]["ProductCode"] for line in lines["records"]] == ["SV-TOPO", "SV-UTL"]


def test_a_record_without_any_below_has_null_there(fernhill: Org) -> None:
    (row,) = fernhill.rows(
        "SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity "
        "WHERE Name LIKE 'Town bridge%'"
    )
    assert row["OpportunityLineItems"] is None


CONDITIONS = [
    ("Amount > 12000 AND CurrencyIsoCode = 'GBP'", ["Hebden ridge, drone and laser"]),
    ("Amount = null", ["Town bridge movement watch"]),
    ("Name = 'FEEDER road setting OUT'", ["Feeder Road setting out"]),
    ("Name LIKE '_erry%' OR Name LIKE '%bridge%'",
     ["Ferry berth, yearly monitoring", "Ferry wharf movement watch",
      "Town bridge movement watch"]),
    ("NOT (Amount >= 1000 OR Amount = NULL)", ["Orchard Cottage boundary plan"]),
    ("CurrencyIsoCode IN ('JPY', 'usd') AND IsClosed = false",
     ["Bristol portfolio, due diligence plans", "Joint harbour scan, UK part"]),
    ("CurrencyIsoCode NOT IN ('GBP', 'EUR', 'USD', 'AUD', 'NZD')", ["Joint harbour scan, UK part"]),
    ("Account.Name LIKE 'o\\'brien%'", ["Feeder Road setting out"]),
    ("Account.BillingCountry = 'France'", ["Carrière de l'Étang, levé par drone"]),
    ("AccountId IN (SELECT Id FROM Account WHERE BillingCity = 'Wells')",
     ["Boundary dispute, north field"]),
    ("Id NOT IN (SELECT OpportunityId FROM OpportunityLineItem) AND Amount > 20000",
     ["Coast road slips, drone survey"]),
    ("CreatedDate = LAST_N_DAYS:3", []),
    ("CloseDate < TODAY", []),
    ("CreatedDate > 2026-01-01T00:00:00Z AND CloseDate > NEXT_N_DAYS:40 AND Amount = null",
     ["Town bridge movement watch"]),
    ("Pricebook2.IsStandard = true AND Amount < 1000", ["Orchard Cottage boundary plan"]),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "names"), CONDITIONS)
def test_conditions_find_what_they_say(fernhill: Org, condition: str, names: list[str]) -> None:
    assert sorted(fernhill.column(f"SELECT Name FROM Opportunity WHERE {condition}")) == names


def test_a_field_that_is_not_equal_may_be_empty(org: Org) -> None:
    keys = [org.make("Account", Name=name, **more)
            for name, more in (("A", {"Site": "x"}), ("B", {"Site": "y"}), ("C", {}))]  # fmt: skip
    assert org.column("SELECT Id FROM Account WHERE Site != 'x'") == keys[1:]
    assert org.column("SELECT Id FROM Account WHERE Site NOT IN ('x')") == keys[1:]
    assert org.column("SELECT Id FROM Account WHERE Site = ''") == keys[2:]


def test_a_pattern_takes_its_signs_as_letters_where_they_are_escaped(org: Org) -> None:
    for name in ("50% off", "500 off", "a_b", "acb", "back\\slash"):
        org.make("Account", Name=name)
    query = "SELECT Name FROM Account WHERE Name LIKE "
    assert org.column(query + r"'50\% %'") == ["50% off"]
    assert org.column(query + r"'a\_b'") == ["a_b"]
    assert org.column("SELECT Name FROM Account WHERE Name = 'back\\\\slash'") == ["back\\slash"]


def test_ids_of_15_letters_find_too_but_mind_their_case(org: Org) -> None:
    key = org.make("Account", Name="A")
    assert org.column(f"SELECT Id FROM Account WHERE Id = '{key[:15]}'") == [key]
    assert org.column(f"SELECT Id FROM Account WHERE Id = '{key.lower()}'") == [key]
    assert org.column(f"SELECT Id FROM Account WHERE Id = '{key[:15].lower()}'") == []


def test_ids_can_be_paged_through(org: Org) -> None:
    keys = [org.make("Account", Name="A") for _ in range(5)]
    soql = f"SELECT Id FROM Account WHERE Id > '{keys[1]}' ORDER BY Id LIMIT 2"
    assert org.column(soql) == keys[2:4]


def test_order_puts_nothing_first_unless_told(org: Org) -> None:
    for name, site in (("b", "2"), ("A", "2"), ("c", None), ("D", "1")):
        org.make("Account", Name=name, Site=site)
    query = "SELECT Name FROM Account ORDER BY Site"
    assert org.column(f"{query}, Name") == ["c", "D", "A", "b"]
    assert org.column(f"{query} DESC, Name") == ["A", "b", "D", "c"]
    assert org.column(f"{query} ASC NULLS LAST, Name DESC") == ["D", "b", "A", "c"]
    assert org.column(f"{query} DESC NULLS FIRST, Name LIMIT 2 OFFSET 1") == ["A", "b"]


def test_totals_are_counted_and_summed(fernhill: Org) -> None:
    count = fernhill.ok("GET", "/query", params={"q": "SELECT COUNT() FROM Opportunity"})
    assert count == {"totalSize": 23, "done": True, "records": []}
    rows = fernhill.rows(
        "SELECT CurrencyIsoCode, COUNT(Id) many, SUM(Amount), MAX(CloseDate) FROM Opportunity "
        "GROUP BY CurrencyIsoCode ORDER BY COUNT(Id) DESC, CurrencyIsoCode"
    )
    assert [(row["CurrencyIsoCode"], row["many"]) for row in rows] == [
        ("GBP", 11), ("AUD", 5), ("EUR", 3), ("NZD", 2), ("JPY", 1), ("USD", 1),
    ]  # fmt: skip
    assert rows[0]["attributes"] == {"type": "AggregateResult"}
    rate = fernhill.column("SELECT ConversionRate FROM CurrencyType WHERE IsoCode = 'EUR'")[0]
    assert rows[2]["expr0"] == rounded(Decimal("21591.75") / rate, 6)


NO_COLUMN = (
    "\nSELECT Id, Colour FROM Account\n           ^\nERROR at Row:1:Column:12\n"
    "No such column 'Colour' on entity 'Account'. If you are attempting to use a custom field, be "
    "sure to append the '__c' after the custom field name. Please reference your WSDL or the "
    "describe call for the appropriate names."
)
REFUSED = [
    ("SELECT Id, Colour FROM Account", "INVALID_FIELD", NO_COLUMN),
    ("SELECT Boss.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
    ("SELECT Id FROM Castle", "INVALID_TYPE", "sObject type 'Castle' is not supported."),
    ("SELECT Id, (SELECT Id FROM Towers) FROM Account", "INVALID_TYPE",
     "Didn't understand relationship 'Towers' in FROM part of query call."),
    ("SELECT Id FORM Account", "MALFORMED_QUERY", "unexpected token: 'Account'"),
    ("SELECT FROM Account", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("SELECT Id FROM Account WHERE Id IN ()", "MALFORMED_QUERY", "unexpected token: ')'"),
    ("SELECT Id FROM Account WHERE Name = 'a' AND Site = 'b' OR Site = 'c'", "MALFORMED_QUERY",
     "unexpected token: 'OR'"),
    ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD",
     "value of filter criterion for field 'Name' must be of type string and should be enclosed in "
     "quotes"),
    ("SELECT Id FROM Opportunity WHERE Amount = '5'", "INVALID_FIELD",
     "must be of type double and should not be enclosed in quotes"),
    ("SELECT Id FROM Opportunity WHERE CloseDate > '2026-01-01'", "INVALID_FIELD",
     "must be of type date and should not be enclosed in quotes"),
    ("SELECT Id FROM Opportunity WHERE SystemModstamp > 2026-01-01", "INVALID_FIELD",
     "must be of type dateTime and should not be enclosed in quotes"),
    ("SELECT Id FROM Opportunity WHERE IsWon = 'true'", "INVALID_FIELD", "must be of type boolean"),
    ("SELECT Id FROM Account WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR",
     "invalid ID field: abc"),
    ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD",
     "field 'Description' can not be filtered in a query call"),
    ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD",
     "field 'Description' can not be sorted in a query call"),
    ("SELECT Id, Id FROM Account", "MALFORMED_QUERY", "duplicate field selected: Id"),
    ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE",
     "Maximum SOQL offset allowed is 2000"),
    ("SELECT Name, COUNT(Id) FROM Account GROUP BY Site", "MALFORMED_QUERY",
     "Field must be grouped or aggregated: Name"),
    ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
    ("SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account", "MALFORMED_QUERY",
     "Only root queries support aggregate expressions"),
    ("SELECT Id FROM Opportunity WHERE IsWon > true", "INVALID_QUERY_FILTER_OPERATOR",
     "invalid operator on boolean field"),
    ("SELECT Id FROM Account WHERE Id LIKE '001%'", "INVALID_QUERY_FILTER_OPERATOR",
     "invalid operator on id field"),
    ("SELECT Id FROM Account WHERE Name IN (SELECT Name FROM Contact)",
     "INVALID_QUERY_FILTER_OPERATOR", "only ids"),
    ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:99999999", "MALFORMED_QUERY",
     "LAST_N_DAYS:99999999"),
    ("SELECT Id FROM Account WHERE CreatedDate > 9999-12-31T23:59:59-12:00", "MALFORMED_QUERY",
     "invalid date"),
    ("SELECT Id FROM Account WHERE CreatedDate = SOMEDAY", "MALFORMED_QUERY", "SOMEDAY"),
    ("SELECT Id FROM Account WHERE CreatedDate > 2026-02-31T00:00:00Z", "MALFORMED_QUERY",
     "invalid date"),
]  # fmt: skip


@pytest.mark.parametrize(("soql", "code", "words"), REFUSED)
def test_nonsense_is_refused_in_salesforces_words(
    fernhill: Org, soql: str, code: str, words: str
) -> None:
    status, found, message = fernhill.refused("GET", "/query", params={"q": soql})
    assert (status, found) == (400, code)
    assert words in message


def test_names_come_back_as_they_are_whatever_case_they_are_asked_in(fernhill: Org) -> None:
    (row, *_) = fernhill.rows("select ID, ACCOUNT.name from OPPORTUNITY limit 1")
    assert list(row) == ["attributes", "Id", "Account"]


def test_a_long_result_comes_in_pages(org: Org) -> None:
    body = {
        "records": [{"attributes": {"type": "Account"}, "Name": f"A{n:03}"} for n in range(200)]
    }
    for _ in range(3):
        org.ok("POST", "/composite/sobjects", json=body)
    headers = {"Sforce-Query-Options": "batchSize=250"}
    soql = "SELECT Name FROM Account ORDER BY Name, Id"
    page = org.ok("GET", "/query", params={"q": soql}, headers=headers)
    names = [row["Name"] for row in page["records"]]
    while not page["done"]:
        assert page["totalSize"] == 600
        path = page["nextRecordsUrl"].removeprefix("/services/data/v67.0")
        page = org.ok("GET", path)
        names += [row["Name"] for row in page["records"]]
    assert len(names) == 600
    assert names == sorted(names)
    assert len(org.rows(soql, headers={"Sforce-Query-Options": "batchSize=5"})) == 200


def test_two_long_texts_make_short_pages(org: Org) -> None:
    body = {"records": [{"attributes": {"type": "Contact"}, "LastName": "X"} for _ in range(200)]}
    for _ in range(2):
        org.ok("POST", "/composite/sobjects", json=body)
    org.box.world.set_setting("salesforce", "custom_fields",
                              {"Contact": [{"name": "Story__c", "type": "textarea"}]})  # fmt: skip
    assert len(org.rows("SELECT Id, Description FROM Contact")) == 400
    assert len(org.rows("SELECT Id, Description, Story__c FROM Contact")) == 200


def test_a_locator_lives_two_days(org: Org) -> None:
    body = {"records": [{"attributes": {"type": "Account"}, "Name": "A"} for _ in range(200)]}
    for _ in range(2):
        org.ok("POST", "/composite/sobjects", json=body)
    headers = {"Sforce-Query-Options": "batchSize=200"}
    page = org.ok("GET", "/query", params={"q": "SELECT Id FROM Account"}, headers=headers)
    path = page["nextRecordsUrl"].removeprefix("/services/data/v67.0")
    org.world.clock.advance(2 * 86400 + 60)
    org.sign_in()
    assert org.refused("GET", path)[:2] == (400, "INVALID_QUERY_LOCATOR")
    assert org.refused("GET", "/query/01g000000000000-9")[1] == "INVALID_QUERY_LOCATOR"


def test_deleted_records_are_seen_by_query_all_until_they_leave_the_bin(org: Org) -> None:
    key = org.make("Account", Name="A")
    org.ok("DELETE", f"/sobjects/Account/{key}")
    soql = "SELECT Id FROM Account WHERE IsDeleted = true"
    assert org.column(soql) == []
    assert org.column(soql, "/queryAll") == [key]
    org.world.clock.advance(15 * 86400 + 1)
    org.sign_in()
    assert org.column(soql, "/queryAll") == []


def test_an_address_that_is_too_long_is_refused(org: Org) -> None:
    ids = ",".join(f"'{n:018}'" for n in range(900))
    soql = f"SELECT Id FROM Account WHERE Name IN ({ids})"
    assert org.call("GET", "/query", params={"q": soql}).status_code == 414
    part = {"method": "GET", "url": f"/services/data/v67.0/query?q={soql}", "referenceId": "q"}
    answer = org.ok("POST", "/composite", json={"compositeRequest": [part]})
    assert answer["compositeResponse"][0]["httpStatusCode"] == 200
    part["url"] += " " * 100_000
    answer = org.ok("POST", "/composite", json={"compositeRequest": [part]})
    assert answer["compositeResponse"][0]["body"][0]["errorCode"] == "MALFORMED_QUERY"


def test_numbers_come_as_java_writes_them(org: Org) -> None:
    for amount, text in (
        ("12", "12.0"),
        ("0.5", "0.5"),
        ("10000000", "1.0E7"),
        ("123456789.25", "1.2345678925E8"),
        ("9999999.99", "9999999.99"),
    ):
        key = org.deal(Amount=float(amount))
        raw = org.call("GET", f"/sobjects/Opportunity/{key}?fields=Amount").text
        assert f'"Amount": {text}}}' in raw


def test_every_field_can_be_asked_for(fernhill: Org) -> None:
    (row,) = fernhill.rows("SELECT FIELDS(ALL) FROM Account WHERE Name LIKE 'Aire%' LIMIT 1")
    assert row["BillingAddress"]["street"] == "Canal House\n88 Kirkstall Road"
    assert row["BillingAddress"]["postalCode"] == "LS3 1HD"
    custom = fernhill.rows("SELECT FIELDS(CUSTOM) FROM Opportunity LIMIT 1")[0]
    assert "Counterpart_Invoice_Id__c" in custom
    assert "Name" not in custom


def test_tasks_name_what_they_are_about(org: Org) -> None:
    deal = org.deal(Name="Site")
    org.make("Task", Subject="Call", WhatId=deal)
    (row,) = org.rows("SELECT What.Name, What.Type FROM Task WHERE What.Type = 'Opportunity'")
    assert (row["What"]["Name"], row["What"]["Type"]) == ("Site", "Opportunity")
    assert row["What"]["attributes"]["url"].endswith(f"/Opportunity/{deal}")
    assert org.read("Opportunity", deal)["HasOpenActivity"] is True
