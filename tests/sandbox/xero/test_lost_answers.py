"""Answers that never come: what was written all the same, and what a repeat does."""

from typing import Any

import pytest
import requests
import simplejson

from sandbox.server import Box, running
from sandbox.xero import acts
from sandbox.xero.defaults import set_up_organisation

BASIC = ("sandbox-xero", "sandbox-xero-secret")
LINE = {"Description": "Survey", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}


@pytest.fixture
def box() -> Any:
    with running(systems=("xero",)) as found:
        set_up_organisation(found.world, "Fernhill Surveys Ltd")
        yield found


def send(box: Box, method: str, path: str, body: Any, key: str = "") -> requests.Response | None:
    """The answer, or None where none came."""
    form = {"grant_type": "client_credentials"}
    token = requests.post(f"{box.xero_url}/connect/token", data=form, auth=BASIC, timeout=5).json()
    headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": "application/json"}
    headers |= {"Idempotency-Key": key} if key else {}
    try:
        return requests.request(
            method, f"{box.xero_url}/api.xro/2.0/{path}", data=simplejson.dumps(body),
            headers={**headers, "Content-Type": "application/json"}, timeout=5,
        )  # fmt: skip
    except requests.ConnectionError:
        return None


def ready(box: Box) -> tuple[str, str, dict[str, Any]]:
    """An approved invoice of 120.00, a credit note of as much, and the body of an allocation."""
    contact = acts.create(box.world, "Contact", {"Name": "Aire Valley Housing"})
    common = {"Contact": {"ContactID": contact}, "LineItems": [LINE], "Status": "AUTHORISED"}
    invoice = {"Type": "ACCREC", "DueDate": "2099-01-31", **common}
    due = acts.create(box.world, "Invoice", invoice)
    note = acts.create(box.world, "CreditNote", {"Type": "ACCRECCREDIT", **common})
    one = {"Amount": 40, "Date": "2026-03-02", "Invoice": {"InvoiceID": due}}
    return due, note, {"Allocations": [one]}


@pytest.mark.parametrize(("key", "allocated"), [("k-1", 40), ("", 80)])
def test_an_allocation_whose_answer_is_lost_is_repeated_once_by_its_key_alone(
    box: Box, key: str, allocated: int
) -> None:
    due, note, body = ready(box)
    path = f"CreditNotes/{note}/Allocations"
    box.faults.add(system="xero", method="PUT", lost="after", times=1)
    assert send(box, "PUT", path, body, key) is None
    again = send(box, "PUT", path, body, key)
    assert again is not None
    assert again.status_code == 200
    assert box.world.table("xero", "Invoice")[due]["AmountCredited"] == allocated


def test_a_quote_lost_before_it_was_written_is_written_by_the_repeat(box: Box) -> None:
    contact = acts.create(box.world, "Contact", {"Name": "Aire Valley Housing"})
    body = {"Quotes": [{"Contact": {"ContactID": contact}, "LineItems": [LINE]}]}
    box.faults.add(system="xero", method="PUT", lost="before", times=1)
    assert send(box, "PUT", "Quotes", body, "k-1") is None
    assert not box.world.table("xero", "Quote")
    send(box, "PUT", "Quotes", body, "k-1")
    send(box, "PUT", "Quotes", body, "k-1")
    assert len(box.world.table("xero", "Quote")) == 1
    send(box, "PUT", "Quotes", body)
    assert len(box.world.table("xero", "Quote")) == 2


def test_an_allocation_taken_back_twice_is_gone_once(box: Box) -> None:
    due, note, body = ready(box)
    send(box, "PUT", f"CreditNotes/{note}/Allocations", body)
    (key,) = box.world.table("xero", "Allocation")
    box.faults.add(system="xero", method="DELETE", lost="after", times=1)
    path = f"CreditNotes/{note}/Allocations/{key}"
    assert send(box, "DELETE", path, None) is None
    again = send(box, "DELETE", path, None)
    assert again is not None
    assert again.status_code == 404
    assert box.world.table("xero", "Invoice")[due]["AmountDue"] == 120
    assert box.world.table("xero", "CreditNote")[note]["RemainingCredit"] == 120
