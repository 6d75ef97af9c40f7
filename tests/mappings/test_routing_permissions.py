"""Who may do what with routing rows and assignments, button by button; never by a mere link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from connections.models import Connection, Pair
from mappings import routing_drafting, routing_publishing
from mappings.models import RoutingDraft, RoutingVersion
from sync.core.records import Key, System
from sync.engine import routing
from sync.models import Assignment, Notice
from tests.factories import FlowSwitchFactory
from tests.mappings.conftest import signed_in
from tests.mappings.routed import Describing, australia, org, uk
from tests.mappings.routed_pages import filled, page, salesforce
from tests.mappings.routed_records import BILLING

__all__ = ["australia", "org", "salesforce", "uk"]
DEAL, OTHER = (Key(System.SALESFORCE, "Opportunity", f"006{n}") for n in (1, 2))
HEADS = "kind,row,when field 1,comparison 1,value 1,belongs to,what it is called,in use"


class Site(NamedTuple):
    """Two versions, a draft over them and an assignment, so that every button has its object."""

    connection: Connection
    uk: Pair
    australia: Pair


class Button(NamedTuple):
    """What a page posts, and where; `shows` alone changes nothing."""

    address: str
    typed: dict[str, Any]
    shows: bool = False


@pytest.fixture
def site(salesforce: Connection, uk: Pair, australia: Pair, org: Describing) -> Site:
    FlowSwitchFactory.create(pair=australia, flow=BILLING)
    for number, names in enumerate((["a"], ["a", "b"]), 1):
        rows = [_row(name, uk if name == "a" else australia) for name in names]
        _publish(salesforce, rows, why=str(number))
    mark = routing_drafting.draft_of(salesforce).seen("row:a")
    changed = {**_row("a", uk), "name": "Drafted"}
    routing_drafting.save(salesforce, "a", changed, seen=mark, by="sam")
    routing.assign(salesforce.pk, DEAL, uk, "sam", "they asked")
    Notice.objects.all().delete()
    return Site(salesforce, uk, australia)


def _publish(connection: Connection, rows: list[dict[str, Any]], why: str) -> None:
    routing_publishing.publish_rows(
        connection, lambda _: rows, by="kim", why=why, check=lambda _: ()
    )


def _row(key: str, pair: Pair) -> dict[str, Any]:
    condition = {"path": "CurrencyIsoCode", "operator": "is", "value": {"a": "GBP"}.get(key, "AUD")}
    return {
        "key": key, "kind": "Opportunity", "name": key, "conditions": [condition],
        "value": str(pair.pk), "active": True,
    }  # fmt: skip


def _of_row(site: Site, key: str, act: str) -> Button:
    seen = routing_drafting.draft_of(site.connection).seen(f"row:{key}")
    return Button(page(site.connection), {"row": key, "act": act, "seen": seen})


def _edited(site: Site) -> Button:
    address, typed, _ = _of_row(site, "b", "save")
    values = filled(site.australia, ("CurrencyIsoCode", "is", "EUR"), name="Euros")
    return Button(address, {**values, **typed})


def _added(site: Site, act: str = "add") -> Button:
    typed = filled(site.uk, ("CurrencyIsoCode", "is", "EUR"))
    return Button(page(site.connection), {**typed, "act": act}, act == "look")


def _of_draft(site: Site, act: str, place: str = "") -> Button:
    draft = routing_drafting.draft_of(site.connection)
    seen = draft.seen(place) if place else draft.mark
    typed = {"act": act, "place": place, "seen": seen, "why": "Now"}
    return Button(_address(site, "draft"), typed)


def _overtaken(site: Site) -> Button:
    """A draft over which another version was published: which of the two stands is asked."""
    other = [{**_row("a", site.australia)}, _row("b", site.australia)]
    _publish(site.connection, other, why="Meanwhile")
    return _of_draft(site, "stand")


def _started(site: Site) -> Button:
    """No row at all, and rows to begin with are offered."""
    RoutingVersion.objects.all().delete()
    RoutingDraft.objects.all().delete()
    return Button(page(site.connection), {"act": "start:currency"})


def _back(site: Site) -> Button:
    return Button(_address(site, "version", number=1), {"why": "Too early", "seen": "2"})


def _sheet(site: Site) -> Button:
    line = f"Opportunity,,CurrencyIsoCode,is,EUR,{site.uk.name},Euros,yes"
    text = f"{HEADS}\n{line}"
    return Button(_address(site, "sheet"), {"sheet": text}, shows=True)


def _taken(site: Site) -> Button:
    shown = _post(signed_in("Administrators"), _sheet(site)).content.decode()
    packed = shown.split('name="packed" value="')[1].split('"')[0]
    return Button(_address(site, "sheet"), {"act": "take", "packed": packed})


def _moved(site: Site) -> Button:
    typed = {"act": "move", "key": str(OTHER), "pair": str(site.australia.pk), "why": "they asked"}
    return Button(reverse("routing_move", args=[site.connection.pk]), typed)


def _ended(site: Site) -> Button:
    typed = {"assignment": str(Assignment.objects.get().pk)}
    return Button(reverse("routing_assignments", args=[site.connection.pk]), typed)


DRAFTS: dict[str, Callable[[Site], Button]] = {
    "add a row": _added,
    "look up values": lambda site: _added(site, "look"),
    "edit a row": _edited,
    "switch a row off": lambda site: _of_row(site, "b", "off"),
    "delete a row": lambda site: _of_row(site, "b", "delete"),
    "move a row up": lambda site: _of_row(site, "b", "up"),
    "move a row down": lambda site: _of_row(site, "a", "down"),
    "undo a row's change": lambda site: _of_row(site, "a", "undo"),
    "take a change out": lambda site: _of_draft(site, "", "row:a"),
    "empty the draft": lambda site: _of_draft(site, "all"),
    "show a sheet": _sheet,
    "take a sheet": _taken,
    "let it stand": _overtaken,
    "begin with rows": _started,
}
PUBLISHES: dict[str, Callable[[Site], Button]] = {
    "publish": lambda site: _of_draft(site, "publish"),
    "go back": _back,
}
DECIDES: dict[str, Callable[[Site], Button]] = {"move a record": _moved, "end a word": _ended}
BUTTONS = DECIDES | PUBLISHES | DRAFTS


def _address(site: Site, name: str, **more: object) -> str:
    kwargs = {"connection_id": site.connection.pk, **more}
    return reverse(f"admin:mappings_routing_{name}", kwargs=kwargs)


def _post(client: Client, button: Button, **more: str) -> Any:
    typed = {**button.typed, **more}
    if "sheet" in typed:
        typed["sheet"] = SimpleUploadedFile("rows.csv", typed["sheet"].encode())
    return client.post(button.address, typed)


def kept() -> list[Any]:
    """Return all that routing keeps, and what it set going."""
    drafts = RoutingDraft.objects.exclude(content=None).order_by("pk")
    return [
        list(RoutingVersion.objects.order_by("pk").values_list("pk", "number", "content")),
        list(drafts.values_list("content", "based_on", "changed_by")),
        list(Assignment.objects.order_by("pk").values_list("pk", "pair", "ended_at")),
        list(Notice.objects.values_list("pk", flat=True)),
        LogEntry.objects.count(),
    ]


def outsiders() -> dict[str, Client]:
    """People who may read at most, and nobody."""
    found = {"an auditor": signed_in("Auditors"), "nobody": Client()}
    for who, is_staff in (("staff of no group", True), ("a member", False)):
        user, _ = User.objects.get_or_create(username=who, is_staff=is_staff)
        found[who] = Client()
        found[who].force_login(user)
    return found


@pytest.mark.parametrize("name", BUTTONS)
def test_an_administrator_may_press_each_button_on_our_own_pages_and_on_no_foreign_one(
    site: Site, name: str
) -> None:
    button = BUTTONS[name](site)
    client, before = _strict(), kept()
    assert _post(client, button).status_code == 403
    assert kept() == before
    shown = button.typed if name == "move a record" else {}
    own = client.get(button.address, shown).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', own)
    assert found is not None
    answer = _post(client, button, csrfmiddlewaretoken=found[1])
    assert answer.status_code in (200, 302)
    assert (kept() == before) is button.shows


@pytest.mark.parametrize("name", BUTTONS)
def test_finance_drafts_and_decides_and_publishes_nothing(site: Site, name: str) -> None:
    button = BUTTONS[name](site)
    client, before = signed_in("Finance"), kept()
    answer = _post(client, button)
    if name in PUBLISHES:
        assert answer.status_code == 403
    else:
        assert answer.status_code in (200, 302)
    assert (kept() == before) is (button.shows or name in PUBLISHES)


@pytest.mark.slow
def test_auditors_and_who_is_in_no_group_or_not_signed_in_change_nothing(site: Site) -> None:
    for name, button_of in BUTTONS.items():
        button = button_of(site)
        before = kept()
        for who, client in outsiders().items():
            answer = _post(client, button)
            asked_to_sign_in = answer.status_code == 302 and "/login/" in answer["Location"]
            assert answer.status_code == 403 or asked_to_sign_in, (who, name)
            assert kept() == before, (who, name)


@pytest.mark.slow
def test_a_link_by_hand_changes_nothing(site: Site) -> None:
    client = signed_in("Administrators")
    for name, button_of in BUTTONS.items():
        button = button_of(site)
        before = kept()
        assert client.get(button.address, button.typed).status_code == 200, name
        assert client.head(button.address, button.typed).status_code == 200, name
        assert kept() == before, name


def _strict() -> Client:
    """An administrator whose browser is checked as a real one is."""
    signed_in("Administrators")
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="administrators"))
    return client


@pytest.mark.parametrize("name", ["add", "change", "delete", "changelist"])
def test_a_version_is_neither_made_changed_nor_deleted_by_the_admins_own_pages(
    site: Site, name: str
) -> None:
    version = RoutingVersion.objects.order_by("number")[0]
    args = [version.pk] if name in ("change", "delete") else []
    typed = {"action": "delete_selected", "_selected_action": str(version.pk), "post": "yes"}
    root, _ = User.objects.get_or_create(username="root", is_staff=True, is_superuser=True)
    client, before = Client(), kept()
    client.force_login(root)
    address = reverse(f"admin:mappings_routingversion_{name}", args=args)
    answer = client.post(address, {**typed, "number": "9", "content": "{}"})
    assert answer.status_code in (302, 403)
    assert kept() == before
