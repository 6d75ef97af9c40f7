"""The page of products that differ opens where the catalogue is kept in step."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from sync.models import FlowSwitch
from tests.factories import FlowSwitchFactory, PairFactory
from tests.mappings.conftest import signed_in

from .store import FLOW


@pytest.fixture
def finance(db: None) -> Client:
    return signed_in("Finance")


def pairs(*names: str) -> list[Pair]:
    return [PairFactory.create(name=name) for name in names]


def opened(client: Client, query: str = "") -> Pair:
    """Return the pair whose products the page shows."""
    answer = client.get(reverse("price_drift") + query)
    assert answer.status_code == 200
    pair = answer.context["pair"]
    assert isinstance(pair, Pair)
    return pair


@pytest.mark.parametrize("mode", ["on", "shadow"])
def test_it_opens_on_the_first_pair_that_has_the_flow_in_use(finance: Client, mode: str) -> None:
    first, second, third = pairs("A", "B", "C")
    for pair in (second, third):
        FlowSwitchFactory.create(pair=pair, flow=FLOW, mode=mode)
    FlowSwitchFactory.create(pair=first, flow=FLOW, mode=FlowSwitch.Mode.OFF)
    FlowSwitchFactory.create(pair=first, mode=FlowSwitch.Mode.ON)  # another flow
    assert opened(finance) == second


def test_one_that_is_chosen_is_shown_whatever_its_switch_says(finance: Client) -> None:
    first, second = pairs("A", "B")
    FlowSwitchFactory.create(pair=second, flow=FLOW)
    assert opened(finance, f"?pair={first.pk}") == first


def test_without_any_in_use_it_opens_on_the_first_that_is_active(finance: Client) -> None:
    first, second = pairs("A", "B")
    assert opened(finance) == first
    Pair.objects.filter(pk=first.pk).update(active=False)
    FlowSwitchFactory.create(pair=first, flow=FLOW)
    assert opened(finance) == second


def test_its_links_stay_in_the_organisation_that_is_shown(finance: Client) -> None:
    _, second = pairs("A", "B")
    FlowSwitchFactory.create(pair=second, flow=FLOW)
    answer = finance.get(reverse("price_drift"))
    assert {f"pair={second.pk}"} == {address for *_, address, _ in answer.context["tabs"][:1]}
