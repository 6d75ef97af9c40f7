"""Who is a contact: what is unique, what a change keeps, what archiving and merging do."""

import pytest

from sandbox.xero import acts

from .conftest import Xero

TAKEN = "is already assigned to another contact."


def test_a_new_contact_is_found_by_its_number_and_id(xero: Xero) -> None:
    key = xero.contact("Aire", ContactNumber="001A000001XyZAbIAN")
    for path in (key, "001A000001XyZAbIAN"):
        assert xero.get(f"Contacts/{path}")["Contacts"][0]["Name"] == "Aire"
    assert xero.call("GET", "Contacts/none").status_code == 404


def test_put_refuses_a_name_or_number_that_exists_whatever_its_case_and_accents(xero: Xero) -> None:
    xero.contact("Müller & Söhne", ContactNumber="A1")
    said = xero.refusals("PUT", "Contacts", {"Name": "MULLER & SOHNE"})
    assert said == [
        f"The contact name MULLER & SOHNE {TAKEN} The contact name must be unique across all"
        " active contacts."
    ]
    assert TAKEN in xero.refusals("PUT", "Contacts", {"Name": "Other", "ContactNumber": "A1"})[0]


def test_post_matches_by_id_then_number_then_name(xero: Xero) -> None:
    first, second = xero.contact("First", ContactNumber="N1"), xero.contact("Second")
    assert (
        xero.post("Contacts", {"ContactNumber": "N1", "Name": "First, renamed"})[0]["ContactID"]
        == first
    )
    assert xero.post("Contacts", {"Name": "second", "AccountNumber": "7"})[0]["ContactID"] == second
    said = xero.refusals("POST", "Contacts", {"ContactID": second, "Name": "First, renamed"})
    assert TAKEN in said[0]


def test_a_change_keeps_what_is_left_out_and_clears_what_is_empty(xero: Xero) -> None:
    home = {"AddressType": "POBOX", "AddressLine1": "1 Canal Road", "City": "Leeds"}
    key = xero.contact("Aire", EmailAddress="a@aire.example", AccountNumber="7", Addresses=[home])
    change = {"AccountNumber": "", "Addresses": [{"AddressType": "STREET", "City": "Hull"}]}
    after = xero.post(f"Contacts/{key}", change)[0]
    assert (after["EmailAddress"], after["AccountNumber"]) == ("a@aire.example", "")
    cities = {one["AddressType"]: one["City"] for one in after["Addresses"]}
    assert cities == {"POBOX": "Leeds", "STREET": "Hull"}


def test_contact_persons_are_replaced_as_a_whole(xero: Xero) -> None:
    key = xero.contact("Aire", ContactPersons=[{"FirstName": "A"}, {"FirstName": "B"}])
    after = xero.post(f"Contacts/{key}", {"ContactPersons": [{"FirstName": "C"}]})[0]
    assert [one["FirstName"] for one in after["ContactPersons"]] == ["C"]
    six = {"Name": "Six", "ContactPersons": [{"FirstName": "x"}] * 6}
    assert "at most 5" in xero.refusals("POST", "Contacts", six)[0]


def test_a_batch_has_to_name_even_those_it_changes(xero: Xero) -> None:
    key = xero.contact("Aire")
    answers = xero.post("Contacts", {"ContactID": key, "AccountNumber": "1"}, {"Name": "New"})
    assert answers[0]["ValidationErrors"] == [{"Message": "Contact Name cannot be empty"}]
    assert answers[1]["StatusAttributeString"] == "OK"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"Name": ""}, "name must be specified"),
        ({"Name": "x" * 256}, "255 characters"),
        ({"Name": "A", "ContactNumber": "x" * 51}, "50 characters"),
        ({"Name": "A", "EmailAddress": "grüße@aire.example"}, "Email address must be valid"),
        ({"Name": "A", "EmailAddress": "nobody"}, "Email address must be valid"),
        ({"Name": "A", "DefaultCurrency": "CHF"}, "not subscribed to currency CHF"),
        ({"Name": "A", "Phones": [{"PhoneNumber": "1" * 51}]}, "50 characters"),
        ({"Name": "A", "ContactID": "11111111-2222-3333-4444-555555555555"}, "not be found"),
    ],
)
def test_a_contact_out_of_its_limits_is_refused(
    xero: Xero, values: dict[str, object], words: str
) -> None:
    assert words in xero.refusals("POST", "Contacts", values)[0]


