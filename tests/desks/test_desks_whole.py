"""Both desks against both sandboxed systems over HTTP: what was decided is what they say then."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from sandbox.server import Box
from sync.engine import deciding
from sync.models import Link, ReviewItem
from tests.desks.conftest import SignIn
from tests.engine.test_whole import box, later, run, sync

__all__ = ["box"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FLOW = "account_contact"


def settle(times: int = 3) -> None:
    """Work until nothing more comes of it."""
    for _ in range(times):
        sync(FLOW)
        later()


def record(box: Box, key: str) -> Any:
    """Return a record as its system has it now."""
    system, kind, remote_id = key.split(":")
    return box.world.table(system, kind)[remote_id]


def test_a_group_is_linked_with_the_values_that_were_chosen(box: Box, sign_in: SignIn) -> None:
    run("flow", FLOW, "on")
    settle()
    groups = ReviewItem.objects.filter(desk="duplicate", state="open")
    item = next(i for i in groups if "Ridgeway" in i.details["records"][0]["name"])
    account, other, contact = (party["key"] for party in item.details["records"])
    sent = {
        "item": item.pk, "mark": deciding.mark_of(item), "act": "same", "primary_xero": contact,
        "primary_salesforce": account, "field_name": other, "field_email": account,
    }  # fmt: skip
    sign_in("Finance").post(reverse("duplicate_desk"), sent)
    settle()
    ours, theirs = record(box, account), record(box, contact)
    assert (ours["Name"], theirs["Name"]) == ("Ridgeway Homes Limited",) * 2
    assert theirs["EmailAddress"] == "anita@ridgewayhomes.example"
    assert theirs["ContactNumber"] == account.split(":")[2]
    assert record(box, other)["Name"] == "Ridgeway Homes Limited"
    assert not record(box, other)["IsDeleted"]
    assert Link.objects.get(salesforce_id=account.split(":")[2]).xero_id == contact.split(":")[2]
    assert not ReviewItem.objects.filter(pk=item.pk, state="open").exists()


def test_what_was_told_apart_is_never_asked_about_again(box: Box, sign_in: SignIn) -> None:
    run("flow", FLOW, "on")
    settle()
    groups = list(ReviewItem.objects.filter(desk="duplicate", state="open"))
    assert groups
    finance = sign_in("Finance")
    for item in groups:
        sent = {"item": item.pk, "mark": deciding.mark_of(item), "act": "not"}
        finance.post(reverse("duplicate_desk"), sent)
    settle()
    assert not ReviewItem.objects.filter(desk="duplicate", state="open").exists()
    sync(FLOW, "--since", "2020-01-01")
    settle()
    assert not ReviewItem.objects.filter(desk="duplicate", state="open").exists()


def test_disputed_fields_become_what_was_decided(box: Box, sign_in: SignIn) -> None:
    run("flow", FLOW, "on")
    settle()
    phone = ReviewItem.objects.get(cause__startswith="conflict:phone", state="open")
    subject = phone.subjects.get().subject
    items = {i.field: i for i in ReviewItem.objects.filter(subjects__subject=subject)}
    street, postcode = items["billing_street"], items["billing_postcode"]
    marks = deciding.marks_of(list(items.values()))
    sent = {
        "item": list(marks), "act": "save", **{f"mark_{pk}": mark for pk, mark in marks.items()},
        f"choice_{phone.pk}": "value", f"typed_{phone.pk}": "+44 117 496 0999",
        f"choice_{street.pk}": "xero", f"choice_{postcode.pk}": "salesforce",
    }  # fmt: skip
    sign_in("Finance").post(reverse("conflict_desk"), sent)
    settle()
    ours, theirs = record(box, subject), record(box, phone.details["other"]["key"])
    address = next(a for a in theirs["Addresses"] if a["AddressType"] == "POBOX")
    number = next(p for p in theirs["Phones"] if p["PhoneType"] == "DEFAULT")
    assert ours["Phone"] == number["PhoneNumber"] == "+44 117 496 0999"
    assert ours["BillingStreet"] == address["AddressLine1"] == street.details["xero"]["shown"]
    assert address["PostalCode"] == ours["BillingPostalCode"]
    assert ours["BillingPostalCode"] == postcode.details["salesforce"]["shown"]
    still = ReviewItem.objects.filter(subjects__subject=subject, state="open")
    assert [item.field for item in still] == ["email"]
