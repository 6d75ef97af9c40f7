"""Credit notes over HTTP: statuses, sums, numbers, and what is refused of them."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.xero import acts
from sandbox.xero.webhooks import Webhooks

from .conftest import Xero
from .credit import LINE, allocate, credit_note, note_body, one

WRONG = "Credit note not of valid status for modification"
HAS_PAYMENT = "This document cannot be edited as it has a payment or credit note allocated to it."


def test_an_approved_credit_note_has_all_of_it_left(xero: Xero) -> None:
    made = credit_note(xero, xero.contact(), Reference="Damaged")
    assert (made["CreditNoteNumber"], made["Status"]) == ("CN-0001", "AUTHORISED")
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (100, 20, 120)
    assert made["RemainingCredit"] == 120
    assert (made["Allocations"], made["Payments"]) == ([], [])
    assert one(xero, "CreditNotes", "CN-0001")["CreditNoteID"] == made["CreditNoteID"]


MOVES = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
    "DELETED": set(),
    "VOIDED": set(),
}
BEGIN = {"DELETED": "DRAFT", "VOIDED": "AUTHORISED"}


@pytest.mark.parametrize("begin", list(MOVES))
def test_a_status_moves_only_where_xero_lets_it(xero: Xero, begin: str) -> None:
    contact = xero.contact()
    for wanted in (*MOVES, "PAID"):
        made = credit_note(xero, contact, Status=BEGIN.get(begin, begin))
        key = {"CreditNoteID": made["CreditNoteID"]}
        if begin in BEGIN:
            xero.post("CreditNotes", {**key, "Status": begin})
        answer = xero.post("CreditNotes", {**key, "Status": wanted})[0]
        expected = "OK" if wanted in MOVES[begin] else "ERROR"
        assert answer["StatusAttributeString"] == expected, (begin, wanted)


def test_a_void_credit_note_has_nothing_left_and_is_still_listed(xero: Xero) -> None:
    made = credit_note(xero, xero.contact())
    xero.post("CreditNotes", {"CreditNoteID": made["CreditNoteID"], "Status": "VOIDED"})
    (found,) = xero.get("CreditNotes", page=1)["CreditNotes"]
    assert (found["Status"], found["RemainingCredit"]) == ("VOIDED", 0)


def test_a_used_credit_note_is_neither_voided_nor_changed(xero: Xero) -> None:
    invoice = xero.invoice(Status="AUTHORISED")
    made = credit_note(xero, invoice["Contact"]["ContactID"])
    key = made["CreditNoteID"]
    allocate(xero, f"CreditNotes/{key}", invoice["InvoiceID"], 20)
    for change in ({"Status": "VOIDED"}, {"Date": "2026-03-05"}, {"LineItems": [LINE]}):
        refused = xero.refusals("POST", "CreditNotes", {"CreditNoteID": key, **change})
        assert refused == [WRONG, HAS_PAYMENT]
    again = xero.post("CreditNotes", {"CreditNoteID": key, "Reference": "other"})[0]
    assert (again["Reference"], again["RemainingCredit"]) == ("other", 100)


def test_an_unused_one_may_change_and_all_of_it_is_left(xero: Xero) -> None:
    made = credit_note(xero, xero.contact())
    body = {"CreditNoteID": made["CreditNoteID"], "LineItems": [{**LINE, "UnitAmount": 50}]}
    again = xero.post("CreditNotes", body)[0]
    assert (again["Total"], again["RemainingCredit"]) == (60, 60)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"Type": "ACCREC"}, "Credit Note Type must be ACCRECCREDIT or ACCPAYCREDIT"),
        ({"Status": "PAID"}, "Credit note not of valid status for creation"),
        ({"LineItems": []}, "One or more line items must be specified"),
        ({"LineItems": [{**LINE, "DiscountRate": 5}]}, "Discounts can only be given on sales"),
        ({"LineItems": [{"Description": "x"}, {**LINE, "UnitAmount": -1}]}, "cannot be negative"),
        ({"CurrencyCode": "CHF"}, "Organisation is not subscribed to currency CHF"),
        ({"Date": "2025-12-31"}, "period lock date, currently set at 31 December 2025"),
        (
            {"Status": "AUTHORISED", "LineItems": [{"Description": "x", "UnitAmount": 1}]},
            "Account code must be specified",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    xero: Xero, wrong: dict[str, Any], said: str
) -> None:
    acts.edit(xero.world, "Organisation", xero.tenant, {"PeriodLockDate": "2025-12-31"})
    refused = xero.refusals("PUT", "CreditNotes", note_body(xero.contact(), **wrong))
    assert any(said in one_ for one_ in refused), refused
    assert xero.get("CreditNotes")["CreditNotes"] == []


def test_a_sales_credit_notes_number_is_unique_and_a_post_changes_by_it(xero: Xero) -> None:
    contact = xero.contact()
    made = credit_note(xero, contact, CreditNoteNumber="CR 1")
    body = note_body(contact, CreditNoteNumber="cr 1")
    assert xero.refusals("PUT", "CreditNotes", body) == ["Credit Note # must be unique."]
    again = xero.post("CreditNotes", {**body, "Status": "AUTHORISED", "Reference": "again"})[0]
    assert again["CreditNoteID"] == made["CreditNoteID"]
    bills = [{**body, "Type": "ACCPAYCREDIT"} for _ in range(2)]
    assert {each["StatusAttributeString"] for each in xero.put("CreditNotes", *bills)} == {"OK"}


def test_prices_of_four_places_need_asking(xero: Xero) -> None:
    line = {**LINE, "UnitAmount": Decimal("0.1234"), "Quantity": 1000}
    contact = xero.contact()
    rough = xero.put("CreditNotes", note_body(contact, LineItems=[line]))[0]
    exact = xero.put("CreditNotes", note_body(contact, LineItems=[line]), unitdp=4)[0]
    assert (rough["SubTotal"], exact["SubTotal"]) == (120, Decimal("123.40"))


def test_lists_filter_order_and_page(xero: Xero) -> None:
    contact = xero.contact()
    first = credit_note(xero, contact, Date="2026-02-01")
    second = credit_note(xero, contact, Status="DRAFT")

    def numbers(**query: Any) -> list[str]:
        found = xero.get("CreditNotes", **query)["CreditNotes"]
        return [each["CreditNoteNumber"] for each in found]

    both = [first["CreditNoteNumber"], second["CreditNoteNumber"]]
    assert numbers(where='Status=="DRAFT"') == both[1:]
    assert numbers(where=f'CreditNoteID==guid("{first["CreditNoteID"]}")') == both[:1]
    either = " OR ".join(
        f'CreditNoteID==guid("{each["CreditNoteID"]}")' for each in (first, second)
    )
    assert numbers(where=either, page=1) == both
    assert numbers(order="Date DESC") == both[::-1]
    assert numbers(page=2, pageSize=1) == both[1:]
    listed, paged = xero.get("CreditNotes"), xero.get("CreditNotes", page=1)
    assert listed["CreditNotes"][0]["LineItems"] == []
    assert paged["CreditNotes"][0]["LineItems"] != []
    assert paged["pagination"]["itemCount"] == 2


def test_a_credit_note_sends_its_webhook_with_type_and_status(xero: Xero) -> None:
    hooks = Webhooks(xero.world)
    xero.world.set_setting(
        "xero", "webhook", {"url": "http://127.0.0.1:1/", "categories": ["CREDITNOTE"], "key": "k"}
    )
    made = credit_note(xero, xero.contact())
    (event,) = hooks._fresh
    assert (event["eventCategory"], event["eventType"]) == ("CREDITNOTE", "CREATE")
    assert event["resourceId"] == made["CreditNoteID"]
    assert event["data"] == {"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}
