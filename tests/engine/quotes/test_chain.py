"""The chain from quote to deal to invoice is never billed twice, in every order of events."""

from __future__ import annotations

import pytest

from sandbox.xero import acts as xero
from sandbox.xero import quote_acts
from sync.models import ReviewItem
from tests.engine.test_whole import run

from .shop import BILLING, QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_an_invoiced_quote_wins_its_deal_and_the_deal_is_that_invoices(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    invoice = shop.invoice(quote)
    shop.sync()
    deal = shop.deal_of(quote)
    assert deal["StageName"] == "Closed Won"
    assert shop.bills(deal["Id"]) == [invoice]
    assert len(shop.invoices()) == 1
    assert deal["Counterpart_Invoice_Id__c"] == invoice
    assert shop.asked() == []


def test_a_quote_invoiced_before_we_knew_it_is_not_billed_again(shop: Shop) -> None:
    quote = shop.quote()
    invoice = shop.invoice(quote)
    shop.sync()
    assert shop.bills(shop.deal_of(quote)["Id"]) == [invoice]
    assert len(shop.invoices()) == 1
    assert shop.asked() == []


def test_billing_reads_the_quotes_afresh_before_it_bills(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    invoice = shop.invoice(quote)
    shop.win(deal)
    shop.sync(BILLING)  # the flow of quotes has not worked since
    assert shop.bills(deal) == [invoice]
    assert len(shop.invoices()) == 1


def test_a_deal_billed_first_and_its_quote_invoiced_later_is_told_with_both(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync()
    (ours,) = shop.bills(deal)
    second = shop.invoice(quote)
    shop.sync()
    assert shop.bills(deal) == [ours]
    assert shop.asked() == ["quote_billed_twice"]
    table = shop.box.world.table("xero", "Invoice")
    item = ReviewItem.objects.get(state=ReviewItem.State.OPEN)
    assert table[ours]["InvoiceNumber"] in item.title
    assert table[second]["InvoiceNumber"] in item.title
    xero.delete_draft(shop.box.world, second)
    shop.sync()
    assert shop.asked() == []


def test_a_quote_invoiced_without_the_tick_is_told_too(shop: Shop) -> None:
    quote = shop.quote(Reference="Order 4711")
    shop.sync()
    shop.win(shop.deal_of(quote)["Id"])
    shop.sync()
    shop.invoice(quote, mark=False)
    shop.sync()
    assert shop.asked() == ["quote_billed_twice"]


def test_an_invoice_made_without_the_tick_is_asked_about_before_the_deal_is_billed(
    shop: Shop,
) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    invoice = shop.invoice(quote, mark=False)
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync()
    assert shop.asked() == ["quote_billed"]
    assert [one["InvoiceID"] for one in shop.invoices()] == [invoice]
    shop.answer("quote_billed", f"use:{invoice}")
    shop.sync()
    assert shop.bills(deal) == [invoice]
    assert len(shop.invoices()) == 1
    assert shop.asked() == []


def test_a_won_deal_that_may_be_a_quotes_waits_for_the_answer(shop: Shop) -> None:
    deal = shop.deal(Amount="1000", StageName="Closed Won")
    quote = shop.quote("1000.00")
    shop.sync()
    assert sorted(shop.asked()) == ["quote_billed", "which_deal"]
    assert shop.invoices() == []
    shop.answer("which_deal", f"use:{deal}")
    shop.sync()
    assert shop.deal_of(quote)["Id"] == deal
    assert len(shop.bills(deal)) == 1
    assert len(shop.invoices()) == 1
    assert shop.asked() == []


def test_a_salespersons_won_deal_of_an_invoiced_quote_finds_its_invoice(shop: Shop) -> None:
    deal = shop.deal(Amount="1000", StageName="Closed Won")
    quote = shop.quote("1000.00")
    invoice = shop.invoice(quote)
    shop.sync(BILLING, QUOTES)
    assert len(shop.invoices()) == 1
    shop.answer("which_deal", f"use:{deal}")
    shop.sync()
    assert shop.bills(deal) == [invoice]
    assert len(shop.deals()) == 1
    assert shop.asked() == []


def test_another_deal_of_the_same_amount_is_billed_once_a_person_said_so(shop: Shop) -> None:
    deal = shop.deal(Amount="1000", StageName="Closed Won")
    quote = shop.quote("1000.00")
    shop.sync()
    shop.answer("which_deal", "new")
    shop.sync()
    assert len(shop.bills(deal)) == 1
    invoice = shop.invoice(quote)
    shop.sync()
    other = shop.deal_of(quote)["Id"]
    assert other != deal
    assert shop.bills(other) == [invoice]
    assert len(shop.invoices()) == 2


def test_parts_of_a_quote_are_all_its_deals_invoices(shop: Shop) -> None:
    quote = shop.quote(Reference="Order 4711")
    shop.accept(quote)
    first = shop.invoice(quote, 40, mark=False)
    second = shop.invoice(quote, 60)
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    assert shop.bills(deal) == sorted([first, second])
    assert len(shop.invoices()) == 2
    assert shop.asked() == []


def test_parts_without_a_reference_are_asked_about(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    first = shop.invoice(quote, 40, mark=False)
    second = shop.invoice(quote, 60)
    shop.sync()
    assert shop.asked() == ["quote_billed"]
    assert len(shop.invoices()) == 2
    shop.answer("quote_billed", "all")
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    assert shop.bills(deal) == sorted([first, second])
    assert shop.asked() == []


def test_two_invoiced_quotes_of_one_deal_are_both_its_invoices(shop: Shop) -> None:
    first = shop.quote("1000.00")
    shop.sync()
    deal = shop.deal_of(first)["Id"]
    second = shop.quote("300.00", Reference=deal)
    shop.sync()
    one, other = shop.invoice(first), shop.invoice(second)
    shop.sync()
    assert set(shop.bills(deal)) <= {one, other}
    assert len(shop.invoices()) == 2
    if "quote_billed" in shop.asked():
        shop.answer("quote_billed", "all")
        shop.sync()
        assert shop.bills(deal) == sorted([one, other])
    assert len(shop.invoices()) == 2


def test_an_invoice_of_a_quote_that_was_voided_is_not_made_again(shop: Shop) -> None:
    quote = shop.quote()
    invoice = shop.invoice(quote, status="AUTHORISED")
    shop.sync()
    shop.tick()
    xero.void(shop.box.world, invoice)
    shop.sync()
    assert shop.invoices() == []
    assert "invoice_ended" in shop.asked()


def test_an_invoice_voided_before_the_deal_was_won_is_asked_about(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync()
    invoice = shop.invoice(quote, status="AUTHORISED")
    xero.void(shop.box.world, invoice)
    shop.sync()
    assert shop.asked() == ["quote_billed"]
    assert shop.invoices() == []
    shop.answer("quote_billed", "new")
    shop.sync()
    assert len(shop.invoices()) == 1
    assert shop.asked() == []


def test_our_voided_invoice_gives_way_to_the_quotes_own(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync()
    (ours,) = shop.bills(deal)
    xero.delete_draft(shop.box.world, ours)
    invoice = shop.invoice(quote)
    shop.sync()
    assert invoice in shop.bills(deal)
    assert [one["InvoiceID"] for one in shop.invoices()] == [invoice]
    assert shop.asked() == []


def test_an_invoice_that_finance_edits_stays_the_deals(shop: Shop) -> None:
    quote = shop.quote()
    invoice = shop.invoice(quote)
    shop.sync()
    rows = shop.box.world.table("xero", "Invoice")[invoice]["LineItems"]
    cheaper = {"UnitAmount": "900.00", "LineAmount": "900.00", "TaxAmount": "180.00"}
    shop.change("Invoice", invoice, LineItems=[{**rows[0], **cheaper}])
    shop.sync()
    assert shop.bills(shop.deal_of(quote)["Id"]) == [invoice]
    assert len(shop.invoices()) == 1
    table = shop.box.world.table("xero", "Invoice")
    assert str(table[invoice]["SubTotal"]) == "900.00"


def test_a_quote_sent_anew_after_it_was_invoiced_bills_nothing_more(shop: Shop) -> None:
    quote = shop.quote(Reference="Order 4711")
    shop.sync()
    invoice = shop.invoice(quote)
    shop.tick()
    quote_acts.send_quote(shop.box.world, quote)
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync()
    assert shop.bills(deal) == [invoice]
    assert len(shop.invoices()) == 1


def test_a_sent_quotes_won_deal_is_billed_once_as_any_other(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync()
    assert len(shop.bills(deal)) == 1
    assert len(shop.invoices()) == 1
    before = shop.written()
    shop.sync()
    assert shop.written() == before
    assert shop.asked() == []


def test_a_billed_deals_quote_is_marked_where_a_row_says_so(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    shop.rule("mark_invoiced", "yes")
    deal = shop.deal_of(quote)["Id"]
    lines = shop.box.world.table("xero", "Quote")[quote]["LineItems"]
    shop.win(deal)
    shop.sync()
    found = shop.box.world.table("xero", "Quote")[quote]
    assert found["Status"] == "INVOICED"
    assert found["LineItems"] == lines
    assert len(shop.invoices()) == 1
    shop.sync()
    assert shop.asked() == []


def test_without_the_flow_of_quotes_billing_is_as_ever_and_asks_xero_no_more(shop: Shop) -> None:
    run("flow", QUOTES, "off", "--pair", shop.pairs[0].name)
    deal = shop.deal(Amount="1000", StageName="Closed Won")
    shop.quote("1000.00")
    shop.sync(BILLING)
    assert len(shop.bills(deal)) == 1
    assert shop.asked() == []
