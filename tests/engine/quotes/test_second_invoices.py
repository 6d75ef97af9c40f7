"""A quote's invoice is never made a second time, and none is called a second one that is not."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.xero import acts as xero
from sync.models import Link

from .shop import LINE, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def bill_by_hand(shop: Shop, amount: str, **values: Any) -> str:
    """Let finance raise an invoice of the customer by hand; its id."""
    shop.tick()
    row = {**LINE, "UnitAmount": amount}
    return shop.raise_(
        "Invoice", Type="ACCREC", Contact={"ContactID": shop.contact}, Status="AUTHORISED",
        Date=shop.now().isoformat(), DueDate=shop.now().isoformat(),
        LineAmountTypes="Exclusive", LineItems=[row], **values,
    )  # fmt: skip


def test_deals_billed_by_us_and_marked_are_not_called_billed_twice(shop: Shop) -> None:
    shop.rule("mark_invoiced", "yes")
    quotes = [shop.quote(Title="May"), shop.quote(Title="June")]
    for quote in quotes:
        shop.accept(quote)
    shop.sync()
    for quote in quotes:
        shop.win(shop.deal_of(quote)["Id"])
    shop.sync()
    shop.sync()
    assert len(shop.invoices()) == 2
    assert shop.asked() == []


def test_a_repeating_invoice_is_no_second_invoice_of_the_quote(shop: Shop) -> None:
    quote = shop.quote("100.00", Reference="Order 4711")
    shop.accept(quote)
    shop.invoice(quote)
    shop.sync()
    assert shop.asked() == []
    bill_by_hand(shop, "100.00", Reference="Monthly fee")
    shop.sync()
    assert shop.asked() == []


def test_a_further_part_invoice_joins_the_deals_others(shop: Shop) -> None:
    quote = shop.quote(Reference="Order 4711")
    shop.accept(quote)
    first = shop.invoice(quote, 40)
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    assert shop.bills(deal) == [first]
    second = shop.invoice(quote, 60)
    shop.sync()
    assert shop.bills(deal) == sorted([first, second])
    assert shop.asked() == []


def test_a_customer_that_is_not_linked_yet_is_not_billed_twice_for_its_quote(shop: Shop) -> None:
    Link.objects.all().delete()
    account = shop.enter("Account", Name="Borealis Ltd", AccountNumber="4711")
    contact = shop.raise_("Contact", Name="Borealis Ltd", AccountNumber="4711")
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


def test_an_invoice_of_a_deals_further_quote_is_told_beside_ours_and_once(shop: Shop) -> None:
    first = shop.quote("1000.00")
    shop.sync()
    deal = shop.deal_of(first)["Id"]
    second = shop.quote("900.00", Reference=f"Offer two {deal}")
    shop.sync()
    shop.win(deal)
    shop.sync()
    assert len(shop.bills(deal)) == 1
    invoice = shop.invoice(second)
    shop.sync()
    assert shop.asked() == ["twins"]
    shop.change("Invoice", invoice, Reference="Offer two")
    shop.sync()
    assert len(shop.invoices()) == 2
    assert shop.asked() == ["quote_billed_twice"]
