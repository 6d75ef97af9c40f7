"""Plain functions that make records, couples, organisations and rules for the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sync.core.flow import FieldRule, RuleSet, Surroundings, TableRow
from sync.core.organisation import Account, Reference, TaxRate, TrackingOption
from sync.core.records import Key, Record, System
from sync.flows import won_opportunity_invoice
from sync.flows.shapes import salesforce_ids

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 19)


def deal_id(number: int = 1) -> str:
    """Return the 18-character id of an opportunity."""
    return salesforce_ids.to_18(f"0065g00000Ab{number:03}")


def account_id(number: int = 1) -> str:
    """Return the 18-character id of an account."""
    return salesforce_ids.to_18(f"0015g00000Cd{number:03}")


def xero_id(name: str) -> str:
    """Return a UUID that is always the same for a name."""
    return str(uuid5(NAMESPACE_URL, name))


def deal(number: int = 1, **values: Any) -> Record:
    """Return a won deal over GBP 1,000 of account `number`, without lines."""
    account = values.pop("account", {})
    return Record(
        Key(System.SALESFORCE, "Opportunity", deal_id(number)),
        {
            "Id": deal_id(number),
            "Name": "Harbour survey",
            "AccountId": account_id(number),
            "Account": {"Name": f"Customer {number} Ltd", **account},
            "Amount": Decimal("1000.00"),
            "CloseDate": TODAY,
            "IsWon": True,
            "CurrencyIsoCode": "GBP",
            "Counterpart_Invoice_Id__c": None,
            **values,
        },
        NOON,
    )


def deal_line(price: str, quantity: str = "1", discount: str = "", **values: Any) -> dict[str, Any]:
    """Return a line of a deal."""
    return {
        "Description": "Survey day",
        "Quantity": Decimal(quantity),
        "UnitPrice": Decimal(price),
        "Discount": Decimal(discount) if discount else None,
        **values,
    }


def with_lines(record: Record, *lines: Mapping[str, Any], amount: str) -> Record:
    """Return the deal with these lines and this amount."""
    return changed(record, OpportunityLineItems=list(lines), Amount=Decimal(amount))


def changed(record: Record, **values: Any) -> Record:
    """Return the record as it is after somebody changed these fields."""
    return replace(record, values={**record.values, **values})


def primary(email: str, **person: Any) -> list[dict[str, Any]]:
    """Return the contact roles of a deal whose primary contact has this e-mail address."""
    return [{"IsPrimary": True, "Contact": {"Email": email, "LastName": "Reed", **person}}]


def contact(name: str, number: str = "", gone: str = "", **values: Any) -> Record:
    """Return a contact of Xero with a ContactNumber."""
    fields = {"ContactID": xero_id(name), "Name": name, "ContactNumber": number, **values}
    return Record(Key(System.XERO, "Contact", xero_id(name)), fields, NOON, gone)


def invoice(number: str, reference: str, net: str = "1000.00", **values: Any) -> Record:
    """Return a draft over a net amount at 20 % that a person typed by hand."""
    tax = Decimal(net) / 5
    line = {
        "Description": "By hand",
        "Quantity": Decimal(1),
        "UnitAmount": Decimal(net),
        "AccountCode": "200",
        "TaxType": "OUTPUT2",
    }
    fields = {
        "Type": "ACCREC",
        "InvoiceNumber": number,
        "Reference": reference,
        "Contact": {"ContactID": xero_id("Customer 1 Ltd")},
        "Date": TODAY,
        "DueDate": date(2026, 12, 19),
        "CurrencyCode": "GBP",
        "Status": "DRAFT",
        "LineAmountTypes": "Exclusive",
        "LineItems": [line],
        "SubTotal": Decimal(net),
        "Total": Decimal(net) + tax,
        **values,
    }
    return Record(Key(System.XERO, "Invoice", xero_id(number)), fields, NOON)


def uk(**values: Any) -> Reference:
    """Return a British organisation that bills in pounds, euros, yen and Kuwaiti dinars."""
    accounts = (
        Account("a1", "200", "Sales", "REVENUE", "OUTPUT2", True, "", "REVENUE"),
        Account("a2", "205", "Training", "REVENUE", "ZERORATEDOUTPUT", True, "", "REVENUE"),
        Account("a3", "260", "Old sales", "REVENUE", "OUTPUT2", False, "", "REVENUE"),
        Account("a4", "310", "Cost of goods", "DIRECTCOSTS", "INPUT2", True, "", "EXPENSE"),
        Account("a5", "610", "Debtors", "CURRENT", "NONE", True, "DEBTORS", "ASSET"),
        Account("a6", "090", "Current account", "BANK", "NONE", True, "", "ASSET"),
    )
    fields: dict[str, Any] = {
        "read_at": NOON,
        "name": "Fernhill Surveys Ltd",
        "country": "GB",
        "base_currency": "GBP",
        "timezone": "Europe/London",
        "actions": {"UseMulticurrency": True, "CreateDraftInvoice": True},
        "accounts": accounts,
        "tax_rates": (
            tax_rate("OUTPUT2", "20% (VAT on Income)", "20"),
            tax_rate("ZERORATEDOUTPUT", "Zero Rated Income", "0"),
            tax_rate("SROUTPUT", "15% (VAT on Income)", "15", active=False),
            tax_rate("INPUT2", "20% (VAT on Expenses)", "20", classes={"EXPENSE", "ASSET"}),
        ),
        "currencies": frozenset({"GBP", "EUR", "JPY", "KWD"}),
        "tracking": (
            option("Region", "North"),
            option("Region", "South", active=False),
            option("Team", "Field"),
        ),
    }
    return Reference(**{**fields, **values})


def australian(**values: Any) -> Reference:
    """Return an Australian organisation whose plan has no other currency than its own."""
    return uk(
        **{
            "name": "Banksia Pty Ltd",
            "country": "AU",
            "base_currency": "AUD",
            "timezone": "Australia/Sydney",
            "actions": {"UseMulticurrency": False},
            "accounts": (Account("a1", "200", "Sales", "REVENUE", "OUTPUT", True, "", "REVENUE"),),
            "tax_rates": (tax_rate("OUTPUT", "GST on Income", "10"),),
            "currencies": frozenset({"AUD"}),
            "tracking": (),
            **values,
        }
    )


def tax_rate(
    code: str, name: str, rate: str, *, active: bool = True, classes: set[str] | None = None
) -> TaxRate:
    """Return a tax rate of one component."""
    fits = frozenset(classes or {"REVENUE"})
    return TaxRate(code, name, Decimal(rate), active, ((Decimal(rate), False),), fits)


def option(category: str, name: str, *, active: bool = True) -> TrackingOption:
    """Return a tracking option with ids made of its names."""
    return TrackingOption(xero_id(category), category, xero_id(f"{category} {name}"), name, active)


def tracked(category: str, name: str) -> str:
    """Return an option as a row of a tracking table names it."""
    return f"{xero_id(category)}/{xero_id(f'{category} {name}')}"


def rules(*first: TableRow, fields: tuple[FieldRule, ...] = ()) -> RuleSet:
    """Return the shipped rows, these table rows before them and these fields in their places."""
    flow = won_opportunity_invoice.FLOW
    mine = {rule.target: rule for rule in fields}
    placed = [mine.pop(rule.target, rule) for rule in flow.fields]
    return RuleSet((*placed, *mine.values()), (*first, *flow.tables))


def around(reference: Reference | None = None, **values: Any) -> Surroundings:
    """Return the surroundings of a batch in the British organisation, by the shipped rows."""
    fields: dict[str, Any] = {
        "reference": reference or uk(),
        "rules": rules(),
        "today": TODAY,
        "home_currency": "GBP",
        "addresses": lambda key: f"https://{key.system.value}.example/{key.id}",
    }
    return Surroundings(**{**fields, **values})


def item(code: str, account: str = "", tax_type: str = "", *, sold: bool = True) -> dict[str, Any]:
    """Return what the index knows of a Xero item."""
    return {"code": code, "account": account, "tax_type": tax_type, "sold": sold}
