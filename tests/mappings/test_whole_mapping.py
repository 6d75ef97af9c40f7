"""A mapping changed by finance, from its draft to the invoice, against both sandboxed systems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from connections.models import Pair
from mappings.drafting import draft_of
from mappings.models import FieldMapping
from mappings.rules import rules_for
from sandbox.salesforce import acts as salesforce
from sandbox.server import Box
from sync.engine import mending, rehearsing
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, ReviewItem, Write
from tests.engine import test_whole
from tests.mappings.conftest import seen, signed_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KEY = "won_opportunity_invoice"


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    cache.clear()
    with test_whole.connected(settings, monkeypatch) as sandbox:
        test_whole.run("flow", KEY, "on")
        yield sandbox
    cache.clear()


def address(pair: Pair, name: str) -> str:
    return reverse(f"admin:mappings_{name}", args=[pair.pk, KEY])


def draft(client: Client, pair: Pair, target: str, **typed: str) -> str:
    """Let finance keep a row in the draft by the form."""
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target=target)
    parts = {k: str(v) for k, v in row.snapshot.items() if k != "active"}
    sent = {
        "row": str(row.pk),
        "act": "save",
        "active": "on",
        "seen": seen(pair, KEY, f"field:{target}"),
    }
    answer = client.post(address(pair, "fields"), {**parts, **sent, **typed})
    return "" if answer.status_code == 302 else answer.content.decode().replace("&#x27;", "'")


def billed(box: Box, name: str) -> Any:
    deal = test_whole.deal_named(box, name)
    salesforce.close_won(box.world, deal)
    test_whole.sync()
    (invoice,) = test_whole.invoices(box, deal)
    return invoice


def test_a_changed_row_bills_the_next_deal_and_no_earlier_one(box: Box) -> None:
    pair = Pair.objects.get()
    first = billed(box, test_whole.CERTAIN)
    finance, administrator = signed_in("Finance"), signed_in("Administrators")
    calculated = "Name + ' for ' + Account.Owner.Name"
    assert draft(finance, pair, "reference", transform="expression", argument=calculated) == ""
    before = Write.objects.count()
    tried = finance.get(reverse("mapping_try_out", args=[pair.pk, KEY]), {"replay": "1"})
    assert "Of 1 planned in the last 90 days" in tried.content.decode()
    assert "reference" in tried.content.decode()
    assert Write.objects.count() == before
    test_whole.later()
    test_whole.sync()
    assert Write.objects.count() == before
    sent = {"act": "publish", "seen": draft_of(pair, KEY).mark, "why": "The owner is asked for"}
    assert administrator.post(address(pair, "draft"), sent).status_code == 302
    second = billed(box, test_whole.EURO)
    assert f"{test_whole.EURO} for " in second["Reference"]
    assert " for " not in first["Reference"]


def test_rows_that_the_org_cannot_serve_are_refused_by_the_live_describe(box: Box) -> None:
    pair, finance = Pair.objects.get(), signed_in("Finance")
    for typed, sentence in (
        ({"source": "Name"}, "holds a text; a date is needed here"),
        ({"source": "Account.Nam"}, "Did you mean Account.Name?"),
        ({"source": "IsWon"}, "holds yes or no; a date is needed here"),
        ({"transform": "expression", "argument": "Amount * 2"}, "a date is needed here"),
    ):
        assert sentence in draft(finance, pair, "date", **typed)
    assert draft_of(pair, KEY).told == []
    text = finance.get(
        address(pair, "fields"),
        {"row": FieldMapping.objects.get(pair=pair, flow=KEY, target="date").pk},
    ).content.decode()
    assert '<option value="Account.Owner.Name">' in text
    assert "Close Date: a date" in text


def test_a_replay_of_every_deal_takes_a_handful_of_calls(box: Box) -> None:
    pair, flow = Pair.objects.get(), every_flow()[KEY]
    for key in list(box.world.table("salesforce", "Opportunity")):
        salesforce.close_won(box.world, key)
    test_whole.sync()
    finance = signed_in("Finance")
    assert draft(finance, pair, "date", transform="date_plus_days", argument="7") == ""
    calls = len(box.journal.entries())
    found = rehearsing.replay(pair, flow, (rules_for(pair, KEY), draft_of(pair, KEY).rules))
    assert found.total > 8
    assert found.areas["date"] == len(found.differing)
    assert len(box.journal.entries()) - calls <= 12


def test_an_account_that_is_archived_in_xero_breaks_its_row_until_it_is_mended(box: Box) -> None:
    pair, switch = Pair.objects.get(), FlowSwitch.objects.get(flow=KEY)
    administrator = signed_in("Administrators")
    code, _ = pair.xero.organisation["lists"]["accounts"][0]
    page = reverse("admin:mappings_table", args=[pair.pk, KEY, "account_code"])
    administrator.post(page, {"act": "add", "active": "on", "name": "All", "value_0": code})
    sent = {"act": "publish", "seen": draft_of(pair, KEY).mark, "why": "One account"}
    assert administrator.post(address(pair, "draft"), sent).status_code == 302
    assert mending.check_if_due(switch)
    assert not ReviewItem.objects.filter(cause__startswith="mapping:").exists()
    lists = pair.xero.organisation["lists"]
    lists["accounts"] = [each for each in lists["accounts"] if each[0] != code]
    pair.xero.save()
    switch = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero").get(flow=KEY)
    assert mending.check(switch.pair, every_flow()[KEY])
    item = ReviewItem.objects.get(cause="mapping:table:account_code", state="open")
    assert f"“{code}” is not in use" in item.explanation
