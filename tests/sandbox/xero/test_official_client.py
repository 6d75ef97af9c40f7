"""Xero's own client, unchanged, reads and writes here, and its models take in every answer."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import (
    Account,
    AccountingApi,
    Contact,
    Contacts,
    CurrencyCode,
    HistoryRecord,
    HistoryRecords,
    Invoice,
    Invoices,
    Item,
    Items,
    LineItem,
    LineItemTracking,
    Payment,
    PaymentDelete,
    Payments,
    Purchase,
)
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import (
    AccountingBadRequestException,
    NotFoundException,
    RateLimitException,
)
from xero_python.identity import IdentityApi

from sandbox.xero import acts

from .conftest import BASIC, Xero


class Official:
    """The client's two APIs, signed in by client credentials."""

    def __init__(self, xero: Xero) -> None:
        configuration = Configuration()
        configuration.oauth2_token = OAuth2Token(*BASIC)
        client = ApiClient(configuration, pool_threads=1)
        tokens: dict[str, Any] = {}
        client.oauth2_token_getter(lambda: tokens)
        client.oauth2_token_saver(tokens.update)
        found = TokenApi(client, *BASIC).get_client_credentials_token(False)
        tokens.update(found, id_token=None, refresh_token=None, scope=found["scope"].split())
        tokens["expires_at"] = datetime.now(UTC).timestamp() + 1800
        self.xero, self.tenant = xero, xero.tenant
        self.api = AccountingApi(client, base_url=f"{xero.url}/api.xro/2.0")
        self.identity = IdentityApi(client, base_url=xero.url)


@pytest.fixture
def official(xero: Xero, monkeypatch: pytest.MonkeyPatch) -> Official:
    url = f"{xero.url}/connect/token"
    monkeypatch.setattr(TokenApi, "client_credentials_token_url", url)
    return Official(xero)


def invoice(contact: str, **more: Any) -> Any:
    line = LineItem(
        description="Survey",
        quantity=Decimal("2.5"),
        unit_amount=Decimal("0.1255"),
        account_code="200",
        tracking=[LineItemTracking(name="Office", option="Leeds")],
    )
    fields = {"line_items": [line], "due_date": date(2099, 1, 31), "line_amount_types": None}
    fields["contact"] = Contact(contact_id=contact)
    return Invoice(type="ACCREC", **{**fields, **more})


def test_it_knows_its_connections_and_its_organisation(official: Official) -> None:
    connection = official.identity.get_connections()[0]
    assert connection.tenant_id == official.tenant
    organisation = official.api.get_organisations(official.tenant).organisations[0]
    assert (organisation.name, organisation.base_currency.value) == ("Fernhill Surveys Ltd", "GBP")
    actions = official.api.get_organisation_actions(official.tenant).actions
    assert {one.status for one in actions} == {"ALLOWED", "NOT-ALLOWED"}
    official.identity.delete_connection(connection.id)


def test_it_reads_every_setting(official: Official) -> None:
    api, tenant = official.api, official.tenant
    accounts = api.get_accounts(tenant).accounts
    assert len(accounts) == 29
    assert api.get_account(tenant, accounts[0].account_id).accounts[0].name == accounts[0].name
    rates = api.get_tax_rates(tenant).tax_rates
    assert {one.tax_type: one.effective_rate for one in rates}["OUTPUT2"] == 20
    assert api.get_tax_rate_by_tax_type(tenant, "RROUTPUT").tax_rates[0].effective_rate == 5
    assert len(api.get_currencies(tenant).currencies) == 4
    category = api.get_tracking_categories(tenant, include_archived=True).tracking_categories[0]
    assert [one.name for one in category.options] == ["Bristol", "Leeds"]
    assert api.get_tracking_category(tenant, category.tracking_category_id)
    themes = api.get_branding_themes(tenant).branding_themes
    assert [one.name for one in themes] == ["Standard", "Projects"]
    assert api.get_branding_theme(tenant, themes[1].branding_theme_id).branding_themes


def test_it_writes_and_reads_contacts(official: Official) -> None:
    api, tenant = official.api, official.tenant
    new = Contact(name="Aire Valley", contact_number="001A", email_address="a@aire.example")
    made = api.create_contacts(tenant, Contacts(contacts=[new]), summarize_errors=False).contacts[0]
    change = Contacts(
        contacts=[Contact(contact_id=made.contact_id, name="Aire Valley", last_name="Oduya")]
    )
    api.update_or_create_contacts(tenant, change, summarize_errors=False)
    found = api.get_contact_by_contact_number(tenant, "001A").contacts[0]
    assert (found.last_name, found.email_address) == ("Oduya", "a@aire.example")
    api.update_contact(
        tenant, made.contact_id, Contacts(contacts=[Contact(contact_status="ARCHIVED")])
    )
    assert api.get_contacts(tenant, page=1).contacts == []
    every = api.get_contacts(tenant, include_archived=True, page=1, page_size=5)
    assert every.pagination.item_count == 1
    assert len(api.get_contacts(tenant, i_ds=[made.contact_id], summary_only=True).contacts) == 1


def _in_order(invoices: list[Invoice]) -> dict[str, Invoice]:
    """Return the invoices by id; they come by stamp, and by id where one call stamped several."""
    by_stamp = [(one.updated_date_utc, one.invoice_id) for one in invoices]
    assert by_stamp == sorted(by_stamp)
    return {one.invoice_id: one for one in invoices}


