"""Twenty thousand products on the page of products that differ, and a thousand made equal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from sync.core import snapshots
from sync.core.records import Key, Record, System
from sync.engine import price_drift
from sync.models import KnownRecord, Link, Write

from .store import FLOW, Store, opened

pytestmark = pytest.mark.slow
MANY, THOUSAND = 20_000, 1_000
READ = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def finance(client: Client, transactional_db: None) -> Client:
    """Somebody of finance, signed in."""
    user = User.objects.create_user("priya", is_staff=True)
    user.groups.add(Group.objects.get(name="Finance"))
    client.force_login(user)
    return client


@pytest.fixture
def large(store: Store) -> Store:
    """A store that knows 20,000 linked products; of 2,000 the price differs, of 20 the name."""
    store.product("FIRST")
    store.sync()
    made = [_linked(store, number) for number in range(MANY)]
    KnownRecord.objects.bulk_create(
        KnownRecord(
            connection_id=connection_id, system=record.key.system.value, kind=record.key.kind,
            remote_id=record.key.id, values=snapshots.dump(record.values), stamp=READ,
        )
        for place, connection_id in enumerate((store.pair.salesforce_id, store.pair.xero_id))
        for record in (pair[place] for pair in made)
    )  # fmt: skip
    Link.objects.bulk_create(
        Link(pair=store.pair, flow=FLOW, salesforce_kind="Product2", salesforce_id=one.key.id,
             xero_kind="Item", xero_id=other.key.id)
        for one, other in made
    )  # fmt: skip
    return store


def _linked(store: Store, number: int) -> tuple[Record, Record]:
    """Return a product and its item; every tenth price and every thousandth name differ."""
    code, price = f"PART-{number:05}", Decimal(number % 900 + 10)
    product, item = f"01t5e{number:010}AAA", f"00000000-0000-4000-8000-{number:012}"
    entry = {
        "Id": f"01u5e{number:010}AAA", "Pricebook2Id": store.standard(), "UnitPrice": price,
        "CurrencyIsoCode": "GBP", "IsActive": True,
    }  # fmt: skip
    ours: dict[str, Any] = {
        "Id": product, "Name": f"Part {number:05}", "ProductCode": code, "IsActive": True,
        "Counterpart_Xero_Item_Id__c": item, "PricebookEntries": [entry],
    }  # fmt: skip
    apart = Decimal(number // 10 % 100 + 1) / 4 if number % 10 == 0 else Decimal(0)
    name = f"Part {number:05}" if number % 1000 else f"Piece {number:05}"
    theirs: dict[str, Any] = {
        "ItemID": item, "Code": code, "Name": name, "IsSold": True,
        "SalesDetails": {"UnitPrice": price + apart, "AccountCode": "200", "TaxType": "OUTPUT2"},
    }  # fmt: skip
    return (
        Record(Key(System.SALESFORCE, "Product2", product), ours, READ),
        Record(Key(System.XERO, "Item", item), theirs, READ),
    )


def test_twenty_thousand_are_paged_narrowed_ordered_and_exported(
    large: Store, finance: Client
) -> None:
    address = reverse("price_drift")
    page = finance.get(address).content.decode()
    assert "2,000 products differ between Salesforce and Xero" in page
    assert "20,001 linked products" in page
    assert "Page 1 of 41" in page  # 2,000 prices and 20 names, 50 a page
    assert page.count('name="mark"') == 50
    with CaptureQueriesContext(connection) as asked:
        last = finance.get(f"{address}?page=40").content.decode()
    assert last.count('name="mark"') == 20
    assert len(asked) < 40  # what was compared is kept
    beyond = finance.get(f"{address}?page=999999").content.decode()
    assert "Page 41 of 41" in beyond
    named = finance.get(f"{address}?field=name").content.decode()
    assert named.count('name="mark"') == 20
    one = finance.get(f"{address}?q=part-01230").content.decode()
    assert one.count('name="mark"') == 1
    largest = finance.get(f"{address}?order=size&field=price").content.decode()
    assert largest.index("+25.00") < largest.index("+24.75")
    lines = list(csv.reader(io.StringIO(_text(finance.get(f"{address}?as=csv&field=price")))))
    assert len(lines) == 2_001
    assert lines[1][2:7] == ["price", "10", "10.25", "GBP", "0.25"]
    the_effect_of_all_tells_its_count_and_its_money(large, finance)


def the_effect_of_all_tells_its_count_and_its_money(large: Store, finance: Client) -> None:
    """Nothing is written or said by looking at it."""
    before = Write.objects.count()
    asked = {"pair": large.pair.pk, "field": "price", "all": "yes", "side": "salesforce",
             "act": "effect"}  # fmt: skip
    page = finance.post(reverse("price_drift"), asked).content.decode()
    assert "Write 2,000 values to Xero?" in page
    assert "2,000 prices fall by GBP 25,250.00 in all" in page
    assert "the furthest moves by GBP 25.00" in page
    assert "Make 2,000 equal" in page
    assert Write.objects.count() == before


def _text(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8-sig"))


@pytest.fixture
def thousand(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Store]:
    """A store with a thousand products whose items cost one pound more."""
    with opened(settings, monkeypatch) as made:
        with made.box.world.batch():
            for number in range(THOUSAND):
                code = f"PART-{number:04}"
                made.product(code, f"Part {number:04}", "100.00")
                made.item(code, f"Part {number:04}", SalesDetails={"UnitPrice": Decimal(101)})
        made.sync()
        yield made


@pytest.mark.parametrize("side", ["salesforce", "xero"])
def test_a_thousand_are_made_equal_in_at_most_fifteen_xero_calls(
    thousand: Store, finance: Client, side: str
) -> None:
    address = reverse("price_drift")
    common = {"pair": thousand.pair.pk, "side": side}
    effect = finance.post(address, {**common, "all": "yes", "act": "effect"})
    marks = effect.context["marks"]
    assert len(marks.split()) == THOUSAND
    thousand.box.journal.clear()
    said = finance.post(address, {**common, "marks": marks, "act": "make"}, follow=True)
    page = said.content.decode()
    assert "1,000 differences are being made equal now." in page
    assert "1,000 are being made equal" in page  # and are not offered once more
    thousand.work()
    calls = [each for each in thousand.box.journal.entries() if "/api.xro/" in each["path"]]
    assert len(calls) <= 15
    prices = {item["SalesDetails"]["UnitPrice"] for item in thousand.items()}
    assert prices == {100 if side == "salesforce" else 101}
    assert price_drift.compare(thousand.pair).differences == ()
    before = thousand.written()
    thousand.sync()
    assert thousand.written() == before
    found = price_drift.compare(thousand.pair)
    assert (found.differences, found.said) == ((), 0)
