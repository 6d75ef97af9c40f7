"""The Xero doorway reads credit notes, prepayments and overpayments of customers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from connections.remote import Sending, Verb
from sandbox.xero import acts
from sync.core.records import Key, System
from tests.connections.xero.books import Books, invoice

pytestmark = pytest.mark.django_db
KINDS = ["CreditNote", "Prepayment", "Overpayment"]


@pytest.fixture
def due(books: Books, contact: str) -> str:
    """An approved invoice of 120.00; its id."""
    made = books.create("Invoice", **invoice(contact, DueDate="2026-12-01"))
    acts.approve(books.box.world, made)
    return made


def credit(books: Books, kind: str, contact: str, due: str) -> str:
    """A credit of 50.00 of which nothing is used; its id."""
    if kind == "CreditNote":
        return acts.credit_invoice(books.box.world, due, 50, allocate=False)
    if kind == "Prepayment":
        return acts.prepay(books.box.world, contact, 50)
    with_it = books.create("Invoice", **invoice(contact, DueDate="2026-12-01"))
    acts.approve(books.box.world, with_it)
    return acts.overpay(books.box.world, with_it, 50)


@pytest.mark.parametrize("kind", KINDS)
def test_a_credit_comes_with_what_is_left_and_what_was_allocated(
    books: Books, contact: str, due: str, kind: str
) -> None:
    made = credit(books, kind, contact, due)
    acts.allocate_credit(books.box.world, kind, made, due, 20)
    (record,) = books.remote().read(kind, [made.upper()])
    assert record.key == Key(System.XERO, kind, made)
    assert (record.get("RemainingCredit"), record.get("Total")) == (Decimal(30), Decimal(50))
    assert record.get("Contact.ContactID") == contact
    (allocation,) = record.values["Allocations"]
    assert (allocation["Amount"], allocation["Invoice"]["InvoiceID"]) == (Decimal(20), due)
    assert isinstance(allocation["Date"], date)
    (told,) = books.remote().read("Invoice", [due])
    assert (told.get("AmountCredited"), told.get("AmountDue")) == (Decimal(20), Decimal(100))
    assert told.values[f"{kind}s"][0]["AppliedAmount"] == Decimal(20)


@pytest.mark.parametrize("kind", KINDS)
def test_void_credit_is_seen_as_changed_and_suppliers_never(
    books: Books, contact: str, due: str, kind: str
) -> None:
    made = credit(books, kind, contact, due)
    theirs: dict[str, Any] = {"Contact": {"ContactID": contact}, "LineItems": [
        {"Description": "x", "Quantity": 1, "UnitAmount": 5, "AccountCode": "400"}]}  # fmt: skip
    if kind == "CreditNote":
        books.create("CreditNote", Type="ACCPAYCREDIT", **theirs)
    else:
        bank = {"Code": "090"}
        theirs["LineItems"] = [{"Description": "x", "Quantity": 1, "UnitAmount": 5}]
        theirs["LineItems"][0] |= {"AccountCode": "400"} if kind == "Prepayment" else {}
        books.create("BankTransaction", Type=f"SPEND-{kind.upper()}", BankAccount=bank, **theirs)
    everything = books.remote().changed(kind, None)
    assert [key.id for key in everything.keys] == [made]
    assert everything.covered is not None
    books.box.world.clock.advance(60)
    acts.void_credit(books.box.world, kind, made)
    remote = books.remote()
    (changed,) = remote.changed(kind, everything.covered).records
    assert (changed.key.id, changed.values["Status"], changed.gone) == (made, "VOIDED", "")
    assert remote.calls == 1


@pytest.mark.parametrize("kind", KINDS)
def test_open_credit_is_what_may_still_be_used(
    books: Books, contact: str, due: str, kind: str
) -> None:
    spent, left, void = (credit(books, kind, contact, due) for _ in range(3))
    acts.allocate_credit(books.box.world, kind, spent, due)
    acts.void_credit(books.box.world, kind, void)
    assert [record.key.id for record in books.remote().open_records(kind)] == [left]


@pytest.mark.parametrize("kind", KINDS)
def test_ids_go_twenty_to_a_call_and_a_contact_finds_its_own(
    books: Books, contact: str, due: str, kind: str
) -> None:
    made = [credit(books, kind, contact, due) for _ in range(21)]
    remote = books.remote()
    found = remote.read(kind, [*made, str(uuid4()), "no id"])
    assert {record.key.id for record in found} == set(made)
    assert remote.calls == 2
    assert len(remote.find_by(kind, "Contact.ContactID", [contact])) == 21
    other = books.create("Contact", Name="Wharfe Mills")
    assert remote.find_by(kind, "Contact.ContactID", [other]) == []
    assert remote.calls == 4


@pytest.mark.parametrize("kind", KINDS)
def test_credit_is_only_read(books: Books, kind: str) -> None:
    with pytest.raises(ValueError, match="only read"):
        books.remote().send(Sending(kind, Verb.CREATE, ({"Type": "ACCRECCREDIT"},), "key-1"))


def test_a_long_list_comes_a_thousand_to_a_call(books: Books, contact: str, due: str) -> None:
    books.box.world.clock.set(datetime(2026, 11, 1, tzinfo=UTC))
    for _ in range(1_050):
        acts.credit_invoice(books.box.world, due, 1, allocate=False)
        books.box.world.clock.advance(1)
    remote = books.remote()
    pages = remote.changed_records("CreditNote", None)
    assert len({record.key for page in pages for record in page.records}) == 1_050
    assert remote.calls == 2


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("CreditNote", "AccountsReceivable/ViewCreditNote.aspx?creditNoteID="),
        ("Prepayment", "Bank/ViewTransaction.aspx?bankTransactionID="),
        ("Overpayment", "Bank/ViewTransaction.aspx?bankTransactionID="),
    ],
)
def test_a_link_opens_the_credit_in_its_organisation(
    books: Books, settings: Settings, kind: str, page: str
) -> None:
    key = Key(System.XERO, kind, "0a6e6e0a-0000-4000-8000-000000000001")
    settings.XERO_API_URL = "https://api.xero.com"
    assert books.remote().link_to(key) == (
        f"https://go.xero.com/organisationlogin/default.aspx?shortcode=!abc&redirecturl=/{page}{key.id}"
    )


def test_a_credits_history_is_read(books: Books, contact: str) -> None:
    made = acts.prepay(books.box.world, contact, 5)
    (happened,) = books.remote().history(Key(System.XERO, "Prepayment", made))
    assert happened.what == "Created"
