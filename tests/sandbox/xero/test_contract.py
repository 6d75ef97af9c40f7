"""A tour of everything a well-behaved client does, without one breach of Xero's own contract."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from sandbox.wire import Server
from sandbox.world import World
from sandbox.xero import acts
from sandbox.xero.app import make_app
from sandbox.xero.defaults import set_up_organisation

from .conftest import CONTRACTS, Xero, referee
from .credit import with_bank

pytestmark = pytest.mark.skipif(
    not (CONTRACTS / "xero_referee.py").exists(),
    reason="Xero's OpenAPI file and its referee are not beside this checkout",
)
COUNTRIES = ["GB", "AU", "NZ", "US", "CA"]

RICH: dict[str, Any] = {
    "Reference": "PO 1",
    "Url": "https://crm.example/006",
    "Date": "2026-03-01",
    "ExpectedPaymentDate": "2026-04-01",
    "CurrencyCode": "EUR",
    "CurrencyRate": Decimal("1.1"),
    "LineAmountTypes": "Inclusive",
    "Status": "AUTHORISED",
    "LineItems": [
        {
            "ItemCode": "SV",
            "Quantity": Decimal("2.5"),
            "DiscountRate": Decimal("7.5"),
            "Tracking": [{"Name": "Office", "Option": "Leeds"}],
        },
        {"Description": "Words only"},
    ],
}


@pytest.fixture
def judge(world: World) -> Any:
    return referee(make_app(world))


@pytest.fixture
def judged(world: World, judge: Any) -> Iterator[Xero]:
    server = Server("127.0.0.1", 0, judge)
    server.start()
    yield Xero(world, server.url, next(iter(world.table("xero", "Organisation"))))
    server.stop()


def settings(xero: Xero) -> None:
    for path in ("Organisation", "Organisation/Actions", "Accounts", "TaxRates", "Currencies"):
        xero.get(path)
    xero.get("TrackingCategories", includeArchived="true")
    xero.get("BrandingThemes")
    account = xero.books.find("Account", "Code", "200")[0]["AccountID"]
    category = next(xero.books.records("TrackingCategory"))["TrackingCategoryID"]
    theme = next(xero.books.records("BrandingTheme"))["BrandingThemeID"]
    for path in (
        f"Accounts/{account}",
        f"TrackingCategories/{category}",
        f"BrandingThemes/{theme}",
    ):
        xero.get(path)
    xero.get(f"TaxRates/{account and next(xero.books.records('TaxRate'))['TaxType']}")


def writing(xero: Xero) -> str:
    contact = xero.contact(
        "Aire Valley",
        ContactNumber="001A",
        ContactPersons=[{"FirstName": "Grace", "IncludeInEmails": True}],
        PaymentTerms={"Sales": {"Day": 20, "Type": "OFFOLLOWINGMONTH"}},
        Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "0113 496 0377"}],
        DefaultCurrency=xero.books.organisation["BaseCurrency"],
    )
    xero.put(
        "Items",
        {
            "Code": "SV",
            "Name": "Survey",
            "SalesDetails": {"UnitPrice": Decimal("9.5"), "AccountCode": "200"},
        },
    )
    good = xero.draft(Contact={"ContactID": contact}, **RICH)
    bad = xero.draft(Contact={"Name": "Nobody"}, Status="PAID", CurrencyCode="CHF")
    warned = xero.draft(Contact={"ContactID": contact})
    warned["LineItems"][0] |= {"AccountCode": "999", "UnitAmount": Decimal("10.25")}
    answers = xero.put("Invoices", good, bad, warned, unitdp=4)
    assert [one["StatusAttributeString"] for one in answers] == ["OK", "ERROR", "WARNING"]
    assert xero.call("PUT", "Invoices", {"Invoices": [bad]}).status_code == 400
    assert xero.call("PUT", "Contacts", {"Contacts": [{"Name": "Aire Valley"}]}).status_code == 400
    xero.refusals("PUT", "Items", {"Code": "SV"})
    return str(answers[0]["InvoiceID"])


def reading(xero: Xero, invoice: str) -> None:
    for query in ({}, {"page": 1}, {"summaryOnly": "true"}, {"page": 1, "unitdp": 4}):
        xero.get("Invoices", **query)
    xero.get(
        "Invoices", headers={"If-Modified-Since": "2026-01-01T00:00:00"}, includeArchived="true"
    )
    for query in ({"page": 1}, {"summaryOnly": "true"}, {"includeArchived": "true"}, {}):
        xero.get("Contacts", **query)
    for path in ("Contacts/001A", f"Invoices/{invoice}", "Items/SV", "Items", "Payments"):
        xero.get(path)
    books(xero)
    xero.get(f"Invoices/{invoice}/OnlineInvoice")
    xero.get(f"Invoices/{invoice}/History")
    assert xero.call("GET", "Invoices/none").status_code == 404


def books(xero: Xero) -> None:
    """Everything that a contact can come to."""
    old, forgotten = xero.contact("Old"), xero.contact("Forgotten", Phones=[{"PhoneNumber": "1"}])
    acts.edit(xero.world, "Contact", old, {"Website": "https://old.example", "TaxNumber": "1"})
    acts.add_to_group(xero.world, old, "Retainers")
    acts.archive_contact(xero.world, old)
    acts.request_erasure(xero.world, forgotten)
    assert xero.call("PUT", "Contacts", {"Contacts": [{"ContactNumber": "1"}]}).status_code == 400
    change = {"ContactID": old, "Name": "Old", "ContactStatus": "ACTIVE", "ContactPersons": []}
    xero.post("Contacts", change, {"Name": "Old", "EmailAddress": "ü@old.example"})
    for key in (old, forgotten):
        xero.get(f"Contacts/{key}")
        xero.get(f"Contacts/{key}/History")
    every: dict[str, Any] = {
        "page": 1,
        "pageSize": 1000,
        "includeArchived": "true",
        "order": "UpdatedDateUTC ASC",
    }
    xero.get("Contacts", **every)
    xero.get("Contacts", IDs=f"{old},{forgotten}", includeArchived="true", page=1)


def quoting(xero: Xero) -> None:
    """Quotes in every status, good ones and bad ones, whole and in lists."""
    contact = {"ContactID": xero.contact("Quoted", EmailAddress="q@quoted.example")}
    good = {"Contact": contact, "Date": "2026-03-01", "ExpiryDate": "2026-04-01", "Terms": "30"}
    lines = [{**line, "AccountCode": "200"} for line in RICH["LineItems"][:1]]
    full = {**good, "LineItems": lines, "LineAmountTypes": "INCLUSIVE", "CurrencyCode": "EUR"}
    bad = {**full, "Status": "INVOICED", "CurrencyCode": "CHF", "QuoteNumber": "Q"}
    keys = [xero.put("Quotes", full)[0]["QuoteID"] for _ in range(5)]
    xero.put("Quotes", good, bad)
    assert xero.call("PUT", "Quotes", {"Quotes": [bad]}).status_code == 400
    for key in keys[1:]:
        xero.post(f"Quotes/{key}", {**good, "QuoteID": key, "Status": "SENT"})
    acts.accept_quote(xero.world, keys[1])
    acts.decline_quote(xero.world, keys[2])
    acts.delete_quote(xero.world, keys[3])
    xero.get(f"Invoices/{acts.invoice_quote(xero.world, keys[4])}")
    xero.get("Quotes", page=1, order="UpdatedDateUTC ASC", Status="SENT", DateFrom="2026-01-01")
    xero.get("Quotes", headers={"If-Modified-Since": "2026-01-01T00:00:00"})
    xero.get(f"Quotes/{keys[0]}")
    xero.get(f"Quotes/{keys[0]}/History")


def crediting(xero: Xero) -> None:
    """Credit of every kind: made, allocated, refunded, taken back, void; good and bad."""
    contact = xero.contact("Credited")
    draft = xero.draft(Contact={"ContactID": contact}, Status="AUTHORISED")
    invoice = xero.put("Invoices", draft)[0]["InvoiceID"]
    lines = [{**RICH["LineItems"][0], "AccountCode": "200", "UnitAmount": 20}]
    del lines[0]["DiscountRate"]
    note = {"Type": "ACCRECCREDIT", "Contact": {"ContactID": contact}, "LineItems": lines}
    bad = {**note, "Status": "PAID", "CurrencyCode": "CHF"}
    answers = xero.put("CreditNotes", {**note, "Status": "AUTHORISED"}, note, bad, unitdp=4)
    assert [one["StatusAttributeString"] for one in answers] == ["OK", "OK", "ERROR"]
    assert xero.call("PUT", "CreditNotes", {"CreditNotes": [bad]}).status_code == 400
    bank = {"AccountID": acts.bank_account(xero.books)}
    over = {"Type": "RECEIVE-OVERPAYMENT", "LineItems": [{"Description": "x", "UnitAmount": 20}]}
    both = ({**note, "Type": "RECEIVE-PREPAYMENT"}, {**note, **over})
    money = [
        xero.put("BankTransactions", {**one, "BankAccount": bank, "LineAmountTypes": "Inclusive"})
        for one in both
    ]
    xero.put("BankTransactions", {**both[0], "BankAccount": {"Code": "nope"}})
    xero.post("BankTransactions", {**both[0], "BankAccount": bank, "Type": "RECEIVE"})
    keys = {
        "CreditNotes": answers[0]["CreditNoteID"],
        "Prepayments": money[0][0]["PrepaymentID"],
        "Overpayments": money[1][0]["OverpaymentID"],
    }
    for endpoint, key in keys.items():
        allocating(xero, endpoint, key, invoice)
    xero.post(f"CreditNotes/{answers[1]['CreditNoteID']}", {**note, "Status": "DELETED"})
    xero.get("BankTransactions", page=1, unitdp=4, order="UpdatedDateUTC ASC")
    xero.get(f"BankTransactions/{money[0][0]['BankTransactionID']}")
    xero.get("Invoices")
    xero.get("Invoices", page=1)
    xero.get(f"Invoices/{invoice}")
    xero.get(f"Contacts/{contact}")
    xero.get("Payments", page=1)


def allocating(xero: Xero, endpoint: str, key: str, invoice: str) -> None:
    """Allocates of a credit, refunds some, reads it in every way, takes one allocation back."""
    place, kind = f"{endpoint}/{key}", endpoint.removesuffix("s")
    body = {"Amount": 5, "Date": "2026-11-02", "Invoice": {"InvoiceID": invoice}}
    bad = {**body, "Amount": 9999}
    each = {"summarizeErrors": "false"}
    elements = {"Allocations": [body, body, bad]}
    made = xero.call("PUT", f"{place}/Allocations", elements, params=each).json()["Allocations"]
    assert [one["StatusAttributeString"] for one in made] == ["OK", "OK", "ERROR"]
    assert xero.call("PUT", f"{place}/Allocations", {"Allocations": [bad]}).status_code == 400
    gone = xero.call("DELETE", f"{place}/Allocations/{made[0]['AllocationID']}")
    assert gone.status_code == 200
    refund = {kind: {f"{kind}ID": key}, "Account": {"Code": "090"}, "Amount": 1}
    assert xero.put("Payments", refund)[0]["StatusAttributeString"] == "OK"
    xero.get(endpoint, headers={"If-Modified-Since": "2026-01-01T00:00:00"})
    xero.get(endpoint, page=1, pageSize=1000, unitdp=4, order="UpdatedDateUTC ASC")
    xero.get(place)
    xero.get(f"{place}/History")


@pytest.mark.parametrize("country", COUNTRIES)
def test_nothing_breaks_the_contract(judge: Any, judged: Xero, country: str) -> None:
    xero = judged
    xero.tenant = set_up_organisation(
        xero.world,
        f"Company {country}",
        country,
        currencies=["EUR", "GBP"],
        tracking={"Office": ["Bristol", "Leeds"]},
    )
    client = {"secret": "sandbox-xero-secret", "tenant": xero.tenant}
    xero.world.set_setting("xero", "clients", {"sandbox-xero": client})
    xero.session.headers["xero-tenant-id"] = xero.tenant
    xero.sign_in()
    acts.edit(xero.world, "Organisation", xero.tenant, {"PeriodLockDate": "2025-12-31"})
    settings(xero)
    invoice = writing(xero)
    acts.pay(xero.world, invoice, 5)
    acts.pay(xero.world, invoice)
    body = {"HistoryRecords": [{"Details": "note"}]}
    assert xero.call("PUT", f"Invoices/{invoice}/History", body).status_code == 200
    contact = xero.get("Contacts/001A")["Contacts"][0]["ContactID"]
    acts.merge_contacts(xero.world, xero.contact("Winner"), contact)
    reading(xero, invoice)
    payment = xero.get("Payments", page=1)["Payments"][0]["PaymentID"]
    xero.get(f"Payments/{payment}")
    quoting(xero)
    crediting(with_bank(xero))
    assert judge.violations == []
