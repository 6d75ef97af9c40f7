"""The seeded customers that make each desk worth a visit, and what is known of them."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.seeding.planting import plant
from sandbox.server import Box, running
from sandbox.world import World


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=1) as found:
        yield found


def told(box: Box) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{box.control_url}/control/truth", timeout=5).json()
    return found


def named(box: Box, system: str, kind: str, key: str) -> str:
    return str(box.world.table(system, kind)[key]["Name"])


def test_the_truth_names_records_that_are_there(box: Box) -> None:
    truth = told(box)
    for one in truth["customers"]:
        for system, kind in (("salesforce", "Account"), ("xero", "Contact")):
            assert all(key in box.world.table(system, kind) for key in one[system])
    names = {
        (named(box, "salesforce", "Account", pair["salesforce"]),
         named(box, "xero", "Contact", pair["xero"]))
        for pair in truth["pairs"]
    }  # fmt: skip
    assert ("Severn Tidal Power Ltd", "SEVERN TIDAL POWER LIMITED") in names
    assert ("Ridgeway Homes Limited", "Ridgeway Homes") in names
    assert not any(contact == "Aurora Engineering GmbH" for _, contact in names)
    assert not any(account.startswith("Meridian") for account, _ in names)


def test_a_branch_and_its_parent_are_two_customers_of_one_group(box: Box) -> None:
    group = [one for one in told(box)["customers"] if one["group"] == "Thames Gateway"]
    assert len(group) == 2
    parent, branch = (one["salesforce"][0] for one in group)
    assert box.world.table("salesforce", "Account")[branch]["ParentId"] == parent


def test_what_was_billed_makes_a_customer_and_what_was_merged_leads_on(box: Box) -> None:
    contacts = {one["Name"]: one for one in box.world.table("xero", "Contact").values()}
    assert contacts["Quantock Quarry"]["IsCustomer"] is True
    assert contacts["Mendip Lime Stone Limited"]["IsCustomer"] is False
    old, new = contacts["Old Dock Surveys"], contacts["Old Dock Heritage CIC"]
    assert (old["ContactStatus"], old["MergedToContactID"]) == ("ARCHIVED", new["ContactID"])


def test_an_org_with_person_accounts_has_a_person_among_them() -> None:
    world = World()
    world.set_setting("salesforce", "person_accounts", True)
    plant(world, 1, "small")
    persons = [one for one in world.table("salesforce", "Account").values()
               if one["IsPersonAccount"]]  # fmt: skip
    assert [one["PersonEmail"] for one in persons] == ["ffion.beddoes@post.example"]


def test_both_sides_can_be_edited_at_once_or_not_at_all(box: Box) -> None:
    customer = next(one for one in told(box)["customers"] if "differ" in one["case"])
    account, contact = customer["salesforce"][0], customer["xero"][0]
    body: dict[str, Any] = {
        "salesforce": {"kind": "Account", "id": account, "values": {"Phone": "1"}},
        "xero": {"kind": "Contact", "id": contact, "values": {"EmailAddress": "x@cold.example"}},
    }
    url = f"{box.control_url}/control/edit-both"
    assert requests.post(url, json=body, timeout=5).status_code == 200
    assert box.world.table("salesforce", "Account")[account]["Phone"] == "1"
    assert box.world.table("xero", "Contact")[contact]["EmailAddress"] == "x@cold.example"
    body["salesforce"]["values"] = {"Phone": "2"}
    body["xero"]["values"] = {"EmailAddress": "no address"}
    answer = requests.post(url, json=body, timeout=5)
    assert (answer.status_code, "valid" in answer.json()["error"]) == (400, True)
    assert box.world.table("salesforce", "Account")[account]["Phone"] == "1"


def test_an_org_without_counterparts_fields_has_the_same_customers() -> None:
    world = World()
    world.set_setting("salesforce", "bare", True)
    plant(world, 1, "small")
    accounts = world.table("salesforce", "Account").values()
    assert len(accounts) == 37
    assert not any("Counterpart_Tax_Number__c" in one for one in accounts)


def test_telephones_stand_in_xero_as_its_own_screen_takes_them_apart(box: Box) -> None:
    contacts = box.world.table("xero", "Contact").values()
    thames = next(one for one in contacts if one["Name"] == "Thames Gateway Logistics plc")
    (phone,) = [one for one in thames["Phones"] if one["PhoneType"] == "DEFAULT"]
    assert (phone["PhoneCountryCode"], phone["PhoneAreaCode"], phone["PhoneNumber"]) == (
        "44", "1375", "496100")  # fmt: skip
    page = requests.get(f"{box.control_url}/?q=Thames", timeout=30).text
    assert 'value="44 1375 496100"' in page
