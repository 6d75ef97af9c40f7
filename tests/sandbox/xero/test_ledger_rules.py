"""Whatever people do with invoices and credit, in whatever order, the sums agree."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.store import Record
from sandbox.world import World
from sandbox.xero import acts
from sandbox.xero.defaults import set_up_organisation
from sandbox.xero.errors import RefusedError

KINDS = ("CreditNote", "Prepayment", "Overpayment")
AMOUNT = st.decimals(Decimal("-5"), Decimal("300"), places=2)
STEP = st.tuples(st.integers(0, 9), st.integers(0, 40), st.integers(0, 40), AMOUNT)
LINE = {"Description": "Survey", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}


class Desk:
    """A person who tries everything, also what Xero refuses."""

    def __init__(self) -> None:
        self.world = World()
        set_up_organisation(self.world, "Fernhill Surveys Ltd", currencies=["EUR"])
        contacts = [acts.create(self.world, "Contact", {"Name": name}) for name in "AB"]
        for number, contact in enumerate((*contacts, contacts[0], contacts[0])):
            values = {"Type": "ACCREC", "Status": "AUTHORISED", "DueDate": "2099-01-01",
                      "Contact": {"ContactID": contact}, "LineItems": [LINE],
                      "CurrencyCode": "EUR" if number == 3 else "GBP"}  # fmt: skip
            acts.create(self.world, "Invoice", values)

    def rows(self, *kinds: str) -> list[tuple[str, str, Record]]:
        return [(kind, key, one) for kind in kinds
                for key, one in self.world.table("xero", kind).items()]  # fmt: skip

    def one(self, place: int, *kinds: str) -> tuple[str, str]:
        rows = self.rows(*kinds)
        if not rows:
            raise RefusedError("There is none.")
        kind, key, _ = rows[place % len(rows)]
        return kind, key

    def take(self, step: tuple[int, int, int, Decimal]) -> None:
        what, place, other, amount = step
        invoice = self.one(place, "Invoice")[1]
        deeds: list[Callable[[], Any]] = [
            lambda: acts.pay(self.world, invoice, amount),
            lambda: acts.credit_invoice(self.world, invoice, amount),
            lambda: acts.overpay(self.world, invoice, amount),
            lambda: acts.prepay(self.world, self.one(place, "Contact")[1], amount),
            lambda: acts.allocate_credit(self.world, *self.one(other, *KINDS), invoice, amount),
            lambda: acts.remove_allocation(self.world, self.one(other, "Allocation")[1]),
            lambda: acts.refund(self.world, *self.one(other, *KINDS), amount),
            lambda: acts.remove_payment(self.world, self.one(other, "Payment")[1]),
            lambda: acts.void_credit(self.world, *self.one(other, *KINDS)),
            lambda: acts.void(self.world, invoice),
        ]
        try:
            deeds[what]()
        except RefusedError:
            return


def check_invoice(desk: Desk, key: str, invoice: Record) -> None:
    paid = sum(one["Amount"] for _, _, one in desk.rows("Payment")
               if one["Status"] == "AUTHORISED" and one["Invoice"]["InvoiceID"] == key)  # fmt: skip
    credited = sum(
        one["Amount"] for _, _, one in desk.rows("Allocation") if one["Invoice"]["InvoiceID"] == key
    )
    assert (invoice["AmountPaid"], invoice["AmountCredited"]) == (paid, credited)
    if invoice["Status"] == "VOIDED":
        assert paid == credited == 0
        return
    assert invoice["AmountDue"] == invoice["Total"] - paid - credited >= 0
    assert (invoice["Status"] == "PAID") is (invoice["AmountDue"] == 0)
    assert bool(invoice.get("FullyPaidOnDate")) is (invoice["Status"] == "PAID")


def check_credit(desk: Desk, key: str, credit: Record) -> None:
    used = [one for _, _, one in desk.rows("Allocation") if one["Source"]["ID"] == key]
    payments = [one for _, _, one in desk.rows("Payment") if one["Status"] == "AUTHORISED"]
    refunded = [one for one in payments if one["Invoice"]["InvoiceID"] == key]
    gone = sum(one["Amount"] for one in (*used, *refunded))
    if credit["Status"] == "VOIDED":
        assert (gone, credit["RemainingCredit"]) == (0, 0)
        return
    assert credit["RemainingCredit"] == credit["Total"] - gone >= 0
    assert (credit["Status"] == "PAID") is (credit["RemainingCredit"] == 0)
    for one in used:
        invoice = desk.world.table("xero", "Invoice")[one["Invoice"]["InvoiceID"]]
        assert invoice["Contact"] == credit["Contact"]
        assert invoice["CurrencyCode"] == credit["CurrencyCode"]


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, max_size=30))
def test_the_sums_agree_after_every_step(steps: list[tuple[int, int, int, Decimal]]) -> None:
    desk = Desk()
    for step in steps:
        desk.take(step)
        for _, key, invoice in desk.rows("Invoice"):
            check_invoice(desk, key, invoice)
        for _, key, credit in desk.rows(*KINDS):
            check_credit(desk, key, credit)
