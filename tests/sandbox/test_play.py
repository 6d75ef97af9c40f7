"""The page does what its buttons say, with and without its script."""

import re
from html import unescape

import pytest
import requests

from sandbox.server import Box


class Page:
    """The page as a browser without script sees it."""

    def __init__(self, box: Box) -> None:
        self.box, self.world = box, box.world

    def html(self, query: str = "") -> str:
        answer = requests.get(f"{self.box.control_url}/{query}", timeout=30)
        assert answer.status_code == 200
        return unescape(answer.text)

    def press(self, act: str, system: str = "salesforce", **fields: str) -> str:
        form = {"system": system, "act": act, **fields}
        answer = requests.post(f"{self.box.control_url}/play/act", data=form, timeout=30)
        assert answer.history[0].status_code == 303
        return unescape(answer.text)

    def deal(self, name: str) -> dict[str, object]:
        deals = self.world.table("salesforce", "Opportunity").values()
        return next(deal for deal in deals if str(deal["Name"]).startswith(name))

    def invoice(self, status: str) -> dict[str, object]:
        invoices = self.world.table("xero", "Invoice").values()
        return next(one for one in invoices if one["Status"] == status)


@pytest.fixture
def page(box: Box) -> Page:
    return Page(box)


def test_the_page_shows_both_sides(page: Page) -> None:
    html = page.html()
    assert "23 deals are open, 0 won. Xero holds 49 invoices in 2 organisations." in html
    for name in ("Müller & Söhne Tiefbau GmbH", "St Mary's Academy Trust", "Priya Raman"):
        assert name in html
    assert "Fernhill Surveys Pty Ltd" in html


def test_a_deal_is_closed_won_and_opened_again(page: Page) -> None:
    deal = page.deal("Feeder Road")
    html = page.press("close_won", id=str(deal["Id"]))
    assert "The deal is won." in html
    assert page.deal("Feeder Road")["IsWon"] is True
    page.press("reopen", id=str(deal["Id"]))
    assert page.deal("Feeder Road")["IsClosed"] is False


def test_an_amount_is_changed_and_nonsense_is_refused_in_words(page: Page) -> None:
    key = str(page.deal("Boundary dispute")["Id"])
    page.press("edit", kind="Opportunity", id=key, **{"v.Amount": "2,400.50"})
    assert str(page.deal("Boundary dispute")["Amount"]) == "2400.50"
    html = page.press("edit", kind="Opportunity", id=key, **{"v.Amount": "much"})
    assert "Amount is a number, not 'much'." in html
    assert 'class="banner bad"' in html


def test_a_deal_is_made_and_deleted(page: Page) -> None:
    account = str(page.deal("Feeder Road")["AccountId"])
    fields = {"v.AccountId": account, "v.Name": "Made by hand", "v.Amount": "12",
              "v.CurrencyIsoCode": "EUR", "v.CloseDate": "2030-01-01"}  # fmt: skip
    assert "Made by hand" in page.press("create", kind="Opportunity", **fields)
    key = str(page.deal("Made by hand")["Id"])
    assert "Made by hand" not in page.press("delete", kind="Opportunity", id=key)


def test_a_line_changes_the_deals_amount(page: Page) -> None:
    deal = page.deal("Orchard Cottage")
    lines = page.world.table("salesforce", "OpportunityLineItem").items()
    key = next(key for key, line in lines if line["OpportunityId"] == deal["Id"])
    fields = {"v.Quantity": "2", "v.UnitPrice": "950.00", "v.Discount": ""}
    page.press("edit", kind="OpportunityLineItem", id=key, **fields)
    assert page.deal("Orchard Cottage")["Amount"] == 1900


def test_an_invoice_is_approved_and_paid_in_part_and_whole(page: Page) -> None:
    key = str(page.invoice("DRAFT")["InvoiceID"])
    invoices = page.world.table("xero", "Invoice")
    page.press("approve", "xero", id=key)
    assert invoices[key]["Status"] == "AUTHORISED"
    page.press("pay", "xero", id=key, amount="100.00")
    assert (invoices[key]["Status"], invoices[key]["AmountPaid"]) == ("AUTHORISED", 100)
    html = page.press("pay", "xero", id=key, amount="1000000")
    assert 'class="banner bad"' in html
    page.press("pay", "xero", id=key)
    assert (invoices[key]["Status"], invoices[key]["AmountDue"]) == ("PAID", 0)


