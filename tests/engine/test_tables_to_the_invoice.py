"""Rows of the value tables followed to the invoice that Xero keeps, over HTTP, nothing faked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from connections.models import Pair
from mappings import drafting
from sandbox.salesforce import acts as salesforce
from sandbox.server import Box
from sandbox.xero import entering
from sync.core.flow import Condition
from sync.models import ReviewItem
from tests.engine.test_whole import connected, deal_named, invoices, later, run, sync
from tests.mappings.conftest import publish

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KEY = "won_opportunity_invoice"
SOUTH, NORTH, GERMANY, AUSTRALIA = (
    "Wapping Wharf phase 3, full survey",
    "Kirkstall Road flats, measured survey",
    "Überseehafen Becken II",
    "Cairns approach channel, third season",
)


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with connected(settings, monkeypatch) as sandbox:
        run("flow", KEY, "on")
        yield sandbox


def rows(table: str, *wanted: tuple[str, Condition | None]) -> None:
    """Publish rows of a table before those that are there: (value, when)."""
    pair = Pair.objects.get()
    draft = drafting.draft_of(pair, KEY)
    for row in draft.content["rows"]:
        if row["table"] == table and any(when is None for _, when in wanted):
            place = f"row:{row['key']}"
            drafting.save(pair, KEY, place, None, seen=draft.seen(place), by="anna")
    for value, when in wanted:
        conditions = [vars(when)] if when else []
        row = {"table": table, "name": "", "value": value, "conditions": conditions, "active": True}
        drafting.add_row(pair, KEY, row, "anna")
    publish(pair, KEY)


def billed(box: Box, *names: str) -> list[dict[str, Any]]:
    """Win deals; return the invoice of each."""
    deals = [deal_named(box, name) for name in names]
    for deal in deals:
        salesforce.close_won(box.world, deal)
    sync()
    found = [invoices(box, deal) for deal in deals]
    assert [len(each) for each in found] == [1] * len(deals), list(
        ReviewItem.objects.values_list("title", flat=True)
    )
    return [each[0] for each in found]


def ids_of(box: Box, kind: str, name: str) -> tuple[str, dict[str, Any]]:
    """Return the id and the record of a kind in the British organisation by its name."""
    table = box.world.table("xero", kind)
    tenant = Pair.objects.get().xero.organisation_id
    return next((k, r) for k, r in table.items() if (r["Name"], r["TenantID"]) == (name, tenant))


def offices(box: Box) -> dict[str, str]:
    """Return the value of a tracking row by the name of its option."""
    category, record = ids_of(box, "TrackingCategory", "Office")
    return {o["Name"]: f"{category}/{o['TrackingOptionID']}" for o in record["Options"]}


def tracked(invoice: dict[str, Any]) -> set[str]:
    """Return the ids of the options that an invoice's lines bear."""
    return {t["TrackingOptionID"] for line in invoice["LineItems"] for t in line["Tracking"]}


def test_tracking_follows_the_territory_and_survives_a_rename_in_xero(box: Box) -> None:
    office = offices(box)
    rows(
        "tracking_1",
        (office["Leeds"], Condition("Territory2.Name", "is", "UK North")),
        (office["Bristol"], Condition("Territory2.Name", "is", "UK South")),
    )
    (south,) = billed(box, SOUTH)
    bristol = office["Bristol"].partition("/")[2]
    assert tracked(south) == {bristol}
    category, record = ids_of(box, "TrackingCategory", "Office")
    options = [{**option, "Name": f"{option['Name']} office"} for option in record["Options"]]
    box.world.clock.advance(2)
    entering.edit(box.world, "TrackingCategory", category, {"Name": "Branch", "Options": options})
    (north,) = billed(box, NORTH)
    assert tracked(north) == {office["Leeds"].partition("/")[2]}
    later()
    assert sync()["runs"][0]["writes"]["confirmed"] == 0


def test_the_theme_follows_the_customer(box: Box) -> None:
    overseas, _ = ids_of(box, "BrandingTheme", "Overseas")
    projects, _ = ids_of(box, "BrandingTheme", "Projects")
    rows(
        "theme",
        (overseas, Condition("Account.BillingCountry", "is not", "United Kingdom")),
        (projects, Condition("Account.Name", "contains", "harbourside")),
    )
    south, germany, north = billed(box, SOUTH, GERMANY, NORTH)
    assert south["BrandingThemeID"] == projects
    assert germany["BrandingThemeID"] == overseas
    assert north["BrandingThemeID"] not in (projects, overseas)


def test_payment_terms_follow_the_country_of_the_customer(box: Box) -> None:
    rows(
        "payment_terms",
        ("7", Condition("Account.BillingCountry", "in", "Germany; France")),
        ("45", None),
    )
    germany, south = billed(box, GERMANY, SOUTH)
    days = [
        (date.fromisoformat(each["DueDate"][:10]) - date.fromisoformat(each["Date"][:10])).days
        for each in (germany, south)
    ]
    assert days == [7, 45]


def test_the_status_follows_the_amount_and_the_customer(box: Box) -> None:
    rows(
        "status",
        ("SUBMITTED", Condition("Account.Name", "contains", "Harbourside")),
        ("AUTHORISED", Condition("=amount", "below", "7100")),
    )
    south, north, germany = billed(box, SOUTH, NORTH, GERMANY)
    assert south["Status"] == "SUBMITTED"
    assert north["Status"] == "AUTHORISED"
    assert germany["Status"] == "DRAFT"


def test_accounts_and_tax_follow_territory_country_product_and_customer(box: Box) -> None:
    for product in list(box.world.table("salesforce", "Product2")):
        salesforce.edit(box.world, "Product2", product, {"Family": "Survey"})
    rows(
        "account_code",
        ("205", Condition("Product2.Family", "is", "Survey")),
    )
    rows(
        "tax_type",
        ("ZERORATEDOUTPUT", Condition("Account.BillingCountry", "is", "Germany")),
        ("EXEMPTOUTPUT", Condition("Territory2.Name", "is", "UK North")),
        ("OUTPUT2", Condition("=account", "is", "205")),
        ("ask", None),
    )
    germany, north, south = billed(box, GERMANY, NORTH, SOUTH)
    told = [{line["TaxType"] for line in each["LineItems"]} for each in (germany, north, south)]
    assert told == [{"ZERORATEDOUTPUT"}, {"EXEMPTOUTPUT"}, {"OUTPUT2"}]
    assert {line["AccountCode"] for line in south["LineItems"]} == {"205"}


def test_what_only_the_last_row_takes_is_asked_and_billed_nowhere(box: Box) -> None:
    rows(
        "tax_type",
        ("OUTPUT2", Condition("Account.BillingCountry", "is", "United Kingdom")),
        ("ask", None),
    )
    deal = deal_named(box, AUSTRALIA)
    salesforce.close_won(box.world, deal)
    sync()
    assert invoices(box, deal) == []
    item = ReviewItem.objects.get(state="open", argument="tax_type")
    assert item.place == "table"
