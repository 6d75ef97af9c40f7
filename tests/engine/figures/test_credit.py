"""From Xero to the deal: credit notes and money paid ahead, set off, taken back and voided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.xero import credit_acts as credit

from .street import Street

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PLACES = pytest.mark.parametrize("currency", ["GBP", "EUR", "NZD"])
"""The organisation's own currency, a foreign one, and the own one of the other organisation."""


class Till:
    """One deal of a customer with its approved invoice over 100.00, in a currency."""

    def __init__(self, street: Street, currency: str) -> None:
        self.street, self.world = street, street.box.world
        place = 1 if currency == "NZD" else 0
        self.account = street.account(CurrencyIsoCode=currency)
        self.contact = street.contact(place=place)
        self.deal = street.deal(self.account, CurrencyIsoCode=currency)
        self.invoice = street.invoice(self.contact, place=place, CurrencyCode=currency)
        street.link(self.account, self.contact, place)
        street.link(self.deal, self.invoice, place)

    def told(self) -> tuple[Any, ...]:
        """Return what the deal is told after a sync: status, paid, credited, due."""
        self.street.sync()
        told = self.street.told(self.deal)
        names = ("Payment_Status", "Invoice_Paid", "Invoice_Credited", "Invoice_Amount_Due")
        return tuple(told[name] for name in names)

    def owed(self) -> Decimal:
        """Return what the account is told that it owes, in its own currency."""
        return Decimal(self.street.told(self.account)["Outstanding"])


def told(status: str, paid: int, credited: int, due: int) -> tuple[Any, ...]:
    return (status, Decimal(paid), Decimal(credited), Decimal(due))


@PLACES
def test_a_credit_note_is_told_set_off_and_taken_back(street: Street, currency: str) -> None:
    till = Till(street, currency)
    assert till.told() == told("Awaiting payment", 0, 0, 100)
    street.tick()
    note = credit.credit_invoice(till.world, till.invoice, Decimal(30), allocate=False)
    assert till.told() == told("Awaiting payment", 0, 0, 100)
    street.tick()
    set_off = credit.allocate_credit(till.world, "CreditNote", note, till.invoice)
    assert till.told() == told("Awaiting payment", 0, 30, 70)
    assert till.owed() == 70
    assert "credit" in street.told(till.deal)["Invoice_Payments"]
    street.tick()
    credit.remove_allocation(till.world, set_off)
    assert till.told() == told("Awaiting payment", 0, 0, 100)
    street.tick()
    credit.void_credit(till.world, "CreditNote", note)
    assert till.told() == told("Awaiting payment", 0, 0, 100)
    assert till.owed() == 100


@PLACES
def test_an_invoice_that_is_credited_whole_is_open_again_without_it(
    street: Street, currency: str
) -> None:
    till = Till(street, currency)
    till.told()
    street.tick()
    credit.credit_invoice(till.world, till.invoice)
    assert till.told() == told("Credited", 0, 100, 0)
    assert till.owed() == 0
    street.tick()
    (set_off,) = till.world.table("xero", "Allocation")
    credit.remove_allocation(till.world, set_off)
    assert till.told() == told("Awaiting payment", 0, 0, 100)
    assert till.owed() == 100


@PLACES
def test_money_paid_ahead_pays_an_invoice_and_is_taken_back(street: Street, currency: str) -> None:
    till = Till(street, currency)
    till.told()
    street.tick()
    ahead = credit.prepay(till.world, till.contact, Decimal(250), currency)
    street.tick()
    set_off = credit.allocate_credit(till.world, "Prepayment", ahead, till.invoice)
    assert till.told() == told("Paid", 0, 100, 0)
    street.tick()
    credit.remove_allocation(till.world, set_off)
    assert till.told() == told("Awaiting payment", 0, 0, 100)
    street.tick()
    credit.overpay(till.world, till.invoice, Decimal(5))
    assert till.told() == told("Paid", 100, 0, 0)
