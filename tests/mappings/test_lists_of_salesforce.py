"""Stages and price books are chosen from the org's own, and told when the org has them no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from connections.organisations import lists_of
from mappings import choices, drafting, fitting, words
from mappings.models import ValueRow
from sync.core.flow import TableRow
from sync.core.organisation import PriceBook, Reference, Stage
from sync.flows.registry import every_flow
from tests.mappings.conftest import seen

QUOTES, PRODUCTS = every_flow()["quote_opportunity"], every_flow()["product_catalogue"]
STAGE = words.tables_of(QUOTES)["stage"]
BOOK = words.tables_of(PRODUCTS)["price_book"]
PARTNERS, OLD = "01s5e0000000001AAA", "01s5e0000000002AAA"
ORG = Reference(
    datetime.now(UTC),
    "Fernhill",
    "GB",
    "GBP",
    "Europe/London",
    stages=(Stage("Prospecting", False, False), Stage("Signed", True, True)),
    price_books=(
        PriceBook(PARTNERS, "Partners", False),
        PriceBook(OLD, "Old", False, active=False),
    ),
)


@pytest.fixture
def pair(pair: Pair) -> Pair:
    pair.salesforce.organisation = {"lists": lists_of(ORG)}
    pair.salesforce.save()
    return pair


def test_what_the_org_has_in_use_is_offered(pair: Pair) -> None:
    offered = dict(choices.values_of(pair, STAGE))
    assert (offered["Prospecting"], offered["Signed"]) == ("open", "won")
    assert dict(choices.values_of(pair, BOOK))[PARTNERS] == "Partners"
    assert OLD not in dict(choices.values_of(pair, BOOK))


@pytest.mark.parametrize(
    ("value", "is_fine"),
    [
        ("Signed", True),
        ("Proposal/Price Quote,=last open", True),
        ("Gone,Prospecting", True),
        ("Gone", False),
        ("Gone,Lost too", False),
        ("none", True),
    ],
)
def test_a_stage_is_refused_where_the_org_has_none_of_a_row(
    pair: Pair, value: str, is_fine: bool
) -> None:
    found = fitting.value_misfits(pair, STAGE, TableRow("stage", value))
    assert (found == []) is is_fine
    assert all("is not in use in" in one.words for one in found)


@pytest.mark.parametrize(
    ("value", "is_fine"),
    [("=standard", True), (PARTNERS, True), (PARTNERS[:15], True), (OLD, False)],
)
def test_a_price_book_is_known_by_either_of_its_ids_while_it_is_in_use(
    pair: Pair, value: str, is_fine: bool
) -> None:
    found = fitting.value_misfits(pair, BOOK, TableRow("price_book", value))
    assert (found == []) is is_fine


def test_an_org_that_was_never_read_refuses_nothing(pair: Pair) -> None:
    pair.salesforce.organisation = {}
    assert fitting.value_misfits(pair, STAGE, TableRow("stage", "Gone")) == []


def test_finance_chooses_stages_from_lists_tried_in_turn(finance: Client, pair: Pair) -> None:
    row = ValueRow.objects.filter(pair=pair, flow=QUOTES.key, table="stage").first()
    assert row is not None
    address = reverse("admin:mappings_table", args=[pair.pk, QUOTES.key, "stage"])
    text = finance.get(f"{address}?row={row.pk}").content.decode()
    assert text.count("Signed (won)") == 4
    typed = {
        "act": "save",
        "row": str(row.pk),
        "seen": seen(pair, QUOTES.key, f"row:{row.pk}"),
        "active": "on",
        "path_0": "=status",
        "operator_0": "is",
        "wanted_0": row.conditions[0]["value"],
        "value_0": "Prospecting",
        "value_1": "=last open",
    }
    assert finance.post(address, typed).status_code == 302
    shown = finance.get(address).content.decode()
    assert "Prospecting, else the last stage before a deal is closed" in shown


def test_a_price_book_is_shown_by_its_name(finance: Client, pair: Pair) -> None:
    row = ValueRow.objects.get(pair=pair, flow=PRODUCTS.key, table="price_book")
    place, draft = f"row:{row.pk}", drafting.draft_of(pair, PRODUCTS.key)
    after = {**draft.places[place], "value": PARTNERS}
    drafting.save(pair, PRODUCTS.key, place, after, seen=draft.seen(place), by="priya")
    address = reverse("admin:mappings_table", args=[pair.pk, PRODUCTS.key, "price_book"])
    text = finance.get(address).content.decode()
    assert 'data-l="Gives">Partners</td>' in text
