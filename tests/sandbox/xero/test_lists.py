"""What lists find, in which order, and how much of it."""

from typing import Any

import pytest

from sandbox.xero import acts
from sandbox.xero.errors import HttpError
from sandbox.xero.listing import unpaged

from .conftest import Xero


@pytest.fixture
def filled(xero: Xero) -> Xero:
    """Six invoices, N-0 to N-5, a minute apart, of two contacts."""
    people = [xero.contact("Aire", ContactNumber="A1"), xero.contact('Bright "B" Ltd')]
    for place in range(6):
        xero.world.clock.advance(60)
        xero.invoice(
            InvoiceNumber=f"N-{place}",
            Reference=f"PO {place}/006A0000{place}",
            Contact={"ContactID": people[place % 2]},
            Date=f"2026-0{place + 1}-15",
            Status="AUTHORISED" if place < 3 else "DRAFT",
        )
    return xero


def numbers(answer: Any) -> list[str]:
    return [one["InvoiceNumber"] for one in answer["Invoices"]]


def test_lists_come_in_the_order_of_their_changes(filled: Xero) -> None:
    first = filled.get("Invoices/N-0")["Invoices"][0]["InvoiceID"]
    filled.world.clock.advance(60)
    filled.post(f"Invoices/{first}", {"Reference": "again"})
    assert numbers(filled.get("Invoices")) == ["N-1", "N-2", "N-3", "N-4", "N-5", "N-0"]


def test_pages_tell_how_many_there_are_and_bring_lines(filled: Xero) -> None:
    answer = filled.get("Invoices", page=2, pageSize=4)
    assert answer["pagination"] == {"page": 2, "pageSize": 4, "pageCount": 2, "itemCount": 6}
    assert numbers(answer) == ["N-4", "N-5"]
    assert len(answer["Invoices"][0]["LineItems"]) == 1
    assert filled.get("Invoices", page=3, pageSize=4)["Invoices"] == []


def test_page_sizes_out_of_range_are_brought_into_it(filled: Xero) -> None:
    assert filled.get("Invoices", page=1, pageSize=5000)["pagination"]["pageSize"] == 1000
    assert filled.get("Invoices", page=1, pageSize=0)["pagination"]["pageSize"] == 1
    assert filled.get("Invoices", page=1)["pagination"]["pageSize"] == 100


def test_the_unpaged_list_has_no_lines_and_no_pages(filled: Xero) -> None:
    answer = filled.get("Invoices")
    assert "pagination" not in answer
    assert {len(one["LineItems"]) for one in answer["Invoices"]} == {0}


def test_a_summary_is_paged_and_short(filled: Xero) -> None:
    answer = filled.get("Invoices", summaryOnly="true")
    assert answer["pagination"]["itemCount"] == 6
    assert not {"LineItems", "Payments", "HasAttachments"} & answer["Invoices"][0].keys()


def test_if_modified_since_brings_what_changed_later(filled: Xero) -> None:
    stamps = [one["UpdatedDateUTC"] for one in filled.books.records("Invoice")]
    since = {"If-Modified-Since": stamps[3][:19]}
    # The stamp has fractions, the header has none: the one on the mark comes again.
    assert numbers(filled.get("Invoices", headers=since)) == ["N-3", "N-4", "N-5"]
    later = {"If-Modified-Since": "2099-01-01T00:00:00"}
    assert numbers(filled.get("Invoices", headers=later)) == []


@pytest.mark.parametrize("header", ["Mon, 05 Jan 2026 10:00:00 GMT", "2026-01-05T10:00:00Z"])
def test_if_modified_since_is_read_in_either_form(filled: Xero, header: str) -> None:
    assert len(filled.get("Invoices", headers={"If-Modified-Since": header})["Invoices"]) == 6


def test_an_unreadable_if_modified_since_is_refused(filled: Xero) -> None:
    answer = filled.call("GET", "Invoices", headers={"If-Modified-Since": "yesterday"})
    assert answer.status_code == 400


def test_invoices_are_found_by_ids_numbers_contacts_and_statuses(filled: Xero) -> None:
    every = filled.get("Invoices")["Invoices"]
    ids = ",".join(one["InvoiceID"] for one in every[:2])
    aire = every[0]["Contact"]["ContactID"]
    assert numbers(filled.get("Invoices", IDs=ids)) == ["N-0", "N-1"]
    assert numbers(filled.get("Invoices", InvoiceNumbers="n-5,N-2,NOPE")) == ["N-2", "N-5"]
    assert numbers(filled.get("Invoices", ContactIDs=aire)) == ["N-0", "N-2", "N-4"]
    assert numbers(filled.get("Invoices", Statuses="DRAFT,VOIDED")) == ["N-3", "N-4", "N-5"]
    both = filled.get("Invoices", ContactIDs=aire, Statuses="DRAFT", InvoiceNumbers="N-2,N-4")
    assert numbers(both) == ["N-4"]


def test_search_looks_into_number_and_reference(filled: Xero) -> None:
    assert numbers(filled.get("Invoices", searchTerm="006a00004")) == ["N-4"]
    assert numbers(filled.get("Invoices", searchTerm="n-1")) == ["N-1"]


def test_invoices_of_archived_contacts_hide_until_they_are_asked_for(filled: Xero) -> None:
    acts.archive_contact(filled.world, filled.get("Contacts/A1")["Contacts"][0]["ContactID"])
    assert numbers(filled.get("Invoices")) == ["N-1", "N-3", "N-5"]
    assert len(filled.get("Invoices", includeArchived="true")["Invoices"]) == 6


