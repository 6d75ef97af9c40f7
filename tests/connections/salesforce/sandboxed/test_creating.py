"""Accounts and people are made once, found again, and refused with the records in the way."""

from typing import Any

import pytest

from connections.models import Connection
from connections.remote import Sending, Verb
from connections.salesforce import describing
from connections.salesforce.client import SalesforceRemote
from sandbox.salesforce import acts
from sandbox.server import Box
from sync.core.errors import DuplicateFound, NeedsPerson, OutcomeUnknown, TryAgain

pytestmark = pytest.mark.django_db
MARKER = "Counterpart_Xero_Contact_Id__c"
XERO = "5bfc6a4b-22cc-4d3c-9d53-000000000001"


def create(kind: str, *bodies: dict[str, Any], **more: Any) -> Sending:
    return Sending(kind, Verb.CREATE, bodies, "key", **more)


def accounts(box: Box) -> list[dict[str, Any]]:
    return list(box.world.table("salesforce", "Account").values())


def test_a_repeated_create_meets_its_account(box: Box, remote: SalesforceRemote) -> None:
    sending = create("Account", {"Name": "Aire Ltd", MARKER: XERO})
    (first,) = remote.send(sending)
    (again,) = remote.send(sending)
    assert (first.done, first.met) == (True, False)
    assert (again.done, again.met, again.id) == (True, True, first.id)
    assert len(accounts(box)) == 1


@pytest.mark.parametrize(("lost", "there"), [("before", 0), ("after", 1)])
def test_a_create_in_doubt_is_found_by_its_marker(
    box: Box, remote: SalesforceRemote, lost: str, there: int
) -> None:
    box.faults.add(system="salesforce", method="PATCH", lost=lost)
    with pytest.raises(OutcomeUnknown):
        remote.send(create("Account", {"Name": "Aire Ltd", MARKER: XERO}))
    found = remote.find_by("Account", MARKER, [XERO.upper(), "another", XERO.upper()])
    assert [record.get("Name") for record in found] == ["Aire Ltd"] * there


def test_people_are_made_below_their_account(box: Box, remote: SalesforceRemote) -> None:
    account = acts.create(box.world, "Account", {"Name": "Aire Ltd"})
    body = {"LastName": "Ó Briain", "AccountId": account, MARKER: XERO}
    (answer,) = remote.send(create("Contact", body))
    (record,) = remote.read("Account", [account])
    assert [each["Id"] for each in record.values["Contacts"]] == [answer.id]
    (person,) = remote.find_by("Contact", MARKER, [XERO])
    assert (person.key.id, person.get("AccountId")) == (answer.id, account)


def test_a_duplicate_rule_leads_to_the_account_that_is_there(
    box: Box, remote: SalesforceRemote
) -> None:
    rule = {"kind": "Account", "fields": ["Name"], "action": "Alert"}
    box.world.set_setting("salesforce", "duplicate_rules", [rule])
    there = acts.create(box.world, "Account", {"Name": "Aire Ltd"})
    bodies = ({"Name": "Aire Ltd", MARKER: XERO}, {"Name": "Burn Ltd", MARKER: "other"})
    refused, done = remote.send(create("Account", *bodies))
    assert isinstance(refused.error, DuplicateFound)
    assert refused.error.candidates == (there,)
    assert done.done
    (made,) = remote.send(create("Account", bodies[0], despite_duplicates=True))
    assert (made.done, made.met) == (True, False)
    box.world.set_setting("salesforce", "duplicate_rules", [{**rule, "action": "Block"}])
    blocked = {"Name": "Aire Ltd", MARKER: "third"}
    (answer,) = remote.send(create("Account", blocked, despite_duplicates=True))
    assert isinstance(answer.error, DuplicateFound)
    assert set(answer.error.candidates) == {there, made.id}


def test_a_marker_that_another_account_has_leads_to_that_account(
    box: Box, remote: SalesforceRemote
) -> None:
    values = ({"Name": "Aire Ltd", MARKER: XERO}, {"Name": "Burn Ltd"})
    taken, other = (acts.create(box.world, "Account", each) for each in values)
    sending = Sending("Account", Verb.UPDATE, ({"Id": other, MARKER: XERO},), "key")
    (answer,) = remote.send(sending)
    assert isinstance(answer.error, DuplicateFound)
    assert answer.error.candidates == (taken,)
    assert answer.error.taken[0] == MARKER


def test_a_locked_account_is_tried_again_and_holds_nobody_up(
    box: Box, remote: SalesforceRemote
) -> None:
    locked, free = (acts.create(box.world, "Account", {"Name": name}) for name in ("A", "B"))
    acts.lock_row(box.world, locked)
    people = [
        {"LastName": "Ó Briain", "AccountId": account, MARKER: account}
        for account in (free, locked)
    ]
    done, waiting = remote.send(create("Contact", *people))
    assert done.done
    assert isinstance(waiting.error, TryAgain)
    assert not waiting.error.whole_connection
    assert remote.send(create("Contact", people[1]))[0].done


def test_an_org_without_counterparts_fields_gets_no_accounts(
    box: Box, remote: SalesforceRemote
) -> None:
    acts.remove_custom_field(box.world, "Account", MARKER)
    with pytest.raises(NeedsPerson, match=MARKER):
        remote.send(create("Account", {"Name": "Aire Ltd", MARKER: XERO}))
    assert accounts(box) == []


def test_states_and_countries_are_told_where_the_org_lists_them(
    box: Box, connection: Connection, remote: SalesforceRemote
) -> None:
    assert remote.choices("Account", "BillingCountryCode") == {}
    box.world.set_setting("salesforce", "state_country_picklists", True)
    describing.forget(connection.pk)
    assert remote.choices("Account", "BillingCountryCode")["GB"] == "United Kingdom"
    assert remote.choices("Account", "BillingStateCode", "US")["WA"] == "Washington"
    assert remote.choices("Account", "BillingStateCode", "AU")["WA"] == "Western Australia"
    assert remote.choices("Account", "BillingStateCode", "GB") == {}
    assert remote.fields("Account")["BillingStateCode"] == "picklist"


@pytest.mark.slow
def test_ten_thousand_accounts_cost_fifty_calls_to_make_and_ten_to_find(
    box: Box, remote: SalesforceRemote
) -> None:
    markers = [f"{number:08}-22cc-4d3c-9d53-000000000001" for number in range(10_000)]
    remote.fields("Account")
    before = remote.calls
    for start in range(0, 10_000, remote.batch_size("Account")):
        part = markers[start : start + remote.batch_size("Account")]
        bodies = ({"Name": f"Account {marker}", MARKER: marker} for marker in part)
        assert all(answer.done for answer in remote.send(create("Account", *bodies)))
    assert remote.calls - before == 50
    found = remote.find_by("Account", MARKER, markers)
    assert len(found) == 10_000
    assert remote.calls - before == 60
