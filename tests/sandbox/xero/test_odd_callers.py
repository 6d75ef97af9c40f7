"""Calls that no careful client makes: each is refused in words, and none holds up the others."""

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from sandbox.xero.errors import HttpError
from sandbox.xero.reading import read_json

from .conftest import Xero


def _post(xero: Xero, body: bytes) -> tuple[int, str]:
    headers = {"Content-Type": "application/json"}
    url = f"{xero.url}/api.xro/2.0/Items"
    answer = xero.session.post(url, data=body, headers=headers, timeout=10)
    return answer.status_code, answer.json().get("Type", "")


@pytest.mark.parametrize(
    "body",
    [
        b'{"Code": "\\ud800"}',
        b'{"Code": "A", "SalesDetails": {"UnitPrice": 1e999999999}}',
        b'{"Code": "A", "SalesDetails": {"UnitPrice": 1e18}}',
        b'{"Code": "A", "SalesDetails": {"UnitPrice": "-1e999999999"}}',
        b'{"Code": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_beyond_all_measure_is_a_400(xero: Xero, body: bytes) -> None:
    assert _post(xero, body) == (400, "PostDataInvalidException")
    assert xero.get("Items")["Items"] == []


def test_lists_within_lists_without_end_are_a_400() -> None:
    with pytest.raises(HttpError, match="400"):
        read_json(b"[" * 100_000)


@pytest.mark.parametrize("price", ["1e-999999999", "-1e-999999999", "0e999999999", "1e-30"])
def test_a_price_next_to_nothing_is_nothing(xero: Xero, price: str) -> None:
    made = xero.put("Items", {"Code": "A", "SalesDetails": {"UnitPrice": price}}, unitdp="4")
    assert made[0]["SalesDetails"]["UnitPrice"] == Decimal(0)
    assert not made[0]["SalesDetails"]["UnitPrice"].is_signed()


@pytest.mark.parametrize("day", [f"/Date({'9' * 20})/", f"/Date(-{'9' * 15})/", "0000-01-01"])
def test_a_day_beyond_all_calendars_is_a_400(xero: Xero, day: str) -> None:
    assert xero.call("GET", "Quotes", params={"DateFrom": day}).status_code == 400
    assert xero.call("PUT", "Invoices", {"Invoices": [xero.draft(Date=day)]}).status_code == 400


def test_brackets_without_end_are_refused(xero: Xero) -> None:
    deep = "(" * 3000 + 'Status=="PAID"' + ")" * 3000
    answer = xero.call("GET", "Invoices", params={"where": deep})
    assert (answer.status_code, answer.json()["Type"]) == (400, "QueryParseException")
    some = "(" * 40 + 'Status=="PAID"' + ")" * 40
    assert xero.get("Invoices", where=some)["Invoices"] == []


def test_a_thousand_alternatives_are_read(xero: Xero) -> None:
    wanted = xero.invoice(InvoiceNumber="N-999")
    where = " OR ".join(f'InvoiceNumber=="N-{n}"' for n in range(1000))
    found = xero.get("Invoices", where=where)["Invoices"]
    assert [one["InvoiceID"] for one in found] == [wanted["InvoiceID"]]


def test_signs_that_no_xml_can_hold_are_left_out_of_it(xero: Xero) -> None:
    xero.put("Items", {"Code": "A", "Name": "bell\u0007 and nothing\u0000"})
    answer = xero.call("GET", "Items", headers={"Accept": "application/xml"})
    assert ET.fromstring(answer.content).findtext("Items/Item/Name") == "bell and nothing"
