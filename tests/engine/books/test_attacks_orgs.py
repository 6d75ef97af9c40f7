"""One Salesforce org and two Xero organisations: an account has a contact in each, and rests."""

from __future__ import annotations

import pytest

from connections.models import Pair
from sync.core.records import Key, System
from sync.flows.shapes.account import MARKER
from sync.models import FlowSwitch
from tests.engine.test_whole import run

from .fields import COMPARED, alike
from .town import FLOW, Town

pytestmark = pytest.mark.slow


@pytest.fixture
def abroad(town: Town) -> Town:
    """A second organisation, in step with the same Salesforce org."""
    tenant = town.in_xero("add_organisation", "Fernhill Surveys Pty Ltd", "AU")
    client = {"secret": "sandbox-xero-secret", "tenant": tenant, "name": "Second"}
    first = {"secret": "sandbox-xero-secret", "name": "First"}
    town.box.world.set_setting("xero", "clients", {"second": client, "sandbox-xero": first})
    run(
        *("connect", "xero", "--name", "Y"),
        *("--client-id", "second", "--secret-env", "XERO_SECRET"),
    )
    run("pair", "S", "Y")
    pair = Pair.objects.exclude(pk=town.pair.pk).get()
    run("flow", FLOW, "on", "--pair", pair.name)
    return Town(town.box, pair)


def settle(*towns: Town) -> None:
    """Sync both pairs in turn until neither writes; fails where they write for ever."""
    for _ in range(8):
        before = towns[0].last_call()
        for town in towns:
            town.sync()
        if not towns[0].waits() and not towns[0].written_since(before):
            return
    raise AssertionError(f"They write for ever: {towns[0].written_since(before)}")


def contact_of(town: Town, account: Key) -> Key:
    """Return an account's contact in a town's organisation."""
    link = town.link_of(account)
    assert link is not None
    return link.xero_key


def test_an_account_gets_one_contact_in_each_organisation_and_all_three_rest(
    town: Town, abroad: Town
) -> None:
    ours = town.account(name="Aire Joinery Ltd", billing_city="Leeds", phone="+44 117 496 0001")
    settle(town, abroad)
    first, second = contact_of(town, ours), contact_of(abroad, ours)
    assert first != second
    assert len(town.all(System.XERO)) == 2
    assert len(town.all(System.SALESFORCE)) == 1
    assert town.raw(ours)[MARKER] in (first.id, second.id)
    before = town.last_call()
    settle(town, abroad)
    assert not town.written_since(before)


def test_an_edit_in_one_organisation_reaches_the_account_and_the_other(
    town: Town, abroad: Town
) -> None:
    ours = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    settle(town, abroad)
    first, second = contact_of(town, ours), contact_of(abroad, ours)
    town.edit(second, billing_city="Perth", phone="+61 2 5550 1234")
    settle(town, abroad)
    for key in (ours, first, second):
        assert town.values(key)["billing_city"] == "Perth"
    assert alike("phone", town.values(first)["phone"], "+61 2 5550 1234")


def test_edits_that_differ_in_two_organisations_are_asked_about(town: Town, abroad: Town) -> None:
    ours = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    settle(town, abroad)
    first, second = contact_of(town, ours), contact_of(abroad, ours)
    town.edit(first, billing_city="York")
    town.edit(second, billing_city="Perth")
    settle(town, abroad)
    assert [q.field for q in town.questions()] == ["billing_city"]
    assert town.values(first)["billing_city"] == "York"
    assert town.values(second)["billing_city"] == "Perth"


def test_a_customer_of_one_organisation_is_not_made_in_the_other_by_itself(
    town: Town, abroad: Town
) -> None:
    theirs = town.contact(name="Brook Kiln Ltd", billing_city="Hull")
    settle(town, abroad)
    link = town.link_of(theirs)
    assert link is not None
    assert abroad.link_of(link.salesforce_key) is None
    town.win(link.salesforce_id)
    settle(town, abroad)
    second = contact_of(abroad, link.salesforce_key)
    ours, there = town.values(theirs), town.values(second)
    assert all(alike(name, ours[name], there[name]) for name in COMPARED)


def test_accounts_merged_are_followed_by_both_pairs(town: Town, abroad: Town) -> None:
    ours = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    settle(town, abroad)
    first, second = contact_of(town, ours), contact_of(abroad, ours)
    other = town.account(name="Cold Store plc")
    town.act("merge_accounts", other.id, ours.id)
    settle(town, abroad)
    assert contact_of(town, other) == first
    assert contact_of(abroad, other) == second
    assert town.values(first)["name"] == town.values(second)["name"] == "Cold Store plc"


def test_a_pair_that_was_off_misses_nothing_of_what_the_other_read(
    town: Town, abroad: Town
) -> None:
    ours = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    theirs = abroad.contact(name="Brook Kiln Pty Ltd", billing_city="Perth", billed=False)
    settle(town, abroad)
    for deal in town.box.world.table("salesforce", "Opportunity"):
        town.act("reopen", deal)  # the customer stays, though it would not come by itself any more
    settle(town, abroad)
    FlowSwitch.objects.filter(pair=abroad.pair).update(mode="off")
    town.edit(ours, billing_city="York")
    new = town.account(name="Cold Store plc")
    town.settle()
    second = contact_of(abroad, ours)
    assert town.values(second)["billing_city"] == "Leeds"
    run("flow", FLOW, "on", "--pair", abroad.pair.name)
    settle(town, abroad)
    assert town.values(second)["billing_city"] == "York"
    assert contact_of(abroad, new)
    assert town.values(theirs)["billing_city"] == "Perth"
