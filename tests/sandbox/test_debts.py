"""What seeded customers owe, how they pay, what was quoted to them, and who looks after them."""

from collections import Counter, defaultdict
from datetime import date
from statistics import median
from typing import Any

import pytest

from sandbox.seeding.planting import plant
from sandbox.world import World
from sandbox.xero.quote_moves import STATUSES

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    plant(made, 1, "small")
    made.clock.freeze()
    return made


def rows(world: World, kind: str, system: str = "xero") -> Rows:
    return list(world.table(system, kind).values())


def named(world: World, name: str) -> str:
    return next(str(one["ContactID"]) for one in rows(world, "Contact") if one["Name"] == name)


def days_to_pay(world: World, name: str) -> list[int]:
    key = named(world, name)
    paid = [one for one in rows(world, "Invoice") if one["Contact"]["ContactID"] == key]
    return [
        (date.fromisoformat(one["FullyPaidOnDate"]) - date.fromisoformat(one["Date"])).days
        for one in paid
        if one["Status"] == "PAID"
    ]


def test_there_is_a_quote_in_every_status_and_one_that_expired(world: World) -> None:
    quotes = rows(world, "Quote")
    assert {one["Status"] for one in quotes} == set(STATUSES)
    today = world.clock.now().date().isoformat()
    expired = [one for one in quotes if one["Status"] == "SENT" and one["ExpiryDate"] < today]
    assert len(expired) == 1
    assert any(not one["LineItems"] for one in quotes)
    assert {one["CurrencyCode"] for one in quotes} == {"GBP", "EUR"}


def test_customers_have_habits_and_owe_something_now(world: World) -> None:
    punctual, late = "Harbourside Developments Ltd", "Pennine Wind Farms plc"
    assert len(days_to_pay(world, punctual)) >= 4
    assert median(days_to_pay(world, punctual)) <= 31
    assert median(days_to_pay(world, late)) >= 55
    today = world.clock.now().date().isoformat()
    due: dict[str, list[Any]] = defaultdict(list)
    for one in rows(world, "Invoice"):
        if one["Status"] == "AUTHORISED" and one["DueDate"] < today:
            due[one["Contact"]["ContactID"]].append(one)
    assert {named(world, punctual), named(world, late)} <= set(due)
    promised = [one for each in due.values() for one in each if one.get("ExpectedPaymentDate")]
    assert sorted(one["ExpectedPaymentDate"] < today for one in promised) == [False, True]


def test_part_payments_and_credit_of_every_kind_are_there(world: World) -> None:
    counts = Counter(one["Invoice"]["InvoiceID"] for one in rows(world, "Payment"))
    assert sum(count >= 2 for count in counts.values()) >= 3
    assert len(rows(world, "Allocation")) == 2
    left = {
        kind: sum(one["RemainingCredit"] for one in rows(world, kind))
        for kind in ("CreditNote", "Prepayment", "Overpayment")
    }
    assert all(amount > 0 for amount in left.values()), left


def test_nothing_happens_in_the_future_and_every_sum_agrees(world: World) -> None:
    now = f"{world.clock.now().isoformat()[:23]}Z"
    for kind in ("Invoice", "Payment", "Quote", "CreditNote", "Allocation"):
        assert all(one["UpdatedDateUTC"] <= now for one in rows(world, kind)), kind
    for one in rows(world, "Invoice"):
        if one["Status"] not in ("VOIDED", "DELETED"):
            assert one["AmountDue"] == one["Total"] - one["AmountPaid"] - one["AmountCredited"]


def test_users_have_managers_and_one_owner_has_left(world: World) -> None:
    users = {one["Id"]: one for one in rows(world, "User", "salesforce")}
    by_name = {one["Name"]: one for one in users.values()}
    maya = by_name["Maya Lindqvist"]
    assert users[maya["ManagerId"]]["Name"] == "Gareth Stroud"
    assert users[users[maya["ManagerId"]]["ManagerId"]]["Name"] == "Helen Achebe"
    owners = {one["OwnerId"] for one in rows(world, "Account", "salesforce")}
    left = [users[key]["Name"] for key in owners if not users[key]["IsActive"]]
    assert left == ["Tom Ellery"]
    (queue,) = rows(world, "Group", "salesforce")
    assert (queue["Name"], queue["Type"]) == ("Credit Control", "Queue")
    limits = [
        one.get("Counterpart_Credit_Limit__c") for one in rows(world, "Account", "salesforce")
    ]
    assert sum(bool(limit) for limit in limits) >= 5


def test_an_org_without_counterparts_fields_has_the_same_people(world: World) -> None:
    bare = World()
    bare.set_setting("salesforce", "bare", True)
    plant(bare, 1, "small")
    names = [one["Name"] for one in rows(bare, "User", "salesforce")]
    assert names == [one["Name"] for one in rows(world, "User", "salesforce")]


def test_the_same_seed_gives_the_same_debts(world: World) -> None:
    again = World()
    plant(again, 1, "small")
    for kind, field in (("Invoice", "InvoiceNumber"), ("Quote", "QuoteNumber")):
        told = [[(one[field], one["Total"]) for one in rows(each, kind)] for each in (world, again)]
        assert told[0] == told[1]
