"""Amounts of several currencies: totals, order and comparisons never mix them."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.salesforce.acts import edit
from sandbox.salesforce.defaults import set_up_org

from .conftest import Org

RATES = {"EUR": "1.25", "JPY": "200"}  # units for one pound


@pytest.fixture
def many(org: Org) -> Org:
    """An org in pounds that sells in euros and yen, too."""
    set_up_org(org.world, multicurrency=True, currencies=list(RATES))
    for code, rate in RATES.items():
        (row,) = org.rows(f"SELECT Id FROM CurrencyType WHERE IsoCode = '{code}'")
        edit(org.world, "CurrencyType", row["Id"], {"ConversionRate": Decimal(rate)})
    for name, code, amount in (("pounds", "GBP", 90), ("euros", "EUR", 100), ("yen", "JPY", 5000)):
        org.deal(Name=name, CurrencyIsoCode=code, Amount=amount)
    return org


def _total(org: Org, soql: str) -> list[Any]:
    return [[v for name, v in row.items() if name != "attributes"] for row in org.rows(soql)]


def test_totals_are_in_the_orgs_own_currency(many: Org) -> None:
    # 90 + 100 / 1.25 + 5000 / 200
    assert _total(many, "SELECT SUM(Amount), AVG(Amount) FROM Opportunity") == [[195, 65]]
    assert _total(many, "SELECT MIN(Amount), MAX(Amount) FROM Opportunity") == [[25, 90]]
    grouped = "SELECT CurrencyIsoCode, SUM(Amount) FROM Opportunity GROUP BY CurrencyIsoCode "
    assert _total(many, grouped + "ORDER BY SUM(Amount)") == [["JPY", 25], ["EUR", 80], ["GBP", 90]]


def test_a_total_that_does_not_come_out_even_is_rounded(many: Org) -> None:
    many.deal(Name="more", CurrencyIsoCode="GBP", Amount=100)
    soql = "SELECT AVG(Amount) FROM Opportunity WHERE Name IN ('pounds', 'more', 'yen')"
    assert _total(many, soql) == [[Decimal("71.666667")]]


def test_order_goes_by_what_an_amount_is_worth(many: Org) -> None:
    ordered = "SELECT Name FROM Opportunity ORDER BY Amount"
    assert many.column(ordered) == ["yen", "euros", "pounds"]
    assert many.column(f"{ordered} DESC") == ["pounds", "euros", "yen"]


def test_a_condition_may_name_its_currency(many: Org) -> None:
    names = "SELECT Name FROM Opportunity WHERE Amount "
    assert many.column(names + "> 95 ORDER BY Name") == ["euros", "yen"]
    assert many.column(names + "> GBP79 ORDER BY Name") == ["euros", "pounds"]
    assert many.column(names + "= EUR100") == ["euros"]
    assert many.column(names + "<= jpy5000") == ["yen"]
    for unknown in ("USD5", "XXX5"):
        refused = many.refused("GET", "/query", params={"q": names + f"> {unknown}"})
        assert refused[:2] == (400, "INVALID_FIELD")


def test_convert_currency_shows_the_callers_currency(many: Org) -> None:
    soql = (
        "SELECT Amount, convertCurrency(Amount) mine, convertCurrency(ExpectedRevenue) "
        "FROM Opportunity WHERE Name = 'yen'"
    )
    (row,) = many.rows(soql)
    assert (row["Amount"], row["mine"], row["ExpectedRevenue"]) == (5000, 25, Decimal("2.5"))
    own = many.column("SELECT Id FROM User WHERE Username = 'integration@fernhill.example'")
    for key in own:
        edit(many.world, "User", key, {"DefaultCurrencyIsoCode": "EUR"})
    (row,) = many.rows(soql)
    assert row["mine"] == Decimal("31.25")
    many.deal(Name="none")
    none = "SELECT convertCurrency(Amount) FROM Opportunity WHERE Name = 'none'"
    assert many.rows(none)[0]["Amount"] is None


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Amount, convertCurrency(Amount) FROM Opportunity",
        "SELECT convertCurrency(Name) FROM Opportunity",
        "SELECT Id FROM Opportunity WHERE convertCurrency(Amount) > 5",
        "SELECT Id FROM Opportunity ORDER BY convertCurrency(Amount)",
    ],
)
def test_convert_currency_where_it_cannot_stand_is_refused(many: Org, soql: str) -> None:
    assert many.refused("GET", "/query", params={"q": soql})[:2] == (400, "MALFORMED_QUERY")


def test_an_org_of_one_currency_converts_nothing(org: Org) -> None:
    soql = "SELECT convertCurrency(Amount) FROM Opportunity"
    assert org.refused("GET", "/query", params={"q": soql})[:2] == (400, "MALFORMED_QUERY")
    org.deal(Amount=5)
    assert _total(org, "SELECT SUM(Amount) FROM Opportunity") == [[5]]


def test_dated_rates_hold_for_deals_of_their_days(many: Org) -> None:
    many.set("dated_exchange_rates", True)
    for day, rate in (("2026-01-01", 2), ("2026-12-01", 4)):
        many.make("DatedConversionRate", IsoCode="EUR", StartDate=day, ConversionRate=rate)
    many.make("Account", Name="A", CurrencyIsoCode="EUR", AnnualRevenue=100)
    for day, worth in (("2025-12-31", 80), ("2026-11-30", 50), ("2026-12-01", 25)):
        key = many.column("SELECT Id FROM Opportunity WHERE Name = 'euros'")[0]
        many.change("Opportunity", key, CloseDate=day)
        soql = "SELECT SUM(Amount) FROM Opportunity WHERE Name = 'euros'"
        assert _total(many, soql) == [[worth]]
    assert _total(many, "SELECT SUM(AnnualRevenue) FROM Account") == [[80]]


def test_a_dated_rate_tells_when_the_next_begins(many: Org) -> None:
    many.set("dated_exchange_rates", True)
    for code, day in (("EUR", "2026-12-01"), ("EUR", "2026-01-01"), ("JPY", "2026-06-01")):
        many.make("DatedConversionRate", IsoCode=code, StartDate=day, ConversionRate=2)
    soql = "SELECT StartDate, NextStartDate FROM DatedConversionRate"
    rows = _total(many, f"{soql} WHERE IsoCode = 'EUR' ORDER BY StartDate")
    assert rows == [["2026-01-01", "2026-12-01"], ["2026-12-01", None]]
    rows = _total(many, f"{soql} WHERE NextStartDate = null ORDER BY StartDate")
    assert rows == [["2026-06-01", None], ["2026-12-01", None]]
