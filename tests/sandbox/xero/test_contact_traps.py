"""What goes wrong with contacts in a real Xero, and what nobody is told of."""

from typing import Any

import pytest

from sandbox.xero import acts

from .conftest import Xero


def alone(xero: Xero, key: str) -> dict[str, Any]:
    found: dict[str, Any] = xero.get(f"Contacts/{key}")["Contacts"][0]
    return found


def history(xero: Xero, key: str) -> list[tuple[str, str, str]]:
    """What happened, by whom and how, newest first."""
    rows = xero.get(f"Contacts/{key}/History")["HistoryRecords"]
    return [(row["Changes"], row["User"], row["Details"]) for row in rows]


def test_a_bare_name_overwrites_another_companys_contact(xero: Xero) -> None:
    key = xero.contact("Moor Ltd", EmailAddress="a@moor.example", ContactNumber="001A")
    given = {"Name": "moor ltd", "EmailAddress": "b@other.example", "ContactNumber": "001B"}
    (after,) = xero.post("Contacts", given)
    assert after["ContactID"] == key
    assert (after["EmailAddress"], after["ContactNumber"]) == ("b@other.example", "001B")


def test_the_second_of_one_name_in_a_batch_is_refused_and_the_first_is_kept(xero: Xero) -> None:
    first, second = xero.put("Contacts", {"Name": "Moor Ltd"}, {"Name": "MOOR LTD"})
    assert (first["StatusAttributeString"], second["StatusAttributeString"]) == ("OK", "ERROR")
    assert second["ContactID"] == "00000000-0000-0000-0000-000000000000"
    assert second["ValidationErrors"][0]["Message"].startswith("The contact name MOOR LTD is")


def test_phones_and_addresses_are_laid_over_those_of_their_type(xero: Xero) -> None:
    phones = [
        {"PhoneType": "DEFAULT", "PhoneNumber": "1"},
        {"PhoneType": "FAX", "PhoneNumber": "2"},
    ]
    place = {"AddressType": "POBOX", "AddressLine1": "1 Mill Lane", "City": "Leeds"}
    key = xero.contact("Moor Ltd", Phones=phones, Addresses=[place])
    change = {
        "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "3"}],
        "Addresses": [{"AddressType": "POBOX", "City": "York"}],
    }
    (after,) = xero.post(f"Contacts/{key}", change)
    numbers = {one["PhoneType"]: one["PhoneNumber"] for one in after["Phones"]}
    assert numbers == {"DEFAULT": "3", "FAX": "2", "DDI": "", "MOBILE": ""}
    (billing,) = [one for one in after["Addresses"] if one["AddressType"] == "POBOX"]
    assert (billing["AddressLine1"], billing["City"]) == ("1 Mill Lane", "York")


@pytest.mark.parametrize("email", ["jürgen@moor.example", "a b@moor.example", "moor.example"])
def test_an_email_that_xero_cannot_send_to_is_refused_wherever_it_stands(
    xero: Xero, email: str
) -> None:
    words = ["Email address must be valid."]
    assert xero.refusals("PUT", "Contacts", {"Name": "A", "EmailAddress": email}) == words
    person = {"Name": "B", "ContactPersons": [{"FirstName": "B", "EmailAddress": email}]}
    assert xero.refusals("PUT", "Contacts", person) == words


def test_an_invoice_makes_its_contact_a_customer_without_moving_the_stamp(xero: Xero) -> None:
    key = xero.contact("Moor Ltd")
    before = alone(xero, key)
    xero.world.clock.advance(60)
    xero.invoice(Contact={"ContactID": key})
    after = alone(xero, key)
    assert (before["IsCustomer"], after["IsCustomer"]) == (False, True)
    assert after["UpdatedDateUTC"] == before["UpdatedDateUTC"]
    since = {"If-Modified-Since": f"{xero.world.clock.now():%Y-%m-%dT%H:%M:%S}"}
    assert xero.get("Contacts", headers=since)["Contacts"] == []


def test_an_archived_contact_gets_no_new_invoice(xero: Xero) -> None:
    key = xero.contact("Moor Ltd")
    acts.archive_contact(xero.world, key)
    draft = xero.draft(Contact={"ContactID": key})
    assert "has been archived" in xero.refusals("PUT", "Invoices", draft)[0]


def test_the_history_tells_who_changed_what(xero: Xero) -> None:
    key = xero.contact("Moor Ltd", EmailAddress="a@moor.example")
    acts.edit(xero.world, "Contact", key, {"EmailAddress": "b@moor.example"}, by="Dominic Hale")
    acts.archive_contact(xero.world, key)
    xero.post(f"Contacts/{key}", {"Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "1"}]})
    assert history(xero, key) == [
        ("Edited", "Counterpart", "DEFAULT phone changed."),
        ("Archived", "Farah Aziz", 'Status changed from "ACTIVE" to "ARCHIVED".'),
        (
            "Edited",
            "Dominic Hale",
            'Email address changed from "a@moor.example" to "b@moor.example".',
        ),
        ("Created", "Counterpart", ""),
    ]


def test_merges_make_a_chain_that_ends_at_an_active_contact(xero: Xero) -> None:
    first, second, third = (xero.contact(name) for name in ("First", "Second", "Third"))
    acts.merge_contacts(xero.world, second, first)
    acts.merge_contacts(xero.world, third, second)
    chain = [alone(xero, key).get("MergedToContactID") for key in (first, second, third)]
    assert chain == [second, third, None]
    with pytest.raises(ValueError, match="merged already"):
        acts.merge_contacts(xero.world, third, first)
    assert history(xero, third)[0][2] == "Second was merged into this contact"


def test_contact_groups_are_shown_and_no_client_changes_them(xero: Xero) -> None:
    key, other = xero.contact("Moor Ltd"), xero.contact("Fell Ltd")
    stamp = alone(xero, key)["UpdatedDateUTC"]
    xero.world.clock.advance(60)
    acts.add_to_group(xero.world, key, "Retainers")
    acts.add_to_group(xero.world, other, "Bristol")
    assert alone(xero, key)["UpdatedDateUTC"] == stamp
    (after,) = xero.post("Contacts", {"ContactID": key, "Name": "Moor plc", "ContactGroups": []})
    assert [one["Name"] for one in after["ContactGroups"]] == ["Retainers"]
    acts.merge_contacts(xero.world, key, other)
    groups = alone(xero, key)["ContactGroups"]
    assert [one["Name"] for one in groups] == ["Retainers", "Bristol"]
    assert xero.get("Contacts")["Contacts"][0]["ContactGroups"] == []


def test_whoever_asked_to_be_forgotten_cannot_be_changed_any_more(xero: Xero) -> None:
    key = xero.contact("Ruth Hale")
    acts.request_erasure(xero.world, key)
    assert alone(xero, key)["ContactStatus"] == "GDPRREQUEST"
    change = {"ContactID": key, "Name": "Ruth Hale", "ContactStatus": "ACTIVE"}
    assert "erasure" in xero.refusals("POST", "Contacts", change)[0]
    assert xero.get("Contacts")["Contacts"] == []
    xero.put("Contacts", {"Name": "Ruth Hale"})


def test_a_website_is_entered_by_hand_and_ignored_from_a_client(xero: Xero) -> None:
    key = xero.contact("Moor Ltd", Website="https://client.example")
    assert "Website" not in alone(xero, key)
    acts.edit(xero.world, "Contact", key, {"Website": "https://moor.example"})
    assert alone(xero, key)["Website"] == "https://moor.example"
    (after,) = xero.post(f"Contacts/{key}", {"Website": ""})
    assert after["Website"] == "https://moor.example"
