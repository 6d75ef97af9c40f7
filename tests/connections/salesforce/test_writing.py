"""The Salesforce doorway writes: updates, creates that can be repeated, and what is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connections.remote import Sending, Verb
from connections.salesforce.client import SalesforceRemote
from sync.core.errors import DuplicateFound, NeedsPerson, TryAgain
from tests.connections.salesforce.small_org import WON, SmallOrg

pytestmark = pytest.mark.django_db
MARKER = "Counterpart_Xero_Contact_Id__c"
OTHER, THIRD = "0015g00000OtherAAB", "0015g00000ThirdAAB"


def create(*bodies: dict[str, Any], **more: Any) -> Sending:
    return Sending("Account", Verb.CREATE, bodies, "key", **more)


def refused(code: str, message: str, **more: Any) -> dict[str, Any]:
    return {"success": False, "errors": [{"statusCode": code, "message": message, **more}]}


def test_an_update_is_one_call_and_each_element_has_its_own_fate(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    error = {"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "Closed.", "fields": []}
    locked = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain", "fields": []}
    org.answers.append(
        [
            {"id": WON, "success": True, "errors": []},
            {"success": False, "errors": [error]},
            {"id": "006C", "success": False, "errors": [locked]},
        ]
    )
    bodies = tuple(
        {"Id": remote_id, "Total__c": Decimal("1234567890123456.78"), "On__c": date(2026, 3, 1)}
        for remote_id in (WON, "006B", "006C")
    )
    good, refused, again = remote.send(Sending("Opportunity", Verb.UPDATE, bodies, "key"))
    method, path, sent = org.asked[0]
    assert (method, path) == ("PATCH", "composite/sobjects")
    assert sent["allOrNone"] is False
    assert sent["records"][0] == {
        "attributes": {"type": "Opportunity"},
        "id": WON,
        "Total__c": Decimal("1234567890123456.78"),
        "On__c": "2026-03-01",
    }
    assert (good.done, good.id) == (True, WON)
    assert (refused.done, refused.id) == (False, "006B")
    assert isinstance(refused.error, NeedsPerson)
    assert "Closed." in str(refused.error)
    assert isinstance(again.error, TryAgain)


def test_a_create_goes_by_its_external_id(org: SmallOrg, remote: SalesforceRemote) -> None:
    org.answers.append([{"id": "001N", "success": True, "errors": [], "created": True}])
    (answer,) = remote.send(create({"Name": "Aire", MARKER: "c-1"}))
    assert (answer.done, answer.id, answer.met) == (True, "001N", False)
    method, path, sent = org.asked[0]
    assert (method, path) == ("PATCH", f"composite/sobjects/Account/{MARKER}")
    assert sent["records"] == [{"attributes": {"type": "Account"}, "Name": "Aire", MARKER: "c-1"}]
    assert "Sforce-Duplicate-Rule-Header" not in org.headers[0]


def test_a_create_that_met_its_record_says_so(org: SmallOrg, remote: SalesforceRemote) -> None:
    org.answers.append([{"id": "001N", "success": True, "errors": [], "created": False}])
    (answer,) = remote.send(create({"Name": "Aire", MARKER: "c-1"}))
    assert (answer.done, answer.met) == (True, True)


def test_no_create_goes_out_that_a_repeat_would_not_find(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    with pytest.raises(ValueError, match=MARKER):
        remote.send(create({"Name": "Aire", MARKER: "c-1"}, {"Name": "Burn"}))
    with pytest.raises(ValueError, match="no external id"):
        remote.send(Sending("Group", Verb.CREATE, ({"Name": "Survey"},), "key"))
    assert org.asked == []


@pytest.mark.parametrize("field", ["", f" {MARKER}:string"])
def test_an_org_without_the_external_id_gets_no_accounts(
    org: SmallOrg, remote: SalesforceRemote, field: str
) -> None:
    whole = org.fields["Account"]
    org.fields["Account"] = whole.replace(f" {MARKER}:external", field)
    with pytest.raises(NeedsPerson, match=MARKER) as caught:
        remote.send(create({"Name": "Aire", MARKER: "c-1"}))
    assert caught.value.cause == f"unknown_field:Account.{MARKER}"
    assert org.asked == []
    org.fields["Account"] = whole  # the administrator adds it
    org.answers.append([{"id": "001N", "success": True, "errors": [], "created": True}])
    assert remote.send(create({"Name": "Aire", MARKER: "c-1"}))[0].done


def match(remote_id: str, confidence: float, *, hidden: bool = False) -> dict[str, Any]:
    url = f"/services/data/v67.0/sobjects/Account/{remote_id}"
    record = {"attributes": {"type": "Account", "url": url}}
    shown = record if hidden else {**record, "Id": remote_id}
    return {"matchConfidence": confidence, "record": shown}


@pytest.mark.parametrize("name", ["duplicateResult", "duplicateResut"])
def test_a_duplicate_rule_names_the_records_to_link_to(
    org: SmallOrg, remote: SalesforceRemote, name: str
) -> None:
    found = [match(THIRD, 80.0, hidden=True), match(OTHER, 100.0)]
    result = {name: {"allowSave": True, "matchResults": [{"matchRecords": found}]}}
    words = "Use one of these records?"
    org.answers.append([refused("DUPLICATES_DETECTED", words, fields=[], **result)])
    (answer,) = remote.send(create({"Name": "Aire", MARKER: "c-1"}))
    assert isinstance(answer.error, DuplicateFound)
    assert answer.error.candidates == (OTHER, THIRD)
    assert OTHER in answer.error.cause  # each group of records is a question of its own
    assert (answer.done, answer.message) == (False, words)


@pytest.mark.parametrize(
    ("code", "message", "candidates"),
    [
        (
            "DUPLICATE_VALUE",
            f"duplicate value found: {MARKER} duplicates value on record with id: {OTHER[:15]}",
            (OTHER,),
        ),
        (
            "DUPLICATE_EXTERNAL_ID",
            f"More than one record found for external id field: [{OTHER[:15]}, {THIRD[:15]}]",
            (OTHER, THIRD),
        ),
        ("DUPLICATE_VALUE", "Duplicate external id specified: c-1", ()),
    ],
)
def test_a_value_that_another_record_has_names_that_record(
    org: SmallOrg, remote: SalesforceRemote, code: str, message: str, candidates: tuple[str, ...]
) -> None:
    org.answers.append([refused(code, message, fields=[MARKER])])
    (answer,) = remote.send(create({"Name": "Aire", MARKER: "c-1"}))
    assert isinstance(answer.error, DuplicateFound)
    assert answer.error.candidates == candidates
    assert answer.error.taken == (MARKER, "")


def test_duplicates_are_made_on_a_persons_word_alone(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.answers.append([{"id": "001N", "success": True, "errors": [], "created": True}])
    remote.send(create({"Name": "Aire", MARKER: "c-1"}, despite_duplicates=True))
    assert org.headers[0]["Sforce-Duplicate-Rule-Header"] == "allowSave=true"


def test_people_of_one_account_stand_together_and_keep_their_answers(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    accounts = ("001B", "001A", "001B", "001A")
    bodies = tuple(
        {"Id": f"003{place}", "AccountId": account} for place, account in enumerate(accounts)
    )
    org.answers.append(
        [
            {"id": "0031", "success": True, "errors": []},
            refused("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"),
            {"id": "0030", "success": True, "errors": []},
            {"id": "0032", "success": True, "errors": []},
        ]
    )
    answers = remote.send(Sending("Contact", Verb.UPDATE, bodies, "key"))
    sent = [each["AccountId"] for each in org.asked[0][2]["records"]]
    assert sent == ["001A", "001A", "001B", "001B"]
    assert [answer.id for answer in answers] == ["0030", "0031", "0032", "0033"]
    assert [answer.done for answer in answers] == [True, True, True, False]
    assert isinstance(answers[3].error, TryAgain)


UNNAMED = refused("DUPLICATES_DETECTED", "Use one of these records?", fields=[])


def parts(*outcomes: tuple[int, Any]) -> dict[str, Any]:
    """What comes of a composite call: status and body of each part, the last one first."""
    told = [
        {"referenceId": f"r{place}", "httpStatusCode": status, "body": body, "httpHeaders": {}}
        for place, (status, body) in enumerate(outcomes)
    ]
    return {"compositeResponse": told[::-1]}


def found(*ids: str) -> list[dict[str, Any]]:
    """A single record's refusal by a duplicate rule."""
    result = {"matchResults": [{"matchRecords": [match(each, 100.0) for each in ids]}]}
    words = "Use one of these records?"
    return [{"errorCode": "DUPLICATES_DETECTED", "message": words, "duplicateResut": result}]


