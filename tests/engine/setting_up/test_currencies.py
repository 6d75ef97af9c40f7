"""Currencies that an organisation lacks are told of the deals that may be billed in it."""

from __future__ import annotations

import pytest

from sync.core.records import Key, System
from sync.engine import routing, setting_up

from .site import BILLING, Site

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_currencies_of_won_deals_that_xero_lacks_are_counted(site: Site) -> None:
    site.win(CurrencyIsoCode="EUR")
    site.win(CurrencyIsoCode="GBP")
    site.check()
    assert "currency:EUR" not in site.missing(BILLING)
    site.drop_currency("EUR")
    site.check()
    lacks = site.missing(BILLING)["currency:EUR"]
    assert "of the last 2 won deals 1 deal would be asked about" in lacks.words
    assert not lacks.blocking


def test_deals_that_rows_send_to_another_organisation_lack_no_currency_here(site: Site) -> None:
    site.drop_currency("EUR")
    account = site.shop.enter("Account", Name="Quays", BillingCountry="Ireland")
    site.win(CurrencyIsoCode="EUR", AccountId=account)
    site.win(CurrencyIsoCode="EUR")
    site.win(CurrencyIsoCode="GBP")
    site.check()
    told = "of the last 3 won deals 2 deals would be asked about"
    assert told in site.missing(BILLING)["currency:EUR"].words
    site.route("Account.BillingCountry", "Ireland", "Ireland", site.beside)
    site.check()
    told = "of the last 2 won deals that may belong here 1 deal would be asked about"
    assert told in site.missing(BILLING)["currency:EUR"].words
    site.route("CurrencyIsoCode", "EUR", "Euros", site.beside)
    site.check()
    assert "currency:EUR" not in site.missing(BILLING)
    site.check(site.beside)
    assert "currency:EUR" not in site.missing(BILLING, site.beside)


def test_a_person_s_word_where_deals_belong_counts_before_the_rows(site: Site) -> None:
    site.drop_currency("EUR")
    deal = site.win(CurrencyIsoCode="EUR")
    site.win(CurrencyIsoCode="EUR")
    site.route("CurrencyIsoCode", "GBP", "Pounds")
    site.check()
    assert "currency:EUR" in site.missing(BILLING)  # no row takes them: they may belong here
    place = site.pair.salesforce_id
    routing.assign(place, Key(System.SALESFORCE, "Opportunity", deal), site.beside, "fay")
    site.route("CurrencyIsoCode", "EUR", "Euros")
    site.check()
    told = "the one deal won lately that may belong here would be asked about"
    assert told in site.missing(BILLING)["currency:EUR"].words


def test_new_routing_rows_let_the_check_be_made_anew(site: Site) -> None:
    site.check()
    before = site.heard
    setting_up.checked(site.pair, site.open)
    assert site.heard == before
    site.route("CurrencyIsoCode", "EUR", "Euros", site.beside)
    setting_up.checked(site.pair, site.open)
    assert site.heard > before
