"""A Xero contact as shared values, and the body that is written to it."""

from __future__ import annotations

from typing import Any

import pytest

from sync.core.errors import NeedsPerson
from sync.core.flow import FieldRule, RuleSet, TableRow
from sync.core.records import Record
from sync.flows.shapes import parties, party_contact
from sync.flows.shapes.party_fields import FIELDS
from tests.flows import customers
from tests.flows.customers import ACCOUNT, AROUND, person

FAY = {"FirstName": "Fay", "LastName": "Own", "EmailAddress": "fay@own.example"}


def shared(record: Record) -> dict[str, Any]:
    return party_contact.to_shared_party(record, AROUND)


def body(existing: Record | None = None, **values: Any) -> dict[str, Any]:
    return party_contact.party_body(values, existing, ACCOUNT, "GBP")


def phone(number: str, area: str = "", country: str = "", kind: str = "DEFAULT") -> dict[str, str]:
    return {
        "PhoneType": kind,
        "PhoneNumber": number,
        "PhoneAreaCode": area,
        "PhoneCountryCode": country,
    }


@pytest.mark.parametrize(
    "entry",
    [
        phone("496 0142", "117", "44"),
        phone("496 0142", "0117", "+44"),
        phone("496 0142", "0117"),
        phone("0117 496 0142"),
        phone("+44 117 496 0142", country="44"),
    ],
)
def test_a_number_in_three_parts_is_one_number(entry: dict[str, str]) -> None:
    record = customers.xero_contact(Phones=[phone("07700 900123", kind="MOBILE"), entry])
    assert shared(record)["phone"] == "+44 117 496 0142"


def test_a_contact_without_a_currency_is_billed_in_the_organisations() -> None:
    assert shared(customers.xero_contact())["currency"] == "GBP"
    assert shared(customers.xero_contact(DefaultCurrency="EUR"))["currency"] == "EUR"


def test_a_new_contact_carries_the_accounts_id_and_nothing_empty() -> None:
    made = body(name="Acme Ltd", email="", billing_city="", currency="GBP", contact_persons=[])
    assert made == {"Name": "Acme Ltd", "ContactNumber": ACCOUNT}


def test_a_contact_without_a_name_is_not_made() -> None:
    with pytest.raises(NeedsPerson, match="without a name"):
        body(name="", email="a@acme.example")


def test_an_update_names_the_contact_by_id_and_name() -> None:
    record = customers.xero_contact(EmailAddress="old@acme.example")
    assert body(record, email="new@acme.example") == {
        "ContactID": record.key.id,
        "Name": "Acme Ltd",
        "EmailAddress": "new@acme.example",
    }


def test_what_is_erased_is_sent_empty_but_never_the_name() -> None:
    there = customers.written_to_xero(
        body(name="Acme Ltd", tax_number="GB1", billing_city="Wells", phone="+44 117 496 0142")
    )
    gone = {"name": "", "tax_number": "", "billing_city": "", "phone": ""}
    after = customers.written_to_xero(body(there, **gone), there)
    assert {name: shared(after)[name] for name in gone} == {**gone, "name": "Acme Ltd"}


def test_a_street_of_many_lines_fits_xeros_four_and_a_shorter_one_clears_them() -> None:
    made = body(name="Acme", billing_street="a\nb\nc\nd\ne")["Addresses"]
    assert [made[0][f"AddressLine{i}"] for i in (1, 2, 3, 4)] == ["a", "b", "c", "d, e"]
    record = customers.xero_contact(Addresses=made)
    (box,) = body(record, billing_street="a")["Addresses"]
    assert [box[f"AddressLine{i}"] for i in (1, 2, 3, 4)] == ["a", "", "", ""]


def test_a_contact_person_of_finances_stays_and_goes_on_getting_invoices() -> None:
    fay = {**FAY, "IncludeInEmails": True}
    record = customers.xero_contact(ContactPersons=[fay])
    ann = {"first_name": "Ann", "last_name": "Lee", "email": "ann@acme.example"}
    assert body(record, contact_persons=[ann])["ContactPersons"] == [
        fay,
        {
            "FirstName": "Ann",
            "LastName": "Lee",
            "EmailAddress": "ann@acme.example",
            "IncludeInEmails": False,
        },
    ]


