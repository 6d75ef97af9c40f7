"""The page shows where deals and accounts belong, and lets one move them."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import requests

from sandbox.server import Box, running

from .test_play import Page


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=1) as found:
        yield found


@pytest.fixture
def page(box: Box) -> Page:
    return Page(box)


def row(page: Page, key: str, query: str = "") -> str:
    """Return a row of the page, by the id of its record."""
    found = re.search(rf'<li class="row" id="\w+-{key}">.*?</li>', page.html(query), re.DOTALL)
    assert found, key
    return found[0]


def account(page: Page, name: str) -> dict[str, Any]:
    every = page.world.table("salesforce", "Account").values()
    return next(one for one in every if one["Name"] == name)


def named(page: Page, kind: str, name: str) -> str:
    every = page.world.table("salesforce", kind).items()
    return next(key for key, one in every if one["Name"] == name)


def tenant(page: Page, name: str) -> str:
    every = page.world.table("xero", "Organisation").items()
    return next(key for key, one in every if one["Name"] == name)


def test_a_deal_shows_its_territory_legal_entity_and_owners_country(page: Page) -> None:
    shown = row(page, str(page.deal("Terraces")["Id"]))
    assert "Australia · Fernhill Surveys Pty Ltd" in shown
    assert re.search(r"selected>Callum Brandt, Australia<", shown)
    assert re.search(r"selected>Pacific project<", shown)


def test_a_deal_is_moved_to_another_territory_entity_and_owner(page: Page) -> None:
    deal = page.deal("Kirkstall")
    zealand, mere = named(page, "Territory2", "New Zealand"), named(page, "User", "Mere Tawhiri")
    fields = {
        "v.Territory2Id": zealand,
        "was.Territory2Id": str(deal["Territory2Id"]),
        "v.Legal_Entity__c": "Fernhill Surveys Pty Ltd",
        "was.Legal_Entity__c": "",
        "v.OwnerId": mere,
        "was.OwnerId": str(deal["OwnerId"]),
    }
    html = page.press("edit", kind="Opportunity", id=str(deal["Id"]), **fields)
    assert "Saved in Salesforce." in html
    changed = page.deal("Kirkstall")
    assert (changed["Territory2Id"], changed["OwnerId"]) == (zealand, mere)
    shown = row(page, str(deal["Id"]))
    assert "New Zealand · Fernhill Surveys Pty Ltd" in shown
    page.press("edit", kind="Opportunity", id=str(deal["Id"]),
               **{"v.Territory2Id": "", "was.Territory2Id": zealand})  # fmt: skip
    assert page.deal("Kirkstall")["Territory2Id"] is None


def test_a_customer_of_both_companies_is_shown_in_each(page: Page) -> None:
    shown = unescape(row(page, account(page, "Coral Sea Ports Ltd")["Id"]))
    assert "in Fernhill Surveys Ltd" in shown
    assert "Coral Sea Ports Ltd</a>" in shown


def test_the_xero_column_switches_between_the_organisations(page: Page) -> None:
    first, second = page.html(), page.html(f"?org={tenant(page, 'Fernhill Surveys Pty Ltd')}")
    assert "Wiremu" not in first[first.index("Xero organisation") :]
    people = second[second.index('data-rows="xero-people"') :]
    assert "Yarra Bend Vineyards Pty Ltd" in people
    assert "Severn" not in people
    assert re.search(r'aria-current="true">Fernhill Surveys Ltd', first)
    assert re.search(r'aria-current="true">Fernhill Surveys Pty Ltd', second)


def test_a_link_to_a_record_shows_the_organisation_that_holds_it(page: Page) -> None:
    contacts = page.world.table("xero", "Contact").items()
    key = next(key for key, one in contacts if one["Name"] == "HUNTER VALLEY RAIL")
    answer = requests.get(f"{page.box.xero_url}/Contacts/View/{key}", timeout=30)
    assert answer.history[0].status_code == 302
    assert f'id="xero-{key}"' in answer.text
    assert re.search(r'aria-current="true">Fernhill Surveys Pty Ltd', answer.text)


def test_a_user_moves_to_another_country(page: Page) -> None:
    key = named(page, "User", "Maya Lindqvist")
    page.press("edit", kind="User", id=key, **{"v.Country": "Australia", "was.Country": "x"})
    assert page.world.table("salesforce", "User")[key]["Country"] == "Australia"
    assert "Maya Lindqvist, Australia" in page.html()
