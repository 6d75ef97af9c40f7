"""Connections become a pair on the first steps: proposed, refused in words, made once."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from connections.models import Connection, Environment, Pair
from sync.models import FlowSwitch
from tests.engine.first_steps.people import act, flat, member, read
from tests.factories import ConnectionFactory, PairFactory

pytestmark = pytest.mark.django_db


def org(name: str = "Fernhill", **values: object) -> Connection:
    return ConnectionFactory.create(name=name, organisation_name="Fernhill plc", **values)


def books(name: str = "Fernhill Ltd", **values: object) -> Connection:
    return ConnectionFactory.create(name=name, organisation_name=name, xero=True, **values)


def form_of(salesforce: Connection, xero: Connection, name: str = "Britain") -> dict[str, object]:
    return {"pair": "new", "salesforce": salesforce.pk, "xero": xero.pk, "name": name}


def test_two_connections_are_proposed_as_a_pair_with_a_name() -> None:
    org()
    books()
    words = read(member("Administrators"))
    assert "Two of eight steps done" in words
    assert "Make them a pair" in words
    page = member("Administrators").get("/admin/first-steps/").content.decode()
    assert 'value="Fernhill and Fernhill Ltd"' in page


def test_a_name_that_another_pair_has_gets_a_number() -> None:
    PairFactory.create(name="Fernhill and Fernhill Ltd")
    org()
    books()
    page = member("Administrators").get("/admin/first-steps/?pair=new").content.decode()
    assert 'value="Fernhill and Fernhill Ltd 2"' in page


def test_a_pair_is_made_once_however_often_the_button_is_pressed() -> None:
    values = form_of(org(), books())
    client = member("Administrators")
    first = act(client, "pair", **values)
    second = act(client, "pair", **values)
    pair = Pair.objects.get()
    assert first["Location"] == second["Location"] == f"/admin/first-steps/?pair={pair.pk}"
    assert "Somebody has just made a pair of these two" in read(client, pair=pair.pk)
    assert "Made on the first steps." in LogEntry.objects.latest("pk").change_message
    assert not FlowSwitch.objects.exists()


def test_real_books_are_not_paired_with_a_rehearsal_and_what_was_typed_stays() -> None:
    values = form_of(
        org(environment=Environment.SANDBOX), books(environment=Environment.PRODUCTION), "Mine"
    )
    answer = act(member("Administrators"), "pair", **values)
    words = flat(answer)
    assert "holds real data and Fernhill is a sandbox" in words
    assert 'value="Mine"' in answer.content.decode()
    assert not Pair.objects.exists()


def test_a_name_that_is_taken_is_refused_beside_it() -> None:
    PairFactory.create(name="Britain")
    words = flat(act(member("Administrators"), "pair", **form_of(org(), books())))
    assert "“Britain” is the name of another pair: choose another." in words


@pytest.mark.parametrize("which", ["salesforce", "xero"])
def test_a_connection_of_the_other_system_is_refused(which: str) -> None:
    values = form_of(org(), books())
    values[which] = values["xero" if which == "salesforce" else "salesforce"]
    assert act(member("Administrators"), "pair", **values).status_code == 200
    assert not Pair.objects.exists()


@pytest.mark.parametrize("value", ["", "x", "99999", "1" * 40])
def test_a_connection_that_is_none_is_refused(value: str) -> None:
    values = {**form_of(org(), books()), "xero": value}
    assert act(member("Administrators"), "pair", **values).status_code == 200
    assert not Pair.objects.exists()


def test_another_pair_begins_with_what_stands_in_none() -> None:
    pair = PairFactory.create(salesforce=org(), xero=books())
    words = read(member("Administrators"), pair="new")
    assert "One of eight steps done for another pair" in words
    assert "Sign in to the Xero organisation of this pair" in words
    assert "Your other pair" in words
    second = books("Fernhill Pty")
    words = read(member("Administrators"), pair="new")
    assert "Two of eight steps done for another pair" in words
    act(member("Administrators"), "pair", **form_of(pair.salesforce, second, "Australia"))
    assert Pair.objects.count() == 2


def test_the_page_begins_with_the_pair_that_does_not_write_yet() -> None:
    done = PairFactory.create(name="Britain")
    FlowSwitch.objects.create(pair=done, flow="payment_status", mode="on")
    PairFactory.create(name="Australia")
    words = read(member("Finance"))
    assert "done for Australia" in words
    assert "writing since" in words


def test_a_connection_that_ended_is_connected_again_and_keeps_its_place() -> None:
    pair = PairFactory.create(salesforce=org(), xero=books())
    credential = pair.xero.credential
    credential.broken_since, credential.broken_reason = timezone.now(), "It was taken back."
    credential.save()
    client = member("Administrators")
    assert "connect again" in read(client, pair=pair.pk)
    page = client.get(f"/admin/first-steps/?pair={pair.pk}").content.decode()
    again = f"/connections/{pair.xero_id}/reconnect/?from=first-steps&amp;pair={pair.pk}"
    assert again in page
    assert page.count('class="btn primary"') == 1


def test_a_disconnected_one_is_offered_where_there_is_no_other() -> None:
    gone = org(disconnected_at=timezone.now())
    page = member("Administrators").get("/admin/first-steps/").content.decode()
    assert f"/connections/{gone.pk}/reconnect/?from=first-steps" in page
