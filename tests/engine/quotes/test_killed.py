"""Workers that are killed and answers that are lost: no deal, line or invoice is made twice."""

from __future__ import annotations

import threading
import time
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from sync.engine import settling
from sync.intake import sweeps
from sync.models import Link, Notice, Write
from tests.engine.killing import Killer, killer_of

from .shop import BILLING, QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KNOWN = {"AccountCode": "200", "TaxType": "OUTPUT2"}
DIVE = {**KNOWN, "Description": "Dive", "Quantity": 3, "UnitAmount": "33.33", "ItemCode": "DIVE"}
BOAT = {**KNOWN, "Description": "Boat", "Quantity": 2, "UnitAmount": "19.99", "ItemCode": "BOAT"}
CREW = {**KNOWN, "Description": "Crew", "Quantity": 1, "UnitAmount": "75.00", "ItemCode": "CREW"}


@pytest.fixture
def killer(shop: Shop, outside_environment: dict[str, str], settings: Settings) -> Killer:
    return killer_of(outside_environment, settings)


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """The shop with three products."""
    for code in ("DIVE", "BOAT", "CREW"):
        shop.product(code)
    return shop


def recover(shop: Shop) -> None:
    """Let the dead worker's lease end, and work until nothing waits."""
    time.sleep(1.1)
    for _ in range(4):
        Notice.objects.filter(state=Notice.State.CLAIMED).update(lease_until=timezone.now())
        for flow in (QUOTES, BILLING):
            settling.wake(shop.pairs[0], flow)
        shop.sync(rounds=1)
    assert not Write.objects.filter(state__in=Write.OPEN).exists()


def in_step(shop: Shop, quote: str) -> None:
    """Assert that the one deal of the quote has its very lines and comes to its amount."""
    deal, theirs = shop.deal_of(quote), shop.box.world.table("xero", "Quote")[quote]
    wanted = {line["LineItemID"]: Decimal(str(line["LineAmount"])) for line in theirs["LineItems"]}
    rows = shop.lines_of(deal["Id"])
    assert {r["Counterpart_Xero_Line_Id__c"]: r["TotalPrice"] for r in rows} == wanted
    assert len(rows) == len(wanted)
    assert deal["Amount"] == theirs["SubTotal"]
    assert len(shop.deals()) == 1
    assert Link.objects.filter(xero_kind="Quote").count() == 1
    assert shop.asked() == []
    before = shop.written()
    shop.sync(rounds=1)
    assert shop.written() == before


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_while_it_makes_a_deal_makes_it_once(
    sold: Shop, killer: Killer, moment: str, number: int
) -> None:
    quote = sold.quote(lines=[DIVE, BOAT])
    assert killer.run(moment, number) == -9
    recover(sold)
    in_step(sold, quote)


def changed(shop: Shop) -> str:
    """Let a quote that has its deal lose a line, get another, and change the rest."""
    quote = shop.quote(lines=[DIVE, BOAT])
    shop.sync()
    kept = shop.box.world.table("xero", "Quote")[quote]["LineItems"][0]["LineItemID"]
    lines = [{**DIVE, "LineItemID": kept, "Quantity": 5}, CREW]
    shop.change("Quote", quote, LineItems=lines, Title="Changed")
    return quote


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_while_it_changes_a_deal_leaves_it_in_step_in_the_end(
    sold: Shop, killer: Killer, moment: str, number: int
) -> None:
    quote = changed(sold)
    assert killer.run(moment, number) == -9
    recover(sold)
    in_step(sold, quote)


LOST = [
    ("PATCH", "*/composite/sobjects/Opportunity/*"),
    ("PATCH", "*/composite/sobjects/OpportunityLineItem/*"),
    ("PATCH", "*/composite/sobjects"),
    ("DELETE", "*/composite/sobjects*"),
]


@pytest.mark.parametrize("lost", ["before", "after"])
@pytest.mark.parametrize(("method", "path"), LOST[:2])
def test_a_lost_answer_never_makes_a_second_deal_or_line(
    sold: Shop, method: str, path: str, lost: str
) -> None:
    quote = sold.quote(lines=[DIVE, BOAT])
    fault = sold.box.faults.add(system="salesforce", method=method, path=path, lost=lost, times=1)
    sold.sync(rounds=1)
    assert fault.id not in {each["id"] for each in sold.box.faults.active()}, "it never struck"
    recover(sold)
    in_step(sold, quote)


@pytest.mark.parametrize("lost", ["before", "after"])
@pytest.mark.parametrize(("method", "path"), LOST[1:])
def test_a_lost_answer_to_a_change_leaves_the_deal_in_step_in_the_end(
    sold: Shop, method: str, path: str, lost: str
) -> None:
    quote = changed(sold)
    fault = sold.box.faults.add(system="salesforce", method=method, path=path, lost=lost, times=1)
    sold.sync(rounds=1)
    assert fault.id not in {each["id"] for each in sold.box.faults.active()}, "it never struck"
    recover(sold)
    in_step(sold, quote)


def test_two_workers_at_once_make_one_deal_and_one_invoice(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.tick()

    def work(flow: str) -> None:
        try:
            shop.work(flow)
        finally:
            connection.close()

    for _ in range(4):
        sweeps.sweep(shop.pairs[0])
        threads = [threading.Thread(target=work, args=(f,)) for f in (QUOTES, BILLING) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(shop.deals()) == 1 and shop.deals()[0]["StageName"] != "Closed Won":
            shop.win(shop.deals()[0]["Id"])
    shop.sync()
    assert len(shop.deals()) == 1
    assert len(shop.invoices()) == 1
    assert shop.deal_of(quote)


def test_a_limit_in_the_midst_is_waited_for(sold: Shop) -> None:
    quote = sold.quote(lines=[DIVE, BOAT])
    sold.box.faults.add(
        system="salesforce", method="PATCH", path="*OpportunityLineItem*", status=503, times=1
    )
    sold.sync(rounds=1)
    recover(sold)
    in_step(sold, quote)
