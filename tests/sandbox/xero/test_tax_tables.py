"""The tax tables of each edition: Xero's own codes, and what they may be used with."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.xero.countries import chart_of_accounts, tax_free, tax_rates

EDITIONS = ("UK", "AU", "NZ", "US", "GLOBAL")
SALES = {
    "UK": {"OUTPUT2": 20, "RROUTPUT": 5, "SROUTPUT": 15, "ZERORATEDOUTPUT": 0, "EXEMPTOUTPUT": 0,
           "ECZROUTPUT": 0, "ECZROUTPUTSERVICES": 0, "DRCHARGESUPPLY20": 0, "NONE": 0},
    "AU": {"OUTPUT": 10, "EXEMPTOUTPUT": 0, "EXEMPTEXPORT": 0, "INPUTTAXED": 0, "BASEXCLUDED": 0},
    "NZ": {"OUTPUT2": 15, "ZERORATED": 0, "NONE": 0},
    "US": {"OUTPUT": 0, "NONE": 0},
    "GLOBAL": {"OUTPUT": 0, "NONE": 0},
}  # fmt: skip


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_has_the_codes_that_its_sales_bear(edition: str) -> None:
    rates = {rate["TaxType"]: rate for rate in tax_rates(edition)}
    for code, percent in SALES[edition].items():
        assert rates[code]["EffectiveRate"] == Decimal(percent)
        assert rates[code]["CanApplyToRevenue"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_several_codes_of_nothing_mean_different_things(edition: str) -> None:
    nothing = [rate for rate in tax_rates(edition) if not rate["EffectiveRate"]]
    assert len({rate["TaxType"] for rate in nothing}) == len(nothing) > 1
    assert len({rate["Name"] for rate in nothing}) == len(nothing)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_reverse_charge_shows_a_rate_and_takes_none(edition: str) -> None:
    charged = [rate for rate in tax_rates(edition) if "everse" in rate["Name"]]
    assert bool(charged) == (edition == "UK")
    assert all(rate["DisplayTaxRate"] == 20 and not rate["EffectiveRate"] for rate in charged)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_rounding_account_bears_the_editions_word_for_no_tax(edition: str) -> None:
    accounts = chart_of_accounts(edition)
    (rounding,) = [a for a in accounts if a.get("SystemAccount") == "ROUNDING"]
    assert rounding["TaxType"] == tax_free(edition)
    (free,) = [rate for rate in tax_rates(edition) if rate["TaxType"] == tax_free(edition)]
    assert free["CanApplyToLiabilities"]