def test_a_client_may_ask_for_its_own_invoices_only(filled: Xero) -> None:
    contact = filled.get("Contacts/A1")["Contacts"][0]["ContactID"]
    acts.create(filled.world, "Invoice", filled.draft(Contact={"ContactID": contact}))
    assert len(filled.get("Invoices")["Invoices"]) == 7
    assert len(filled.get("Invoices", createdByMyApp="True")["Invoices"]) == 6


WHERE = [
    ('Status=="DRAFT"', "345"),
    ('Type=="ACCREC" AND Status=="AUTHORISED"', "012"),
    ('Contact.Name=="AIRE"', "024"),
    ('Contact.ContactNumber=="A1"', "024"),
    ('Reference=="PO 3/006A00003"', "3"),
    ('InvoiceNumber=="N-1"', "1"),
    ("Date>=DateTime(2026,03,15) AND Date<DateTime(2026, 5, 15)", "23"),
    ("AmountDue>100 && AmountPaid==0", "012345"),
    ("AmountDue > 100.01 AND AmountDue <= 120.00", "012345"),
    ('(InvoiceNumber=="N-1" OR InvoiceNumber=="N-2") AND Status!="DRAFT"', "12"),
    ('Reference.Contains("006A00005")', "5"),
    ('Reference!=null AND Reference.EndsWith("5")', "5"),
    ('Contact.Name.ToLower().StartsWith("bright")', "135"),
    ("DueDate!=null", "012345"),
    ("FullyPaidOnDate==null", "012345"),
]


@pytest.mark.parametrize(("where", "found"), WHERE)
def test_where_finds(filled: Xero, where: str, found: str) -> None:
    assert numbers(filled.get("Invoices", where=where)) == [f"N-{place}" for place in found]


def test_where_finds_ids_joined_by_or(filled: Xero) -> None:
    ids = [one["InvoiceID"] for one in filled.get("Invoices")["Invoices"]]
    where = f'InvoiceID==guid("{ids[1]}") OR InvoiceID==Guid("{ids[4].upper()}")'
    assert numbers(filled.get("Invoices", where=where)) == ["N-1", "N-4"]
    contact = filled.get("Contacts/A1")["Contacts"][0]["ContactID"]
    where = f'Contact.ContactID==guid("{contact}")'
    assert numbers(filled.get("Invoices", where=where, Statuses="DRAFT")) == ["N-4"]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ('Nonsense=="x"', "No property or field 'Nonsense' exists in type 'Invoice'"),
        ('Contact.Name=="Bright "B" Ltd"', "Syntax error"),
        ('Reference=="open', "Unterminated string literal"),
        ("Status==DRAFT", "No property or field 'DRAFT'"),
        ("AmountDue==True", "No property or field 'True'"),
        ('Date>="2026-01-01"', "incompatible with operand types 'DateTime' and 'String'"),
        ('InvoiceID=="abc"', "incompatible with operand types 'Guid' and 'String'"),
        ('Status>"A"', "Operator '>' incompatible"),
        ("Status==", "Expression expected"),
        ('(Status=="DRAFT"', "Expression expected"),
        ('Status=="DRAFT" Type=="ACCREC"', "Syntax error at 'Type'"),
        ("Date==DateTime(2026)", "constructor"),
        ("Date==DateTime(2026,13,1)", "is no date"),
        ("Date==DateTime(2026,1,1.5)", "is no date"),
        ('InvoiceID==guid("x")', "Guid should contain 32 digits"),
        ('Reference.Matches("x")', "No applicable method 'Matches'"),
    ],
)
def test_a_where_that_cannot_be_read_says_why(filled: Xero, where: str, words: str) -> None:
    answer = filled.call("GET", "Invoices", params={"where": where})
    assert answer.status_code == 400
    assert answer.json()["Type"] == "QueryParseException"
    assert words in answer.json()["Message"]


def test_lists_can_be_ordered(filled: Xero) -> None:
    down = filled.get("Invoices", order="Date DESC", page=1, pageSize=2)
    assert numbers(down) == ["N-5", "N-4"]
    mixed = filled.get("Invoices", order="Status, InvoiceNumber DESC")
    assert numbers(mixed) == ["N-2", "N-1", "N-0", "N-5", "N-4", "N-3"]
    assert filled.call("GET", "Invoices", params={"order": "Colour"}).status_code == 400


def test_contacts_are_found_by_their_optimised_fields(filled: Xero) -> None:
    for where in ('Name=="aire"', 'ContactNumber=="a1"', 'Name.Contains("ir")'):
        assert [one["Name"] for one in filled.get("Contacts", where=where)["Contacts"]] == ["Aire"]
    assert filled.get("Contacts", where="IsCustomer==true AND IsSupplier==true")["Contacts"] == []
    assert len(filled.get("Contacts", where="IsCustomer")["Contacts"]) == 2


def test_settings_can_be_filtered_too(filled: Xero) -> None:
    where = 'Type=="REVENUE" AND Status=="ACTIVE"'
    codes = [one["Code"] for one in filled.get("Accounts", where=where)["Accounts"]]
    assert codes == ["200", "260", "270"]
    rates = filled.get("TaxRates", where='TaxType=="OUTPUT2"')["TaxRates"]
    assert [one["EffectiveRate"] for one in rates] == [20]
    ordered = filled.get("Currencies", order="Code DESC")["Currencies"]
    assert [one["Code"] for one in ordered] == ["USD", "JPY", "GBP", "EUR"]


def test_more_than_a_hundred_thousand_unpaged_rows_are_refused(filled: Xero) -> None:
    class Many(list[dict[str, Any]]):
        def __len__(self) -> int:
            return 100_001

    with pytest.raises(HttpError, match="not filtering Invoices efficiently"):
        unpaged(Many(), "Invoices")
