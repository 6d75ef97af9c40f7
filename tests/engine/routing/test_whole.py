"""Both real clients against the sandbox: one org, two organisations, rows by the command."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import simplejson
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from mappings.models import RoutingVersion
from sandbox.xero import acts as xero
from sync.engine import settling
from sync.intake import sweeps
from sync.models import Assignment, Link, Notice, ReviewItem, Unplaced, Write
from tests.engine.killing import Killer, killer_of
from tests.engine.quotes.shop import BILLING, QUOTES, Shop, opened
from tests.engine.test_whole import later, run

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BOTH = (0, 1)


@pytest.fixture
def firm(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Shop]:
    """One org and two organisations; billing is on in both, and no row is published."""
    with opened(settings, monkeypatch, BILLING) as shop:
        told = run("flow", BILLING, "on", "--pair", shop.pairs[1].name)
        assert "2 pairs take its deals, and no row says which: all ask" in told
        yield shop


def by_currency(firm: Shop) -> None:
    """Pounds are billed in the first organisation, euros in the second."""
    run("route", "add", firm.pairs[0].name, "--when", "CurrencyIsoCode is GBP")
    run("route", "add", firm.pairs[1].name, "--when", "CurrencyIsoCode is EUR", "--name", "Euros")


def won(firm: Shop, currency: str) -> str:
    """Let a salesperson enter a deal that is won; its id."""
    return firm.deal(StageName="Closed Won", Amount="100", CurrencyIsoCode=currency)


def settle(firm: Shop) -> None:
    """Work in both pairs until nothing comes any more."""
    firm.sync(BILLING, places=BOTH, rounds=4)


def places_of(deal: str) -> list[str]:
    """Return the names of the pairs in which a deal has a living invoice link."""
    links = Link.objects.filter(salesforce_id=deal, xero_kind="Invoice").select_related("pair")
    return [link.pair.xero.name for link in links]


def billed(firm: Shop, deal: str) -> int:
    """Return how many living invoices carry a deal's id, in all organisations."""
    return sum(str(one.get("Reference") or "").endswith(deal) for one in firm.invoices())


def test_deals_go_where_rows_send_them_and_what_no_row_takes_is_asked_once_and_then_billed(
    firm: Shop,
) -> None:
    by_currency(firm)
    pounds, euros = [won(firm, "GBP") for _ in range(2)], [won(firm, "EUR") for _ in range(3)]
    settle(firm)
    assert [places_of(deal) for deal in pounds] == [["X"]] * 2
    assert [places_of(deal) for deal in euros] == [["Y"]] * 3
    assert all(billed(firm, deal) == 1 for deal in (*pounds, *euros))
    assert firm.asked() == []


def test_a_group_without_a_row_is_asked_once_and_an_answer_bills_all_of_it(firm: Shop) -> None:
    run("route", "add", firm.pairs[0].name, "--when", "CurrencyIsoCode is GBP")
    deals = [won(firm, "EUR") for _ in range(3)]
    settle(firm)
    assert firm.invoices() == []
    (item,) = ReviewItem.objects.filter(state="open")
    assert (item.title, item.subjects.count()) == ("No routing row for deals with currency EUR", 3)
    firm.answer("routing", f"pair:{firm.pairs[1].pk}")
    settle(firm)
    assert [places_of(deal) for deal in deals] == [["Y"]] * 3
    assert firm.asked() == []
    assert Assignment.objects.count() == 3


def test_a_row_added_by_the_command_bills_what_waited_without_another_change(firm: Shop) -> None:
    run("route", "add", firm.pairs[0].name, "--when", "CurrencyIsoCode is GBP")
    deal = won(firm, "EUR")
    settle(firm)
    tried = simplejson.loads(run("route", "try", "--json"))
    assert tried["Opportunity"]["asked about"] == 1
    told = run("route", "add", firm.pairs[1].name, "--when", "CurrencyIsoCode is EUR")
    assert "Version 2 is in force" in told
    later()
    for place in BOTH:
        firm.work(BILLING, place)
    assert places_of(deal) == ["Y"]
    assert [row["kind"] for row in simplejson.loads(run("route", "list", "--json"))["rows"]] == [
        "Opportunity",
        "Opportunity",
    ]


def test_a_related_field_is_read_without_another_call(firm: Shop) -> None:
    by_currency(firm)
    deal = won(firm, "GBP")
    settle(firm)

    def calls(words: str) -> int:
        firm.move(deal, Description=words)
        return sum(r.calls_salesforce for r in firm.sync(BILLING, places=(0,), rounds=1))

    before = calls("one")
    assert firm.asked() == []
    path = "Account.Owner.Username"
    run("route", "add", firm.pairs[1].name, "--when", f"{path} contains @", "--at", "1")
    firm.sync(BILLING, places=(0,), rounds=1)  # the owner's fields are described once
    assert calls("two") == before
    assert firm.asked() == ["belongs_elsewhere"]
    assert billed(firm, deal) == 1


def test_a_row_for_a_field_that_the_org_lacks_is_refused_in_a_sentence(firm: Shop) -> None:
    with pytest.raises(CommandError, match="Nonsense__c"):
        run("route", "add", firm.pairs[1].name, "--when", "Nonsense__c is IE")
    with pytest.raises(CommandError, match="is no condition"):
        run("route", "add", firm.pairs[1].name, "--when", "CurrencyIsoCode")
    with pytest.raises(CommandError, match="There is no pair"):
        run("route", "add", "nowhere", "--when", "CurrencyIsoCode is EUR")


HEADINGS = "kind,row,when field 1,comparison 1,value 1,belongs to,what it is called,in use"


