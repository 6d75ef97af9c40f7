"""What people do with quotes in Xero's own screens: send, accept, invoice whole or in part."""

import pytest

from sandbox.xero import acts
from sandbox.xero.errors import RefusedError

from .conftest import Xero
from .quoting import LINE, moved, quoted


def test_an_expired_quote_stays_as_it_is(xero: Xero) -> None:
    made = quoted(xero, Date="2020-01-01", ExpiryDate="2020-02-01", Status="SENT")
    assert made["Status"] == "SENT"
    assert xero.post("Quotes", moved(xero, made, "ACCEPTED"))[0]["Status"] == "ACCEPTED"


def test_a_person_makes_an_invoice_of_a_quote_and_nothing_links_them(xero: Xero) -> None:
    line = {**LINE, "Quantity": 2, "DiscountRate": 10}
    made = quoted(xero, LineItems=[line], Reference="PO 7", Status="SENT")
    key = acts.invoice_quote(xero.world, made["QuoteID"])
    invoice = xero.get(f"Invoices/{key}")["Invoices"][0]
    assert (invoice["Total"], invoice["Status"]) == (made["Total"], "DRAFT")
    assert invoice["Reference"] == "PO 7"
    assert invoice["Contact"]["ContactID"] == made["Contact"]["ContactID"]
    assert made["QuoteNumber"] not in str(invoice)
    assert made["QuoteID"] not in str(invoice)
    assert xero.get(f"Quotes/{made['QuoteID']}")["Quotes"][0]["Status"] == "INVOICED"


def test_a_person_invoices_a_quote_in_parts(xero: Xero) -> None:
    made = quoted(xero, Status="SENT")
    first = acts.invoice_quote(xero.world, made["QuoteID"], 30, mark=False)
    assert xero.get(f"Invoices/{first}")["Invoices"][0]["Total"] == 36
    assert xero.get(f"Quotes/{made['QuoteID']}")["Quotes"][0]["Status"] == "ACCEPTED"
    acts.invoice_quote(xero.world, made["QuoteID"], 70)
    assert len(xero.get("Invoices")["Invoices"]) == 2


def test_nobody_invoices_a_draft(xero: Xero) -> None:
    made = quoted(xero)
    with pytest.raises(RefusedError, match="was sent"):
        acts.invoice_quote(xero.world, made["QuoteID"])


def test_the_history_tells_who_did_what(xero: Xero) -> None:
    made = quoted(xero)
    acts.send_quote(xero.world, made["QuoteID"])
    told = xero.get(f"Quotes/{made['QuoteID']}/History")["HistoryRecords"]
    assert [one["Changes"] for one in told] == ["Sent", "Created"]
    assert told[0]["User"] == acts.PEOPLE[0]
    body = {"HistoryRecords": [{"Details": "note"}]}
    assert xero.call("PUT", f"Quotes/{made['QuoteID']}/History", body).status_code == 200
