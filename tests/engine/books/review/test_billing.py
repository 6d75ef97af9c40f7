"""A deal is never billed to a doubtful customer, nor a customer made for one that is kept out."""

from __future__ import annotations

import pytest

from connections.remote import Lane
from sync.core.records import Key, System
from sync.engine import deciding, running, telling, unlinking
from sync.models import FlowSwitch, Link, Lock, ReviewItem
from tests.engine.books.review.customers import KESTREL, TWIN, bond, bonds
from tests.engine.books.town import FLOW, Town
from tests.engine.test_whole import later, run

pytestmark = pytest.mark.slow
BILLING = "won_opportunity_invoice"


def sell(town: Town, account: Key) -> None:
    """Win a deal of the account that can be billed."""
    today = town.box.world.clock.now().date().isoformat()
    deal = {"Name": "Bridge", "StageName": "Closed Won", "CloseDate": today, "Amount": 500}
    town.act("create", "Opportunity", {**deal, "AccountId": account.id})


def work(town: Town, times: int = 4) -> None:
    """Let both flows work."""
    for _ in range(times):
        town.sync()
        later()
        billing = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero")
        running.work_off(billing.get(flow=BILLING), lane=Lane.PERSON)


def billed(town: Town) -> list[str]:
    """Return the contacts that were billed for deals."""
    invoices = town.box.world.table("xero", "Invoice").values()
    return [one["Contact"]["ContactID"].lower() for one in invoices if one.get("Reference")]


def test_two_accounts_that_are_billed_to_one_contact_are_not_both_its_main_one(town: Town) -> None:
    run("flow", FLOW, "off")
    run("flow", BILLING, "on")
    theirs = town.contact(**KESTREL)
    accounts = [town.account(name=name) for name in ("Kestrel Quay Ltd", "KESTREL QUAY LTD")]
    for account in accounts:
        sell(town, account)
    work(town)
    for item in ReviewItem.objects.filter(state="open", cause__startswith="which_contact"):
        deciding.decide(item.pk, f"use:{theirs.id}", "priya")
    work(town)
    assert billed(town) == [theirs.id, theirs.id]
    assert len(bonds()) == len(bonds("further")) == 1
    for account in accounts:
        sell(town, account)
    work(town)
    assert billed(town) == [theirs.id] * 4


def test_no_contact_is_made_for_a_deal_of_an_account_that_is_kept_out(town: Town) -> None:
    run("flow", BILLING, "on")
    theirs, ours = town.contact(**TWIN), town.account(**KESTREL)
    telling.lock(town.pair, ours, "Being merged", "ana")
    sell(town, ours)
    work(town)
    assert town.all(System.XERO) == [theirs]
    assert not billed(town)
    asked = ReviewItem.objects.get(state="open", cause__startswith="customer:")
    assert "Kept out of sync by ana: Being merged." in asked.explanation
    telling.unlock(Lock.objects.get(), "ana")
    work(town)
    assert billed(town) == [theirs.id]
    assert bonds() == {bond(ours, theirs)}


def test_no_deal_is_billed_to_a_contact_that_is_kept_out_without_a_word(town: Town) -> None:
    run("flow", BILLING, "on")
    theirs, ours = town.contact(**KESTREL), town.account(**KESTREL)
    telling.lock(town.pair, theirs, "A supplier", "ana")
    sell(town, ours)
    work(town)
    assert not billed(town)
    assert town.questions("match")


def test_no_deal_is_billed_to_a_contact_that_its_account_was_parted_from(town: Town) -> None:
    run("flow", BILLING, "on")
    theirs, ours = town.contact(**KESTREL), town.account(**KESTREL)
    work(town)
    unlinking.unlink(Link.objects.get().pk, "priya", "Two branches")
    sell(town, ours)
    work(town)
    assert theirs.id not in billed(town)


def test_no_deal_is_billed_while_it_is_asked_which_of_two_contacts_it_is(town: Town) -> None:
    run("flow", BILLING, "on")
    town.contact(**KESTREL)
    town.contact(**TWIN)
    sell(town, town.account(**KESTREL))
    work(town)
    assert not billed(town)
