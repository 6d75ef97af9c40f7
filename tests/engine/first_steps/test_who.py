"""Who sees the first steps, who takes them, and that looking changes nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from sync.admin.first_steps_acts import ACTS
from sync.models import FlowSwitch
from sync.models.switches import set_pause
from tests.engine.first_steps.people import act, flat, member, read
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("group", ["Finance", "Administrators", "Auditors"])
def test_everybody_reads_the_steps_of_an_empty_installation(group: str) -> None:
    words = read(member(group))
    assert "Welcome. Two sign-ins, then you see your first plans in money" in words
    assert ("Connect Salesforce" in words) == (group == "Administrators")


@pytest.mark.parametrize("group", ["Finance", "Auditors"])
@pytest.mark.parametrize("step", ["fields", "check", "start", "on"])
def test_who_may_not_take_a_step_reads_who_may(group: str, step: str) -> None:
    ana = User.objects.create_user("ana", first_name="Ana", last_name="Whitlock", is_staff=True)
    ana.groups.add(Group.objects.get(name="Administrators"))
    pair: Pair = PairFactory.create()
    FlowSwitch.objects.create(pair=pair, flow="payment_status", mode="shadow")
    words = read(member(group), step=step)
    assert "An administrator takes this step: Ana Whitlock" in words
    for button in ("Install the fields", "Check both systems", "Start in shadow", "Switch on…"):
        assert button not in words


@pytest.mark.parametrize("group", ["Finance", "Auditors"])
@pytest.mark.parametrize("name", sorted(set(ACTS) - {"later"}))
def test_only_administrators_press_the_buttons(group: str, name: str) -> None:
    pair: Pair = PairFactory.create()
    values = {"pair": pair.pk, "flow": "payment_status", "first_day": "2026-11-01"}
    assert act(member(group), name, **values).status_code == 403
    assert not FlowSwitch.objects.exists()


@pytest.mark.parametrize("group", ["Finance", "Auditors"])
@pytest.mark.parametrize("page", ["first_steps_on", "first_steps_back"])
def test_only_administrators_switch(group: str, page: str) -> None:
    pair: Pair = PairFactory.create()
    switch = FlowSwitch.objects.create(pair=pair, flow="payment_status", mode="shadow")
    address = f"{reverse(page, args=['payment_status'])}?pair={switch.pair_id}"
    client = member(group)
    assert client.get(address).status_code == 403
    assert client.post(address, {"seen": "nothing"}).status_code == 403
    switch.refresh_from_db()
    assert switch.mode == "shadow"


@pytest.mark.parametrize("name", sorted(ACTS))
def test_a_get_does_nothing(name: str) -> None:
    pair: Pair = PairFactory.create()
    address = reverse("first_steps_act", args=[name])
    client = member("Administrators")
    answer = client.get(address, {"pair": str(pair.pk), "flow": "payment_status"})
    assert answer.status_code == 405
    assert not FlowSwitch.objects.exists()


def test_an_unknown_button_is_not_found() -> None:
    assert act(member("Administrators"), "everything").status_code == 404


def test_who_is_not_signed_in_signs_in_first() -> None:
    answer = Client().get(reverse("first_steps"))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_home_invites_to_the_first_steps_until_a_template_is_on() -> None:
    client = member("Administrators")
    home = reverse("admin:index")
    assert "Begin with the first steps" in flat(client.get(home))
    pair: Pair = PairFactory.create(name="Australia")
    assert "first steps are done for Australia" in flat(client.get(home))
    assert " steps done</span>" in client.get(home).content.decode()
    FlowSwitch.objects.create(pair=pair, flow="payment_status", mode="on")
    page = client.get(home)
    assert "first steps" not in flat(page)
    assert " steps done</span>" not in page.content.decode()


def test_who_may_not_connect_is_invited_to_read_along() -> None:
    words = flat(member("Finance").get(reverse("admin:index")))
    assert "See the first steps" in words
    assert "An administrator connects" in words


def test_the_short_address_leads_there_with_its_pair() -> None:
    pair: Pair = PairFactory.create()
    answer = member("Finance").get("/first-steps/", {"pair": pair.pk})
    assert answer["Location"] == f"{reverse('first_steps')}?pair={pair.pk}"


@pytest.mark.parametrize("pair", ["x", "-1", "9999999999999", "0", "٣", "new", ""])
@pytest.mark.parametrize("step", ["", "nothing", "on", "pair"])
def test_whatever_stands_in_the_address_a_page_comes(pair: str, step: str) -> None:
    PairFactory.create()
    read(member("Administrators"), pair=pair, step=step, salesforce="x", xero="99999999999999")
    assert Pair.objects.count() == 1


@pytest.mark.parametrize("address", ["/connections/new/salesforce/", "/admin/first-steps/"])
def test_a_pause_is_told_on_the_pages_that_connect_too(address: str) -> None:
    client = member("Administrators")
    assert "Pause all writes" in flat(client.get(address))
    set_pause(on=True, by="priya", why="Month end")
    assert "All writes are paused by priya" in flat(client.get(address))
