"""What an organisation is set up with, and the shapes of answers: envelope, XML, dates, errors."""

import gzip
import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
import requests

from sandbox.server import running
from sandbox.xero import acts
from sandbox.xero.defaults import set_up_organisation

from .conftest import Xero


def test_an_answer_stands_in_xeros_envelope(xero: Xero) -> None:
    answer = xero.get("Currencies")
    assert answer["Status"] == "OK"
    assert re.fullmatch(r"/Date\(\d{13}\)/", answer["DateTimeUTC"])
    assert re.fullmatch(r"[0-9a-f-]{36}", answer["Id"])


def test_days_are_midnight_in_utc_in_both_of_their_forms(xero: Xero) -> None:
    made = xero.invoice(Date="/Date(1772323200000+0000)/")
    assert made["DateString"] == "2026-03-01T00:00:00"
    assert made["Date"] == "/Date(1772323200000+0000)/"
    assert xero.invoice(Date="2026-03-01T00:00:00")["Date"] == made["Date"]


def test_whoever_does_not_ask_for_json_gets_xml(xero: Xero) -> None:
    xero.invoice(Reference="Müller & Söhne")
    for accept in ("*/*", "application/xml"):
        answer = xero.session.get(
            f"{xero.url}/api.xro/2.0/Invoices", headers={"Accept": accept}, timeout=10
        )
        assert answer.headers["Content-Type"].startswith("text/xml")
        root = ET.fromstring(answer.content)
        assert root.findtext("Invoices/Invoice/Reference") == "Müller & Söhne"
        assert root.findtext("Status") == "OK"


def test_answers_are_packed_when_asked(xero: Xero) -> None:
    with running(systems=["xero"]) as box:
        tenant = set_up_organisation(box.world, "Fernhill Surveys Ltd")
        other = Xero(box.world, box.xero_url, tenant)
        url = f"{box.xero_url}/api.xro/2.0/Accounts"
        headers = {**other.session.headers, "Accept-Encoding": "gzip"}
        answer = requests.get(url, headers=headers, stream=True, timeout=10)
        raw = answer.raw.read(decode_content=False)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert b"AccountID" in gzip.decompress(raw)


def test_unknown_paths_and_methods_are_refused(xero: Xero) -> None:
    assert xero.call("GET", "/Items").status_code == 404  # two slashes
    answer = xero.call("GET", "Nonsense")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")
    assert xero.call("DELETE", "Invoices").status_code == 405


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"Invoices": 3}', b'{"Invoices": [NaN]}'])
def test_a_body_that_cannot_be_read_is_a_400(xero: Xero, body: bytes) -> None:
    url = f"{xero.url}/api.xro/2.0/Invoices"
    answer = xero.session.put(url, data=body, timeout=10)
    assert answer.status_code == 400
    assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (14, "PostDataInvalidException")


def test_one_object_alone_may_be_sent(xero: Xero) -> None:
    answer = xero.call("PUT", "Invoices", xero.draft(), params={"summarizeErrors": "False"})
    assert answer.json()["Invoices"][0]["StatusAttributeString"] == "OK"


def test_numbers_may_be_sent_as_text(xero: Xero) -> None:
    line = {"Description": "x", "Quantity": "2", "UnitAmount": "1800.00", "AccountCode": "200"}
    assert xero.invoice(LineItems=[line])["SubTotal"] == Decimal("3600.00")


def test_lock_dates_show_where_there_are_any(xero: Xero) -> None:
    assert "PeriodLockDate" not in xero.get("Organisation")["Organisations"][0]
    acts.edit(xero.world, "Organisation", xero.tenant, {"PeriodLockDate": "2026-03-31"})
    organisation = xero.get("Organisation")["Organisations"][0]
    assert organisation["PeriodLockDate"] == "/Date(1774915200000+0000)/"
    acts.edit(xero.world, "Organisation", xero.tenant, {"PeriodLockDate": ""})
    assert "PeriodLockDate" not in xero.get("Organisation")["Organisations"][0]


def test_the_plan_shows_in_what_is_allowed(xero: Xero) -> None:
    def allowed() -> dict[str, str]:
        return {one["Name"]: one["Status"] for one in xero.get("Organisation/Actions")["Actions"]}

    assert allowed()["UseMulticurrency"] == "ALLOWED"
    change = {"Multicurrency": False, "Edition": "PARTNER"}
    acts.edit(xero.world, "Organisation", xero.tenant, change)
    assert allowed()["UseMulticurrency"] == "NOT-ALLOWED"
    assert allowed()["CreateApprovedInvoice"] == "NOT-ALLOWED"
    said = xero.refusals("PUT", "Invoices", xero.draft())
    assert said == ["The organisation's edition has no invoicing"]


def test_an_archived_tracking_option_hides_and_can_no_longer_be_used(xero: Xero) -> None:
    category = xero.get("TrackingCategories")["TrackingCategories"][0]
    option = {"TrackingOptionID": category["Options"][0]["TrackingOptionID"], "Status": "ARCHIVED"}
    key = category["TrackingCategoryID"]
    acts.edit(xero.world, "TrackingCategory", key, {"Options": [option]})
    now = xero.get("TrackingCategories")["TrackingCategories"][0]
    assert [one["Name"] for one in now["Options"]] == ["Leeds"]
    line = {"Description": "x", "Tracking": [{"TrackingCategoryID": key, **option}]}
    assert "is archived" in xero.refusals("PUT", "Invoices", xero.draft(LineItems=[line]))[0]


@pytest.mark.parametrize(
    ("country", "currency", "tax"),
    [("AU", "AUD", "10.00"), ("NZ", "NZD", "15.00"), ("US", "USD", "0.00"), ("CA", "USD", "0.00")],
)
def test_each_edition_taxes_a_sale_in_its_way(
    xero: Xero, country: str, currency: str, tax: str
) -> None:
    tenant = set_up_organisation(xero.world, f"Company {country}", country)
    contact = acts.create(xero.world, "Contact", {"Name": "Aire"}, tenant)
    draft = xero.draft(Contact={"ContactID": contact})
    invoice = acts.create(xero.world, "Invoice", draft, tenant)
    kept = xero.world.table("xero", "Invoice")[invoice]
    assert (kept["CurrencyCode"], kept["TotalTax"]) == (currency, Decimal(tax))


def test_organisations_do_not_see_each_other(xero: Xero) -> None:
    other = set_up_organisation(xero.world, "Other Ltd", "AU")
    acts.create(xero.world, "Contact", {"Name": "Aire", "ContactNumber": "A1"}, other)
    assert xero.get("Contacts")["Contacts"] == []
    assert xero.call("GET", "Contacts/A1").status_code == 404
    assert xero.contact("Aire", ContactNumber="A1")
