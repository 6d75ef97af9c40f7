"""The Xero doorway against the sandbox: reading, writing, lost answers, limits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from connections import budget, transport
from connections.models import Budget
from connections.remote import Lane, Sending, Verb
from connections.xero import client
from sandbox.xero import acts
from sync.core.errors import ConnectionBroken, NeedsPerson, OutcomeUnknown, TryAgain
from sync.core.records import Key, System
from tests.connections.books import Books, creating, invoice, running_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(settings: Settings) -> Iterator[Books]:
    with running_books(settings) as running:
        yield running


@pytest.fixture
def contact(books: Books) -> str:
    return books.create("Contact", Name="Aire Valley Housing", ContactNumber="0015g00000AbcdeAAA")


def test_a_record_comes_with_exact_numbers_days_and_times(books: Books, contact: str) -> None:
    line = {"Description": "Peg", "Quantity": 3, "UnitAmount": Decimal("0.1234")}
    made = books.create("Invoice", **invoice(contact, "r", Date="2026-03-01", LineItems=[line]))
    (record,) = books.remote().read("Invoice", [made.upper()])
    assert record.key == Key(System.XERO, "Invoice", made)
    assert record.values["Date"] == date(2026, 3, 1)
    assert record.values["LineItems"][0]["UnitAmount"] == Decimal("0.1234")
    assert record.get("Contact.ContactID") == contact
    assert record.stamp is not None
    assert record.stamp.tzinfo is UTC
    assert record.gone == ""


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


def test_a_read_is_tried_again_and_then_given_up(books: Books, contact: str) -> None:
    books.box.faults.add(system="xero", method="GET", lost="before", times=2)
    remote = books.remote()
    assert len(remote.read("Contact", [contact])) == 1
    assert remote.calls == 3
    books.box.faults.add(system="xero", method="GET", status=500)
    with pytest.raises(TryAgain, match="status 500"):
        remote.read("Contact", [contact])
    assert remote.calls == 6


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


def test_changes_come_with_bills_left_out_and_xeros_own_time(books: Books, contact: str) -> None:
    first = books.create("Invoice", **invoice(contact, "old"))
    books.create("Invoice", **{**invoice(contact), "Type": "ACCPAY"})
    books.box.world.clock.advance(3600)
    everything = books.remote().changed("Invoice", None)
    assert [key.id for key in everything.keys] == [first]
    assert everything.complete
    assert everything.covered is not None
    assert everything.covered > timezone.now() + timedelta(minutes=59)
    books.box.world.clock.advance(60)
    second = books.create("Invoice", **invoice(contact, "new"))
    fresh = books.remote().changed("Invoice", everything.covered)
    assert [record.key.id for record in fresh.records] == [second]
    assert len(books.calls("GET")) == 2


def test_archived_and_merged_contacts_are_seen_and_read_as_gone(books: Books, contact: str) -> None:
    merged, archived = (books.create("Contact", Name=name) for name in ("Aire V. H.", "Old Ltd"))
    acts.merge_contacts(books.box.world, contact, merged)
    acts.archive_contact(books.box.world, archived)
    gone = {
        record.key.id: record.gone for record in books.remote().changed("Contact", None).records
    }
    assert gone == {contact: "", merged: f"merged:{contact}", archived: "archived"}
    assert len(books.remote().read("Contact", [merged, archived, contact])) == 3


def test_a_deleted_invoice_stays_a_record_with_its_status(books: Books, contact: str) -> None:
    made = books.create("Invoice", **invoice(contact))
    acts.delete_draft(books.box.world, made)
    (record,) = books.remote().read("Invoice", [made])
    assert record.values["Status"] == "DELETED"
    assert record.gone == ""


def test_ids_go_forty_to_a_call(books: Books, contact: str) -> None:
    made = [books.create("Invoice", **invoice(contact, str(n))) for n in range(41)]
    remote = books.remote()
    assert len(remote.read("Invoice", made)) == 41
    assert remote.calls == 2
    assert remote.read("Invoice", []) == []


def test_items_are_read_whole_and_filtered_here(books: Books) -> None:
    peg, _ = (books.create("Item", Code=code, Name=code) for code in ("PEG", "POST"))
    remote = books.remote()
    (record,) = remote.read("Item", [peg])
    assert record.values["Code"] == "PEG"
    assert remote.calls == 1


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


def test_a_read_waits_out_a_short_limit(books: Books, contact: str) -> None:
    books.box.faults.add(system="xero", rate_limit="concurrent", times=1)
    assert len(books.remote().read("Contact", [contact])) == 1


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


def test_an_organisation_tells_its_lists(books: Books) -> None:
    remote = books.remote()
    told = remote.reference()
    assert remote.calls == 7
    assert (told.name, told.base_currency, told.country) == ("Fernhill Surveys Ltd", "GBP", "GB")
    assert told.timezone == "Europe/London"
    assert told.currencies == {"GBP", "EUR", "JPY"}
    assert told.actions["UseMulticurrency"] is True
    sales = told.account("200")
    assert sales is not None
    assert (sales.tax_type, sales.account_class, sales.active) == ("OUTPUT2", "REVENUE", True)
    rate = told.tax_rate("OUTPUT2")
    assert rate is not None
    assert rate.rate == 20
    assert "REVENUE" in rate.classes
    assert {option.option for option in told.tracking} == {"Bristol", "Leeds"}


def test_the_later_lock_date_counts(books: Books) -> None:
    (own,) = books.stored("Organisation")
    locked = {**own, "PeriodLockDate": "2026-06-30", "EndOfYearLockDate": "2026-03-31"}
    books.box.world.table("xero", "Organisation")[own["OrganisationID"]] = locked
    assert books.remote().reference().locked_until == date(2026, 6, 30)


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


def test_a_link_opens_the_record_in_this_organisation(books: Books, settings: Settings) -> None:
    key = Key(System.XERO, "Invoice", "0a6e6e0a-0000-4000-8000-000000000001")
    settings.XERO_API_URL = "https://api.xero.com"
    assert books.remote().link_to(key) == (
        "https://go.xero.com/organisationlogin/default.aspx?shortcode=!abc"
        f"&redirecturl=/AccountsReceivable/View.aspx?InvoiceID={key.id}"
    )


@pytest.mark.slow
def test_a_long_list_comes_in_portions_and_goes_on_where_it_stopped(books: Books) -> None:
    books.box.world.clock.set(datetime(2026, 11, 1, tzinfo=UTC))
    made = []
    for number in range(5_400):
        made.append(books.create("Contact", Name=f"Customer {number}"))
        books.box.world.clock.advance(1)
    first = books.remote().changed("Contact", None)
    assert not first.complete
    assert [key.id for key in first.keys] == made[:5000]
    assert first.covered is not None
    rest = books.remote().changed("Contact", first.covered - timedelta(minutes=2))
    assert rest.complete
    assert [key.id for key in rest.keys][-401:] == made[-401:]
    assert len(books.calls("GET")) == 6


@pytest.mark.slow
def test_a_long_list_of_one_moment_is_read_to_its_end(books: Books) -> None:
    """As after an import: going on from the last stamp would never come further."""
    books.box.world.clock.freeze(datetime(2026, 11, 1, tzinfo=UTC))
    for number in range(5_400):
        books.create("Contact", Name=f"Customer {number}")
    everything = books.remote().changed("Contact", None)
    assert everything.complete
    assert len(everything.keys) == 5_400


def test_the_sandbox_tells_its_own_time(books: Books, contact: str) -> None:
    books.box.world.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    changes = books.remote().changed("Contact", None)
    assert changes.covered is not None
    assert changes.covered.year == 2030
    with transport.session(5) as session:
        answer = session.get(f"{books.box.xero_url}/connections")
    assert answer.headers["Date"] == "Tue, 01 Jan 2030 00:00:00 GMT"
