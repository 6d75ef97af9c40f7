"""Who below an account is billed, and that nobody is ever renamed to somebody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sync.core.bodies import Body
from sync.core.couples import Couple
from sync.core.errors import NeedsPerson
from sync.core.records import Record, System
from sync.flows.account_contact import FLOW
from sync.flows.shapes import account, persons
from tests import builders
from tests.flows import customers
from tests.flows.customers import ACCOUNT, AROUND, MARKER, RULES, TICK, contact_id, person

XERO_ID = builders.xero_id("Acme Ltd")
TICKABLE: dict[str, Any] = {TICK: False, MARKER: None}
ANN = person(1, "Ann", "Lee", "ann@acme.example", **TICKABLE)
BO = person(2, "Bo", "Ray", "bo@acme.example", **TICKABLE)


def written(record: Record | None, **values: str) -> tuple[Body, ...]:
    return account.bodies(values, record, RULES, AROUND, marker=XERO_ID)


def people_of(bodies: tuple[Body, ...]) -> list[tuple[str, Any]]:
    return [(b.target, dict(b.values)) for b in bodies if b.kind == "Contact"]


def billed(record: Record) -> dict[str, Any]:
    shared = account.to_shared(record, RULES, AROUND)
    return {name: shared[name] for name in ("first_name", "last_name", "email")}


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        ([person(1, "Ann", "Lee", "a@x.io"), person(2, "Bo", "Ray", "b@x.io", **{TICK: True})], 2),
        ([person(1, "Ann", "Lee", "a@x.io"), person(2, "Bo", "Ray", Title="Head of Finance")], 2),
        ([person(2, "Bo", "Ray", "b@x.io"), person(1, "Ann", "Lee", "a@x.io")], 1),
        ([person(1, "Ann", "Lee"), person(2, "Bo", "Ray", "b@x.io")], 2),
        ([person(1, "Ann", "Lee", "a@x.io", Title="Account manager"), person(2, "Bo", "Ray")], 1),
        ([person(3, "Cy", "Fox")], 3),
    ],
)
def test_the_billing_person_is_ticked_else_titled_else_alone_else_the_oldest_with_mail(
    rows: list[dict[str, Any]], number: int
) -> None:
    assert persons.billing(customers.account(*rows))["Id"] == contact_id(number)
    assert persons.billing(customers.account(*reversed(rows)))["Id"] == contact_id(number)


def test_nobody_is_billed_where_nobody_can_be_reached() -> None:
    record = customers.account(person(1, "Ann", "Lee"), person(2, "Bo", "Ray"))
    assert persons.billing(record) == {}


def test_a_corrected_address_is_written_into_the_person() -> None:
    bodies = written(customers.account(ANN, BO), email="ann.lee@acme.example")
    assert people_of(bodies) == [
        (contact_id(1), {"Id": contact_id(1), "Email": "ann.lee@acme.example"})
    ]


@pytest.mark.parametrize(
    "names", [{"first_name": "Anne"}, {"last_name": "Reed"}, {"first_name": "A."}]
)
def test_a_corrected_name_is_written_into_the_person(names: dict[str, str]) -> None:
    record = customers.account(ANN, BO)
    bodies = written(record, **names)
    assert [target for target, _ in people_of(bodies)] == [contact_id(1)]
    after = customers.written_to_salesforce(bodies, record)
    assert billed(after) == {**billed(record), **names}


def test_another_person_is_ticked_and_nobody_renamed() -> None:
    ann = {**ANN, TICK: True}
    record = customers.account(ann, BO)
    bodies = written(record, first_name="Bo", last_name="Ray", email="bo@acme.example")
    assert people_of(bodies) == [
        (contact_id(2), {"Id": contact_id(2), TICK: True}),
        (contact_id(1), {"Id": contact_id(1), TICK: False}),
    ]


def test_another_person_who_is_not_there_is_made_and_ticked() -> None:
    record = customers.account(ANN, BO)
    bodies = written(record, first_name="Cy", last_name="Fox", email="cy@acme.example")
    assert people_of(bodies) == [
        (
            "",
            {
                "AccountId": ACCOUNT,
                MARKER: bodies[0].marker,
                "FirstName": "Cy",
                "LastName": "Fox",
                "Email": "cy@acme.example",
                TICK: True,
            },
        )
    ]
    after = customers.written_to_salesforce(bodies, record)
    assert billed(after)["first_name"] == "Cy"
    assert [row["LastName"] for row in after.get("Contacts")] == ["Lee", "Ray", "Fox"]


def test_a_second_person_made_from_one_contact_never_goes_over_the_first() -> None:
    record = customers.account({**ANN, MARKER: XERO_ID})
    (made,) = [b for b in written(record, first_name="Cy", last_name="Fox") if not b.target]
    assert made.marker == made.values[MARKER] != XERO_ID
    again = written(record, first_name="Cy", last_name="Fox")
    assert [b.marker for b in again if not b.target] == [made.marker]


def test_nobody_made_below_another_account_has_the_same_marker() -> None:
    one, two = customers.account(), customers.account()
    two = replace(two, key=replace(two.key, id=builders.account_id(2)))
    (here,), (there,) = (written(each, first_name="Cy", last_name="Fox") for each in (one, two))
    assert len({here.marker, there.marker, XERO_ID}) == 3


def test_the_flow_gives_a_person_below_a_known_account_its_marker() -> None:
    couple = Couple(customers.account().key, customers.account(), customers.xero_contact())
    assert FLOW.further is not None
    (made,) = FLOW.further(System.SALESFORCE, {"last_name": "Fox"}, couple, AROUND)
    assert (made.kind, made.target) == ("Contact", "")
    assert made.marker == made.values[MARKER]


def test_where_nobody_can_be_ticked_another_persons_name_is_a_question() -> None:
    plain = person(1, "Ann", "Lee", "ann@acme.example"), person(2, "Bo", "Ray", "bo@acme.example")
    with pytest.raises(NeedsPerson, match="Cy Fox as the billing person of “Acme Ltd”"):
        written(customers.account(*plain), first_name="Cy", last_name="Fox")


def test_the_first_person_of_an_account_is_made_even_where_nobody_can_be_ticked() -> None:
    bodies = written(customers.account(), first_name="Cy", last_name="Fox")
    assert people_of(bodies) == [
        (
            "",
            {
                "AccountId": ACCOUNT,
                MARKER: bodies[0].marker,
                "FirstName": "Cy",
                "LastName": "Fox",
            },
        )
    ]


def test_a_new_accounts_person_waits_for_its_account() -> None:
    made, below = account.bodies(
        {"name": "Acme Ltd", "last_name": "Fox"}, None, RULES, AROUND, marker=XERO_ID
    )
    assert made.kind == "Account"
    assert below.values["AccountId"] == "@counterpart"
    assert made.fields | below.fields == {"name", "last_name"}


@pytest.mark.parametrize(
    "values",
    [{"email": "pay@acme.example"}, {"first_name": "Cy"}, {"first_name": "Cy", "email": ""}],
)
def test_a_person_without_a_last_name_is_kept_and_no_name_is_invented(
    values: dict[str, str],
) -> None:
    bodies = written(customers.account(), **values)
    (_, fields) = people_of(bodies)[0]
    assert fields["LastName"]  # Salesforce demands one
    after = customers.written_to_salesforce(bodies, customers.account())
    nobody = {"first_name": "", "last_name": "", "email": ""}
    assert billed(after) == {**nobody, **values}


def test_a_stand_in_for_the_last_name_follows_the_address() -> None:
    record = customers.account(person(1, "", "pay@acme.example", "pay@acme.example"))
    after = customers.written_to_salesforce(written(record, email="ap@acme.example"), record)
    assert billed(after) == {"first_name": "", "last_name": "", "email": "ap@acme.example"}


def test_the_accounts_own_field_for_the_address_leaves_the_person_alone() -> None:
    record = customers.account(ANN, BO, **customers.OURS)
    (body,) = written(record, email="ap@acme.example")
    assert (body.kind, body.target) == ("Account", ACCOUNT)
    assert body.values["Counterpart_Billing_Email__c"] == "ap@acme.example"
    assert body.fields == {"email"}


def test_an_erased_address_does_not_come_back_from_the_person() -> None:
    record = customers.account(ANN, **{**customers.OURS, "Counterpart_Billing_Email__c": "b@x.io"})
    after = customers.written_to_salesforce(written(record, email=""), record)
    assert billed(after)["email"] == ""


def test_other_people_have_an_address_that_xero_takes_once_and_are_five_at_most() -> None:
    rows = [person(i, f"P{i}", "Lee", f"p{i}@acme.example") for i in range(2, 9)]
    odd = [person(9, "Ü", "Lee", "ü@acme.example"), person(10, "No", "Mail")]
    twice = [person(11, "Ann", "Lee", "ANN@acme.example"), person(12, "P", "L", "P2@acme.example")]
    found = persons.others(customers.account(ANN, *rows, *odd, *twice), "all")
    assert [one["email"] for one in found] == [f"p{i}@acme.example" for i in range(2, 7)]
