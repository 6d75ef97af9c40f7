"""Contacts are made and changed without touching another one, found again, and read in pages."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from pytest_django import Settings

from connections.remote import Answer, Sending, Verb
from sandbox.xero import acts
from sync.core.errors import DuplicateFound
from tests.connections.xero.books import Books, creating, invoice

pytestmark = pytest.mark.django_db
NUMBER = "0015g00000AbcdeAAA"  # of the contact that is there


def create(books: Books, *bodies: dict[str, Any]) -> list[Answer]:
    return books.remote().send(creating(*bodies, kind="Contact"))


def update(books: Books, **body: Any) -> Answer:
    (answer,) = books.remote().send(Sending("Contact", Verb.UPDATE, (body,), "key-2"))
    return answer


def test_a_taken_name_never_changes_the_contact_that_has_it(books: Books, contact: str) -> None:
    bodies = (
        {"Name": "Aire Valley Housing", "EmailAddress": "other@aire.example"},
        {"Name": "Burn Ltd", "ContactNumber": "0015g00000OtherAAA"},
    )
    taken, made = create(books, *bodies)
    assert isinstance(taken.error, DuplicateFound)
    assert taken.error.taken == ("Name", "Aire Valley Housing")
    assert taken.error.cause == "contact_name:Aire Valley Housing"
    assert made.done
    (there,) = books.remote().read("Contact", [contact])
    assert not there.get("EmailAddress")
    assert len(books.stored("Contact")) == 2


def test_a_taken_contact_code_leads_to_the_contact_that_has_it(books: Books, contact: str) -> None:
    (taken,) = create(books, {"Name": "Aire Valley Housing Ltd", "ContactNumber": NUMBER})
    assert isinstance(taken.error, DuplicateFound)
    assert taken.error.taken == ("ContactNumber", NUMBER)
    (there,) = books.remote().find_by("Contact", "ContactNumber", [taken.error.taken[1]])
    assert there.key.id == contact


def test_a_contact_that_cannot_come_back_tells_whose_name_it_has(
    books: Books, contact: str
) -> None:
    acts.archive_contact(books.box.world, contact)
    books.create("Contact", Name="Aire Valley Housing")
    answer = update(books, ContactID=contact, Name="Aire Valley Housing", ContactStatus="ACTIVE")
    assert isinstance(answer.error, DuplicateFound)
    assert answer.error.taken == ("Name", "Aire Valley Housing")


def test_an_archived_customer_is_a_question_of_linking(books: Books, contact: str) -> None:
    acts.archive_contact(books.box.world, contact)
    (answer,) = books.remote().send(creating(invoice(contact)))
    assert isinstance(answer.error, DuplicateFound)
    assert answer.error.candidates == (contact,)
    assert answer.error.taken == ("ContactStatus", "ARCHIVED")


def test_an_update_changes_only_what_it_names(books: Books, contact: str) -> None:
    person = {"FirstName": "Máire", "LastName": "Ó Briain", "EmailAddress": "m@aire.example"}
    acts.edit(books.box.world, "Contact", contact, {"ContactPersons": [person], "TaxNumber": "GB1"})
    answer = update(books, ContactID=contact, Name="Aire Valley Homes")
    assert answer.done
    (read,) = books.remote().read("Contact", [contact])
    assert (read.get("Name"), read.get("TaxNumber")) == ("Aire Valley Homes", "GB1")
    assert read.get("ContactNumber") == NUMBER
    assert read.values["ContactPersons"][0]["EmailAddress"] == "m@aire.example"


def test_no_contact_is_written_without_its_name_or_changed_without_its_id(
    books: Books, contact: str
) -> None:
    with pytest.raises(ValueError, match="without its Name"):
        update(books, ContactID=contact, EmailAddress="a@aire.example")
    with pytest.raises(ValueError, match="without its ContactID"):
        update(books, Name="Aire Valley Housing", EmailAddress="a@aire.example")
    with pytest.raises(ValueError, match="without its Name"):
        create(books, {"Name": "Burn Ltd"}, {"ContactNumber": "x"})
    assert books.calls("POST") == books.calls("PUT") == []


def test_living_contacts_are_found_by_a_value(books: Books, contact: str) -> None:
    name = 'Söhne & "O’Neill" Straße'
    other = books.create("Contact", Name=name, EmailAddress="o@soehne.example")
    books.create("Contact", Name=f"{name} Nord")
    archived = books.create("Contact", Name="Aire V. H.", ContactNumber="gone")
    acts.archive_contact(books.box.world, archived)
    remote = books.remote()
    found = remote.find_by("Contact", "ContactNumber", [NUMBER.lower(), "gone", "nowhere"])
    assert [record.key.id for record in found] == [contact]
    assert remote.calls == 3
    found = remote.find_by("Contact", "Name", [name, name])
    assert [record.key.id for record in found] == [other]
    assert remote.calls == 4


def test_items_are_found_in_one_call(books: Books) -> None:
    for code in ("PEG", "POST", "RAIL"):
        books.create("Item", Code=code, Name=code)
    remote = books.remote()
    found = remote.find_by("Item", "Code", ["peg", "RAIL"])
    assert {record.get("Code") for record in found} == {"PEG", "RAIL"}
    assert remote.calls == 1


def test_changed_contacts_come_in_pages_that_can_be_kept_one_by_one(
    books: Books, settings: Settings
) -> None:
    books.box.world.clock.set(datetime(2026, 11, 1, tzinfo=UTC))
    made = []
    for number in range(1_050):
        made.append(books.create("Contact", Name=f"Customer {number}"))
        books.box.world.clock.advance(1)
    acts.merge_contacts(books.box.world, made[0], made[1])
    books.box.world.clock.freeze()
    remote = books.remote()
    first = next(remote.changed_records("Contact", None))
    assert (len(first.records), first.complete) == (1_000, False)
    rest = list(remote.changed_records("Contact", first.covered))
    assert [page.complete for page in rest] == [False] * (len(rest) - 1) + [True]
    found = {r.key.id: r for page in (first, *rest) for r in page.records}
    assert set(found) == set(made)
    assert found[made[1]].gone == f"merged:{made[0]}"
    assert rest[-1].covered is not None
    assert timedelta(0) <= books.box.world.clock.now() - rest[-1].covered < timedelta(seconds=1)
    assert remote.calls == 2


def test_two_thousand_contacts_cost_two_calls_to_read_and_forty_to_write(
    books: Books, settings: Settings
) -> None:
    """So that ten thousand cost two hundred and ten, of a thousand a day."""
    settings.XERO_CALLS_PER_MINUTE = 1_000
    books.box.world.set_setting("xero", "minute_limit", 1_000)
    books.box.world.clock.freeze()  # between pages of several moments a second is read again
    remote = books.remote()
    bodies = [{"Name": f"Customer {number}"} for number in range(2_000)]
    size = remote.batch_size("Contact")
    for start in range(0, len(bodies), size):
        part = bodies[start : start + size]
        sending = creating(*part, key=f"key-{start}", kind="Contact")
        assert all(answer.done for answer in remote.send(sending))
    assert remote.calls == 40
    pages = list(islice(remote.changed_records("Contact", None), 4))
    assert sum(len(page.records) for page in pages) == 2_000
    assert remote.calls == 42