def test_it_writes_and_reads_invoices(official: Official) -> None:
    api, tenant, xero = official.api, official.tenant, official.xero
    contact = xero.contact()
    drafts = [
        invoice(contact, reference="PO 1"),
        invoice(contact, currency_code=CurrencyCode.EUR, status="AUTHORISED"),
    ]
    made = api.create_invoices(
        tenant, Invoices(invoices=drafts), summarize_errors=False, unitdp=4, idempotency_key="k-1"
    ).invoices
    assert [one.total for one in made] == [Decimal("0.37"), Decimal("0.37")]
    assert made[0].line_items[0].unit_amount == Decimal("0.1255")
    ids = [one.invoice_id for one in made]
    page = api.get_invoices(
        tenant,
        i_ds=ids,
        page=1,
        page_size=10,
        unitdp=4,
        include_archived=True,
        created_by_my_app=True,
        order="UpdatedDateUTC ASC",
        if_modified_since=datetime.now(UTC) - timedelta(days=1),
    )
    listed = _in_order(page.invoices)
    assert set(listed) == set(ids)
    assert listed[ids[0]].line_items[0].tracking[0].option == "Leeds"
    change = Invoices(invoices=[Invoice(reference="PO 2")])
    assert api.update_invoice(tenant, ids[0], change).invoices[0].reference == "PO 2"
    found = api.get_invoice(tenant, made[1].invoice_number).invoices[0]
    assert found.contact.name == "Aire Valley Housing"
    online = api.get_online_invoice(tenant, ids[1]).online_invoices[0]
    assert online.online_invoice_url.startswith("https://")
    lists = [
        api.get_invoices(tenant, where='Status=="DRAFT"').invoices,
        api.get_invoices(tenant, statuses=["DRAFT"], invoice_numbers=["INV-0001"]).invoices,
        api.get_invoices(tenant, search_term="PO 2", summary_only=True).invoices,
        api.get_invoices(tenant, contact_i_ds=[contact]).invoices,
    ]
    assert [len(one) for one in lists] == [1, 1, 1, 2]


def test_it_understands_refusals(official: Official) -> None:
    api, tenant, xero = official.api, official.tenant, official.xero
    bad = invoice(xero.contact(), status="PAID", line_items=[])
    answer = api.create_invoices(tenant, Invoices(invoices=[bad]), summarize_errors=False).invoices[
        0
    ]
    assert answer.has_errors is True
    assert answer.validation_errors[0].message == "Invoice not of valid status for creation"
    with pytest.raises(AccountingBadRequestException) as refused:
        api.create_invoices(tenant, Invoices(invoices=[bad]))
    assert refused.value.reason == "Invoice not of valid status for creation"
    with pytest.raises(NotFoundException):
        api.get_invoice(tenant, "nothing")
    with pytest.raises(AccountingBadRequestException):
        api.get_invoices(tenant, where="Colour==1")
    xero.world.set_setting("xero", "app_minute_limit", 1)
    with pytest.raises(RateLimitException) as limited:
        api.get_organisations(tenant)
    assert limited.value.rate_limit == "appminute"


def test_it_writes_and_reads_items(official: Official) -> None:
    api, tenant = official.api, official.tenant
    sales = Purchase(unit_price=Decimal("1125.505"), account_code="200", tax_type="OUTPUT2")
    item = Item(code="SV-UTL", name="Utility mapping", sales_details=sales)
    made = api.create_items(tenant, Items([item]), summarize_errors=False, unitdp=4).items[0]
    found = api.get_item(tenant, made.item_id, unitdp=4).items[0]
    assert found.sales_details.unit_price == Decimal("1125.505")
    api.update_or_create_items(tenant, Items([Item(code="SV-UTL", name="Utilities")]))
    assert [one.name for one in api.get_items(tenant).items] == ["Utilities"]
    api.delete_item(tenant, made.item_id)
    assert api.get_items(tenant).items == []


def test_it_books_and_takes_back_payments(official: Official) -> None:
    api, tenant, xero = official.api, official.tenant, official.xero
    made = xero.invoice(Status="AUTHORISED")
    payment = Payment(
        invoice=Invoice(invoice_id=made["InvoiceID"]),
        account=Account(code="090"),
        amount=Decimal("120.00"),
        date=date(2026, 3, 1),
    )
    booked = api.create_payments(tenant, Payments(payments=[payment])).payments[0]
    paid = api.get_invoice(tenant, made["InvoiceID"]).invoices[0]
    assert (paid.status, paid.amount_due, len(paid.payments)) == ("PAID", 0, 1)
    assert api.get_payment(tenant, booked.payment_id).payments[0].amount == 120
    where = 'Status=="AUTHORISED" AND PaymentType=="ACCRECPAYMENT"'
    assert len(api.get_payments(tenant, where=where, page=1).payments) == 1
    api.delete_payment(tenant, booked.payment_id, PaymentDelete(status="DELETED"))
    assert api.get_invoice(tenant, made["InvoiceID"]).invoices[0].status == "AUTHORISED"


def test_it_adds_notes_to_the_history(official: Official) -> None:
    api, tenant, xero = official.api, official.tenant, official.xero
    made = xero.invoice()
    notes = HistoryRecords([HistoryRecord(details="Billed for the deal")])
    api.create_invoice_history(tenant, made["InvoiceID"], notes, idempotency_key="h-1")
    acts.approve(xero.world, made["InvoiceID"])
    history = api.get_invoice_history(tenant, made["InvoiceID"]).history_records
    assert [one.changes for one in history] == ["Approved", "Note", "Created"]
    assert history[1].details == "Billed for the deal"
    contact = made["Contact"]["ContactID"]
    assert api.get_contact_history(tenant, contact).history_records
