"""The three groups exist after a migration, each with what it may do, and no more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from sync.management import groups
from sync.models import Decision, Link, ReviewItem, ReviewNote
from tests.engine.conftest import Desk

pytestmark = pytest.mark.django_db
EVERY_GROUP = ("Finance", "Administrators", "Auditors")
DECIDES = {"decide_reviewitem", "pause_writes"}
DRAFTS = {"change_fieldmapping", "add_valuerow", "change_valuerow", "delete_valuerow"}

RISK = {"add_riskrulerow", "change_riskrulerow", "delete_riskrulerow", "hold_riskcase"}


def may(group: str) -> set[str]:
    """Return the codenames of a group's permissions."""
    return set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))


def sign_in(client: Client, group: str) -> User:
    """Sign a new member of the group in."""
    user = User.objects.create_user(f"{group} person", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return user


@pytest.mark.parametrize("group", EVERY_GROUP)
def test_every_group_sees_all_that_we_keep(group: str) -> None:
    models = [m for app in groups.OURS for m in apps.get_app_config(app).get_models()]
    shown = [model._meta for model in models if "view" in model._meta.default_permissions]
    assert {f"view_{meta.model_name}" for meta in shown} <= may(group)


@pytest.mark.parametrize("name", ["verdict", "lock", "reviewnote", "decision", "reviewitem"])
@pytest.mark.parametrize("group", EVERY_GROUP)
def test_no_group_can_rewrite_what_people_have_said(group: str, name: str) -> None:
    assert not {f"change_{name}", f"delete_{name}"} & may(group)


def test_finance_decides_and_drafts_and_configures_nothing() -> None:
    more = may("Finance") - may("Auditors")
    assert more == DECIDES | DRAFTS | RISK


def test_auditors_see_everything_and_change_nothing() -> None:
    assert all(name.startswith("view_") for name in may("Auditors"))


def test_administrators_configure_and_decide() -> None:
    configure = {"change_flowswitch", "change_connection", "publish_mapping", "change_user"}
    assert configure | DECIDES <= may("Administrators")


def test_what_a_person_added_to_a_group_stays() -> None:
    extra = Group.objects.get(name="Administrators").permissions.get(codename="change_user")
    Group.objects.get(name="Finance").permissions.add(extra)
    groups.ensure()
    assert "change_user" in may("Finance")


@pytest.fixture
def acts(desk: Desk) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what can be done to questions and links: an address and what is posted to it."""
    desk.win(1)
    desk.win(2, Amount=Decimal("-5"))
    desk.work_until_quiet()
    item, link = ReviewItem.objects.get(), Link.objects.get(xero_kind="Contact")
    ticked = {"_selected_action": item.pk, "action": "assign_nobody", "index": 0}
    return {
        "answer": (reverse("admin:review_decide", args=[item.pk]), {"choice": "retry"}),
        "note": (reverse("admin:review_note", args=[item.pk]), {"note": "Look"}),
        "assign": (reverse("admin:review_note", args=[item.pk]), {"assign": "me"}),
        "leave": (reverse("admin:review_leave", args=[item.pk]), {"reason": "Later"}),
        "unlink": (reverse("admin:link_unlink", args=[link.pk]), {"why": "Two branches"}),
        "assign from the list": (reverse("admin:review_all"), ticked),
    }


def state() -> list[Any]:
    """Return everything that those acts would change."""
    items = ReviewItem.objects.values_list("state", "note", "assignee", "answered_at")
    return [*items, Link.objects.count(), ReviewNote.objects.count(), Decision.objects.count()]


def test_an_auditor_can_do_none_of_it(
    client: Client, acts: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    auditor, before = sign_in(client, "Auditors"), state()
    ReviewItem.objects.update(assignee=auditor)
    for name, (address, posted) in acts.items():
        response = client.post(address, posted)
        assert response.status_code in (200, 403), name
        assert name == "assign from the list" or response.status_code == 403, name
    assert ReviewItem.objects.get().assignee == auditor
    ReviewItem.objects.update(assignee=None)
    assert state() == before


@pytest.mark.parametrize("group", ["Finance", "Administrators"])
def test_those_who_decide_can_do_all_of_it(
    client: Client, acts: dict[str, tuple[str, dict[str, Any]]], group: str
) -> None:
    user = sign_in(client, group)
    for name in ("note", "assign"):
        assert client.post(*acts[name]).status_code == 302
    item = ReviewItem.objects.get()
    assert (item.assignee, item.notes.get().text) == (user, "Look")
    assert client.post(*acts["assign from the list"]).status_code == 302
    assert ReviewItem.objects.get(pk=item.pk).assignee is None
    assert client.post(*acts["unlink"]).status_code == 302
    assert not Link.objects.filter(xero_kind="Contact").exists()
    assert client.post(*acts["leave"]).status_code == 302
    assert ReviewItem.objects.get(pk=item.pk).state == "left"


def test_an_auditor_sees_no_button_that_changes_anything(
    client: Client, acts: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    sign_in(client, "Auditors")
    link = Link.objects.get(xero_kind="Contact")
    for address in (
        reverse("admin:sync_reviewitem_changelist"),
        reverse("admin:sync_link_change", args=[link.pk]),
        reverse("admin:review_all"),
    ):
        page = client.get(address).content.decode()
        assert 'class="btn sm" type="submit">Keep' not in page
        assert "Undo the link" not in page
        assert "_selected_action" not in page


def test_a_link_is_undone_only_with_a_reason(
    client: Client, acts: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    sign_in(client, "Finance")
    address, _ = acts["unlink"]
    page = client.post(address, {"why": "  "}, follow=True)
    assert "Say why" in page.content.decode()
    assert Link.objects.filter(xero_kind="Contact").exists()


def test_why_a_link_cannot_be_undone_is_said_on_its_page(
    client: Client, acts: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    sign_in(client, "Finance")
    link = Link.objects.get(xero_kind="Invoice")
    page = client.get(reverse("admin:sync_link_change", args=[link.pk])).content.decode()
    assert "made once more" in page
    address = reverse("admin:link_unlink", args=[link.pk])
    page = client.post(address, {"why": "I want to"}, follow=True).content.decode()
    assert "made once more" in page
    assert Link.objects.filter(pk=link.pk).exists()
