"""Xero's own client, unchanged, quotes, credits, allocates and refunds here."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import (
    Account,
    Allocation,
    Allocations,
    BankTransaction,
    BankTransactions,
    Contact,
    CreditNote,
    CreditNotes,
    Invoice,
    LineItem,
    Payment,
    Payments,
    Quote,
    QuoteLineAmountTypes,
    Quotes,
    QuoteStatusCodes,
)
from xero_python.api_client.oauth2 import TokenApi
from xero_python.exceptions import AccountingBadRequestException, NotFoundException

from sandbox.xero import acts

from .conftest import Xero
from .test_official_client import Official

DAY = date(2026, 3, 2)


@pytest.fixture
def official(xero: Xero, monkeypatch: pytest.MonkeyPatch) -> Official:
    url = f"{xero.url}/connect/token"
    monkeypatch.setattr(TokenApi, "client_credentials_token_url", url)
    return Official(xero)


def line(amount: str = "100") -> Any:
    unit = Decimal(amount)
    return LineItem(description="Survey", quantity=1, unit_amount=unit, account_code="200")


def test_it_writes_moves_and_reads_quotes(official: Official) -> None:
    api, tenant, xero = official.api, official.tenant, official.xero
    who = Contact(contact_id=xero.contact())
    draft = Quote(contact=who, date=DAY, expiry_date=date(2026, 4, 1), line_items=[line("0.1255")],
                  line_amount_types=QuoteLineAmountTypes.EXCLUSIVE, title="Peg")  # fmt: skip
    made = api.create_quotes(tenant, Quotes(quotes=[draft]), summarize_errors=False).quotes[0]
    assert made.status is QuoteStatusCodes.DRAFT
    assert made.line_items[0].unit_amount == Decimal("0.1255")
    assert made.expiry_date == date(2026, 4, 1)
    move = Quote(quote_id=made.quote_id, contact=who, date=DAY, status=QuoteStatusCodes.SENT)
    sent = api.update_or_create_quotes(tenant, Quotes(quotes=[move])).quotes[0]
    assert sent.status is QuoteStatusCodes.SENT
    assert api.get_quote(tenant, made.quote_id).quotes[0].total == Decimal("0.16")
    found = api.get_quotes(
        tenant,
        status="SENT",
        quote_number="QU-0001",
        date_from=DAY,
        page=1,
        if_modified_since=datetime.now(UTC) - timedelta(days=1),
    )
    assert [one.quote_id for one in found.quotes] == [made.quote_id]
    unfit = Quote(status=QuoteStatusCodes.INVOICED)
    with pytest.raises(AccountingBadRequestException):
        api.update_quote(tenant, made.quote_id, Quotes(quotes=[unfit]))
    with pytest.raises(NotFoundException):
        api.get_quote(tenant, "0a6e6e0a-0000-4000-8000-000000000001")
    assert api.get_quote_history(tenant, made.quote_id).history_records[0].changes == "Sent"


def test_it_credits_allocates_takes_back_and_refunds(official: Official) -> None:
    api, tenant, xero = official.api, official.tenant, official.xero
    invoice = xero.invoice(Status="AUTHORISED")
    who = Contact(contact_id=invoice["Contact"]["ContactID"])
    draft = CreditNote(type="ACCRECCREDIT", contact=who, date=DAY, line_items=[line()],
                       status="AUTHORISED")  # fmt: skip
    new = CreditNotes(credit_notes=[draft])
    note = api.create_credit_notes(tenant, new, summarize_errors=False, unitdp=4).credit_notes[0]
    assert (note.remaining_credit, note.credit_note_number) == (120, "CN-0001")
    some = Allocation(
        amount=Decimal(50), date=DAY, invoice=Invoice(invoice_id=invoice["InvoiceID"])
    )
    key = note.credit_note_id
    api.create_credit_note_allocation(tenant, key, Allocations(allocations=[some]))
    read = api.get_credit_notes(tenant, page=1, page_size=10, unitdp=4).credit_notes[0]
    (allocation,) = read.allocations
    assert (read.remaining_credit, allocation.amount) == (70, 50)
    credited = api.get_invoice(tenant, invoice["InvoiceID"]).invoices[0]
    assert (credited.amount_credited, credited.credit_notes[0].applied_amount) == (50, 50)
    gone = api.delete_credit_note_allocations(tenant, key, allocation.allocation_id)
    assert gone.is_deleted is True
    refund = Payment(
        credit_note=CreditNote(credit_note_id=key), account=Account(code="090"), amount=20, date=DAY
    )
    paid = api.create_payments(tenant, Payments(payments=[refund])).payments[0]
    assert (paid.payment_type, paid.invoice.type) == ("ARCREDITPAYMENT", "ACCRECCREDIT")
    change = CreditNotes(credit_notes=[CreditNote(status="VOIDED")])
    with pytest.raises(AccountingBadRequestException):
        api.update_credit_note(tenant, key, change)
    too_much = Allocation(amount=Decimal(500), date=DAY, invoice=some.invoice)
    with pytest.raises(AccountingBadRequestException):
        api.create_credit_note_allocation(tenant, key, Allocations(allocations=[too_much]))


def test_it_reads_money_in_advance_and_too_much(official: Official) -> None:
    api, tenant, xero = official.api, official.tenant, official.xero
    invoice = xero.invoice(Status="AUTHORISED")
    key = acts.prepay(xero.world, invoice["Contact"]["ContactID"], 60)
    over = acts.overpay(xero.world, invoice["InvoiceID"], 5)
    prepaid = api.get_prepayments(tenant, page=1, where='Status=="AUTHORISED"').prepayments
    assert [(one.prepayment_id, one.remaining_credit) for one in prepaid] == [(key, 60)]
    named = api.get_prepayments(tenant, invoice_numbers=[prepaid[0].invoice_number]).prepayments
    assert len(named) == 1
    assert api.get_overpayments(tenant, page=1).overpayments[0].overpayment_id == over
    assert api.get_overpayment(tenant, over).overpayments[0].total == 5
    second = xero.invoice(Contact=invoice["Contact"], Status="AUTHORISED")
    target = Invoice(invoice_id=second["InvoiceID"])
    some = Allocations(allocations=[Allocation(amount=Decimal(5), date=DAY, invoice=target)])
    api.create_prepayment_allocations(tenant, key, some)
    api.create_overpayment_allocations(tenant, over, some)
    read = api.get_invoice(tenant, second["InvoiceID"]).invoices[0]
    assert read.amount_credited == 10
    assert (len(read.prepayments), len(read.overpayments)) == (1, 1)
    spent = api.get_overpayment(tenant, over).overpayments[0]
    assert (spent.status, spent.remaining_credit) == ("PAID", 0)
    api.delete_overpayment_allocations(tenant, over, spent.allocations[0].allocation_id)
    assert api.get_overpayment(tenant, over).overpayments[0].status == "AUTHORISED"


def test_it_has_no_right_to_the_bank_unless_it_asks(official: Official) -> None:
    money = BankTransaction(
        type="RECEIVE-PREPAYMENT",
        contact=Contact(contact_id=official.xero.contact()),
        line_items=[line()],
        bank_account=Account(code="090"),
    )
    with pytest.raises(Exception, match="401"):
        official.api.create_bank_transactions(
            official.tenant, BankTransactions(bank_transactions=[money])
        )