def test_the_rows_of_a_sheet_are_put_in_force_as_one_version_with_its_reason(
    firm: Shop, tmp_path: Path
) -> None:
    here, there = (pair.name for pair in firm.pairs)
    file = tmp_path / "rows.csv"
    pounds = f"Opportunity,,CurrencyIsoCode,is,GBP,{here},Pounds,yes"
    euros = f"Opportunity,,CurrencyIsoCode,is,EUR,{there},Euros,yes"
    file.write_text("\n".join([HEADINGS, pounds, euros.replace("Currency", "Nonsense")]))
    with pytest.raises(CommandError, match="Line 3: Deals, “Euros”: “NonsenseIsoCode” is no"):
        run("route", "add", "--file", str(file))
    with pytest.raises(CommandError, match="without the rest"):
        run("route", "add", here, "--file", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        run("route", "add", "--file", str(tmp_path / "none.csv"))
    assert not RoutingVersion.objects.exists()
    file.write_text("\n".join([HEADINGS, pounds]))
    run("route", "add", "--file", str(file), "--why", "our rows")
    file.write_text("\n".join([HEADINGS, euros]))
    run("route", "add", "--file", str(file))
    first, second = RoutingVersion.objects.order_by("number")
    assert (first.why, len(first.content["rows"])) == ("our rows", 1)
    assert [row["name"] for row in second.content["rows"]] == ["Pounds", "Euros"]
    assert len({row["key"] for row in second.content["rows"]}) == 2
    settle(firm)
    deal = won(firm, "EUR")
    settle(firm)
    assert places_of(deal) == ["Y"]


def test_a_draft_deleted_in_one_organisation_is_made_in_the_other_once(firm: Shop) -> None:
    by_currency(firm)
    deal = won(firm, "GBP")
    settle(firm)
    run("route", "move", deal, firm.pairs[1].name, "--why", "the customer moved")
    settle(firm)
    assert places_of(deal) == ["X"]
    assert firm.asked() == ["belongs_elsewhere"]
    (invoice,) = firm.bills(deal)
    xero.delete_draft(firm.box.world, invoice)
    settle(firm)
    assert billed(firm, deal) == 1
    assert sorted(places_of(deal)) == ["X", "Y"]
    assert firm.asked() == []
    (kept,) = [one for one in firm.invoices() if str(one["Reference"]).endswith(deal)]
    told = firm.box.world.table("salesforce", "Opportunity")[deal]
    assert told["Counterpart_Invoice_Id__c"] == kept["InvoiceID"]


def test_two_pairs_at_work_at_once_bill_every_deal_once(firm: Shop) -> None:
    by_currency(firm)
    deals = [won(firm, currency) for currency in ("GBP", "EUR") * 6]

    def work(place: int) -> None:
        try:
            firm.work(BILLING, place)
        finally:
            connection.close()

    firm.tick()
    for _ in range(3):
        for pair in firm.pairs:
            sweeps.sweep(pair)
        later()
        threads = [threading.Thread(target=work, args=(place,)) for place in (0, 1, 0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    settle(firm)
    assert [billed(firm, deal) for deal in deals] == [1] * 12
    assert [places_of(deal)[0] for deal in deals] == ["X", "Y"] * 6


@pytest.fixture
def killer(firm: Shop, outside_environment: dict[str, str], settings: Settings) -> Killer:
    return killer_of(outside_environment, settings)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_at_any_write_bills_each_deal_once_though_the_route_turns(
    firm: Shop, killer: Killer, moment: str, number: int
) -> None:
    by_currency(firm)
    account = firm.enter("Account", Name="Brook Kiln Ltd")
    deals = [won(firm, "GBP"), won(firm, "EUR")]
    for deal in deals:
        firm.move(deal, AccountId=account)
    sweeps.sweep(firm.pairs[1])
    assert killer.run(moment, number) == -9
    for deal, pair in zip(deals, reversed(firm.pairs), strict=True):
        run("route", "move", deal, pair.name)
    time.sleep(1.1)
    for _ in range(6):
        Notice.objects.filter(state=Notice.State.CLAIMED).update(lease_until=timezone.now())
        for pair in firm.pairs:
            settling.wake(pair, BILLING)
        firm.sync(BILLING, places=BOTH, rounds=1)
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
    assert [billed(firm, deal) for deal in deals] == [1, 1]


def test_what_belongs_to_an_organisation_whose_flow_is_off_waits_and_the_doctor_counts_it(
    firm: Shop,
) -> None:
    by_currency(firm)
    run("flow", BILLING, "off", "--pair", firm.pairs[1].name)
    deal = won(firm, "EUR")
    firm.sync(BILLING, places=(0,))
    assert firm.invoices() == []
    assert Unplaced.objects.count() == 1
    assert firm.asked() == []
    report = simplejson.loads(run("doctor", "--json"))
    assert any("1 deal over EUR 100.00" in str(found) for found in report["findings"]), report
    run("flow", BILLING, "on", "--pair", firm.pairs[1].name)
    settle(firm)
    assert places_of(deal) == ["Y"]
    assert not Unplaced.objects.exists()


def test_a_deal_with_a_living_quote_is_billed_where_it_was_quoted_and_asked_about(
    firm: Shop,
) -> None:
    by_currency(firm)
    for place in BOTH:
        run("flow", QUOTES, "on", "--pair", firm.pairs[place].name)
    quote = firm.quote()  # in pounds, in the first organisation
    firm.sync(places=BOTH)
    deal = firm.deal_of(quote)["Id"]
    run("route", "move", deal, firm.pairs[1].name)
    firm.sync(places=BOTH)
    assert firm.asked() == ["belongs_elsewhere"]
    firm.win(deal)
    firm.sync(places=(1, 0))
    assert places_of(deal) == ["X"]
    assert billed(firm, deal) == 1
    assert firm.asked().count("belongs_elsewhere") == 1
