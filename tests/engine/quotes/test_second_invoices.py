"""A quote's invoice is never made a second time, and none is called a second one that is not."""

from __future__ import annotations

import pytest

from sandbox.xero import acts as xero
from sync.models import Link

from .shop import Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_customer_that_is_not_linked_yet_is_not_billed_twice_for_its_quote(shop: Shop) -> None:
    Link.objects.all().delete()
    number = {"AccountNumber": "4711"}
    account = shop.enter("Account", Name="Borealis Ltd", **number)
    contact = shop.raise_("Contact", Name="Borealis Ltd", **number)
    quote = shop.quote("1000.00", contact=contact)
    invoice = shop.invoice(quote)
    shop.deal(AccountId=account, Amount="1000", StageName="Closed Won")
    shop.sync()
    assert [one["InvoiceID"] for one in shop.invoices()] == [invoice], shop.asked()


def test_billing_again_asks_first_whether_the_quotes_invoice_bills_it(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync()
    (ours,) = shop.bills(deal)
    xero.delete_draft(shop.box.world, ours)
    shop.sync()
    second = shop.invoice(quote, mark=False)
    assert shop.asked() == ["invoice_ended"]
    shop.answer("invoice_ended", "again")
    shop.sync()
    assert [one["InvoiceID"] for one in shop.invoices()] == [second]
    assert shop.asked() == ["quote_billed"]
    shop.answer("quote_billed", f"use:{second}")
    shop.sync()
    assert second in shop.bills(deal)
    assert shop.asked() == []