def test_contact_persons_are_not_sent_when_nobody_changes() -> None:
    fay = {"first_name": "Fay", "last_name": "Own", "email": "fay@own.example"}
    record = customers.xero_contact(ContactPersons=[{**FAY, "IncludeInEmails": True}])
    assert "ContactPersons" not in body(record, contact_persons=[fay])
    full = customers.xero_contact(
        ContactPersons=[{**FAY, "EmailAddress": f"{i}@own.example"} for i in range(5)]
    )
    assert "ContactPersons" not in body(full, contact_persons=[{**fay, "first_name": "Gus"}])


@pytest.mark.parametrize("address", ["müller@acme.example", "a@x.io; b@x.io", "n/a"])
def test_an_address_that_xero_refuses_is_a_question(address: str) -> None:
    with pytest.raises(NeedsPerson, match="plain letters"):
        body(name="Acme", email=address)


@pytest.mark.parametrize(
    ("field", "longest"),
    [("name", 255), ("tax_number", 50), ("billing_postcode", 50), ("phone", 50)],
)
def test_a_text_too_long_for_xero_is_a_question_and_never_cut(field: str, longest: int) -> None:
    fits: dict[str, Any] = {"name": "Acme", field: "x" * longest}
    assert body(**fits)
    with pytest.raises(NeedsPerson, match=f"{longest + 1} characters; Xero takes {longest}"):
        body(**{**fits, field: "x" * (longest + 1)})


def test_a_line_too_long_for_xero_is_a_question() -> None:
    with pytest.raises(NeedsPerson, match="billing street"):
        body(name="Acme", billing_street="x" * 501)


def test_terms_are_written_as_xero_has_them_and_those_of_bills_stay() -> None:
    bills = {"Day": 14, "Type": "OFCURRENTMONTH"}
    record = customers.xero_contact(PaymentTerms={**customers.terms(7), "Bills": bills})
    assert shared(record)["payment_terms"] == "7 days after the invoice date"
    assert body(record, payment_terms="30 days EOM")["PaymentTerms"] == {
        "Bills": bills,
        "Sales": {"Day": 30, "Type": "DAYSAFTERBILLMONTH"},
    }


def test_terms_that_nobody_understands_are_a_question() -> None:
    with pytest.raises(NeedsPerson, match="“when we feel like it”"):
        body(name="Acme", payment_terms="when we feel like it")


def test_only_who_was_billed_once_is_a_customer() -> None:
    assert party_contact.is_customer(customers.xero_contact(IsCustomer=True))
    assert not party_contact.is_customer(customers.xero_contact(IsSupplier=True))


def test_both_systems_give_the_matching_the_same_columns() -> None:
    account = customers.account(
        person(1, "Ann", "Lee", "ann@acme.example", Phone="0117 496 0142"),
        Website="acme.example",
        BillingStreet="1 High Street",
        BillingCity="Wells",
        BillingState="Somerset",
        BillingPostalCode="BA5 2UE",
        BillingCountry="United Kingdom",
        VAT__c="GB123",
        Company__c="0123",
        Legacy__c="C-7",
    )
    fields = tuple(
        FieldRule(r.target, {"tax_number": "VAT__c", "company_number": "Company__c"}[r.target])
        if r.target in ("tax_number", "company_number")
        else r
        for r in FIELDS
    )
    rules = RuleSet(fields, (TableRow("match_ids", "Legacy__c = AccountNumber"),))
    ours = parties.raw_of(account, rules)
    made = body(**{n: v for n, v in shared_of(account, rules).items() if n != "currency"})
    theirs = customers.written_to_xero({**made, "AccountNumber": "C-7", "Website": "acme.example"})
    found = parties.raw_of(theirs, rules)
    assert {**found, "id": ACCOUNT, "phone": ours["phone"]} == {**ours, "phone": ours["phone"]}
    assert ours["id:Legacy__c"] == "C-7"
    assert found["id"] == theirs.key.id


def shared_of(record: Record, rules: RuleSet) -> dict[str, Any]:
    values = customers.shared_of_account(record, rules)
    return {**values, "phone": "+44 117 496 0142"}


def test_the_delivery_address_is_matched_only_where_there_is_no_billing_address() -> None:
    record = customers.account(ShippingCity="Bath")
    assert parties.raw_of(record)["city"] == "Bath"
    assert "city" not in parties.raw_of(customers.account(ShippingCity="", BillingStreet="1 St"))
