"""The rows of every flow are tried beside their fields, on real records of both systems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from connections.models import Pair
from mappings.drafting import draft_of
from mappings.models import DraftChange, FieldMapping
from mappings.rules import editable
from sandbox.salesforce import acts as salesforce
from sandbox.server import Box
from sync.core.flow import Flow
from sync.engine import rehearsing
from sync.flows.registry import every_flow
from sync.models import PlanRow, Write
from tests.engine.test_whole import connected, run, sync

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TRIED = [flow for flow in every_flow().values() if rehearsing.can_rehearse(flow)]


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    cache.clear()
    with connected(settings, monkeypatch) as sandbox:
        for deal in list(sandbox.world.table("salesforce", "Opportunity"))[:6]:
            salesforce.close_won(sandbox.world, deal)
        for flow in every_flow():
            run("flow", flow, "shadow")
        sync()
        yield sandbox
    cache.clear()


@pytest.fixture
def ana(box: Box) -> Client:
    call = Client()
    user = User.objects.create(username="ana", is_staff=True)
    user.groups.add(Group.objects.get(name="Administrators"))
    call.force_login(user)
    return call


def typed(client: Client, pair: Pair, flow: Flow, target: str, act: str) -> str:
    row = FieldMapping.objects.get(pair=pair, flow=flow.key, target=target)
    draft, place = draft_of(pair, flow.key), f"field:{target}"
    values = {n: str(v) for n, v in draft.places[place].items() if n != "active"}
    more = {"row": row.pk, "seen": draft.seen(place), "active": "on", "act": act}
    answer = client.post(reverse("admin:mappings_fields", args=[pair.pk, flow.key]), values | more)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_flow_shows_what_its_rows_make_of_three_records(box: Box, ana: Client) -> None:
    pair, before = Pair.objects.get(), Write.objects.count()
    shown: dict[str, Any] = {}
    for flow in TRIED:
        target = next(rule.target for rule in flow.fields if "source" in editable(rule))
        if not PlanRow.objects.filter(pair=pair, flow=flow.key).exists():
            continue
        texts = [typed(ana, pair, flow, target, "try") for _ in range(2)]
        shown[flow.key] = [text.count("<h4>") for text in texts]
        for text in texts:
            assert 'role="alert"' not in text, flow.key
        replayed = ana.get(reverse("mapping_try_out", args=[pair.pk, flow.key]), {"replay": "1"})
        assert "come out the same" in replayed.content.decode(), flow.key
        assert "Not everything could be tried" not in replayed.content.decode(), flow.key
    assert all(first == second >= 1 for first, second in shown.values()), shown
    assert set(shown) >= {flow.key for flow in TRIED if flow.projects is None}
    assert Write.objects.count() == before
    assert not DraftChange.objects.exists()
