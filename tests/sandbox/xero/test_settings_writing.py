"""A client sets an organisation up: currencies, accounts, tax rates and tracking."""

from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import (
    Account,
    AccountType,
    Currency,
    CurrencyCode,
    TaxComponent,
    TaxRate,
    TaxRates,
    TrackingCategory,
    TrackingOption,
)
from xero_python.exceptions import AccountingBadRequestException

from .conftest import Xero
from .test_official_client import Official, official

__all__ = ["official"]


def _line(**more: Any) -> dict[str, Any]:
    return {"Description": "x", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200", **more}


def test_a_currency_once_added_can_be_sold_in(xero: Xero) -> None:
    draft = xero.draft(CurrencyCode="CHF")
    assert xero.refusals("PUT", "Invoices", draft) == [
        "Organisation is not subscribed to currency CHF"
    ]
    answer = xero.call("PUT", "Currencies", {"Code": "CHF"})
    assert answer.json()["Currencies"] == [{"Code": "CHF", "Description": "Swiss Franc"}]
    assert "CHF" in [one["Code"] for one in xero.get("Currencies")["Currencies"]]
    assert xero.put("Invoices", draft)[0]["StatusAttributeString"] == "OK"
    for wrong in ({"Code": "XXX"}, {}):
        assert xero.call("PUT", "Currencies", wrong).status_code == 400


def test_a_rate_keeps_six_places(xero: Xero) -> None:
    for rate, kept in (("1.23456789", "1.234568"), ("1.2345675", "1.234568"), ("0.0000005", None)):
        made = xero.put("Invoices", xero.draft(CurrencyCode="EUR", CurrencyRate=rate))[0]
        if kept:
            assert f"{made['CurrencyRate']:f}" == kept
    assert xero.refusals(
        "PUT", "Invoices", xero.draft(CurrencyCode="EUR", CurrencyRate="1e-7")
    ) == ["CurrencyRate must be greater than zero"]


def test_a_tax_rate_is_made_of_its_parts_and_deleted_by_its_status(xero: Xero) -> None:
    parts = [
        {"Name": "City", "Rate": "5"},
        {"Name": "State", "Rate": "7.5", "IsCompound": True},
    ]
    (made,) = xero.call("PUT", "TaxRates", {"TaxRates": [{"Name": "Two", "TaxComponents": parts}]}
                        ).json()["TaxRates"]  # fmt: skip
    assert (made["TaxType"], made["EffectiveRate"], made["Status"]) == ("TAX001", 12.875, "ACTIVE")
    line = _line(TaxType="TAX001")
    assert xero.invoice(LineItems=[line])["TotalTax"] == Decimal("12.88")
    again = xero.call("PUT", "TaxRates", {"TaxRates": [{"Name": "Two", "TaxComponents": parts}]})
    assert "must be unique" in again.text
    gone = {"TaxRates": [{"Name": "Two", "TaxComponents": parts, "Status": "DELETED"}]}
    assert xero.call("POST", "TaxRates", gone).json()["TaxRates"][0]["Status"] == "DELETED"
    for kind in (xero.draft(LineItems=[line]), xero.draft(LineItems=[line], Status="AUTHORISED")):
        assert "does not exist" in xero.refusals("PUT", "Invoices", kind)[0]
    item = {"Code": "A", "SalesDetails": {"TaxType": "TAX001"}}
    assert xero.refusals("PUT", "Items", item) == ["The TaxType code 'TAX001' does not exist."]
    for wrong in ({"Name": "No parts"}, {"TaxComponents": parts}):
        assert xero.call("PUT", "TaxRates", {"TaxRates": [wrong]}).status_code == 400
    unknown = {"TaxRates": [{"Name": "Nobody's", "Status": "DELETED"}]}
    assert xero.call("POST", "TaxRates", unknown).status_code == 400


def test_a_client_cannot_say_what_its_parts_come_to(xero: Xero) -> None:
    rate = {"Name": "Odd", "EffectiveRate": 1, "TaxComponents": [{"Name": "All", "Rate": 20}]}
    (made,) = xero.call("PUT", "TaxRates", {"TaxRates": [rate]}).json()["TaxRates"]
    assert made["EffectiveRate"] == 20


def test_an_account_is_opened_archived_and_deleted(xero: Xero) -> None:
    given = {"Code": "205", "Name": "Recharges", "Type": "REVENUE", "TaxType": "OUTPUT2"}
    (made,) = xero.call("PUT", "Accounts", given).json()["Accounts"]
    assert (made["Class"], made["Status"]) == ("REVENUE", "ACTIVE")
    assert xero.call("PUT", "Accounts", given).status_code == 400
    path = f"Accounts/{made['AccountID']}"
    xero.invoice(LineItems=[_line(AccountCode="205")])
    assert xero.call("DELETE", path).status_code == 400
    archived = xero.call("POST", path, {"Accounts": [{"Status": "ARCHIVED"}]}).json()["Accounts"]
    assert archived[0]["Status"] == "ARCHIVED"
    refused = xero.refusals("PUT", "Invoices", xero.draft(LineItems=[_line(AccountCode="205")]))
    assert "has been archived" in refused[0]
    item = {"Code": "A", "SalesDetails": {"AccountCode": "205"}}
    assert "not a valid code" in xero.refusals("PUT", "Items", item)[0]
    (other,) = xero.call("PUT", "Accounts", {**given, "Code": "206", "Name": "B"}).json()[
        "Accounts"
    ]
    gone = xero.call("DELETE", f"Accounts/{other['AccountID']}").json()["Accounts"]
    assert gone[0]["Status"] == "DELETED"
    assert xero.call("GET", f"Accounts/{other['AccountID']}").status_code == 404
    (debtors,) = xero.get("Accounts", where='SystemAccount=="DEBTORS"')["Accounts"]
    for method, body in (("DELETE", None), ("POST", {"Accounts": [{"Status": "ARCHIVED"}]})):
        assert xero.call(method, f"Accounts/{debtors['AccountID']}", body).status_code == 400


def test_two_categories_are_active_and_four_are_there(xero: Xero) -> None:
    def add(name: str) -> Any:
        return xero.call("PUT", "TrackingCategories", {"Name": name})

    crew = add("Crew").json()["TrackingCategories"][0]  # beside Office
    assert add("Region").status_code == 400
    assert add("crew").status_code == 400
    for name in ("Region", "Season"):
        path = f"TrackingCategories/{crew['TrackingCategoryID']}"
        archived = xero.call("POST", path, {"Status": "ARCHIVED"}).json()["TrackingCategories"][0]
        assert archived["Status"] == "ARCHIVED"
        crew = add(name).json()["TrackingCategories"][0]
    xero.call("POST", f"TrackingCategories/{crew['TrackingCategoryID']}", {"Status": "ARCHIVED"})
    assert add("A fifth").status_code == 400
    gone = xero.call("DELETE", f"TrackingCategories/{crew['TrackingCategoryID']}")
    assert gone.json()["TrackingCategories"][0]["Status"] == "DELETED"
    assert add("A fourth").status_code == 200


def test_a_renamed_option_keeps_its_id_and_a_used_one_stays(xero: Xero) -> None:
    (office,) = xero.get("TrackingCategories")["TrackingCategories"]
    path = f"TrackingCategories/{office['TrackingCategoryID']}/Options"
    (made,) = xero.call("PUT", path, {"Name": "York"}).json()["Options"]
    assert (made["Name"], made["IsActive"]) == ("York", True)
    one = {name: made[name] for name in ("TrackingOptionID",)}
    pair = {"TrackingCategoryID": office["TrackingCategoryID"], **one}
    sold = xero.invoice(LineItems=[_line(Tracking=[pair])])
    (renamed,) = xero.call("POST", f"{path}/{one['TrackingOptionID']}", {"Name": "North"}
                           ).json()["Options"]  # fmt: skip
    assert renamed["TrackingOptionID"] == one["TrackingOptionID"]
    (line,) = xero.get(f"Invoices/{sold['InvoiceID']}")["Invoices"][0]["LineItems"]
    assert line["Tracking"][0]["Option"] == "North"
    assert xero.call("DELETE", f"{path}/{one['TrackingOptionID']}").status_code == 400
    assert xero.call("PUT", path, {"Name": "north"}).status_code == 400
    assert xero.call("PUT", path, {"Name": "x" * 101}).status_code == 400
    xero.call("POST", f"{path}/{one['TrackingOptionID']}", {"Status": "ARCHIVED"})
    assert xero.refusals("PUT", "Invoices", xero.draft(LineItems=[_line(Tracking=[pair])]))
    (other,) = xero.call("PUT", path, {"Name": "Hull"}).json()["Options"]
    gone = xero.call("DELETE", f"{path}/{other['TrackingOptionID']}").json()["Options"]
    assert (gone[0]["Status"], gone[0]["IsDeleted"]) == ("DELETED", True)
    (office,) = xero.get("TrackingCategories")["TrackingCategories"]
    assert [option["Name"] for option in office["Options"]] == ["Bristol", "Leeds"]


def test_settings_of_another_organisation_are_out_of_reach(xero: Xero) -> None:
    for method, path in (
        ("POST", "Accounts/11111111-1111-1111-1111-111111111111"),
        ("DELETE", "TrackingCategories/11111111-1111-1111-1111-111111111111"),
        ("PUT", "TrackingCategories/11111111-1111-1111-1111-111111111111/Options"),
    ):
        body = {"Name": "x"} if method != "DELETE" else None
        assert xero.call(method, path, body).status_code == 404


def test_xeros_own_client_sets_up_what_it_needs(official: Official) -> None:
    api, tenant = official.api, official.tenant
    api.create_currency(tenant, Currency(code=CurrencyCode.CHF))
    parts = [TaxComponent(name="Part", rate=2.25)]
    rates = TaxRates([TaxRate(name="Own", tax_components=parts)])
    made = api.create_tax_rates(tenant, rates).tax_rates[0]
    assert (made.tax_type, made.effective_rate) == ("TAX001", 2.25)
    rates = TaxRates([TaxRate(name="Own", tax_components=parts, status="DELETED")])
    assert api.update_tax_rate(tenant, rates).tax_rates[0].status == "DELETED"
    account = Account(code="205", name="Recharges", type=AccountType.REVENUE)
    assert api.create_account(tenant, account).accounts[0].code == "205"
    category = api.create_tracking_category(tenant, TrackingCategory(name="Crew"))
    key = category.tracking_categories[0].tracking_category_id
    option = api.create_tracking_options(tenant, key, TrackingOption(name="Red")).options[0]
    renamed = api.update_tracking_options(
        tenant, key, option.tracking_option_id, TrackingOption(name="Blue")
    )
    assert renamed.options[0].name == "Blue"
    with pytest.raises(AccountingBadRequestException):
        api.create_tracking_category(tenant, TrackingCategory(name="Third"))
