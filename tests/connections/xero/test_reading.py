"""The Xero doorway reads: records, changes, lists, against the sandbox."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from connections import transport
from sandbox.xero import acts
from sync.core.errors import TryAgain
from sync.core.records import Key, System
from tests.connections.xero.books import Books, invoice

pytestmark = pytest.mark.django_db


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


def test_a_read_is_tried_again_and_then_given_up(books: Books, contact: str) -> None:
    books.box.faults.add(system="xero", method="GET", lost="before", times=2)
    remote = books.remote()
    assert len(remote.read("Contact", [contact])) == 1
    assert remote.calls == 3
    books.box.faults.add(system="xero", method="GET", status=500)
    with pytest.raises(TryAgain, match="status 500"):
        remote.read("Contact", [contact])
    assert remote.calls == 6


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


def test_a_read_waits_out_a_short_limit(books: Books, contact: str) -> None:
    books.box.faults.add(system="xero", rate_limit="concurrent", times=1)
    assert len(books.remote().read("Contact", [contact])) == 1


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
    read = len(first.keys)
    assert 4_980 < read <= 5_000
    assert [key.id for key in first.keys] == made[:read]
    assert first.covered is not None
    rest = books.remote().changed("Contact", first.covered - timedelta(minutes=2))
    assert rest.complete
    assert [key.id for key in rest.keys][-401:] == made[-401:]
    assert len(books.calls("GET")) == 6


def test_a_contact_edited_while_pages_are_read_hides_no_other(books: Books) -> None:
    books.box.world.clock.set(datetime(2026, 11, 1, tzinfo=UTC))
    made = []
    for number in range(1_100):
        made.append(books.create("Contact", Name=f"Customer {number}"))
        books.box.world.clock.advance(1)
    pages = books.remote().changed_records("Contact", None)
    found = {record.key.id for record in next(pages).records}
    for edited in made[:20]:  # they move to the end, and all others twenty places on
        acts.edit(books.box.world, "Contact", edited, {"Phones": []})
    found |= {record.key.id for page in pages for record in page.records}
    assert found == set(made)


def test_a_list_that_is_denser_than_xeros_clock_comes_to_its_end(books: Books) -> None:
    """Its pages begin and end within a second or two, so that going back a second gains little."""
    start = datetime(2026, 11, 1, 0, 0, 0, 100_000, tzinfo=UTC)
    for number in range(2_200):
        books.box.world.clock.freeze(start + timedelta(microseconds=1_800 * number))
        books.create("Contact", Name=f"Customer {number}")
    remote = books.remote()
    found = [r.key for page in remote.changed_records("Contact", None) for r in page.records]
    assert len(set(found)) == 2_200
    assert remote.calls <= 6


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
