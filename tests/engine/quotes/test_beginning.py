"""A flow without a first day says what “every record” means, and proposes to begin with today."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sync.engine import beginning
from sync.models import FlowSwitch
from tests.engine.test_whole import run

from .shop import BILLING, QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def day_of(shop: Shop, flow: str) -> date | None:
    """Return the first day of a flow's switch."""
    return FlowSwitch.objects.get(pair=shop.pairs[0], flow=flow).starts_from


def test_the_command_counts_every_quote_and_proposes_today(shop: Shop) -> None:
    shop.quote()
    shop.quote()
    shop.change("Quote", shop.quote(), Status="DELETED")
    name = shop.pairs[0].name
    said = run("flow", QUOTES, "shadow", "--pair", name)
    assert "“Every record” is 2 quotes now, the oldest of " in said
    today = beginning.proposed_day(shop.pairs[0])
    assert f"manage.py flow {QUOTES} shadow --pair “{name}” --from {today}" in said
    assert day_of(shop, QUOTES) is None


def test_a_day_that_was_chosen_is_kept_until_another_or_none_is_named(shop: Shop) -> None:
    name = shop.pairs[0].name
    run("flow", BILLING, "shadow", "--pair", name, "--from", "2026-11-01")
    said = run("flow", BILLING, "on", "--pair", name)
    assert "for records from 1 Nov 2026 on" in said
    assert day_of(shop, BILLING) == date(2026, 11, 1)
    run("flow", BILLING, "on", "--pair", name, "--from", "2026-12-01")
    assert day_of(shop, BILLING) == date(2026, 12, 1)
    run("flow", BILLING, "on", "--pair", name, "--from", "every")
    assert day_of(shop, BILLING) is None


def test_the_page_tells_every_record_and_begins_with_today_by_a_button(
    shop: Shop, client: Client
) -> None:
    shop.quote()
    pair = shop.pairs[0]
    FlowSwitch.objects.filter(pair=pair, flow=QUOTES).update(mode="shadow")
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(Group.objects.get(name="Administrators"))
    client.force_login(user)
    switch = FlowSwitch.objects.get(pair=pair, flow=QUOTES)
    address = reverse("admin:sync_flowswitch_change", args=[switch.pk])
    asked = client.post(address, {"mode": "on", "starts_from": ""}).content.decode()
    today = beginning.proposed_day(pair)
    assert "“Every record” is 1 quote now" in asked
    assert f"Begin with today, {today:%-d %b %Y}" in asked
    assert "Switch it on with every record" in asked
    client.post(address, {"mode": "on", "starts_from": today.isoformat(), "sure": "yes"})
    switch.refresh_from_db()
    assert (switch.mode, switch.starts_from) == ("on", today)


def test_a_new_switch_is_proposed_with_today(shop: Shop, client: Client) -> None:
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(Group.objects.get(name="Administrators"))
    client.force_login(user)
    page = client.get(reverse("admin:sync_flowswitch_add")).content.decode()
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in page