def test_archived_contacts_show_on_request_and_by_id_only(xero: Xero) -> None:
    key = xero.contact("Gone Ltd")
    xero.post(f"Contacts/{key}", {"ContactStatus": "ARCHIVED"})
    assert xero.get("Contacts")["Contacts"] == []
    assert len(xero.get("Contacts", includeArchived="True")["Contacts"]) == 1
    assert len(xero.get("Contacts", IDs=key)["Contacts"]) == 1


def test_an_archived_name_is_free_and_cannot_come_back_while_it_is_taken(xero: Xero) -> None:
    old = xero.contact("Aire")
    acts.archive_contact(xero.world, old)
    new = xero.contact("Aire")
    assert new != old
    assert (
        TAKEN
        in xero.refusals(
            "POST", "Contacts", {"ContactID": old, "Name": "Aire", "ContactStatus": "ACTIVE"}
        )[0]
    )
    with pytest.raises(ValueError, match="already assigned"):
        acts.restore_contact(xero.world, old)


def test_a_merge_moves_the_invoices_and_points_to_the_winner(xero: Xero) -> None:
    winner, loser = xero.contact("Winner"), xero.contact("Loser")
    invoice = xero.invoice(Contact={"ContactID": loser})["InvoiceID"]
    acts.merge_contacts(xero.world, winner, loser)
    gone = xero.get(f"Contacts/{loser}")["Contacts"][0]
    assert (gone["ContactStatus"], gone["MergedToContactID"]) == ("ARCHIVED", winner)
    assert "MergedToContactID" not in xero.get("Contacts", IDs=loser)["Contacts"][0]
    moved = xero.get(f"Invoices/{invoice}")["Invoices"][0]
    assert moved["Contact"]["ContactID"] == winner
    assert xero.get(f"Contacts/{winner}")["Contacts"][0]["IsCustomer"] is True


def test_balances_are_in_the_base_currency_and_move_no_stamp(xero: Xero) -> None:
    key = xero.contact("Aire")
    before = xero.get(f"Contacts/{key}")["Contacts"][0]["UpdatedDateUTC"]
    xero.world.clock.advance(60)
    xero.invoice(Contact={"ContactID": key}, Status="AUTHORISED", DueDate="2020-01-31")
    xero.invoice(
        Contact={"ContactID": key}, Status="AUTHORISED", CurrencyCode="EUR", CurrencyRate=2
    )
    after = xero.get("Contacts", page=1)["Contacts"][0]
    assert after["Balances"]["AccountsReceivable"] == {"Outstanding": 180, "Overdue": 120}
    assert after["UpdatedDateUTC"] == before


def test_the_unpaged_list_leaves_out_what_costs_xero_time(xero: Xero) -> None:
    terms = {"Sales": {"Day": 30, "Type": "DAYSAFTERBILLDATE"}}
    xero.contact("Aire", PaymentTerms=terms, ContactPersons=[{"FirstName": "A"}])
    plain = xero.get("Contacts")["Contacts"][0]
    paged = xero.get("Contacts", page=1)["Contacts"][0]
    summary = xero.get("Contacts", summaryOnly="true")["Contacts"][0]
    assert "PaymentTerms" not in plain
    assert plain["ContactPersons"] == []
    assert (paged["PaymentTerms"], len(paged["ContactPersons"])) == (terms, 1)
    assert not {"Addresses", "ContactPersons", "IsCustomer", "PaymentTerms"} & summary.keys()


def test_search_looks_into_names_numbers_and_addresses(xero: Xero) -> None:
    xero.contact("Aire Valley", EmailAddress="accounts@housing.example")
    xero.contact("Müller", ContactNumber="001XX")
    for term, name in (("HOUSING", "Aire Valley"), ("muller", "Müller"), ("001x", "Müller")):
        assert [one["Name"] for one in xero.get("Contacts", searchTerm=term)["Contacts"]] == [name]
