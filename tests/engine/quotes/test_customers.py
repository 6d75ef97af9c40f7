"""A quote waits for its customer; the match desk's question is the one that is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from sandbox.salesforce import acts as salesforce
from sandbox.xero import acts as xero
from sync.core.records import Key, System
from sync.engine import deciding, telling
from sync.models import Link, ReviewItem

from .shop import BILLING, QUOTES, Shop, opened

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CUSTOMERS = "account_contact"
ALL = (CUSTOMERS, QUOTES, BILLING)


@pytest.fixture
def town(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Shop]:
    """The shop with the flow of customers on, too, and its own customer forgotten."""
    with opened(settings, monkeypatch, *ALL) as made:
        made.sync(*ALL)
        yield made


def doubtful(town: Shop) -> tuple[str, str]:
    """Enter a customer in both systems that is alike, but not by enough; (account, contact)."""
    account = town.enter("Account", Name="Northgate Marine Services Ltd", BillingCity="Hull")
    contact = town.raise_(
        "Contact", Name="Northgate Marine", EmailAddress="office@northgate.example",
        Addresses=[{"AddressType": "POBOX", "City": "Hull"}],
    )  # fmt: skip
    town.raise_(
        "Invoice", Type="ACCREC", Contact={"ContactID": contact}, Status="AUTHORISED",
        DueDate=town.now().isoformat(), LineAmountTypes="NoTax",
        LineItems=[{"Description": "x", "Quantity": 1, "UnitAmount": "9", "AccountCode": "200",
                    "TaxType": "NONE"}],
    )  # fmt: skip
    return account, contact


def test_a_quote_of_a_doubtful_customer_waits_for_the_match_desk_alone(town: Shop) -> None:
    account, contact = doubtful(town)
    quote = town.quote(contact=contact)
    town.sync(*ALL)
    items = ReviewItem.objects.filter(state=ReviewItem.State.OPEN)
    assert [item.flow for item in items] == [CUSTOMERS]
    assert not [d for d in town.deals() if d.get("Counterpart_Quote_Id__c")]
    (item,) = items
    (choice,) = [c["value"] for c in item.choices if c["value"].startswith("use:")]
    deciding.decide(item.pk, choice, "anna")
    town.sync(*ALL)
    assert town.deal_of(quote)["AccountId"] == account
    assert not items.filter(flow=QUOTES).exists()


def test_a_prospect_that_was_never_invoiced_is_asked_about_by_its_quote(town: Shop) -> None:
    contact = town.raise_("Contact", Name="Newcomer Ltd")
    quote = town.quote(contact=contact)
    town.sync(*ALL)
    assert town.asked() == ["quote_customer"]
    account = town.enter("Account", Name="Newcomer Ltd")
    town.link(account, contact)
    town.answer("quote_customer", "retry")
    town.sync(*ALL)
    assert town.deal_of(quote)["AccountId"] == account
    assert town.asked() == []


def test_a_further_contact_of_an_account_counts_as_its_customer(shop: Shop) -> None:
    contact = shop.raise_("Contact", Name="Acme Ltd (Hull)")
    shop.link(shop.account, contact, role=Link.Role.FURTHER)
    quote = shop.quote(contact=contact)
    shop.sync()
    assert shop.deal_of(quote)["AccountId"] == shop.account


def test_a_contact_that_was_merged_into_another_is_billed_as_that_one(shop: Shop) -> None:
    loser = shop.raise_("Contact", Name="Acme (old)")
    quote = shop.quote(contact=loser)
    invoice = shop.invoice(quote)
    shop.tick()
    xero.merge_contacts(shop.box.world, shop.contact, loser)
    shop.sync()
    deal = shop.deal_of(quote)
    assert deal["AccountId"] == shop.account
    assert shop.bills(deal["Id"]) == [invoice]
    assert len(shop.invoices()) == 1


def test_an_account_that_is_kept_out_of_sync_gets_no_deals_of_quotes(shop: Shop) -> None:
    telling.lock(shop.pairs[0], Key(System.SALESFORCE, "Account", shop.account), "Legal", "anna")
    shop.quote()
    shop.sync()
    assert shop.deals() == []
    assert shop.asked() == []


def test_an_owner_who_left_is_not_given_the_deal(shop: Shop) -> None:
    users = shop.box.world.table("salesforce", "User")
    owner = shop.box.world.table("salesforce", "Account")[shop.account]["OwnerId"]
    users[owner]["IsActive"] = False
    quote = shop.quote()
    shop.sync()
    assert shop.deal_of(quote)["OwnerId"] in users


def test_a_sweep_of_an_organisation_without_quotes_costs_one_call(shop: Shop) -> None:
    shop.sync()
    before = len(shop.box.journal.entries())
    shop.sync(rounds=1)
    calls = [entry["path"] for entry in shop.box.journal.entries()[before:]]
    assert len([path for path in calls if "/Quotes" in path]) == 1


def test_a_deal_merged_away_with_its_account_stays_the_quotes(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync()
    other = shop.enter("Account", Name="Acme Holdings")
    shop.tick()
    salesforce.merge_accounts(shop.box.world, other, shop.account)
    shop.change("Quote", quote, Title="Moved")
    shop.sync()
    assert shop.deal_of(quote)["AccountId"] == other
    assert len(shop.deals()) == 1
