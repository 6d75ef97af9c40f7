"""What a deal is told of its invoices: each state and its way back, and sums that are true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.projection import Standpoint
from sync.core.records import Record
from sync.flows.shapes import deal_figures
from sync.flows.shapes.payments import State
from tests.builders import NOON, TODAY, changed

from .billed import EARLIER, LATER, bill, payment, seen

AT = Standpoint("GBP", as_of=NOON)


def told(*records: Record, at: Standpoint = AT) -> dict[str, Any]:
    return deal_figures.figures([seen(record) for record in records], at)


def state(*records: Record) -> str:
    return str(told(*records)["payment_status"])


@pytest.mark.parametrize(
    ("record", "word"),
    [
        (bill(Status="DRAFT"), "Draft"),
        (bill(Status="SUBMITTED"), "Awaiting approval"),
        (bill(), "Awaiting payment"),
        (bill(DueDate=TODAY), "Awaiting payment"),
        (bill(DueDate=TODAY - timedelta(days=1)), "Overdue"),
        (bill(paid="200"), "Part-paid"),
        (bill(paid="200", DueDate=EARLIER), "Overdue"),
        (bill(paid="1200"), "Paid"),
        (bill(paid="1200", DueDate=EARLIER), "Paid"),
        (bill(paid="1000", credited="200"), "Paid"),
        (bill(credited="200"), "Awaiting payment"),
        (bill(credited="1200"), "Credited"),
        (bill(Status="VOIDED"), "Voided"),
        (bill(Status="DELETED"), "Voided"),
        (bill(total="0", Status="PAID"), "Paid"),
        (bill(DueDate=None), "Awaiting payment"),
    ],
)
def test_an_invoice_is_told_in_a_salespersons_words(record: Record, word: str) -> None:
    assert state(record) == word


def test_a_payment_taken_back_and_a_credit_note_deleted_lead_back() -> None:
    assert (state(bill(paid="1200")), state(bill())) == ("Paid", "Awaiting payment")
    assert (state(bill(credited="1200")), state(bill(DueDate=EARLIER))) == ("Credited", "Overdue")


def test_money_paid_in_advance_is_a_payment_and_a_credit_note_is_none() -> None:
    row = {"AppliedAmount": Decimal(1200), "Date": EARLIER}
    ahead = bill(credited="1200", CreditNotes=[], Prepayments=[row], FullyPaidOnDate=TODAY)
    assert state(ahead) == "Paid"
    assert told(ahead)["invoice_paid_on"] == TODAY
    assert "credited from a prepayment" in told(ahead)["invoice_payments"]


@pytest.mark.parametrize(
    ("records", "word"),
    [
        ((bill("A", paid="1200"), bill("B")), "Part-paid"),
        ((bill("A", paid="1200"), bill("B", Status="DRAFT")), "Part-paid"),
        ((bill("A", paid="1200"), bill("B", DueDate=EARLIER)), "Overdue"),
        ((bill("A", paid="1200"), bill("B", credited="1200")), "Paid"),
        ((bill("A", credited="1200"), bill("B")), "Awaiting payment"),
        ((bill("A", Status="VOIDED"), bill("B", Status="DRAFT")), "Draft"),
        ((bill("A", Status="VOIDED"), bill("B", Status="DELETED")), "Voided"),
        ((bill("A", Status="DRAFT"), bill("B", Status="SUBMITTED")), "Awaiting approval"),
    ],
)
def test_several_invoices_are_told_by_the_one_that_needs_an_eye(
    records: tuple[Record, ...], word: str
) -> None:
    assert state(*records) == word == state(*reversed(records))


def test_a_part_paid_invoice_is_told_with_each_entry() -> None:
    found = told(
        bill(
            paid="700.00", credited="100.00", DueDate=EARLIER,
            Payments=[payment("300.00", TODAY), payment("400.00", EARLIER, " BACS \n 17 ")],
        )
    )  # fmt: skip
    assert found == {
        "payment_status": "Overdue",
        "invoice_count": 1,
        "invoice_currency": "GBP",
        "invoice_paid": Decimal("700.00"),
        "invoice_credited": Decimal("100.00"),
        "invoice_amount_due": Decimal("400.00"),
        "invoice_due_date": EARLIER,
        "invoice_paid_on": None,
        "invoice_days_overdue": 10,
        "invoice_online_url": None,
        "invoice_payments": "2026-11-09 · INV-1 · paid, BACS 17 · GBP 400.00\n"
        "2026-11-19 · INV-1 · credited, CN-7 · GBP 100.00\n"
        "2026-11-19 · INV-1 · paid · GBP 300.00",
        "invoice_as_of": NOON,
    }


def test_a_voided_generation_counts_in_no_sum() -> None:
    found = told(bill("A", Status="VOIDED"), bill("B", total="50.00"))
    assert (found["invoice_count"], found["invoice_amount_due"]) == (1, Decimal("50.00"))


def test_the_newest_living_invoices_page_is_told() -> None:
    old = replace(seen(bill("A", Date=EARLIER)), address="https://in.example/a")
    new = replace(seen(bill("B", Date=TODAY)), address="https://in.example/b")
    draft, voided = seen(bill("C", Status="DRAFT")), seen(bill("D", Status="VOIDED"))
    voided = replace(voided, address="https://in.example/d")
    found = deal_figures.figures([old, new, draft, voided], AT)
    assert found["invoice_online_url"] == "https://in.example/b"
    assert deal_figures.figures([draft, voided], AT)["invoice_online_url"] is None


def test_a_deal_without_invoices_is_told_nothing() -> None:
    assert set(told().values()) == {None}
    assert set(told()) == set(deal_figures.NAMES)


def test_amounts_in_another_currency_than_the_deals_are_in_the_note_alone() -> None:
    found = told(bill(total="1200.00", CurrencyCode="EUR", paid="200.00"))
    assert [found[f"invoice_{n}"] for n in ("paid", "credited", "amount_due")] == [None] * 3
    assert found["invoice_currency"] == "EUR"
    assert "EUR 1,200.00 in all, EUR 200.00 paid" in found["invoice_payments"]


def test_without_a_known_currency_no_amount_is_told_but_in_words() -> None:
    found = told(bill(), at=Standpoint(""))
    assert found["invoice_amount_due"] is None
    assert found["invoice_payments"].startswith("The currency of the deal is not known:\n")


def test_invoices_in_two_currencies_are_never_summed() -> None:
    found = told(bill("A"), bill("B", CurrencyCode="JPY", total="150000"))
    assert (found["invoice_amount_due"], found["invoice_currency"]) == (None, None)
    assert "GBP 1,200.00 due" in found["invoice_payments"]
    assert "JPY 150,000 due" in found["invoice_payments"]


def test_what_xero_does_not_itemise_is_said() -> None:
    found = told(bill(paid="700.00", Payments=[payment("300.00")]))
    assert "not itemised by Xero · GBP 400.00" in found["invoice_payments"]


def test_the_due_date_is_the_earliest_that_is_open() -> None:
    paid = bill("A", paid="1200", DueDate=date(2026, 1, 1))
    open_ones = bill("B", DueDate=LATER), bill("C", DueDate=EARLIER)
    assert told(paid, *open_ones)["invoice_due_date"] == EARLIER
    assert told(paid)["invoice_due_date"] is None


def test_the_day_of_payment_is_told_once_all_is_settled() -> None:
    first = bill("A", paid="1200", FullyPaidOnDate=EARLIER)
    assert told(first)["invoice_paid_on"] == EARLIER
    assert told(first, bill("B"))["invoice_paid_on"] is None
    assert told(first, bill("B", paid="1200"))["invoice_paid_on"] == TODAY


def test_a_note_fits_its_field_and_keeps_the_newest() -> None:
    many = [payment("1.00", EARLIER + timedelta(days=n), "x" * 200) for n in range(200)]
    note = told(bill(paid="200", Payments=many))["invoice_payments"]
    assert len(note) <= 32_768
    assert "earlier ones are not shown" in note.splitlines()[0]
    assert f"{EARLIER + timedelta(days=199):%Y-%m-%d}" in note.splitlines()[-1]


AMOUNTS = st.decimals("0.01", "99999.99", places=2)


@st.composite
def bills(draw: st.DrawFn) -> Record:
    total, share = draw(AMOUNTS), draw(st.integers(0, 4))
    parts = (total / 4).quantize(Decimal("0.01")) * share
    paid = min(parts, total) if share < 4 else total
    record = bill(draw(st.uuids()).hex, str(total), str(paid))
    status = draw(st.sampled_from([record.values["Status"], "DRAFT", "VOIDED"]))
    due = draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
    return changed(
        record, Status=status, DueDate=due, CurrencyCode=draw(st.sampled_from(CURRENCIES))
    )


CURRENCIES = ("GBP", "EUR", "JPY")


@given(st.lists(bills(), max_size=6))
def test_sums_are_of_one_currency_or_not_told(records: list[Record]) -> None:
    found = told(*records)
    living = [r for r in records if r.get("Status") != "VOIDED"]
    currencies = {r.get("CurrencyCode") for r in living or records}
    if currencies != {"GBP"}:
        assert found["invoice_amount_due"] is None
        return
    approved = [r for r in living if r.get("Status") == "AUTHORISED"]
    assert found["invoice_amount_due"] == sum((r.get("AmountDue") for r in approved), Decimal(0))
    assert found["invoice_paid"] == sum((r.get("AmountPaid") for r in living), Decimal(0))


@given(st.lists(bills(), max_size=5), st.randoms())
def test_the_order_of_the_invoices_tells_nothing(records: list[Record], by: Any) -> None:
    shuffled = list(records)
    by.shuffle(shuffled)
    assert told(*shuffled) == told(*records)


@given(st.lists(bills(), min_size=1, max_size=5))
def test_a_deal_is_overdue_exactly_when_it_has_days_overdue(records: list[Record]) -> None:
    found = told(*records)
    assert (found["payment_status"] == State.OVERDUE) == (found["invoice_days_overdue"] > 0)
