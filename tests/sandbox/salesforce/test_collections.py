"""Many records and many calls in one: each with its own outcome, or all or nothing."""

from typing import Any

from sandbox.salesforce import acts

from .conftest import Org

ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK"


def account(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Account"}, **values}


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return ["" if row["success"] else row["errors"][0]["statusCode"] for row in rows]


def test_each_record_has_its_own_outcome_in_the_order_sent(org: Org) -> None:
    records = [account(Name="A"), account(), account(Name="C")]
    rows = org.ok("POST", "/composite/sobjects", json={"records": records})
    assert codes(rows) == ["", "REQUIRED_FIELD_MISSING", ""]
    assert rows[1] == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Name]",
                "fields": ["Name"],
            }
        ],
    }
    assert org.column("SELECT Name FROM Account") == ["A", "C"]


def test_all_or_none_takes_everything_back(org: Org) -> None:
    records = [account(Name="A"), account()]
    rows = org.ok("POST", "/composite/sobjects", json={"allOrNone": True, "records": records})
    assert codes(rows) == [ROLLED_BACK, "REQUIRED_FIELD_MISSING"]
    assert org.column("SELECT Id FROM Account") == []


def test_a_body_that_cannot_be_read_fails_the_whole_call(org: Org) -> None:
    for wrong in (account(Name="B", Colour="x"), account(Name=5), {"Name": "B"},
                  account(Name="B", AnnualRevenue="x")):  # fmt: skip
        answer = org.call(
            "POST", "/composite/sobjects", json={"records": [account(Name="A"), wrong]}
        )
        assert answer.status_code == 400
    assert org.column("SELECT Id FROM Account") == []


def test_bodies_that_make_no_sense_are_refused_whole(org: Org) -> None:
    bad: list[Any] = [
        {"records": 5}, {"records": [5]}, {"records": [{"attributes": 5}]}, [], {},
        {"records": [{"attributes": {"type": ["Account"]}}]},
        {"records": [account(Name={"first": "A"})]},
    ]  # fmt: skip
    for body in bad:
        assert org.call("POST", "/composite/sobjects", json=body).status_code == 400, body


def test_records_are_changed_by_their_ids(org: Org) -> None:
    key, other = org.make("Account", Name="A"), org.make("Account", Name="B")
    org.ok("DELETE", f"/sobjects/Account/{other}")
    records = [
        account(id=key, Name="Z"),
        account(Id=other, Name="Y"),
        account(Name="X"),
        account(id="0035e0000000APB", Name="W"),
        account(id="0015e0000000zzz", Name="V"),
    ]
    rows = org.ok("PATCH", "/composite/sobjects", json={"records": records})
    assert codes(rows) == ["", "ENTITY_IS_DELETED", "MISSING_ARGUMENT", "MALFORMED_ID",
                           "INVALID_CROSS_REFERENCE_KEY"]  # fmt: skip
    assert rows[0] == {"id": key, "success": True, "errors": []}
    assert org.read("Account", key)["Name"] == "Z"


def test_records_are_upserted_by_an_external_id(org: Org) -> None:
    acts.add_custom_field(org.world, "Account", "Key__c", "Text", external_id=True)
    key = org.make("Account", Name="A", Key__c="1")
    for _ in range(2):
        org.make("Account", Name="T", Key__c="twice")
    records = [account(Key__c="1", Name="Z"), account(Key__c="2", Name="N"), account(Name="x"),
               account(Key__c="twice", Name="x"), account(Key__c="3", Name="x"),
               account(Key__c="3", Name="x")]  # fmt: skip
    rows = org.ok("PATCH", "/composite/sobjects/Account/Key__c", json={"records": records})
    assert codes(rows) == ["", "", "MISSING_ARGUMENT", "DUPLICATE_EXTERNAL_ID", "DUPLICATE_VALUE",
                           "DUPLICATE_VALUE"]  # fmt: skip
    assert (rows[0]["id"], rows[0]["created"], rows[1]["created"]) == (key, False, True)
    assert sorted(org.column("SELECT Name FROM Account")) == ["N", "T", "T", "Z"]


def test_records_are_deleted_and_read_by_their_ids(org: Org) -> None:
    keys = [org.make("Account", Name=name) for name in "ABC"]
    rows = org.ok("DELETE", f"/composite/sobjects?ids={keys[0]},{keys[0]},nonsense")
    assert codes(rows) == ["", "ENTITY_IS_DELETED", "MALFORMED_ID"]
    body = {"ids": keys, "fields": ["Name"]}
    for found in (
        org.ok("POST", "/composite/sobjects/Account", json=body),
        org.ok("GET", f"/composite/sobjects/Account?ids={','.join(keys)}&fields=Name"),
    ):
        assert [row and row["Name"] for row in found] == [None, "B", "C"]


def test_more_than_200_records_are_refused(org: Org) -> None:
    records = [account(Name="A")] * 201
    answer = org.refused("POST", "/composite/sobjects", json={"records": records})
    assert answer[1:] == (
        "EXCEEDED_ID_LIMIT",
        "record limit reached. cannot submit more than 200 records into this call",
    )


def test_more_than_ten_chunks_of_kinds_are_refused(org: Org) -> None:
    contact = {"attributes": {"type": "Contact"}, "LastName": "X"}
    mixed = [account(Name="A"), contact] * 5
    assert codes(org.ok("POST", "/composite/sobjects", json={"records": mixed})) == [""] * 10
    mixed.append(account(Name="A"))
    answer = org.refused("POST", "/composite/sobjects", json={"records": mixed})
    assert answer[1] == "LIMIT_EXCEEDED"


