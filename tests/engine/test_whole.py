"""The whole app by its commands against both sandboxed systems over HTTP, nothing faked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from io import StringIO
from typing import Any

import pytest
import simplejson
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from sandbox.salesforce import acts as salesforce
from sandbox.server import Box, running
from sandbox.xero import acts as xero
from sandbox.xero import entering
from sandbox.xero.defaults import first_tenant
from sync.models import Notice, ReviewItem, Write

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CERTAIN = "Wapping Wharf phase 3, full survey"
EURO = "Überseehafen Becken II"


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with connected(settings, monkeypatch) as sandbox:
        run("flow", "won_opportunity_invoice", "on")
        yield sandbox


@contextmanager
def connected(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """Run a sandbox whose two systems are connected and paired; no flow is on."""
    with running(seed=1) as sandbox:
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = sandbox.xero_url
        settings.XERO_LOGIN_URL = sandbox.xero_url
        monkeypatch.setenv("SALESFORCE_SECRET", "sandbox-salesforce-secret")
        monkeypatch.setenv("XERO_SECRET", "sandbox-xero-secret")
        run(
            *("connect", "salesforce", "--name", "S", "--host", sandbox.salesforce_url),
            *("--client-id", "sandbox-salesforce", "--secret-env", "SALESFORCE_SECRET"),
        )
        run(
            *("connect", "xero", "--name", "X"),
            *("--client-id", "sandbox-xero", "--secret-env", "XERO_SECRET"),
        )
        run("pair", "S", "X")
        yield sandbox


def run(*command: str) -> str:
    """Run a command; return what it prints."""
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def sync(*options: str) -> dict[str, Any]:
    """Run `sync --json`; return its object."""
    found: dict[str, Any] = simplejson.loads(run("sync", "--json", *options), use_decimal=True)
    return found


def deal_named(box: Box, name: str) -> str:
    """Return the id of a deal."""
    deals = box.world.table("salesforce", "Opportunity").items()
    return next(key for key, record in deals if record["Name"] == name)


def invoices(box: Box, deal: str) -> list[dict[str, Any]]:
    """Return the invoices that carry a deal's id."""
    every = box.world.table("xero", "Invoice").values()
    return [one for one in every if str(one.get("Reference") or "").endswith(deal)]


def later() -> None:
    """Make what waits due, as if time had passed."""
    Notice.objects.filter(state="waiting").update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_fresh_pair_bills_a_won_deal_by_the_shipped_rows_alone(box: Box) -> None:
    deal = deal_named(box, CERTAIN)
    salesforce.close_won(box.world, deal)
    (result,) = sync()["runs"]
    assert result["plans"]["create"] == 1
    assert result["writes"] == {"confirmed": 2, "refused": 0, "in_doubt": 0}
    assert result["calls"]["xero"] > 0
    (invoice,) = invoices(box, deal)
    record = box.world.table("salesforce", "Opportunity")[deal]
    assert invoice["SubTotal"] == record["Amount"]
    assert invoice["Status"] == "DRAFT"
    assert record["Counterpart_Invoice_Number__c"] == invoice["InvoiceNumber"]
    assert record["Counterpart_Invoice_Total__c"] == invoice["Total"]


def test_when_nothing_changes_nothing_is_written_and_the_echo_dies(box: Box) -> None:
    salesforce.close_won(box.world, deal_named(box, CERTAIN))
    sync()
    stamps = {
        k: r["SystemModstamp"] for k, r in box.world.table("salesforce", "Opportunity").items()
    }
    for _ in range(3):
        later()
        assert sync()["runs"][0]["writes"]["confirmed"] == 0
    now = {k: r["SystemModstamp"] for k, r in box.world.table("salesforce", "Opportunity").items()}
    assert now == stamps


def test_a_preview_writes_nothing_anywhere(box: Box) -> None:
    salesforce.close_won(box.world, deal_named(box, CERTAIN))
    before = len(box.world.table("xero", "Invoice"))
    result = sync("--preview")
    assert [item["action"] for item in result["items"]] == ["create"]
    assert {change["field"] for change in result["items"][0]["fields"]} >= {"lines", "date"}
    assert result["runs"][0]["seconds"] > 0
    assert len(box.world.table("xero", "Invoice")) == before
    assert not Write.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_over_http_makes_one_invoice(box: Box, moment: str) -> None:
    deal = deal_named(box, EURO)
    salesforce.close_won(box.world, deal)
    box.faults.add(system="xero", method="PUT", path="/api.xro/2.0/Invoices*", lost=moment, times=1)
    sync()
    for _ in range(3):
        later()
        sync()
    assert len(invoices(box, deal)) == 1
    assert not Write.objects.filter(state__in=Write.OPEN).exists()


