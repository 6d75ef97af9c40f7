"""The page's buttons for quotes, credit, promises, tasks and users."""

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

    def html(self) -> str:
        return unescape(requests.get(self.box.control_url, timeout=30).text)

    def press(self, system: str, act: str, **fields: str) -> str:
        form = {"system": system, "act": act, **fields}
        answer = requests.post(f"{self.box.control_url}/play/act", data=form, timeout=30)
        assert answer.history[0].status_code == 303
        return unescape(answer.text)

    def one(self, kind: str, system: str = "xero", **wanted: Any) -> dict[str, Any]:
        found = self.world.table(system, kind).values()
        return next(one for one in found if all(one.get(n) == v for n, v in wanted.items()))


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=1) as found:
        yield found


@pytest.fixture
def page(box: Box) -> Page:
    return Page(box)


def test_the_page_shows_quotes_credit_tasks_and_users(page: Page) -> None:
    html = page.html()
    for words in ("QU-0008", "Wapping Wharf phase 4", "prepayment of 600.00, 600.00 left",
                  "CN-0003", "No task yet.", "reports to Gareth Stroud"):  # fmt: skip
        assert words in html


def test_a_quote_is_raised_sent_accepted_and_invoiced(page: Page) -> None:
    contact = page.one("Contact", Name="Aire Valley Housing Association")["ContactID"]
    fields = {"v.Title": "Attic", "v.Quantity": "2", "v.UnitAmount": "50.25", "contact": contact}
    assert "The quote is raised." in page.press("xero", "quote", **fields)
    key = page.one("Quote", Title="Attic")["QuoteID"]
    page.press("xero", "edit", kind="Quote", id=key, **{"v.Reference": "PO 1"})
    for act in ("send_quote", "accept_quote", "invoice_quote"):
        assert 'class="banner good"' in page.press("xero", act, id=key)
    quote, invoice = page.one("Quote", QuoteID=key), page.one("Invoice", Reference="PO 1")
    assert (quote["Status"], invoice["Status"]) == ("INVOICED", "DRAFT")
    assert invoice["Total"] == quote["Total"]
    assert invoice["LineItems"][0]["Description"] == "Attic"


def test_a_part_of_a_quote_is_invoiced_and_the_rest_stays_open(page: Page) -> None:
    quote = page.one("Quote", Title="Burley Road roofs")
    page.press("xero", "invoice_quote", id=quote["QuoteID"], percent="25", mark="no")
    assert page.one("Quote", Title="Burley Road roofs")["Status"] == "ACCEPTED"
    invoice = page.one("Invoice", Reference="PO 44871")
    assert abs(invoice["Total"] - quote["Total"] / 4) < 1


def test_a_quote_is_declined_and_sent_again_and_deleted(page: Page) -> None:
    key = page.one("Quote", Title="Hebden ridge second string")["QuoteID"]
    for act, status in (
        ("decline_quote", "DECLINED"),
        ("send_quote", "SENT"),
        ("delete_quote", "DELETED"),
    ):
        page.press("xero", act, id=key)
        assert page.one("Quote", QuoteID=key)["Status"] == status
    html = page.press("xero", "accept_quote", id=key)
    assert "Quote not of valid status for modification" in html


def test_an_invoice_is_credited_and_the_credit_taken_back_and_paid_out(page: Page) -> None:
    invoice = page.one("Invoice", Reference="HD 2281")
    key = invoice["InvoiceID"]
    page.press("xero", "credit", id=key, amount="100")
    assert page.one("Invoice", InvoiceID=key)["AmountCredited"] == 100
    allocation = page.one("Allocation", Invoice={"InvoiceID": key})
    note = allocation["Source"]["ID"]
    page.press("xero", "remove_allocation", id=allocation["AllocationID"])
    assert page.one("Invoice", InvoiceID=key)["AmountDue"] == invoice["AmountDue"]
    page.press("xero", "allocate", kind="CreditNote", id=note, invoice=key, amount="40")
    assert page.one("CreditNote", CreditNoteID=note)["RemainingCredit"] == 60
    html = page.press("xero", "void_credit", kind="CreditNote", id=note)
    assert 'class="banner bad"' in html
    page.press("xero", "refund", kind="CreditNote", id=note)
    assert page.one("CreditNote", CreditNoteID=note)["Status"] == "PAID"
    payment = page.one("Payment", Invoice={"InvoiceID": note})
    page.press("xero", "remove_payment", id=payment["PaymentID"])
    assert page.one("CreditNote", CreditNoteID=note)["RemainingCredit"] == 60


