"""Contacts: how a deal's account is found in Xero and what is made of it."""

from __future__ import annotations

from typing import Any

import pytest

from sync.core.errors import NeedsPerson
from sync.core.matching import Match, Outcome, match
from sync.core.records import Record
from sync.flows.shapes import contact
from tests import builders

NAME = "Customer 1 Ltd"


def found(deal: Record, *contacts: Record) -> Match:
    """Return the match of the deal's account among these contacts."""
    return match(contact.wanted(deal), [contact.candidate(record) for record in contacts])


def with_mail(email: str, **account: Any) -> Record:
    return builders.deal(OpportunityContactRoles=builders.primary(email), account=account)


def test_the_contact_that_carries_the_accounts_id_is_it_whatever_its_name() -> None:
    other = builders.contact(NAME)
    mine = builders.contact("Quite another name", builders.account_id(1))
    assert found(builders.deal(), other, mine).candidate == contact.candidate(mine)


def test_a_contact_number_of_fifteen_characters_is_the_same_id() -> None:
    mine = builders.contact("Another", builders.account_id(1)[:15])
    assert found(builders.deal(), mine).outcome is Outcome.FOUND


def test_the_same_name_and_mail_are_proof_enough_without_case_and_spaces() -> None:
    mine = builders.contact("CUSTOMER  1 LTD", EmailAddress="Billing@Acme.example")
    assert found(with_mail("billing@acme.example"), mine).outcome is Outcome.FOUND


def test_the_same_account_number_is_proof_enough() -> None:
    mine = builders.contact("Another", AccountNumber="C-77")
    assert found(builders.deal(account={"AccountNumber": "c-77"}), mine).outcome is Outcome.FOUND


def test_the_name_alone_is_a_question() -> None:
    assert found(builders.deal(), builders.contact(NAME)).outcome is Outcome.ASK


def test_two_contacts_of_one_mail_are_a_question() -> None:
    twins = [builders.contact(n, EmailAddress="pay@acme.example") for n in ("Acme A", "Acme B")]
    asked = found(with_mail("pay@acme.example"), *twins)
    assert asked.outcome is Outcome.ASK
    assert len(asked.candidates) == 2


def test_another_accounts_contact_is_never_taken_for_a_like_name_and_mail() -> None:
    twin = builders.contact(NAME, builders.account_id(2), EmailAddress="pay@acme.example")
    assert found(with_mail("pay@acme.example"), twin).outcome is Outcome.ASK


def test_a_contact_number_of_finances_own_does_not_count_as_another_account() -> None:
    mine = builders.contact(NAME, "C-0042", EmailAddress="pay@acme.example")
    assert found(with_mail("pay@acme.example"), mine).outcome is Outcome.FOUND


def test_an_archived_contact_that_carries_the_id_is_told() -> None:
    archived = builders.contact(NAME, builders.account_id(1), gone="archived")
    assert found(builders.deal(), archived).outcome is Outcome.GONE


def test_a_person_account_is_found_by_its_own_mail() -> None:
    deal = builders.deal(account={"Name": "Ada Reed", "PersonEmail": "ada@reed.example"})
    mine = builders.contact("Ada Reed", EmailAddress="ada@reed.example")
    assert found(deal, mine).outcome is Outcome.FOUND


def test_a_new_contact_has_what_the_account_and_its_billing_person_say() -> None:
    deal = builders.deal(
        OpportunityContactRoles=[
            {"IsPrimary": False, "Contact": {"Email": "no@acme.example"}},
            *builders.primary("pay@acme.example", FirstName="Ada"),
        ],
        account={
            "Name": "  Acme   Ltd ",
            "AccountNumber": "C-77",
            "Phone": "+44 20 7946 0000",
            "BillingStreet": "Unit 3\r\n1 High Street",
            "BillingCity": "Leeds",
            "BillingPostalCode": "LS1 1AA",
            "BillingCountry": "United Kingdom",
        },
    )
    address = {"AddressType": "POBOX", "AddressLine1": "Unit 3", "AddressLine2": "1 High Street"}
    place = {"City": "Leeds", "PostalCode": "LS1 1AA", "Country": "United Kingdom"}
    assert contact.body(deal) == {
        "Name": "Acme Ltd",
        "ContactNumber": builders.account_id(1),
        "AccountNumber": "C-77",
        "FirstName": "Ada",
        "LastName": "Reed",
        "EmailAddress": "pay@acme.example",
        "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "+44 20 7946 0000"}],
        "Addresses": [address | place],
    }


def test_a_bare_account_makes_a_bare_contact() -> None:
    assert contact.body(builders.deal()) == {
        "Name": NAME,
        "ContactNumber": builders.account_id(1),
    }


@pytest.mark.parametrize(
    "email", ["müller@acme.example", "no address", "a@b", f"{'a' * 250}@b.co.uk"]
)
def test_a_mail_address_that_xero_would_refuse_is_left_out(email: str) -> None:
    assert "EmailAddress" not in contact.body(with_mail(email))


@pytest.mark.parametrize("name", ["n" * 300, "", "   "])
def test_a_name_that_xero_does_not_take_is_for_a_person(name: str) -> None:
    with pytest.raises(NeedsPerson, match="1 to 255"):
        contact.body(builders.deal(account={"Name": name}))


def test_what_is_too_long_for_xero_is_cut_where_nothing_is_lost_by_it() -> None:
    account = {"AccountNumber": "1" * 80, "Phone": "2" * 80, "BillingCity": "c" * 400}
    made = contact.body(builders.deal(account=account))
    assert len(made["AccountNumber"]) == 50
    assert len(made["Phones"][0]["PhoneNumber"]) == 50
    assert len(made["Addresses"][0]["City"]) == 255


def test_made_contacts_are_found_again() -> None:
    deal = with_mail("pay@acme.example", BillingStreet="1 High Street")
    made = contact.body(deal)
    record = builders.contact(made["Name"], made["ContactNumber"])
    assert found(deal, record).reasons[0] == "carries this record's Salesforce id"
