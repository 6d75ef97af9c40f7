"""What Xero's invoices and credits are to the rules of credit risk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.core.records import Key, Record, System
from sync.core.risk.standing import Entry
from sync.flows.shapes import risk_records
from tests.builders import NOON, TODAY, xero_id

from .billed import EARLIER, bill, credit, payment, seen

MAY = date(2026, 5, 2)


def document(kind: str, **values: Any) -> Record:
    """Return an approved credit of a customer, of which something is left."""
    told = {
        "Status": "AUTHORISED",
        "CurrencyCode": "GBP",
        "Date": MAY,
        "Total": Decimal("100.00"),
        "RemainingCredit": Decimal("40.00"),
        "Allocations": [{"Amount": Decimal("60.00"), "Date": EARLIER}],
        **values,
    }
    return Record(Key(System.XERO, kind, xero_id(kind)), told, NOON)


def test_an_invoice_brings_its_dates_amounts_and_entries() -> None:
    record = bill("A", "100.00", "30.00", "20.00", DueDate=EARLIER)
    (one,) = risk_records.invoices([seen(record)])
    assert (one.number, one.currency, one.day, one.due_on) == (
        "A", "GBP", date(2026, 11, 1), EARLIER,
    )  # fmt: skip
    assert (one.total, one.due, one.organisation) == (Decimal(100), Decimal(50), "")
    assert set(one.entries) == {
        Entry(TODAY, Decimal("30.00")),
        Entry(TODAY, Decimal("20.00"), is_payment=False),
    }


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "VOIDED", "DELETED"])
def test_what_is_not_approved_or_was_voided_is_no_risk(status: str) -> None:
    assert risk_records.invoices([seen(bill(Status=status))]) == ()
    assert risk_records.credits_of([document("CreditNote", Status=status)]) == ()


def test_where_there_are_several_organisations_each_invoice_names_its_own() -> None:
    both = [seen(bill("A"), "Fernhill"), seen(bill("B"), "Fernhill NZ")]
    assert [one.organisation for one in risk_records.invoices(both)] == ["Fernhill", "Fernhill NZ"]


@pytest.mark.parametrize("name", ["Overpayments", "Prepayments"])
def test_what_was_paid_ahead_is_a_payment_when_it_is_set_off(name: str) -> None:
    record = bill("A", "100.00", credited="100.00")
    rows = {name: record.values["CreditNotes"], "CreditNotes": []}
    (one,) = risk_records.invoices([seen(replace(record, values={**record.values, **rows}))])
    assert one.paid_on() == TODAY


def test_what_xero_does_not_itemise_was_paid_on_the_day_it_tells() -> None:
    record = bill("A", "100.00", "100.00", Payments=[payment("30.00")], FullyPaidOnDate=EARLIER)
    (one,) = risk_records.invoices([seen(record)])
    assert set(one.entries) == {Entry(TODAY, Decimal("30.00")), Entry(EARLIER, Decimal("70.00"))}
    unknown = bill("A", "100.00", "100.00", Payments=[])
    (one,) = risk_records.invoices([seen(unknown)])
    assert (one.due, one.entries, one.paid_on()) == (Decimal(0), (), None)


def test_a_deleted_payment_is_none() -> None:
    record = bill("A", "100.00", Payments=[payment("30.00") | {"Status": "DELETED"}])
    (one,) = risk_records.invoices([seen(record)])
    assert (one.due, one.entries) == (Decimal(100), ())


def test_the_expected_day_of_an_invoice_is_a_promise() -> None:
    (one,) = risk_records.promises([seen(bill("A", ExpectedPaymentDate=TODAY)), seen(bill("B"))])
    assert (one.invoice, one.day, one.made_on) == (xero_id("A"), TODAY, None)


@pytest.mark.parametrize(
    ("kind", "type_", "is_note"),
    [
        ("CreditNote", "ACCRECCREDIT", True),
        ("Overpayment", "RECEIVE-OVERPAYMENT", False),
        ("Prepayment", "RECEIVE-PREPAYMENT", False),
    ],
)
def test_a_credit_tells_what_is_left_of_it(kind: str, type_: str, is_note: bool) -> None:
    (one,) = risk_records.credits_of([document(kind, Type=type_)])
    assert (one.total, one.left, one.is_note) == (Decimal(100), Decimal(40), is_note)
    assert one.uses[0].day == EARLIER


def test_what_invoices_say_was_set_off_is_left_of_no_credit_that_was_read_before() -> None:
    """Prepayments are read once an hour, and invoices at once: the same money counts but once."""
    ahead = document("Prepayment", Type="RECEIVE-PREPAYMENT", RemainingCredit=Decimal("100.00"))
    row = {"PrepaymentID": ahead.key.id.upper(), "AppliedAmount": Decimal("70.00"), "Date": TODAY}
    invoice = seen(bill("A", "100.00", credited="70.00", CreditNotes=[], Prepayments=[row]))
    (one,) = risk_records.credits_of([ahead], [invoice])
    assert one.left == Decimal("30.00")
    (other,) = risk_records.credits_of([ahead], [seen(bill("B", "100.00"))])
    assert other.left == Decimal("100.00")


def test_a_credit_from_a_supplier_is_none_of_the_customers() -> None:
    assert risk_records.credits_of([document("CreditNote", Type="ACCPAYCREDIT")]) == ()


def test_a_credit_note_that_was_not_read_is_known_by_its_invoices() -> None:
    rows = [credit("20.00", MAY, "CN-9"), credit("30.00", MAY, "CN-9")]
    two = [seen(bill(n, "100.00", CreditNotes=[row])) for n, row in zip("AB", rows, strict=True)]
    (one,) = risk_records.credits_of([], two)
    assert (one.number, one.day, one.total, one.left) == ("CN-9", MAY, Decimal(50), Decimal(0))
    read = document("CreditNote", Type="ACCRECCREDIT", CreditNoteNumber="CN-9")
    named = bill("A", CreditNotes=[credit("20.00") | {"CreditNoteID": read.key.id.upper()}])
    assert len(risk_records.credits_of([read], [seen(named)])) == 1
