"""What the page of products that differ says when it is pressed late, twice, or in vain."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sync.core.records import System
from sync.engine import price_drift
from sync.models import Decision, FlowSwitch
from sync.models.switches import set_pause
from tests.mappings.conftest import signed_in

from .store import Store

LONG = "TIDE-TABLES-OF-THE-WHOLE-NORTH-COAST-2026"


@pytest.fixture
def apart(store: Store) -> Store:
    """A store with products that differ from their items in price, name, account and tax rate."""
    store.rule("account_code", "260")
    store.rule("tax_type", "ZERORATEDOUTPUT")
    store.product("SURVEY", "Survey day", "950.00")
    store.item("SURVEY", "Day on the boat", SalesDetails={"UnitPrice": 925})
    store.product("TIDE", "Tide tables", "12.00")
    store.item("TIDE", "Tide tables", SalesDetails={"UnitPrice": 12, "AccountCode": "260"})
    return store


@pytest.fixture
def finance(transactional_db: None) -> Client:
    return signed_in("Finance")


def press(client: Client, store: Store, field: str) -> str:
    """Let finance make all of a field equal as Salesforce has it; what the next page says."""
    marks = [d.mark for d in price_drift.compare(store.pair).differences if d.drift.field == field]
    return press_for(client, store, marks)


def press_for(client: Client, store: Store, marks: list[str]) -> str:
    asked = {"pair": store.pair.pk, "act": "make", "side": "salesforce", "marks": "\n".join(marks)}
    return client.post(reverse("price_drift"), asked, follow=True).content.decode()


def test_nothing_is_kept_for_later_while_the_flow_is_not_on(apart: Store, finance: Client) -> None:
    apart.sync()
    marks = [one.mark for one in price_drift.compare(apart.pair).differences]
    FlowSwitch.objects.filter(pair=apart.pair).update(mode=FlowSwitch.Mode.SHADOW)
    said = press_for(finance, apart, marks)
    assert "is not on, so nothing was kept" in said
    assert not Decision.objects.exists()


def test_the_page_follows_its_switch_at_once(apart: Store, finance: Client) -> None:
    apart.sync()
    address = reverse("price_drift")
    assert finance.get(address).context["may"] is True
    FlowSwitch.objects.filter(pair=apart.pair).update(mode=FlowSwitch.Mode.SHADOW)
    assert finance.get(address).context["may"] is False


def test_pressed_twice_it_says_that_it_is_under_way_and_not_that_anything_moved(
    apart: Store, finance: Client
) -> None:
    apart.sync()
    price = [d.mark for d in price_drift.compare(apart.pair).differences
             if d.drift.field == "price"]  # fmt: skip
    assert "1 difference is being made equal now." in press_for(finance, apart, price)
    said = press_for(finance, apart, price)
    assert "One is being made equal already." in said
    assert "changed meanwhile" not in said
    assert Decision.objects.count() == 1


def test_while_all_writes_are_paused_it_says_when(apart: Store, finance: Client) -> None:
    apart.sync()
    set_pause(on=True, by="anna")
    assert "made equal once writes go on" in press(finance, apart, "price")
    assert "paused" in finance.get(reverse("price_drift")).content.decode()


def test_accounts_and_tax_rates_have_their_names(apart: Store, finance: Client) -> None:
    apart.sync()
    page = finance.get(reverse("price_drift")).content.decode()
    for words in ("260 Other Revenue", "200 Sales", "20% (VAT on Income)", "Zero Rated Income"):
        assert words in page


def test_an_archived_account_of_the_table_is_not_offered(apart: Store) -> None:
    accounts = apart.box.world.table("xero", "Account").values()
    next(one for one in accounts if one["Code"] == "260")["Status"] = "ARCHIVED"
    apart.sync()
    (found,) = (
        d for d in price_drift.compare(apart.pair).differences if d.drift.field == "account"
    )
    assert found.drift.can == ()
    assert "has no active account 260." in found.drift.why


def test_a_long_code_and_either_name_are_found(apart: Store, finance: Client) -> None:
    product = apart.product(LONG, "Tide tables of the north", "30.00")
    apart.sync()
    apart.change(apart.links()[product], SalesDetails={"TaxType": "OUTPUT2", "AccountCode": "260"})
    apart.sync()
    for words, there in ((LONG, 1), ("day on the boat", 4), ("survey day", 4), ("nowhere", 0)):
        page = finance.get(reverse("price_drift"), {"q": words})
        assert len(page.context["rows"]) == there


def test_before_anything_is_linked_codes_tell_what_would_differ(
    apart: Store, finance: Client
) -> None:
    FlowSwitch.objects.filter(pair=apart.pair).update(mode=FlowSwitch.Mode.SHADOW)
    apart.product("TWICE", "One", "1.00")
    apart.product("twice", "Other", "2.00")
    apart.item("TWICE", "One")
    apart.sync()
    assert apart.links() == {}
    found = price_drift.compare(apart.pair)
    assert (found.compared, found.ahead) == (2, 2)
    assert {d.drift.field for d in found.differences} == {"price", "name", "account", "tax"}
    page = finance.get(reverse("price_drift")).content.decode()
    assert "2 are not linked yet" in page
    made = price_drift.make_equal(
        apart.pair, [d.mark for d in found.differences], System.XERO, "anna"
    )
    assert (made.taken, made.resting) == (0, True)