@pytest.mark.parametrize("act", ["reopen", "close_lost", "delete"])
def test_a_billed_deal_that_is_no_longer_won_is_asked_about_by_the_very_next_sync(
    box: Box, act: str
) -> None:
    deal = deal_named(box, CERTAIN)
    salesforce.close_won(box.world, deal)
    sync()
    box.world.clock.advance(2)  # stamps are of whole seconds; what shares one is found later
    if act == "reopen":
        salesforce.reopen(box.world, deal, "Prospecting")
    elif act == "close_lost":
        salesforce.close_lost(box.world, deal)
    else:
        salesforce.delete(box.world, "Opportunity", deal)
    sync()
    assert "no longer won" in ReviewItem.objects.get(subjects__subject__endswith=deal).title
    assert [invoice["Status"] for invoice in invoices(box, deal)] == ["DRAFT"]


def test_what_locked_books_held_up_is_billed_by_the_sync_after_they_were_opened(
    box: Box,
) -> None:
    deal, organisation = deal_named(box, CERTAIN), first_tenant(box.world)
    salesforce.close_won(box.world, deal)
    lock = partial(entering.edit, box.world, "Organisation", organisation)
    lock({"PeriodLockDate": "2099-12-31"})
    sync()
    assert ReviewItem.objects.get().cause == "locked:2099-12-31"
    lock({"PeriodLockDate": ""})
    sync()
    assert len(invoices(box, deal)) == 1
    assert not ReviewItem.objects.filter(state="open").exists()


def test_a_problem_of_a_deal_itself_costs_no_reading_of_the_lists(box: Box) -> None:
    deal = deal_named(box, "Town bridge movement watch")
    salesforce.close_won(box.world, deal)
    sync()
    assert ReviewItem.objects.get().cause == f"no_amount:{deal}"
    since = box.journal.entries()[-1]["number"]
    sync()
    read = {call["path"].rpartition("/")[2] for call in box.journal.entries("xero", since)}
    assert not read & {"Organisation", "TaxRates", "Accounts", "Currencies"}


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_limit_of_the_minute_is_waited_for_and_is_no_failure_once_all_is_done(
    box: Box, method: str
) -> None:
    deal = deal_named(box, EURO)
    salesforce.close_won(box.world, deal)
    limit = {"Retry-After": "17", "X-Rate-Limit-Problem": "minute"}
    box.faults.add(
        system="xero", path="/api*", method=method, status=429, headers=limit, body="", times=1
    )
    (result,) = sync()["runs"]
    assert "error" not in result
    assert len(invoices(box, deal)) == 1


def test_every_deal_of_the_company_is_billed_once_or_asked_about(box: Box) -> None:
    deals = box.world.table("salesforce", "Opportunity")
    for key in list(deals):
        salesforce.close_won(box.world, key)
    sync()
    asked = set(
        ReviewItem.objects.filter(
            state="open", holds=True, subjects__closed_at__isnull=True
        ).values_list("subjects__subject", flat=True)
    )
    for key, record in deals.items():
        found = invoices(box, key)
        assert len(found) + (f"salesforce:Opportunity:{key}" in asked) == 1, record["Name"]
        if found:
            assert found[0]["SubTotal"] == record["Amount"]
            assert found[0]["CurrencyCode"] == record["CurrencyIsoCode"]


def test_an_approved_invoice_is_left_alone_when_its_deal_changes(box: Box) -> None:
    deal = deal_named(box, "Carrière de l'Étang, levé par drone")
    salesforce.close_won(box.world, deal)
    sync()
    (invoice,) = invoices(box, deal)
    xero.approve(box.world, invoice["InvoiceID"])
    salesforce.edit(box.world, "Opportunity", deal, {"Amount": Decimal("9000.00")})
    later()
    sync()
    assert invoices(box, deal)[0]["SubTotal"] == invoice["SubTotal"]
    items = simplejson.loads(run("review", "list", "--json"))["items"]
    assert any("1139.50" in i["explanation"] or "1,139.50" in i["explanation"] for i in items)


def test_the_doctor_finds_the_pair_well(box: Box) -> None:
    report = simplejson.loads(run("doctor", "--json"))
    assert report["well"], report


def test_an_unknown_flow_is_a_plain_sentence(box: Box) -> None:
    with pytest.raises(CommandError, match="There is no flow"):
        run("sync", "nonsense")
