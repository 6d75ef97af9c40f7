"""The Xero doorway writes: each element's fate, lost answers, limits, against the sandbox."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from connections import budget
from connections.models import Budget
from connections.remote import Lane, Sending, Verb
from connections.xero import client
from sandbox.xero import acts
from sync.core.errors import ConnectionBroken, NeedsPerson, OutcomeUnknown, TryAgain
from tests.connections.xero.books import Books, creating, invoice

pytestmark = pytest.mark.django_db


def test_money_makes_the_round_trip_without_losing_a_digit(books: Books, contact: str) -> None:
    price, quantity = Decimal("123456789.1235"), Decimal("10.0000")
    line = {"Description": "Land", "Quantity": quantity, "UnitAmount": price}
    sent = invoice(contact, LineItems=[line], LineAmountTypes="NoTax")
    (answer,) = books.remote().send(creating(sent))
    assert answer.record is not None
    (read,) = books.remote().read("Invoice", [answer.id])
    for record in (answer.record, read):
        assert record.values["LineItems"][0]["UnitAmount"] == price
        assert record.values["Total"] == Decimal("1234567891.24")
        assert isinstance(record.values["Total"], Decimal)


def test_each_element_has_its_own_fate(books: Books, contact: str) -> None:
    archived = books.create("Contact", Name="Gone Ltd")
    acts.archive_contact(books.box.world, archived)
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "9999"}
    bodies = (
        invoice(contact, "good"),
        invoice(archived, "archived"),
        invoice(contact, "account", Status="AUTHORISED", DueDate="2099-01-01", LineItems=[line]),
    )
    good, other, account = books.remote().send(creating(*bodies))
    assert good.done
    assert good.record is not None
    assert good.record.values["Reference"] == "good"
    assert good.correlation_id
    assert not other.done
    assert isinstance(other.error, NeedsPerson)
    assert other.error.cause == f"contact_archived:{archived}"
    assert isinstance(account.error, NeedsPerson)
    assert account.error.cause == "account:9999"
    assert account.error.fix.place == "table"
    assert len(books.stored("Invoice")) == 1


def test_a_warning_is_kept_with_what_was_written(books: Books, contact: str) -> None:
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "9999"}
    (answer,) = books.remote().send(creating(invoice(contact, LineItems=[line])))
    assert answer.done
    assert "9999" in answer.warnings[0]


def test_one_body_that_xero_cannot_read_does_not_hold_up_the_others(
    books: Books, contact: str
) -> None:
    bodies = [invoice(contact, "first"), invoice("@contact", "bad"), invoice(contact, "last")]
    first, bad, last = books.remote().send(creating(*bodies))
    assert (first.done, bad.done, last.done) == (True, False, True)
    assert isinstance(bad.error, NeedsPerson)
    assert "@contact" in str(bad.error)
    assert last.record is not None
    assert last.record.values["Reference"] == "last"
    assert len(books.calls("PUT")) == 1
    (again,) = books.remote().send(creating(bodies[1]))
    assert not again.done
    assert len(books.calls("PUT")) == 1


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_to_a_write_is_sent_exactly_once(
    books: Books, contact: str, lost: str
) -> None:
    books.box.faults.add(system="xero", method="PUT", lost=lost)
    with pytest.raises(OutcomeUnknown) as caught:
        books.remote().send(creating(invoice(contact)))
    assert not caught.value.fresh_key
    assert len(books.calls("PUT")) == 1
    assert len(books.stored("Invoice")) == (1 if lost == "after" else 0)


def test_the_same_key_never_makes_a_second_invoice(books: Books, contact: str) -> None:
    books.box.faults.add(system="xero", method="PUT", lost="after", times=1)
    with pytest.raises(OutcomeUnknown):
        books.remote().send(creating(invoice(contact), key="same"))
    (answer,) = books.remote().send(creating(invoice(contact), key="same"))
    assert answer.done
    assert len(books.stored("Invoice")) == 1


def test_a_failure_while_writing_needs_another_key(books: Books, contact: str) -> None:
    books.box.faults.add(system="xero", method="PUT", status=500)
    with pytest.raises(OutcomeUnknown) as caught:
        books.remote().send(creating(invoice(contact)))
    assert caught.value.fresh_key
    assert len(books.calls("PUT")) == 1


def test_half_an_answer_to_a_write_is_an_unknown_outcome(books: Books, contact: str) -> None:
    books.box.faults.add(system="xero", method="PUT", status=200, body='{"Invoices":[{"Inv')
    with pytest.raises(OutcomeUnknown, match="cannot be read"):
        books.remote().send(creating(invoice(contact)))


def test_an_update_names_the_record_and_changes_only_what_it_names(
    books: Books, contact: str
) -> None:
    made = books.create("Invoice", **invoice(contact, "first", DueDate="2026-12-24"))
    update = Sending("Invoice", Verb.UPDATE, ({"InvoiceID": made, "Reference": "second"},), "key-2")
    (answer,) = books.remote().send(update)
    assert answer.done
    assert answer.id == made
    (read,) = books.remote().read("Invoice", [made])
    assert read.values["Reference"] == "second"
    assert read.values["DueDate"] == date(2026, 12, 24)
    assert len(read.values["LineItems"]) == 1
    nameless = replace(update, bodies=({"Reference": "third"},))
    with pytest.raises(ValueError, match="without its InvoiceID"):
        books.remote().send(nameless)
    assert len(books.calls("POST")) == 1


@pytest.mark.parametrize(
    ("problem", "least", "most"),
    [("minute", 50, 61), ("day", 3500, 3601), ("concurrent", 0.5, 3.1), ("appminute", 0.5, 3.1)],
)
def test_a_429_parks_the_connection_for_every_worker(
    books: Books, contact: str, problem: str, least: float, most: float
) -> None:
    books.box.faults.add(system="xero", rate_limit=problem, times=1)
    with pytest.raises(TryAgain) as caught:
        books.remote().send(creating(invoice(contact)))
    assert caught.value.whole_connection
    parked = Budget.objects.get().parked_until
    assert parked == caught.value.after
    assert parked is not None
    assert least < (parked - timezone.now()).total_seconds() < most
    assert budget.calls_left(books.connection).day == (0 if problem == "day" else 4000)
    if most > 10:
        with pytest.raises(TryAgain):
            books.remote(Lane.PERSON).read("Contact", [contact])
        assert len(books.calls("GET")) == 0
    assert len(books.calls("PUT")) == 1


def test_an_ended_token_is_renewed_once_even_before_a_write(books: Books, contact: str) -> None:
    books.box.faults.add(system="xero", expired_token=True, times=1)
    (answer,) = books.remote().send(creating(invoice(contact)))
    assert answer.done
    assert len(books.calls("PUT")) == 2
    books.box.faults.add(system="xero", expired_token=True)
    with pytest.raises((ConnectionBroken, TryAgain)):
        books.remote().read("Contact", [contact])


def test_a_closed_organisation_is_left_alone_for_five_minutes(books: Books, contact: str) -> None:
    books.box.faults.add(
        system="xero", path="/api.xro/*", status=503, body="The Organisation is offline"
    )
    with pytest.raises(TryAgain, match="offline") as caught:
        books.remote().send(creating(invoice(contact)))
    assert caught.value.after is not None
    assert caught.value.after > timezone.now() + timedelta(minutes=4)
    assert budget.calls_left(books.connection).parked_why == "The organisation is offline in Xero."


def test_a_batch_too_large_for_xero_goes_in_parts(
    books: Books, contact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "x" * 3900
    line = {"Description": text, "Quantity": 1, "UnitAmount": 1}
    heavy = [invoice(contact, str(n), LineItems=[line] * 300) for n in range(4)]
    answers = books.remote().send(creating(*heavy))
    assert [answer.done for answer in answers] == [True] * 4
    calls = books.calls("PUT")
    assert [call["idempotency_key"] for call in calls] == ["key-1", "key-1:1"]
    assert all(call["body_bytes"] < client.BYTES_IN_A_WRITE + 100 for call in calls)
