"""What we send to Xero is held against Xero's own description of its API."""

import importlib.util
import warnings
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from connections import live
from connections.remote import Lane, Remote, Sending, TrackingOption, Verb
from connections.xero.kinds import KINDS
from sandbox.wire import Server
from sandbox.world import World
from sandbox.xero import acts
from sandbox.xero.app import make_app
from sandbox.xero.defaults import set_up_organisation
from tests.connections.conftest import make_connection, make_credential
from tests.connections.xero.books import creating, invoice

CONTRACTS = Path(__file__).parents[4] / "shared" / "contracts"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (CONTRACTS / "xero_referee.py").exists(), reason="Xero's API description is not here"
    ),
]


def load_referee() -> Any:
    """Return the module that judges requests and answers."""
    spec = importlib.util.spec_from_file_location("xero_referee", CONTRACTS / "xero_referee.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        spec.loader.exec_module(module)
    return module


@pytest.fixture
def world() -> World:
    made = World()
    set_up_organisation(made, "Fernhill Surveys Ltd", tracking={"Office": ["Bristol"]})
    return made


@pytest.fixture
def judge(world: World) -> Any:
    return load_referee().XeroReferee(make_app(world), str(CONTRACTS / "xero_accounting.yaml"))


@pytest.fixture
def remote(world: World, judge: Any, settings: Settings) -> Iterator[Remote]:
    server = Server("127.0.0.1", 0, judge)
    server.start()
    settings.XERO_API_URL = settings.XERO_IDENTITY_URL = server.url
    credential = make_credential(
        grant="client-credentials",
        client_id="sandbox-xero",
        client_secret="sandbox-xero-secret",
        access_token="",
    )
    tenant = next(iter(world.table("xero", "Organisation")))
    yield live.open_remote(make_connection(credential, organisation_id=tenant), Lane.BILLING)
    server.stop()


CONTACT = {
    "Name": "Aire Valley Housing",
    "ContactNumber": "0015g00000AbcdeAAA",
    "EmailAddress": "office@aire.example",
    "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "0117 496 0000"}],
    "Addresses": [{"AddressType": "POBOX", "AddressLine1": "1 Quay", "City": "Bristol"}],
}
ITEM = {"Code": "PEG", "Name": "Peg", "SalesDetails": {"UnitPrice": Decimal("0.1234")}}


def sale(contact: str, option: TrackingOption) -> dict[str, Any]:
    """The body of an invoice with everything that ours may have."""
    line = {
        "Description": "Survey",
        "Quantity": Decimal("2.5"),
        "UnitAmount": Decimal("100.1234"),
        "DiscountRate": Decimal("12.5"),
        "AccountCode": "200",
        "TaxType": "OUTPUT2",
        "Tracking": [{"Name": option.category, "Option": option.option}],
    }
    return invoice(
        contact,
        "Survey · 0065g00000AbcdeAAC",
        LineItems=[line],
        Date="2026-11-25",
        DueDate="2026-12-25",
        Status="AUTHORISED",
        Url="https://fernhill.my.salesforce.com/0065g00000AbcdeAAC",
        LineAmountTypes="Exclusive",
        CurrencyCode="GBP",
    )


@pytest.mark.slow
def test_every_call_of_ours_keeps_to_the_contract(remote: Remote, judge: Any, world: World) -> None:
    option = remote.reference().tracking[0]
    (contact,) = remote.send(creating(CONTACT, kind="Contact"))
    remote.send(creating(ITEM, kind="Item", key="key-2"))
    (made,) = remote.send(creating(sale(contact.id, option), key="key-3"))
    assert made.done, made.message
    change = {"InvoiceID": made.id, "Reference": "again"}
    remote.send(Sending("Invoice", Verb.UPDATE, (change,), "key-4"))
    quote = {"Contact": {"ContactID": contact.id}, "Date": date(2026, 3, 1), "Title": "Survey"}
    (quoted,) = remote.send(creating(quote, kind="Quote", key="key-5"))
    remote.send(Sending("Quote", Verb.UPDATE, ({**quote, "QuoteID": quoted.id},), "key-6"))
    remote.send(creating(quote, kind="Quote", key="key-7"))
    remote.read("Quote", [key.id for key in remote.changed("Quote", None).keys])
    for field, value in (
        ("QuoteNumber", "QU-0001"),
        ("Status", "SENT"),
        ("Contact.ContactID", contact.id),
    ):
        remote.find_by("Quote", field, [value])
    due = acts.create(world, "Invoice", invoice(contact.id, DueDate="2026-12-01"))
    acts.approve(world, due)
    acts.credit_invoice(world, due, 5)
    acts.prepay(world, contact.id, 5)
    acts.overpay(world, due, 5)
    for kind in ("CreditNote", "Prepayment", "Overpayment"):
        remote.open_records(kind)
        remote.find_by(kind, "Contact.ContactID", [contact.id])
    for kind in KINDS:
        changes = remote.changed(kind, None)
        remote.changed(kind, changes.covered)
        remote.read(kind, [changes.keys[0].id])
    assert judge.violations == []
