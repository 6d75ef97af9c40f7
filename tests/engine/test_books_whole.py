"""Two address books over HTTP: both sandboxed systems, the real clients, the app's own commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from connections.models import Connection
from sandbox.salesforce import acts as salesforce
from sandbox.server import Box
from sync.engine import deciding
from sync.models import Link, ReviewItem
from tests.engine.test_whole import CERTAIN, connected, deal_named, invoices, later, run, sync

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FLOW = "account_contact"


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with connected(settings, monkeypatch) as sandbox:
        yield sandbox


def test_two_books_meet_and_come_to_rest(box: Box) -> None:
    run("flow", FLOW, "on")
    for _ in range(4):
        sync(FLOW)
        later()
    (quiet,) = sync(FLOW)["runs"]
    assert quiet["writes"] == {"confirmed": 0, "refused": 0, "in_doubt": 0}
    contacts = box.world.table("xero", "Contact").values()
    tenant = Connection.objects.get(system="xero").organisation_id
    customers = [c for c in contacts if c.get("IsCustomer") and c["TenantID"] == tenant]
    linked = set(Link.objects.values_list("xero_id", flat=True))
    asked = ReviewItem.objects.filter(state="open").values_list("subjects__subject", flat=True)
    for contact in customers:
        key = contact["ContactID"]
        assert key in linked or f"xero:Contact:{key}" in asked, contact["Name"]


def won_by(box: Box, account: str) -> str:
    """Let an account win an open deal; return its id."""
    deals = box.world.table("salesforce", "Opportunity")
    deal = next(key for key, record in deals.items() if not record["IsWon"])
    deals[deal]["AccountId"] = account
    salesforce.close_won(box.world, deal)
    return deal


def test_a_deal_waits_for_its_customers_question_and_is_billed_by_its_answer(box: Box) -> None:
    """Keys alone would have made “Ridgeway Homes” in Xero a second time."""
    run("flow", FLOW, "on")
    run("flow", "won_opportunity_invoice", "on")
    accounts = box.world.table("salesforce", "Account")
    account = next(k for k, a in accounts.items() if a["Name"] == "Ridgeway Homes Ltd")
    deal = won_by(box, account)
    before = len(box.world.table("xero", "Contact"))
    sync()
    assert not invoices(box, deal)
    assert len(box.world.table("xero", "Contact")) == before
    item = next(
        item
        for item in ReviewItem.objects.filter(kind="duplicate", state="open")
        if account in str(item.details)
    )
    keys = [record["key"].split(":") for record in item.details["records"]]
    ids = {"salesforce": account, "xero": next(k[2] for k in keys if k[0] == "xero")}
    values = {f"primary_{system}": remote_id for system, remote_id in ids.items()}
    deciding.decide(item.pk, "same", "anna", values=values)
    for _ in range(3):
        later()
        sync()
    (invoice,) = invoices(box, deal)
    assert invoice["Contact"]["ContactID"] == ids["xero"]
    assert len(box.world.table("xero", "Contact")) == before
    other = next(k[2] for k in keys if k[0] == "salesforce" and k[2] != account)
    second = won_by(box, other)
    sync()
    (another,) = invoices(box, second)
    assert another["Contact"]["ContactID"] == ids["xero"]
    roles = Link.objects.filter(xero_id=ids["xero"]).values_list("salesforce_id", "role")
    assert set(roles) == {(account, "main"), (other, "further")}
    assert len(box.world.table("xero", "Contact")) == before


def test_a_preview_tells_what_would_be_done_and_links_nothing(box: Box) -> None:
    run("flow", FLOW, "on")
    run("flow", "won_opportunity_invoice", "on")
    salesforce.close_won(box.world, deal_named(box, CERTAIN))
    items = sync("--preview")["items"]
    deals = [item for item in items if item["flow"] == "won_opportunity_invoice"]
    assert [item["action"] for item in deals] == ["create"]
    customers = [item["action"] for item in items if item["flow"] == FLOW]
    assert {"create", "question", "update"} <= set(customers)
    assert not Link.objects.exists()


def test_a_taken_name_is_asked_about_at_the_match_desk(box: Box) -> None:
    """The contact of that name is a supplier abroad: nothing but its name is the same."""
    run("flow", FLOW, "on")
    run("flow", "won_opportunity_invoice", "on")
    accounts = box.world.table("salesforce", "Account")
    account = next(k for k, a in accounts.items() if a["Name"] == "Meridian Consulting Ltd")
    deal = won_by(box, account)
    for _ in range(3):
        sync()
        later()
    assert not invoices(box, deal)
    item = ReviewItem.objects.filter(kind="match", state="open", details__icontains=account).get()
    use = next(c["value"] for c in item.choices if c["value"].startswith("use:"))
    deciding.decide(item.pk, use, "anna")
    for _ in range(3):
        sync()
        later()
    (invoice,) = invoices(box, deal)
    assert f"use:{invoice['Contact']['ContactID']}" == use