def test_records_that_a_collection_does_not_name_are_asked_for_one_by_one(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.answers.append([UNNAMED] * 4)
    addresses = [f"/services/data/v67.0/sobjects/Account/{each}" for each in (OTHER, THIRD)]
    made = {"id": "001N", "success": True, "errors": [], "created": True}
    org.answers.append(
        parts((400, found(OTHER)), (201, made), (200, {**made, "created": False}), (300, addresses))
    )
    bodies = ({"Name": f"Aire {n}", MARKER: f"c/{n}"} for n in range(4))
    named, meanwhile, met, several = remote.send(create(*bodies))
    assert isinstance(named.error, DuplicateFound)
    assert named.error.candidates == (OTHER,)
    assert (meanwhile.done, meanwhile.id, meanwhile.met) == (True, "001N", False)
    assert (met.done, met.met) == (True, True)
    assert isinstance(several.error, DuplicateFound)
    assert several.error.candidates == (OTHER, THIRD)
    _, path, body = org.asked[1]
    first = body["compositeRequest"][0]
    assert (path, body["allOrNone"]) == ("composite", False)
    assert first["url"].endswith(f"/sobjects/Account/{MARKER}/c%2F0")
    assert (first["method"], first["body"]) == ("PATCH", {"Name": "Aire 0"})


def test_an_update_that_makes_a_duplicate_is_asked_for_by_its_id(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.answers.append([UNNAMED])
    org.answers.append(parts((400, found(OTHER))))
    sending = Sending("Account", Verb.UPDATE, ({"Id": THIRD, "Name": "Aire"},), "key")
    (answer,) = remote.send(sending)
    assert isinstance(answer.error, DuplicateFound)
    assert (answer.id, answer.error.candidates) == (THIRD, (OTHER,))
    assert org.asked[1][2]["compositeRequest"][0]["url"].endswith(f"/sobjects/Account/{THIRD}")


def test_a_lost_answer_to_that_leaves_the_others_as_they_were(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    done = {"id": "001N", "success": True, "errors": [], "created": True}
    org.answers.append([done, *[UNNAMED] * 26])
    org.answers.append((500, []))
    bodies = ({"Name": f"Aire {n}", MARKER: f"c-{n}"} for n in range(27))
    first, *others = remote.send(create(*bodies))
    assert (first.done, first.id) == (True, "001N")
    assert all(isinstance(answer.error, TryAgain) for answer in others)
    assert len(org.asked) == 2  # sent once, and the last two not at all


def test_a_deletion_names_its_ids_alone_and_what_is_gone_already_is_done(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.answers.append(
        [
            {"id": "00kA", "success": True, "errors": []},
            refused("ENTITY_IS_DELETED", "entity is deleted"),
            refused("INSUFFICIENT_ACCESS_OR_READONLY", "no"),
        ]
    )
    bodies = ({"Id": "00kA"}, {"Id": "00kB"}, {"Id": "00kC"})
    sending = Sending("OpportunityLineItem", Verb.DELETE, bodies, "key")
    done, gone, kept = remote.send(sending)
    method, path, asked = org.asked[0]
    assert (method, path) == ("DELETE", "composite/sobjects")
    assert asked == {"ids": "00kA,00kB,00kC", "allOrNone": "false"}
    assert [(a.done, a.id) for a in (done, gone, kept)] == [
        (True, "00kA"), (True, "00kB"), (False, "00kC"),
    ]  # fmt: skip


def test_the_lines_of_one_deal_stand_next_to_each_other(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    mark = "Counterpart_Xero_Line_Id__c"
    org.fields["OpportunityLineItem"] += f" {mark}:external"
    org.answers.append([{"id": f"00k{n}", "success": True, "errors": []} for n in range(3)])
    bodies = tuple({"OpportunityId": deal, mark: f"l{n}"} for n, deal in enumerate("BAB"))
    remote.send(Sending("OpportunityLineItem", Verb.CREATE, bodies, "key"))
    _, _, sent = org.asked[-1]
    assert [record["OpportunityId"] for record in sent["records"]] == ["A", "B", "B"]
