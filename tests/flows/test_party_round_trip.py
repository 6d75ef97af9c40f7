"""Customers go to the other system and come back the same, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core import snapshots
from sync.core.records import Record, System
from sync.flows.shapes import account, party_contact
from sync.flows.shapes.party_fields import FIELDS, WORDS
from tests.flows import customers
from tests.flows.customers import AROUND, RULES

WORD = st.text("abc ÄöÉ'’-", min_size=1, max_size=12).map(str.strip).filter(bool)
MAYBE = st.one_of(st.none(), WORD)
LINE = st.text("ab 1,.", max_size=12)
STREET = st.lists(LINE, max_size=7).map("\n".join)
MAIL = st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True)
PHONE = st.one_of(
    st.none(), st.sampled_from(["0117 496 0142", "+1 415-555-0100", "020 7946 0018 ext 3", "n/a"])
)
COUNTRY = st.sampled_from([None, "UK", "Germany", "United States", "Atlantis"])
TERMS = st.sampled_from([None, "Net 30", "20th of the following month", "7 days EOM"])
BILLING_TITLE = st.sampled_from([None, "Accounts payable", "CEO"])


@st.composite
def people(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(st.tuples(MAYBE, WORD, st.none() | MAIL), max_size=7))
    return [
        customers.person(i, first or "", last, mail or "", Title=draw(BILLING_TITLE))
        for i, (first, last, mail) in enumerate(names, 1)
    ]


@st.composite
def accounts(draw: st.DrawFn) -> Record:
    parts = {"Street": STREET, "City": MAYBE, "State": MAYBE, "PostalCode": MAYBE}
    places = {
        f"{place}{part}": draw(strategy)
        for place in ("Billing", "Shipping")
        for part, strategy in {**parts, "Country": COUNTRY}.items()
    }
    ours = {
        "Counterpart_Tax_Number__c": draw(MAYBE),
        "Counterpart_Company_Number__c": draw(MAYBE),
        "Counterpart_Payment_Terms__c": draw(TERMS),
        "Counterpart_Billing_Email__c": draw(st.none() | MAIL),
        "CurrencyIsoCode": draw(st.sampled_from([None, "GBP", "EUR", "XAF"])),
    }
    name, phone = draw(WORD), draw(PHONE)
    return customers.account(*draw(people()), Name=name, Phone=phone, **places, **ours)


def of_account(record: Record) -> dict[str, Any]:
    return account.to_shared(record, RULES, AROUND)


def of_contact(record: Record) -> dict[str, Any]:
    return party_contact.to_shared_party(record, AROUND)


def xero_body(shared: Mapping[str, Any], existing: Record | None = None) -> dict[str, Any]:
    return party_contact.party_body(shared, existing, customers.ACCOUNT, "GBP")


@given(accounts())
def test_an_account_made_in_xero_comes_back_the_same(record: Record) -> None:
    shared = of_account(record)
    made = customers.written_to_xero(xero_body(shared))
    back = of_contact(made)
    nothing = () if shared["currency"] else ("currency",)  # then Xero has its own
    assert customers.apart(shared, back, "website", *nothing) == []
    assert made.get("ContactNumber") == customers.ACCOUNT


@given(accounts(), accounts(), st.data())
def test_an_update_of_a_contact_changes_what_it_is_about_and_nothing_else(
    one: Record, other: Record, data: st.DataObject
) -> None:
    here = customers.written_to_xero(xero_body(of_account(one)))
    there = with_finances_own(here)
    before, wanted = of_contact(there), of_account(other)
    possible = [f for f in customers.apart(wanted, before, "website", "currency") if wanted[f]]
    fields = data.draw(st.sets(st.sampled_from(possible))) if possible else set()
    body = xero_body({name: wanted[name] for name in fields}, there)
    after = customers.written_to_xero(body, there)
    assert customers.apart({**before, **{n: wanted[n] for n in fields}}, of_contact(after)) == []
    assert finances_own(after) == finances_own(there)
    whole = {name: body[name] for name in ("Addresses", "Phones") if name in body}
    replaced: dict[str, Any] = dict(after.values) | whole
    assert finances_own(Record(after.key, replaced)) == finances_own(there)


def with_finances_own(record: Record) -> Record:
    """Return the contact with what only finance knows of it."""
    values: dict[str, Any] = dict(record.values)
    values["Phones"] = [*values["Phones"], {"PhoneType": "MOBILE", "PhoneNumber": "07700 900123"}]
    box = next((a for a in values["Addresses"] if a["AddressType"] == "POBOX"), None)
    rest = [a for a in values["Addresses"] if a is not box]
    postal: dict[str, Any] = dict(box or {"AddressType": "POBOX", "City": "Wells"})
    postal["AttentionTo"] = "Accounts"
    paid = {"FirstName": "Fay", "LastName": "Own", "EmailAddress": "fay@own.example"}
    persons = [{**paid, "IncludeInEmails": True}, *values.get("ContactPersons", [])][:5]
    bills = {**(values.get("PaymentTerms") or {}), "Bills": {"Day": 14, "Type": "OFCURRENTMONTH"}}
    return Record(
        record.key,
        {
            **values,
            "Addresses": [postal, *rest],
            "ContactPersons": persons,
            "PaymentTerms": bills,
            "AccountNumber": "C-7",
            "BankAccountDetails": "12-34-56",
        },
    )


def finances_own(record: Record) -> dict[str, Any]:
    """Return what no rule keeps in step."""
    places = {a["AddressType"]: a.get("AttentionTo") for a in record.get("Addresses") or []}
    return {
        "phones": [p for p in record.get("Phones") or [] if p["PhoneType"] != "DEFAULT"],
        "attention": places.get("POBOX"),
        "invoiced": [p for p in record.get("ContactPersons") if p["IncludeInEmails"]],
        "bills": record.get("PaymentTerms.Bills"),
        "account": (record.get("AccountNumber"), record.get("BankAccountDetails")),
    }


ORGS: Mapping[str, Mapping[str, Any]] = {
    "with our fields": {**customers.OURS, customers.TICK: False},
    "without them": {},
}


@pytest.mark.parametrize("org", ORGS)
@given(source=accounts())
def test_a_contact_made_in_salesforce_comes_back_the_same(org: str, source: Record) -> None:
    contact = customers.written_to_xero(xero_body(of_account(source)))
    shared = of_contact(contact)
    fields = {"Account": ORGS[org], "Contact": [customers.TICK] if ORGS[org] else []}
    rules = rules_of(org)
    bodies = account.bodies(shared, None, rules, AROUND, marker=contact.key.id, fields=fields)
    assert (bodies[0].kind, bodies[0].values[customers.MARKER]) == ("Account", contact.key.id)
    record = customers.written_to_salesforce(bodies, customers.account(Name="", **ORGS[org]))
    back = account.to_shared(record, rules, AROUND)
    kept = {rule.target for rule in rules.fields} - {"contact_persons", "currency"}
    left = {rule.target for rule in FIELDS} - kept
    assert customers.apart(shared, back, *left) == []


def rules_of(org: str) -> Any:
    """Return the rules that the org can serve: optional ones of ours only where it has them."""
    usable = [r for r in FIELDS if not r.source.startswith("Counterpart_") or ORGS[org]]
    return type(RULES)(tuple(usable), ())


@given(accounts())
def test_shared_values_can_be_kept(record: Record) -> None:
    shared = of_account(record)
    assert snapshots.load(snapshots.dump(shared)) == shared


@given(accounts())
def test_both_sides_speak_of_the_same_fields(record: Record) -> None:
    contact = customers.written_to_xero(xero_body(of_account(record)))
    targets = {rule.target for rule in FIELDS}
    assert of_account(record).keys() == of_contact(contact).keys() == targets == WORDS.keys()


def test_nothing_is_written_to_xero_that_no_rule_lets_through() -> None:
    shut = [rule.target for rule in FIELDS if System.XERO not in rule.writes]
    assert shut == ["website"]
    assert "Website" not in xero_body({"name": "Acme", "website": "acme.example"})
