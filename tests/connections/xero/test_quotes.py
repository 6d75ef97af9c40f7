"""The Xero doorway reads quotes: no webhooks, no ids, a hundred a page."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

import pytest
from pytest_django import Settings

from connections.remote import Sending, Verb
from connections.xero.doorway import Doorway
from connections.xero.kinds import KINDS
from connections.xero.listing import Lists
from sandbox.xero import acts
from sync.core.records import Key, System
from tests.connections.xero.books import Books

pytestmark = pytest.mark.django_db


def quote(contact: str, **more: Any) -> dict[str, Any]:
    """The body of a quote with one line."""
    line = {"Description": "Survey", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    usual = {"Contact": {"ContactID": contact}, "Date": "2026-03-01", "LineItems": [line]}
    return {**usual, **more}


def many(books: Books, contact: str, count: int) -> list[str]:
    """So many quotes, each a second later than the one before; their ids."""
    books.box.world.clock.set(datetime(2026, 11, 1, tzinfo=UTC))
    made = []
    for number in range(count):
        made.append(books.create("Quote", **quote(contact, Reference=str(number))))
        books.box.world.clock.advance(1)
    return made


class Turning:
    """A door through which somebody edits a quote after each answer."""

    def __init__(self, books: Books, quote: str, door: Doorway) -> None:
        self.books, self.quote, self.door = books, quote, door

    def get(self, name: str, **how: Any) -> dict[str, Any]:
        answer = self.door.get(name, **how)
        acts.edit(self.books.box.world, "Quote", self.quote, {"Title": "meanwhile"})
        return answer


def test_a_quote_comes_with_exact_numbers_days_and_times(books: Books, contact: str) -> None:
    line = {"Description": "Peg", "Quantity": 3, "UnitAmount": Decimal("0.1234")}
    made = books.create(
        "Quote", **quote(contact, ExpiryDate="2026-04-01", Title="Pegs", LineItems=[line])
    )
    (record,) = books.remote().read("Quote", [made.upper()])
    assert record.key == Key(System.XERO, "Quote", made)
    assert (record.values["Date"], record.values["ExpiryDate"]) == (
        date(2026, 3, 1),
        date(2026, 4, 1),
    )
    assert record.values["LineItems"][0]["UnitAmount"] == Decimal("0.1234")
    assert record.get("Contact.ContactID") == contact
    assert (record.values["Status"], record.values["CurrencyCode"]) == ("DRAFT", "GBP")
    assert record.stamp is not None
    assert record.stamp.tzinfo is UTC
    assert record.gone == ""


def test_changed_quotes_come_in_order_with_deleted_ones(books: Books, contact: str) -> None:
    first, second, third = many(books, contact, 3)
    everything = books.remote().changed("Quote", None)
    assert [key.id for key in everything.keys] == [first, second, third]
    assert everything.complete
    books.box.world.clock.advance(60)
    acts.delete_quote(books.box.world, second)
    assert everything.covered is not None
    fresh = books.remote().changed("Quote", everything.covered)
    assert [(r.key.id, r.values["Status"], r.gone) for r in fresh.records] == [
        (second, "DELETED", "")
    ]


def test_no_new_quote_costs_one_call(books: Books, contact: str) -> None:
    many(books, contact, 2)
    remote = books.remote()
    remote.changed("Quote", datetime(2026, 11, 2, tzinfo=UTC))
    assert remote.calls == 1


def test_more_than_a_page_is_read_to_its_end(books: Books, contact: str) -> None:
    made = many(books, contact, 230)
    pages = books.remote().changed_records("Quote", None)
    found = [record.key.id for page in pages for record in page.records]
    assert set(found) == set(made)
    remote = books.remote()
    everything = remote.changed("Quote", None)
    assert {key.id for key in everything.keys} == set(made)
    assert everything.complete
    assert remote.calls <= 4


@pytest.mark.slow
def test_a_page_of_one_moment_is_counted_through(books: Books, contact: str) -> None:
    books.box.world.clock.freeze(datetime(2026, 11, 1, tzinfo=UTC))
    made = {books.create("Quote", **quote(contact)) for _ in range(250)}
    assert {key.id for key in books.remote().changed("Quote", None).keys} == made


def test_one_id_costs_one_call_however_old(books: Books, contact: str) -> None:
    made = many(books, contact, 120)
    remote = books.remote()
    (record,) = remote.read("Quote", [made[0]])
    assert record.key.id == made[0]
    assert remote.calls == 1


def test_many_fresh_ids_cost_a_page(books: Books, contact: str) -> None:
    made = many(books, contact, 120)
    remote = books.remote()
    assert {record.key.id for record in remote.read("Quote", made[-60:])} == set(made[-60:])
    assert remote.calls == 1


def test_old_ids_cost_at_most_one_call_more_than_there_are(books: Books, contact: str) -> None:
    made = many(books, contact, 330)
    wanted = [made[0], made[329], made[100], made[5]]
    remote = books.remote()
    assert {record.key.id for record in remote.read("Quote", wanted)} == set(wanted)
    assert remote.calls <= len(wanted) + 1


def test_a_quote_that_is_not_there_is_absent(books: Books, contact: str) -> None:
    (made,) = many(books, contact, 1)
    nobody = [str(uuid4()), str(uuid4())]
    assert [record.key.id for record in books.remote().read("Quote", [*nobody, made])] == [made]
    assert books.remote().read("Quote", nobody[:1]) == []


def test_ids_that_a_list_of_one_page_does_not_have_cost_nothing_more(
    books: Books, contact: str
) -> None:
    made = many(books, contact, 3)
    remote = books.remote()
    found = remote.read("Quote", [*made, *(str(uuid4()) for _ in range(20))])
    assert {record.key.id for record in found} == set(made)
    assert remote.calls == 1


def test_a_quote_that_is_edited_while_pages_are_read_is_found_all_the_same(
    books: Books, contact: str
) -> None:
    made = many(books, contact, 250)
    wanted = [made[20], made[140], made[240]]  # one on each page, the oldest on the last
    door = Turning(books, made[20], books.remote()._door)
    found = Lists(cast("Doorway", door)).picked(KINDS["Quote"], wanted)
    assert {record.key.id for record in found} == set(wanted)


def test_a_number_a_contact_and_a_status_find_quotes_in_a_call(books: Books, contact: str) -> None:
    other = books.create("Contact", Name="Wharfe Mills")
    mine, theirs = books.create("Quote", **quote(contact)), books.create("Quote", **quote(other))
    acts.send_quote(books.box.world, theirs)
    remote = books.remote()
    assert [r.key.id for r in remote.find_by("Quote", "QuoteNumber", ["qu-0001"])] == [mine]
    assert [r.key.id for r in remote.find_by("Quote", "Contact.ContactID", [other])] == [theirs]
    assert [r.key.id for r in remote.find_by("Quote", "Status", ["SENT"])] == [theirs]
    assert remote.calls == 3


def test_a_quote_is_created_and_moved_on(books: Books, contact: str) -> None:
    remote = books.remote()
    (made,) = remote.send(Sending("Quote", Verb.CREATE, (quote(contact),), "key-1"))
    assert made.done, made.message
    who = {"Contact": {"ContactID": contact}, "Date": "2026-03-01", "QuoteID": made.id}
    (sent,) = remote.send(Sending("Quote", Verb.UPDATE, ({**who, "Status": "SENT"},), "key-2"))
    assert sent.done, sent.message
    assert sent.record is not None
    assert sent.record.values["Status"] == "SENT"
    (refused,) = remote.send(
        Sending("Quote", Verb.UPDATE, ({**who, "Status": "INVOICED"},), "key-3")
    )
    assert not refused.done
    assert "not of valid status" in refused.message
    assert [one.what for one in remote.history(Key(System.XERO, "Quote", made.id))] == [
        "Sent",
        "Created",
    ]


def test_a_change_that_xero_would_not_take_is_never_sent(books: Books, contact: str) -> None:
    made = books.create("Quote", **quote(contact))
    change = {"QuoteID": made, "Status": "SENT"}
    with pytest.raises(ValueError, match="without its Contact"):
        books.remote().send(Sending("Quote", Verb.UPDATE, (change,), "key-1"))


def test_a_link_opens_the_quote_in_its_organisation(books: Books, settings: Settings) -> None:
    key = Key(System.XERO, "Quote", "0a6e6e0a-0000-4000-8000-000000000001")
    assert books.remote().link_to(key).endswith(f"/Accounts/Receivable/Quotes/View/{key.id}")
    settings.XERO_API_URL = "https://api.xero.com"
    assert books.remote().link_to(key) == f"https://go.xero.com/app/!abc/quotes/view/{key.id}"


def test_a_lost_page_of_quotes_is_asked_for_again(books: Books, contact: str) -> None:
    made = many(books, contact, 2)
    books.box.faults.add(system="xero", method="GET", lost="after", times=1)
    found = books.remote().changed("Quote", books.box.world.clock.now() - timedelta(hours=1))
    assert [key.id for key in found.keys] == made
