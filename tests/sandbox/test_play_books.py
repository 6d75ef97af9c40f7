"""The page's buttons for accounts and contacts: merged, copied, archived, edited on both sides."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import requests

from sandbox.server import Box, running


class Page:
    """The page as a browser without script sees it."""

    def __init__(self, box: Box) -> None:
        self.box, self.world = box, box.world

    def press(self, system: str, act: str, **fields: str) -> str:
        form = {"system": system, "act": act, **fields}
        answer = requests.post(f"{self.box.control_url}/play/act", data=form, timeout=30)
        assert answer.history[0].status_code == 303
        return unescape(answer.text)

    def trouble(self, preset: str) -> None:
        url = f"{self.box.control_url}/play/fault"
        requests.post(url, data={"preset": preset}, timeout=30)

    def html(self) -> str:
        return unescape(requests.get(self.box.control_url, timeout=30).text)

    def named(self, system: str, kind: str, name: str) -> dict[str, Any]:
        found = [one for one in self.world.table(system, kind).values() if one["Name"] == name]
        assert len(found) == 1, (name, len(found))
        return found[0]

    def account(self, name: str) -> dict[str, Any]:
        return self.named("salesforce", "Account", name)

    def contact(self, name: str) -> dict[str, Any]:
        return self.named("xero", "Contact", name)


@pytest.fixture
def page() -> Iterator[Page]:
    with running(seed=1) as box:
        yield Page(box)


def test_two_accounts_are_merged_by_the_name_of_the_one_that_stays(page: Page) -> None:
    gone, kept = page.account("Ridgeway Homes Limited"), page.account("Ridgeway Homes Ltd")
    html = page.press("salesforce", "merge", kind="Account", id=gone["Id"],
                      winner="ridgeway homes ltd")  # fmt: skip
    assert "Merged in Salesforce." in html
    after = page.account("Ridgeway Homes Limited")
    assert (after["IsDeleted"], after["MasterRecordId"]) == (True, kept["Id"])


def test_a_merge_into_nobody_or_into_one_of_two_is_refused_in_words(page: Page) -> None:
    key = page.account("Ridgeway Homes Ltd")["Id"]
    fields = {"kind": "Account", "id": key}
    assert "Nothing else is called" in page.press("salesforce", "merge", winner="Nobody", **fields)
    for _ in range(2):
        page.press("salesforce", "create", kind="Account", **{"v.Name": "Twin Ltd"})
    assert "2 records are called" in page.press("salesforce", "merge", winner="Twin Ltd", **fields)


def test_two_contacts_are_merged_in_xero(page: Page) -> None:
    gone, kept = page.contact("Mendip Limestone"), page.contact("Mendip Limestone Ltd")
    fields = {"kind": "Contact", "id": gone["ContactID"], "winner": kept["ContactID"]}
    assert "Merged in Xero." in page.press("xero", "merge", **fields)
    assert page.contact("Mendip Limestone")["MergedToContactID"] == kept["ContactID"]


def test_a_customer_is_entered_twice_on_either_side(page: Page) -> None:
    page.press("salesforce", "copy_account", id=page.account("Severn Tidal Power Ltd")["Id"])
    twin = page.account("Severn Tidal Power Limited")
    assert twin["BillingPostalCode"] == "BS11 9DQ"
    page.press("xero", "copy_contact", id=page.contact("Quantock Quarry")["ContactID"])
    assert page.contact("The Quantock Quarry")["EmailAddress"] == "office@quantockquarries.example"


def test_a_contact_is_archived_brought_back_and_forgotten(page: Page) -> None:
    key = page.contact("Wye Valley Rivers Tr.")["ContactID"]
    states = []
    for act in ("archive_contact", "restore_contact", "request_erasure"):
        page.press("xero", act, id=key)
        states.append(page.world.table("xero", "Contact")[key]["ContactStatus"])
    assert states == ["ARCHIVED", "ACTIVE", "GDPRREQUEST"]


def test_telephone_and_place_of_a_contact_are_edited(page: Page) -> None:
    key = page.contact("Cotswold Rivers Trust")["ContactID"]
    fields = {"v.Phone": "01285 496 099", "was.Phone": "", "v.City": "Stroud",
              "was.City": "Cirencester"}  # fmt: skip
    page.press("xero", "edit", kind="Contact", id=key, **fields)
    after = page.world.table("xero", "Contact")[key]
    numbers = {one["PhoneType"]: one["PhoneNumber"] for one in after["Phones"]}
    (place,) = [one for one in after["Addresses"] if one["AddressType"] == "POBOX"]
    assert numbers["DEFAULT"] == "01285 496 099"
    assert (place["City"], place["PostalCode"]) == ("Stroud", "GL7 2QA")


def test_a_linked_customer_is_changed_on_both_sides_in_one_moment(page: Page) -> None:
    account, contact = (
        page.account("Avonmouth Cold Store Ltd"),
        page.contact("Avonmouth Cold Store Ltd"),
    )
    assert f'name="account" value="{account["Id"]}"' in page.html()
    fields = {"account": account["Id"], "contact": contact["ContactID"],
              "left.v.Phone": "1", "left.was.Phone": "0117 496 0555"}  # fmt: skip
    assert "Change something on both sides." in page.press("both", "edit", **fields)
    page.press("both", "edit", **fields, **{"right.v.Phone": "2", "right.was.Phone": "x"})
    assert page.account("Avonmouth Cold Store Ltd")["Phone"] == "1"
    phones = page.contact("Avonmouth Cold Store Ltd")["Phones"]
    assert "2" in [one["PhoneNumber"] for one in phones]


def test_a_contact_is_made_in_the_organisation_that_is_shown(page: Page) -> None:
    tenant = list(page.world.table("xero", "Organisation"))[1]
    fields = {"v.Name": "Made by hand", "v.Phone": "1", "tenant": tenant}
    assert "Created in Xero." in page.press("xero", "create", **fields)
    assert page.contact("Made by hand")["TenantID"] == tenant


def test_the_orgs_rules_are_switched_on_and_off_again(page: Page) -> None:
    key = page.account("Severn Tidal Power Ltd")["Id"]
    page.trouble("validation")
    page.trouble("lists")
    assert "Salesforce minds telephones; Salesforce lists countries" in page.html()
    html = page.press("salesforce", "edit", kind="Account", id=key, **{"v.Phone": "1"})
    assert "Ask the account team" in html
    page.trouble("")
    page.press("salesforce", "edit", kind="Account", id=key, **{"v.Phone": "1"})
    assert page.account("Severn Tidal Power Ltd")["Phone"] == "1"
    assert "All is well in both systems." in page.html()


def test_every_name_offered_for_a_merge_is_one_that_stays(page: Page) -> None:
    (names,) = re.findall(
        r'<datalist id="contact-names"[^>]*>(.*?)</datalist>', page.html(), re.DOTALL
    )
    assert "Old Dock Heritage CIC" in names
    assert "Old Dock Surveys" not in names


def test_a_rule_that_was_switched_off_is_on_again_afterwards(page: Page) -> None:
    def minds() -> object:
        return page.world.setting("salesforce", "standard_duplicate_rules")

    assert minds() is True
    page.trouble("blind")
    page.trouble("blind")
    assert minds() is False
    page.trouble("")
    assert minds() is True
