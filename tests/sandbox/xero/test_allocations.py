"""Credit set off against invoices: what it does to both, and what is refused."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.xero import acts
from sandbox.xero.errors import RefusedError

from .conftest import Xero
from .credit import allocate, credit_note, one, received, said, with_bank

KINDS = {"CreditNotes": "CreditNote", "Prepayments": "Prepayment", "Overpayments": "Overpayment"}


def place(xero: Xero, endpoint: str, contact: str) -> str:
    """A credit of 120.00 of this endpoint: its path."""
    if endpoint == "CreditNotes":
        return f"CreditNotes/{credit_note(xero, contact)['CreditNoteID']}"
    kind = KINDS[endpoint]
    return f"{endpoint}/{received(xero, kind.upper(), contact)[f'{kind}ID']}"


@pytest.mark.parametrize("endpoint", list(KINDS))
def test_an_invoice_is_settled_by_credit_and_due_again_without(xero: Xero, endpoint: str) -> None:
    xero = with_bank(xero)
    invoice = xero.invoice(Status="AUTHORISED")
    where = place(xero, endpoint, invoice["Contact"]["ContactID"])
    part = allocate(xero, where, invoice["InvoiceID"], 50)
    assert part["StatusAttributeString"] == "OK", part
    halfway = one(xero, "Invoices", invoice["InvoiceID"])
    assert (halfway["AmountCredited"], halfway["AmountDue"]) == (50, 70)
    assert (halfway["Status"], halfway["AmountPaid"]) == ("AUTHORISED", 0)
    rest = allocate(xero, where, invoice["InvoiceID"], 70)
    settled, credit = one(xero, "Invoices", invoice["InvoiceID"]), one(xero, *where.split("/"))
    assert (settled["Status"], settled["AmountDue"], settled["AmountCredited"]) == ("PAID", 0, 120)
    assert settled["FullyPaidOnDate"] == "/Date(1772409600000+0000)/"
    assert [each["AppliedAmount"] for each in settled[endpoint]] == [50, 70]
    assert (credit["Status"], credit["RemainingCredit"]) == ("PAID", 0)
    assert [each["Amount"] for each in credit["Allocations"]] == [50, 70]
    gone = xero.call("DELETE", f"{where}/Allocations/{rest['AllocationID']}")
    assert (gone.status_code, gone.json()["IsDeleted"]) == (200, True)
    again, credit = one(xero, "Invoices", invoice["InvoiceID"]), one(xero, *where.split("/"))
    assert (again["Status"], again["AmountDue"]) == ("AUTHORISED", 70)
    assert "FullyPaidOnDate" not in again
    assert (credit["Status"], credit["RemainingCredit"]) == ("AUTHORISED", 70)


def test_an_allocation_moves_the_stamps_of_both(xero: Xero) -> None:
    invoice = xero.invoice(Status="AUTHORISED")
    made = credit_note(xero, invoice["Contact"]["ContactID"])
    xero.world.clock.advance(120)
    since = {"If-Modified-Since": f"{xero.world.clock.now():%Y-%m-%dT%H:%M:%S}"}
    xero.world.clock.advance(5)
    done = allocate(xero, f"CreditNotes/{made['CreditNoteID']}", invoice["InvoiceID"], 1)
    for endpoint in ("Invoices", "CreditNotes"):
        assert len(xero.get(endpoint, headers=since)[endpoint]) == 1
    xero.world.clock.advance(120)
    since = {"If-Modified-Since": f"{xero.world.clock.now():%Y-%m-%dT%H:%M:%S}"}
    xero.world.clock.advance(5)
    acts.remove_allocation(xero.world, done["AllocationID"])
    for endpoint in ("Invoices", "CreditNotes"):
        assert len(xero.get(endpoint, headers=since)[endpoint]) == 1


@pytest.mark.parametrize("endpoint", list(KINDS))
def test_no_more_is_allocated_than_is_left_or_due(xero: Xero, endpoint: str) -> None:
    xero = with_bank(xero)
    contact = xero.contact()
    invoice = xero.invoice(Contact={"ContactID": contact}, Status="AUTHORISED")
    where, key = place(xero, endpoint, contact), invoice["InvoiceID"]
    for wrong in (Decimal("120.01"), 0, -5, None):
        assert said(allocate(xero, where, key, wrong))
    allocate(xero, where, key, 100)
    other = xero.invoice(Contact={"ContactID": contact}, Status="AUTHORISED")
    assert "exceeds the remaining credit" in said(allocate(xero, where, other["InvoiceID"], 21))[0]
    more = place(xero, endpoint, contact)
    assert "exceeds the amount outstanding" in said(allocate(xero, more, key, 21))[0]
    assert one(xero, "Invoices", key)["AmountDue"] == 20


def test_what_may_not_be_allocated(xero: Xero) -> None:
    contact = {"ContactID": xero.contact()}
    note = credit_note(xero, contact["ContactID"])
    where = f"CreditNotes/{note['CreditNoteID']}"
    draft = xero.invoice(Contact=contact)["InvoiceID"]
    bill = xero.put("Invoices", xero.draft(Contact=contact, Type="ACCPAY", Status="AUTHORISED"))[0]
    foreign = xero.invoice(Contact=contact, CurrencyCode="EUR", Status="AUTHORISED")["InvoiceID"]
    others = xero.invoice(Contact={"ContactID": xero.contact("Other")}, Status="AUTHORISED")
    open_ = xero.invoice(Contact=contact, Status="AUTHORISED")["InvoiceID"]
    assert "authorised invoices" in said(allocate(xero, where, draft, 1))[0]
    assert "of that type" in said(allocate(xero, where, bill["InvoiceID"], 1))[0]
    assert "same currency" in said(allocate(xero, where, foreign, 1))[0]
    assert "same contact" in said(allocate(xero, where, others["InvoiceID"], 1))[0]
    assert "could not be found" in said(allocate(xero, where, str(uuid4()), 1))[0]
    assert said(allocate(xero, where, open_, 1, Date=None)) == ["Date is required"]
    unapproved = credit_note(xero, contact["ContactID"], Status="DRAFT")
    answer = allocate(xero, f"CreditNotes/{unapproved['CreditNoteID']}", open_, 1)
    assert "must be authorised" in said(answer)[0]
    assert one(xero, "Invoices", open_)["AmountDue"] == 120
    assert xero.call("PUT", f"CreditNotes/{uuid4()}/Allocations", {}).status_code == 404


def test_one_bad_allocation_of_two_is_told_by_itself(xero: Xero) -> None:
    invoice = xero.invoice(Status="AUTHORISED")
    note = credit_note(xero, invoice["Contact"]["ContactID"])
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    good = {"Amount": 1, "Date": "2026-03-02", "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    both = {"Allocations": [good, {**good, "Amount": 1000}]}
    assert xero.call("PUT", path, both).status_code == 400
    answer = xero.call("PUT", path, both, params={"summarizeErrors": "false"}).json()
    fates = [each["StatusAttributeString"] for each in answer["Allocations"]]
    assert fates == ["OK", "ERROR"]
    assert one(xero, "Invoices", invoice["InvoiceID"])["AmountCredited"] == 2


def test_an_allocation_of_another_credit_is_not_taken_back(xero: Xero) -> None:
    invoice = xero.invoice(Status="AUTHORISED")
    contact = invoice["Contact"]["ContactID"]
    first, second = credit_note(xero, contact), credit_note(xero, contact)
    made = allocate(xero, f"CreditNotes/{first['CreditNoteID']}", invoice["InvoiceID"], 1)
    wrong = f"CreditNotes/{second['CreditNoteID']}/Allocations/{made['AllocationID']}"
    assert xero.call("DELETE", wrong).status_code == 404
    right = f"CreditNotes/{first['CreditNoteID']}/Allocations/{made['AllocationID']}"
    assert xero.call("DELETE", right).status_code == 200
    assert xero.call("DELETE", right).status_code == 404
    assert one(xero, "Invoices", invoice["InvoiceID"])["AmountCredited"] == 0


def test_an_invoice_with_credit_is_neither_voided_nor_changed(xero: Xero) -> None:
    invoice = xero.invoice(Status="AUTHORISED")
    key = invoice["InvoiceID"]
    note = credit_note(xero, invoice["Contact"]["ContactID"])
    made = allocate(xero, f"CreditNotes/{note['CreditNoteID']}", key, 20)
    for change in ({"Status": "VOIDED"}, {"Date": "2026-03-01"}):
        assert xero.refusals("POST", "Invoices", {"InvoiceID": key, **change})
    other = {"ContactID": xero.contact("Other")}
    assert xero.refusals("POST", "Invoices", {"InvoiceID": key, "Contact": other})
    acts.remove_allocation(xero.world, made["AllocationID"])
    assert xero.post("Invoices", {"InvoiceID": key, "Status": "VOIDED"})[0]["Status"] == "VOIDED"


def test_nothing_is_allocated_or_taken_back_in_a_locked_period(xero: Xero) -> None:
    invoice = xero.invoice(Status="AUTHORISED")
    note = credit_note(xero, invoice["Contact"]["ContactID"])
    where = f"CreditNotes/{note['CreditNoteID']}"
    made = allocate(xero, where, invoice["InvoiceID"], 20)
    acts.edit(xero.world, "Organisation", xero.tenant, {"PeriodLockDate": "2026-03-31"})
    assert "lock date" in said(allocate(xero, where, invoice["InvoiceID"], 20))[0]
    gone = xero.call("DELETE", f"{where}/Allocations/{made['AllocationID']}")
    assert gone.status_code == 400
    assert one(xero, "Invoices", invoice["InvoiceID"])["AmountCredited"] == 20


def test_left_credit_lowers_what_a_contact_owes(xero: Xero) -> None:
    xero = with_bank(xero)
    contact = xero.contact()
    xero.invoice(Contact={"ContactID": contact}, Status="AUTHORISED", DueDate="2020-01-31")

    def balance() -> dict[str, Any]:
        found: dict[str, Any] = one(xero, "Contacts", contact)["Balances"]["AccountsReceivable"]
        return found

    assert balance() == {"Outstanding": 120, "Overdue": 120}
    credit_note(xero, contact, LineItems=[{"Description": "x", "Quantity": 1, "UnitAmount": 10,
                                           "AccountCode": "200"}])  # fmt: skip
    received(xero, "PREPAYMENT", contact, 8)
    received(xero, "OVERPAYMENT", contact, 4)
    credit_note(xero, contact, Status="DRAFT")
    assert balance() == {"Outstanding": 96, "Overdue": 120}


AMOUNTS = st.lists(st.decimals(Decimal("0.01"), Decimal("60"), places=2), min_size=1, max_size=6)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(amounts=AMOUNTS, undone=st.sets(st.integers(0, 5)))
def test_whatever_comes_and_goes_the_sums_agree(
    xero: Xero, amounts: list[Decimal], undone: set[int]
) -> None:
    known = xero.books.first("Contact", "Name", "Aire Valley Housing")
    contact = known["ContactID"] if known else xero.contact()
    invoice = xero.invoice(Contact={"ContactID": contact}, Status="AUTHORISED")["InvoiceID"]
    note = credit_note(xero, contact)["CreditNoteID"]
    made: list[tuple[str, Decimal]] = []
    for amount in amounts:
        try:
            key = acts.allocate_credit(xero.world, "CreditNote", note, invoice, amount)
        except RefusedError:
            continue
        made.append((key, amount))
    kept = [pair for place_, pair in enumerate(made) if place_ not in undone]
    for place_, (key, _) in enumerate(made):
        if place_ in undone:
            acts.remove_allocation(xero.world, key)
    credited = sum((amount for _, amount in kept), Decimal(0))
    shown, credit = one(xero, "Invoices", invoice), one(xero, "CreditNotes", note)
    assert shown["AmountCredited"] == credited
    assert shown["AmountDue"] == shown["Total"] - credited
    assert credit["RemainingCredit"] == credit["Total"] - credited
    assert sum(each["AppliedAmount"] for each in shown["CreditNotes"]) == credited
    assert (shown["Status"] == "PAID") is (shown["AmountDue"] == 0)
