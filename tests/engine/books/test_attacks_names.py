"""Names that are taken, alike, empty, too long or in other scripts; people of every number."""

from __future__ import annotations

import pytest

from sync.core.records import Key, System
from sync.engine import deciding
from sync.models import ReviewItem, Write

from .fields import COMPARED, alike
from .town import Town

pytestmark = pytest.mark.slow


def both_are_alike(town: Town) -> bool:
    """Return whether the one link of the town binds two that say the same."""
    (link,) = town.links()
    ours, theirs = town.values(link.salesforce_key), town.values(link.xero_key)
    return all(alike(name, ours[name], theirs[name]) for name in COMPARED)


def contacts(town: Town) -> list[str]:
    """Return the names of all contacts."""
    return [str(town.raw(key)["Name"]) for key in town.all(System.XERO)]


def test_a_name_that_another_customer_has_is_asked_about_and_never_numbered(town: Town) -> None:
    ours = town.account(name="Meridian Consulting Ltd", billing_city="Leeds")
    theirs = town.contact(
        name="Meridian Consulting Ltd", tax_number="IE1234567T", billing_city="Dublin", billed=False
    )
    town.settle()
    assert contacts(town) == ["Meridian Consulting Ltd"]
    (asked,) = town.questions()
    deciding.decide(asked.pk, f"use:{theirs.id}", "priya")
    town.settle()
    link = town.link_of(ours)
    assert link is not None
    assert link.xero_key == theirs
    assert town.values(theirs)["billing_city"] == "Dublin"
    assert {q.field for q in town.questions("conflict")} == {"billing_city"}


def test_a_name_taken_a_moment_ago_leads_to_a_question_not_to_a_second_customer(
    town: Town,
) -> None:
    town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    refusal = "The contact name Aire Joinery Ltd is already assigned to another contact."
    body = {"Contacts": [{"HasValidationErrors": True, "ValidationErrors": [{"Message": refusal}]}]}
    town.box.faults.add(
        system="xero", method="PUT", path="*/Contacts*", status=200, body=body, times=1
    )
    town.settle()
    assert contacts(town) == []
    assert [q.title for q in town.questions()] == [
        "Another contact in Xero is called Aire Joinery Ltd already."
    ]


def test_what_salesforce_takes_for_a_duplicate_is_asked_about(town: Town) -> None:
    rule = {"kind": "Account", "fields": ["BillingCity"], "action": "Alert", "name": "City"}
    town.box.world.set_setting("salesforce", "duplicate_rules", [rule])
    like = town.act("create", "Account", {"Name": "Zephyr Dairy", "BillingCity": "Leeds"})
    theirs = town.contact(name="Northwind Marquees", billing_city="Leeds")
    town.settle()
    assert len(town.all(System.SALESFORCE)) == 1
    (asked,) = town.questions()
    choices = [c["value"] for c in asked.choices]
    assert f"use:{like}" in choices
    deciding.decide(asked.pk, "new", "priya")
    town.settle()
    made = town.link_of(theirs)
    assert made is not None
    assert made.salesforce_id != like


@pytest.mark.parametrize(
    "name",
    [
        "株式会社 東京測量",
        "Ελληνικά Έργα ΑΕ",
        "שרון מדידות בע״מ",
        "Ünlü & Söhne “GmbH” – Straße",
        "Café 🚀 Rocket Ltd",
        "O'Neill & Sons \\ 50% <b>",
    ],
)
def test_names_in_every_script_go_there_and_come_back(town: Town, name: str) -> None:
    town.account(name=name, billing_city="Z\u0327u\u0308rich")
    town.settle()
    assert both_are_alike(town)
    (link,) = town.links()
    town.edit(link.xero_key, name=f"{name} 2")
    town.settle()
    assert town.values(link.salesforce_key)["name"] == f"{name} 2"


def test_a_customer_of_the_longest_name_is_kept_in_step(town: Town) -> None:
    town.account(name="Ä" * 255, billing_city="B" * 40)
    town.settle()
    assert both_are_alike(town)


def test_what_does_not_fit_is_asked_about_and_never_cut(town: Town) -> None:
    theirs = town.contact(name="Brook Kiln Ltd", last_name="L" * 81, first_name="Ida")
    town.settle()
    people = town.box.world.table("salesforce", "Contact").values()
    assert all(person["LastName"] == "L" * 81 for person in people)
    assert town.values(theirs)["last_name"] == "L" * 81
    assert len(town.questions("problem")) == 1
    town.edit(theirs, last_name="Lang")
    town.settle()
    assert not town.questions()
    assert both_are_alike(town)


def test_a_customer_without_anybody_to_bill_is_kept_in_step(town: Town) -> None:
    theirs = town.contact(name="Brook Kiln Ltd")
    town.settle()
    assert both_are_alike(town)
    assert not town.box.world.table("salesforce", "Contact")
    town.edit(theirs, email="pay@brook.example")
    town.settle()
    assert both_are_alike(town)


def test_an_empty_name_is_asked_about_and_erases_nothing(town: Town) -> None:
    ours = town.account(name="Aire Joinery Ltd")
    town.settle()
    (link,) = town.links()
    for name in ("\u200b", " \u00a0 "):
        values = {**town.raw(ours), "Name": name}
        town.box.world.table("salesforce", "Account")[ours.id] = values
        town.act("edit", "Account", ours.id, {"Phone": "+44 117 496 0007"})
        town.settle()
        assert town.values(link.xero_key)["name"] == "Aire Joinery Ltd"
    assert not ReviewItem.objects.filter(cause="bug").exists()


def test_of_seven_people_five_come_along_and_a_second_run_is_quiet(town: Town) -> None:
    ours = town.account(name="Aire Joinery Ltd", person={"first_name": "Ida", "last_name": "Tann"})
    for number in range(7):
        town.act("create", "Contact", person(ours, number))
    town.settle()
    (link,) = town.links()
    there = town.raw(link.xero_key)["ContactPersons"]
    assert len({p["EmailAddress"] for p in there}) == len(there) == 5
    before = town.last_call()
    town.edit(ours, billing_city="Leeds")
    town.settle()
    assert len(town.written_since(before)) == 1
    assert town.raw(link.xero_key)["ContactPersons"] == there


def person(account: Key, number: int) -> dict[str, str]:
    """Return a person below an account."""
    mail = f"p{number}@aire.example"
    return {"AccountId": account.id, "LastName": f"Reed {number}", "Email": mail}


def test_people_that_finance_added_stay_when_sales_adds_one(town: Town) -> None:
    ours = town.account(name="Aire Joinery Ltd", email="ida@aire.example")
    town.act("create", "Contact", {**person(ours, 0), "Counterpart_Billing_Contact__c": True})
    town.settle()
    (link,) = town.links()
    mine = {"FirstName": "Fay", "LastName": "Nance", "EmailAddress": "fay@aire.example"}
    town.in_xero("edit", "Contact", link.xero_id, {"ContactPersons": [mine]})
    town.settle()
    town.act("create", "Contact", person(ours, 1))
    town.settle()
    there = {p["EmailAddress"] for p in town.raw(link.xero_key)["ContactPersons"]}
    assert there == {"fay@aire.example", "p1@aire.example"}


def test_a_refused_write_is_asked_about_and_tried_again_once_it_is_corrected(town: Town) -> None:
    ours = town.account(name="Aire Joinery Ltd", email="ümlaut@aire.example")
    town.settle()
    assert contacts(town) == []
    assert len(town.questions("problem")) == 1
    town.edit(ours, email="umlaut@aire.example")
    town.settle()
    assert not town.questions()
    assert both_are_alike(town)
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