def test_an_approved_invoice_is_voided(page: Page) -> None:
    key = str(page.invoice("AUTHORISED")["InvoiceID"])
    page.press("void", "xero", id=key)
    assert page.world.table("xero", "Invoice")[key]["Status"] == "VOIDED"


def test_a_contact_is_edited_on_both_sides(page: Page) -> None:
    contacts = page.world.table("salesforce", "Contact")
    key = next(key for key, record in contacts.items() if record["LastName"] == "Raman")
    page.press("edit", kind="Contact", id=key, **{"v.Email": "priya@new.example"})
    assert contacts[key]["Email"] == "priya@new.example"
    people = page.world.table("xero", "Contact")
    key = next(key for key, record in people.items() if record["Name"] == "Tyndall & Rowe")
    page.press("edit", "xero", kind="Contact", id=key, **{"v.Name": "Tyndall & Rowe LLP"})
    assert people[key]["Name"] == "Tyndall & Rowe LLP"


def test_what_a_person_types_is_shown_as_text(page: Page) -> None:
    key = str(page.deal("Probate plan")["Id"])
    page.press("edit", kind="Opportunity", id=key, **{"v.Name": "<script>alert(1)</script>"})
    raw = requests.get(page.box.control_url, timeout=30).text
    assert "<script>alert" not in raw
    assert "&lt;script&gt;alert" in raw


def test_the_search_finds_by_name_number_and_id(page: Page) -> None:
    assert "Joint harbour scan" not in page.html("?q=Kirkstall")
    assert "Kirkstall Road flats" in page.html("?q=kirkstall")
    number = str(page.invoice("PAID")["InvoiceNumber"])
    assert number in page.html(f"?q={number}")


def test_trouble_is_started_and_cleared(page: Page) -> None:
    url = f"{page.box.control_url}/play/fault"
    for preset in re.findall(r'name="preset" value="([a-z-]+)"', page.html()):
        requests.post(url, data={"preset": preset}, timeout=30)
    assert {fault["system"] for fault in page.box.faults.active()} == {"salesforce", "xero"}
    assert "In force:" in page.html()
    requests.post(url, data={"preset": ""}, timeout=30)
    assert page.box.faults.active() == []


def test_time_moves_on_and_back(page: Page) -> None:
    url = f"{page.box.control_url}/play/clock"
    requests.post(url, data={"advance": "86400"}, timeout=30)
    assert page.world.clock.saved()["offset_seconds"] == 86400
    requests.post(url, data={"real": "1"}, timeout=30)
    assert page.world.clock.saved()["offset_seconds"] == 0


def test_calls_are_shown_with_their_answers(page: Page) -> None:
    requests.get(page.box.xero_url + "/api.xro/2.0/Invoices", timeout=30)
    assert re.search(r"/api.xro/2.0/Invoices.*?401", page.html(), re.DOTALL)


def test_saving_one_field_leaves_the_others_as_they_are_by_now(page: Page) -> None:
    key = str(page.deal("Ferry berth")["Id"])
    shown = {"v.Name": "Ferry berth, monthly", "was.Name": "Ferry berth, yearly monitoring",
             "v.CloseDate": "2020-01-01", "was.CloseDate": "2020-01-01"}  # fmt: skip
    before = page.deal("Ferry berth")["CloseDate"]
    page.press("edit", kind="Opportunity", id=key, **shown)
    assert page.deal("Ferry berth, monthly")["CloseDate"] == before


def test_every_field_of_the_page_says_what_stood_there(page: Page) -> None:
    raw = requests.get(page.box.control_url, timeout=30).text
    edited = re.sub(r'<details class="new".*?</details>', "", raw, flags=re.DOTALL)
    fields, were = re.findall(r'name="v\.(\w+)"', edited), re.findall(r'name="was\.(\w+)"', edited)
    assert fields
    assert sorted(fields) == sorted(were)