def test_a_locked_row_is_free_the_next_time(org: Org) -> None:
    key = org.make("Account", Name="A")
    acts.lock_row(org.world, key)
    deal = {"attributes": {"type": "Opportunity"}, "Name": "D", "StageName": "Prospecting",
            "CloseDate": "2026-12-01", "AccountId": key}  # fmt: skip
    rows = [org.ok("POST", "/composite/sobjects", json={"records": [deal]}) for _ in range(2)]
    assert [codes(row) for row in rows] == [["UNABLE_TO_LOCK_ROW"], [""]]


def part(name: str, method: str, path: str, **more: Any) -> dict[str, Any]:
    url = f"/services/data/v67.0{path}"
    return {"referenceId": name, "method": method, "url": url, **more}


def run(org: Org, *parts: dict[str, Any], whole: bool = False) -> list[dict[str, Any]]:
    body = {"allOrNone": whole, "compositeRequest": list(parts)}
    found: list[dict[str, Any]] = org.ok("POST", "/composite", json=body)["compositeResponse"]
    return found


def test_later_parts_use_what_earlier_ones_answered(org: Org) -> None:
    answers = run(
        org,
        part("a", "POST", "/sobjects/Account", body={"Name": "A"}),
        part("c", "POST", "/sobjects/Contact", body={"LastName": "X", "AccountId": "@{a.id}"}),
        part("q", "GET", "/query?q=SELECT+Id,Name+FROM+Account+WHERE+Id='@{a.id}'"),
        part("u", "PATCH", "/sobjects/Account/@{q.records[0].Id}",
             body={"Site": "of @{q.records[0].Name}"}),
    )  # fmt: skip
    assert [one["httpStatusCode"] for one in answers] == [201, 201, 200, 204]
    assert answers[3] == {
        "body": None, "httpHeaders": {}, "httpStatusCode": 204, "referenceId": "u",
    }  # fmt: skip
    (row,) = org.rows("SELECT Account.Site FROM Contact")
    assert row["Account"]["Site"] == "of A"


def test_a_part_whose_reference_failed_is_halted(org: Org) -> None:
    first, second = run(
        org,
        part("a", "POST", "/sobjects/Account", body={}),
        part("c", "POST", "/sobjects/Contact", body={"LastName": "X", "AccountId": "@{a.id}"}),
    )
    assert first["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert (second["httpStatusCode"], second["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")


def test_a_composite_can_be_all_or_nothing(org: Org) -> None:
    parts = [part("a", "POST", "/sobjects/Account", body={"Name": "A"}),
             part("b", "POST", "/sobjects/Account", body={}),
             part("c", "POST", "/sobjects/Account", body={"Name": "C"})]  # fmt: skip
    answers = run(org, *parts, whole=True)
    assert [one["body"][0]["errorCode"] for one in answers] == [
        "PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]  # fmt: skip
    assert org.column("SELECT Id FROM Account") == []
    assert [one["httpStatusCode"] for one in run(org, *parts)] == [201, 400, 201]


def test_a_part_may_have_headers_of_its_own(org: Org) -> None:
    key = org.make("Account", Name="A")
    headers = {"If-Unmodified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"}
    path = f"/sobjects/Account/{key}"
    (answer,) = run(org, part("a", "PATCH", path, body={"Name": "B"}, httpHeaders=headers))
    assert answer["httpStatusCode"] == 412


def test_parts_that_make_no_sense_are_refused_alone(org: Org) -> None:
    key = org.make("Account", Name="A")
    answers = run(
        org,
        {"referenceId": "none", "method": "GET"},
        {"referenceId": "five", "method": "GET", "url": 5},
        {"referenceId": "old", "method": "GET", "url": "/services/data/v30.0/limits"},
        {"referenceId": "new", "method": "GET", "url": "/services/data/v99.0/limits"},
        part("self", "POST", "/composite", body={"compositeRequest": []}),
        part("list", "PATCH", f"/sobjects/Account/{key}", body=[1]),
        part("fine", "PATCH", f"/sobjects/Account/{key}", body={"Name": "B"}, httpHeaders=5),
    )
    assert [one["httpStatusCode"] for one in answers] == [400, 400, 410, 404, 400, 400, 204]


def test_a_composite_holds_25_parts_with_5_queries(org: Org) -> None:
    reads = [part(f"r{n}", "GET", "/limits") for n in range(26)]
    assert len(run(org, *reads[:25])) == 25
    queries = [part(f"q{n}", "GET", "/query?q=SELECT+Id+FROM+Account") for n in range(6)]
    for parts in (reads, queries):
        assert org.refused("POST", "/composite", json={"compositeRequest": parts})[0] == 400
    assert len(run(org, *queries[:5])) == 5


def test_a_composite_counts_once_and_each_call_of_a_batch(org: Org) -> None:
    def used() -> int:
        return int(org.call("GET", "/").headers["Sforce-Limit-Info"].split("=")[1].split("/")[0])

    before = used()
    run(org, part("a", "GET", "/limits"), part("b", "GET", "/sobjects"))
    assert used() == before + 2
    batch = [{"method": "GET", "url": "v67.0/limits"}, {"method": "GET", "url": "v67.0/nowhere"}]
    answer = org.ok("POST", "/composite/batch", json={"batchRequests": batch})
    assert answer["hasErrors"] is True
    assert [one["statusCode"] for one in answer["results"]] == [200, 404]
    assert used() == before + 5