def test_money_comes_in_advance_and_too_much_of_it(page: Page) -> None:
    invoice = page.one("Invoice", Reference="Turbine access plan")
    contact = invoice["Contact"]["ContactID"]
    page.press("xero", "prepay", contact=contact, amount="75.00")
    assert page.one("Prepayment", Contact={"ContactID": contact})["RemainingCredit"] == 75
    page.press("xero", "overpay", id=invoice["InvoiceID"], amount="12.50")
    assert page.one("Overpayment", Contact={"ContactID": contact})["RemainingCredit"] == 12.5
    assert page.one("Invoice", Reference="Turbine access plan")["Status"] == "PAID"
    assert "Say how much" in page.press("xero", "overpay", id=invoice["InvoiceID"], amount="")


def test_a_promise_is_noted_and_taken_back(page: Page) -> None:
    key = page.one("Invoice", Reference="ML 9")["InvoiceID"]
    page.press("xero", "promise", id=key, day="2027-01-05")
    assert page.one("Invoice", InvoiceID=key)["ExpectedPaymentDate"] == "2027-01-05"
    page.press("xero", "promise", id=key, day="")
    assert not page.one("Invoice", InvoiceID=key)["ExpectedPaymentDate"]


def test_a_task_is_made_snoozed_disputed_promised_and_done(page: Page) -> None:
    account = page.one("Account", "salesforce", Name="Pennine Wind Farms plc")["Id"]
    page.press("salesforce", "create", kind="Task", **{"v.WhatId": account, "v.Subject": "Chase"})
    key = page.one("Task", "salesforce", Subject="Chase")["Id"]
    fields = {
        "v.Counterpart_Snoozed_Until__c": "2027-01-05",
        "v.Counterpart_Promised_On__c": "2027-01-09",
        "was.Counterpart_Disputed__c": "false",
        "v.Counterpart_Disputed__c": "true",
        "v.Priority": "High",
    }
    page.press("salesforce", "edit", kind="Task", id=key, **fields)
    task = page.one("Task", "salesforce", Id=key)
    assert task["Counterpart_Snoozed_Until__c"] == "2027-01-05"
    assert task["Counterpart_Promised_On__c"] == "2027-01-09"
    assert (task["Counterpart_Disputed__c"], task["IsHighPriority"]) == (True, True)
    assert "Pennine Wind Farms plc" in page.html()
    page.press("salesforce", "edit", kind="Task", id=key, **{"v.Status": "Completed"})
    assert page.one("Task", "salesforce", Id=key)["IsClosed"] is True
    page.press("salesforce", "delete", kind="Task", id=key)
    assert page.one("Task", "salesforce", Id=key)["IsDeleted"] is True


def test_a_user_gets_another_manager_and_is_deactivated(page: Page) -> None:
    owen = page.one("User", "salesforce", Name="Owen Pritchard")["Id"]
    helen = page.one("User", "salesforce", Name="Helen Achebe")["Id"]
    page.press("salesforce", "edit", kind="User", id=owen, **{"v.ManagerId": helen})
    assert page.one("User", "salesforce", Id=owen)["ManagerId"] == helen
    shown = {"was.IsActive": "true", "v.IsActive": "false"}
    page.press("salesforce", "edit", kind="User", id=owen, **shown)
    assert page.one("User", "salesforce", Id=owen)["IsActive"] is False
    account = page.one("Account", "salesforce", Name="Pennine Wind Farms plc")["Id"]
    page.press("salesforce", "edit", kind="User", id=owen, **{"v.IsActive": "true"})
    limit = {"v.Counterpart_Credit_Limit__c": "7,500"}
    page.press("salesforce", "edit", kind="Account", id=account, **limit)
    assert page.one("Account", "salesforce", Id=account)["Counterpart_Credit_Limit__c"] == 7500
