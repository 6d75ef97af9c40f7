"""Sets up an organisation as Xero does for a new subscriber, with whatever else is asked for."""

import random
import string
from collections.abc import Mapping, Sequence
from uuid import uuid4

from sandbox.store import Record
from sandbox.world import World
from sandbox.xero.books import Books, tenants
from sandbox.xero.countries import (
    CLASS_OF_TYPE,
    chart_of_accounts,
    country_facts,
    currency_name,
    tax_rates,
)
from sandbox.xero.stamps import stamp


def set_up_organisation(
    world: World,
    name: str,
    country: str = "GB",
    currency: str | None = None,
    *,
    currencies: Sequence[str] = (),
    accounts: Sequence[tuple[str, str, str, str]] = (),
    themes: Sequence[str] = ("Standard",),
    tracking: Mapping[str, Sequence[str]] | None = None,
    details: Mapping[str, object] | None = None,
) -> str:
    """Make an organisation with its edition's tax rates and chart of accounts; its tenant id.

    `country` has two letters; GB, AU, NZ and US have editions of their own. `currencies` are those
    enabled beside the base currency. `accounts` are (code, name, type, tax type), added to the
    usual chart or put in the place of the account with that code. `tracking` holds options by
    category. `details` replace fields of the organisation, among them Multicurrency (bool) and
    ApprovalsPerMonth (None or how many sales invoices its plan lets it approve).
    """
    with world.batch():
        organisation = _organisation(world, name, country, currency) | dict(details or {})
        tenant = str(organisation["OrganisationID"])
        books = Books(world, tenant)
        books.save_quietly("Organisation", organisation)
        for code in (str(organisation["BaseCurrency"]), *currencies):
            if not books.find("Currency", "Code", code):
                books.save("Currency", {"Code": code, "Description": currency_name(code) or code})
        for rate in tax_rates(str(organisation["Version"])):
            books.save("TaxRate", rate)
        _open_accounts(books, accounts)
        for place, theme in enumerate(themes):
            _theme(books, theme, place)
        for category, options in (tracking or {}).items():
            _track(books, category, options)
    return tenant


def first_tenant(world: World) -> str:
    """The organisation that was made first. Raises LookupError where there is none."""
    made = tenants(world)
    if not made:
        raise LookupError("There is no organisation yet.")
    return made[0]


def _organisation(world: World, name: str, country: str, currency: str | None) -> Record:
    facts = country_facts(country)
    tenant = str(uuid4())
    short = "".join(random.Random(tenant).choices(string.ascii_letters + string.digits, k=5))
    return {
        "OrganisationID": tenant,
        "TenantID": tenant,
        "Name": name,
        "LegalName": name,
        "PaysTax": True,
        "Version": facts["Version"],
        "OrganisationType": "COMPANY",
        "OrganisationEntityType": "COMPANY",
        "BaseCurrency": currency or facts["Currency"],
        "CountryCode": country,
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "TaxNumber": facts["TaxNumber"],
        "TaxNumberName": facts["TaxNumberName"],
        "FinancialYearEndDay": int(facts["YearEndDay"]),
        "FinancialYearEndMonth": int(facts["YearEndMonth"]),
        "SalesTaxBasis": facts["SalesTaxBasis"],
        "SalesTaxPeriod": facts["SalesTaxPeriod"],
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "CreatedDateUTC": stamp(world.clock.now()),
        "Timezone": facts["Timezone"],
        "ShortCode": f"!{short}",
        "Edition": "BUSINESS",
        "Class": "PREMIUM",
        "Multicurrency": True,
        "ApprovalsPerMonth": None,
    }


def _open_accounts(books: Books, extra: Sequence[tuple[str, str, str, str]]) -> None:
    asked = {
        code: {"Code": code, "Name": name, "Type": kind, "TaxType": tax}
        for code, name, kind, tax in extra
    }
    usual = chart_of_accounts(str(books.organisation["Version"]))
    for account in [one for one in usual if one["Code"] not in asked] + list(asked.values()):
        fields = {
            "Status": "ACTIVE",
            "Class": CLASS_OF_TYPE[account["Type"]],
            "EnablePaymentsToAccount": False,
            "ShowInExpenseClaims": False,
        }
        books.save("Account", {**fields, **account})


def _theme(books: Books, name: str, place: int) -> None:
    made = stamp(books.world.clock.now())
    theme = {"Name": name, "SortOrder": place, "Type": "INVOICE", "CreatedDateUTC": made}
    books.save("BrandingTheme", theme)


def _track(books: Books, name: str, options: Sequence[str]) -> None:
    made = [
        {"TrackingOptionID": str(uuid4()), "Name": option, "Status": "ACTIVE"} for option in options
    ]
    books.save("TrackingCategory", {"Name": name, "Status": "ACTIVE", "Options": made})
