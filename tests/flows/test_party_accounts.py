"""An account as shared values, and what of Xero's changes is written to it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.bodies import Body
from sync.core.errors import NeedsPerson
from sync.core.flow import FieldRule, RuleSet, TableRow
from sync.core.records import Record
from sync.flows.shapes import account
from sync.flows.shapes.party_fields import FIELDS
from tests import builders
from tests.flows import customers
from tests.flows.customers import AROUND, OURS, RULES, person

XERO_ID = builders.xero_id("Acme Ltd")
LISTS = {
    f"{place}{part}Code": None for place in ("Billing", "Shipping") for part in ("State", "Country")
}
"""The fields of an org with lists of countries and states."""


def shared(record: Record, rules: RuleSet = RULES) -> dict[str, Any]:
    return account.to_shared(record, rules, AROUND)


def written(record: Record, rules: RuleSet = RULES, **values: Any) -> tuple[Body, ...]:
    return account.bodies(values, record, rules, AROUND, marker=XERO_ID)


def own(record: Record, rules: RuleSet = RULES, **values: Any) -> dict[str, Any]:
    """Return what is written into the account itself."""
    bodies = [b for b in written(record, rules, **values) if b.kind == "Account"]
    return {n: v for b in bodies for n, v in b.values.items() if n != "Id"}


def edited(target: str, **values: Any) -> RuleSet:
    """Return the rules after an admin edited a row."""
    fields = tuple(replace(r, **values) if r.target == target else r for r in FIELDS)
    return RuleSet(fields, ())


def test_numbers_and_countries_come_in_one_form() -> None:
    record = customers.account(Phone="0117 496 0142", BillingCountry="UK")
    assert shared(record)["phone"] == "+44 117 496 0142"
    assert shared(record)["billing_country"] == "United Kingdom"


def test_a_number_is_dialled_in_the_accounts_own_country_else_in_the_organisations() -> None:
    abroad = customers.account(Phone="(415) 555-0100", BillingCountry="USA")
    assert shared(abroad)["phone"] == "+1 415-555-0100"
    assert shared(customers.account(Phone="0117 496 0142"))["phone"] == "+44 117 496 0142"


def test_a_field_that_an_admin_chose_is_read_and_written() -> None:
    rules = edited("tax_number", source="VAT__c")
    record = customers.account(VAT__c="GB 123")
    assert shared(record, rules)["tax_number"] == "GB 123"
    assert own(record, rules, tax_number="GB 9") == {"VAT__c": "GB 9"}


def test_a_number_field_of_salesforce_is_text_without_decimals() -> None:
    rules = edited("company_number", source="Company__c")
    assert (
        shared(customers.account(Company__c=Decimal("1234.00")), rules)["company_number"] == "1234"
    )


def test_an_admins_field_for_the_e_mail_goes_before_the_person() -> None:
    rules = edited("email", source="Invoice_Mail__c")
    record = customers.account(
        person(1, "Ann", "Lee", "ann@acme.example"), Invoice_Mail__c="b@x.io"
    )
    assert shared(record, rules)["email"] == "b@x.io"
    assert own(record, rules, email="c@x.io") == {"Invoice_Mail__c": "c@x.io"}


def test_the_first_of_several_fields_that_is_filled_is_written() -> None:
    rules = edited("phone", source="Phone, Fax", transform="first_non_empty")
    record = customers.account(Phone=None, Fax="0117 496 0142")
    assert own(record, rules, phone="+44 117 496 0143") == {"Fax": "+44 117 496 0143"}


@pytest.mark.parametrize("source", ["Parent.VAT__c", "A__c, B__c"])
def test_what_cannot_be_written_back_is_a_question(source: str) -> None:
    rules = edited("tax_number", source=source, transform="copy" if "." in source else "join")
    with pytest.raises(NeedsPerson, match="tax number changed in Xero"):
        written(customers.account(), rules, tax_number="1")


def test_a_field_that_is_never_written_to_salesforce_is_not() -> None:
    record = customers.account(CurrencyIsoCode="GBP")
    assert written(record, currency="EUR", contact_persons=[]) == ()


def test_a_currency_that_the_organisation_does_not_bill_in_says_nothing() -> None:
    assert shared(customers.account(CurrencyIsoCode="eur"))["currency"] == "EUR"
    assert shared(customers.account(CurrencyIsoCode="XAF"))["currency"] == ""


def test_a_rule_that_is_not_in_force_makes_no_value() -> None:
    rules = RuleSet((FieldRule("name", "Name"),), ())
    assert shared(customers.account(Phone="1"), rules) == {"name": "Acme Ltd"}


def test_a_person_account_has_its_own_names_and_address() -> None:
    record = customers.account(
        IsPersonAccount=True,
        Name="Mary Reed",
        FirstName="Mary",
        LastName="Reed",
        PersonEmail="mary@reed.example",
    )
    values = shared(record)
    assert (values["first_name"], values["last_name"]) == ("Mary", "Reed")
    assert values["email"] == "mary@reed.example"
    bodies = written(record, name="Mary Jones", last_name="Jones", email="mary@jones.example")
    assert [(b.kind, b.values) for b in bodies] == [
        (
            "Account",
            {"Id": record.key.id, "LastName": "Jones", "PersonEmail": "mary@jones.example"},
        )
    ]


def test_a_person_account_is_not_renamed_to_what_its_names_are_not() -> None:
    record = customers.account(
        IsPersonAccount=True, Name="Mary Reed", FirstName="Mary", LastName="Reed"
    )
    with pytest.raises(NeedsPerson, match="person account"):
        written(record, name="Reed Surveys")


def test_an_account_belongs_when_a_deal_of_it_is_won() -> None:
    assert account.unwanted_account(customers.account())
    assert account.unwanted_account(customers.account(Opportunities=[{"Id": "006"}])) == ""
    open_deal = customers.account(Opportunities=[{"Id": "006", "IsWon": False}])
    assert account.unwanted_account(open_deal)


def test_the_box_in_salesforce_keeps_an_account_out_with_its_reason() -> None:
    boxed = customers.account(Counterpart_Do_Not_Sync__c=True)
    assert account.locked_in_salesforce(customers.account()) == ""
    assert "Do not sync" in account.locked_in_salesforce(boxed)
    reasoned = builders.changed(boxed, Counterpart_Do_Not_Sync_Reason__c="Being wound up")
    assert account.locked_in_salesforce(reasoned) == "Being wound up"


def test_countries_and_states_are_written_by_their_codes_where_the_org_has_lists() -> None:
    body = own(
        customers.account(**LISTS), billing_country="Australia", billing_region="New South Wales"
    )
    assert body == {"BillingCountryCode": "AU", "BillingStateCode": "NSW"}


def test_a_new_state_is_written_with_the_country_that_is_there() -> None:
    record = customers.account(
        **{**LISTS, "BillingCountryCode": "US", "BillingStateCode": "CA"},
        BillingCountry="United States",
        BillingState="California",
    )
    assert own(record, billing_region="TX") == {"BillingStateCode": "TX"}
    assert own(record, billing_country="United Kingdom") == {
        "BillingCountryCode": "GB",
        "BillingStateCode": None,
    }


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"billing_country": "Atlantis"}, "in no list of countries"),
        ({"billing_region": "Texas"}, "no country"),
        ({"billing_region": "Texas", "billing_country": "Australia"}, "has no “Texas”"),
    ],
)
def test_a_place_that_the_lists_do_not_have_is_a_question(
    values: dict[str, Any], words: str
) -> None:
    with pytest.raises(NeedsPerson, match=words):
        written(customers.account(**LISTS), **values)


def test_a_region_that_salesforce_has_no_list_for_is_left_out() -> None:
    record = customers.account(**{**LISTS, "BillingCountryCode": "GB"}, BillingCountry="UK")
    assert written(record, billing_region="Somerset") == ()
    bodies = written(record, billing_region="Somerset", billing_city="Wells")
    assert [b.fields for b in bodies] == [frozenset({"billing_city"})]


def test_what_the_org_has_may_be_told_when_there_is_no_record_yet() -> None:
    fields = {"Account": LISTS}
    values = {"name": "Acme", "billing_country": "Germany"}
    made = account.bodies(values, None, RULES, AROUND, marker=XERO_ID, fields=fields)
    assert made[0].values == {
        "Name": "Acme",
        "BillingCountryCode": "DE",
        customers.MARKER: XERO_ID,
    }
    assert (made[0].marker, made[0].target) == (XERO_ID, "")


def test_a_text_too_long_for_salesforce_is_a_question_and_never_cut() -> None:
    with pytest.raises(NeedsPerson, match="billing city of “Acme Ltd” has 41 characters"):
        written(customers.account(), billing_city="x" * 41)


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Acme GmbH", "Acme Holding"]),
        "phone": st.just("+44 117 496 0199"),
        "billing_street": st.sampled_from(["1 High Street", "2 Low Street\nFloor 2"]),
        "billing_city": st.just("Wells"),
        "delivery_country": st.just("France"),
        "tax_number": st.just("GB1"),
        "payment_terms": st.just("7 days after the invoice date"),
        "website": st.just("https://acme.example"),
        "email": st.just("pay@acme.example"),
        "last_name": st.just("Reed"),
    },
)


@pytest.mark.parametrize("has_ours", [True, False])
@given(changes=CHANGES)
def test_what_changed_in_xero_is_written_and_nothing_else(
    has_ours: bool, changes: dict[str, Any]
) -> None:
    ours = OURS if has_ours else {}
    people = person(1, "Ann", "Lee", "ann@acme.example"), person(2, "Bo", "Ray", "bo@acme.example")
    record = customers.account(*people, Phone="1", BillingCity="Bath", **ours)
    usable = tuple(r for r in FIELDS if has_ours or not r.source.startswith("Counterpart_"))
    rules = RuleSet(usable, ())
    changes = {name: value for name, value in changes.items() if rules.field(name)}
    bodies = account.bodies(changes, record, rules, AROUND, marker=XERO_ID)
    after = shared(customers.written_to_salesforce(bodies, record), rules)
    absent = {r.target for r in FIELDS} - {r.target for r in usable}
    assert customers.apart({**shared(record, rules), **changes}, after, *absent) == []
    assert {name for body in bodies for name in body.fields} == changes.keys()
    assert after["contact_persons"] == shared(record, rules)["contact_persons"]


def test_who_comes_along_as_a_contact_person_is_a_row() -> None:
    boss, payer = (
        person(2, "Bo", "Ray", "bo@acme.example", Title="CEO"),
        person(3, "Cy", "Fox", "cy@acme.example", Title="Accounts payable"),
    )
    record = customers.account(person(1, "Ann", "Lee", "a@acme.example", **TICKED), boss, payer)
    found = {
        which: [
            p["first_name"]
            for p in shared(record, RuleSet(FIELDS, (TableRow("contact_persons", which),)))[
                "contact_persons"
            ]
        ]
        for which in ("all", "billing", "none")
    }
    assert found == {"all": ["Cy", "Bo"], "billing": ["Cy"], "none": []}


TICKED = {customers.TICK: True}
