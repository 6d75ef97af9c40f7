"""The admin's shell: it opens, says who may see what, and lets nobody change what is called."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django_q.models import Schedule

from config.admin_navigation import GROUPS
from sync.bell import ensure_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client: Client) -> Client:
    """Return the browser of somebody who may only look at links."""
    user = User.objects.create_user("clerk", password="x", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename="view_link"))
    client.force_login(user)
    return client


def test_the_front_door_leads_to_signing_in(client: Client):
    answer = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/admin/login/")
    assert b"Counterpart" in answer.content


def test_every_entry_of_the_navigation_opens(admin_client: Client):
    shown = admin_client.get(reverse("admin:index")).content.decode()
    for places in GROUPS.values():
        for place in places:
            link = reverse(place.name)
            assert f'href="{link}"' in shown, place.title
            assert admin_client.get(link, follow=True).status_code == 200, place.title


def test_the_navigation_shows_only_what_a_person_may_see(clerk: Client):
    shown = clerk.get(reverse("admin:index")).content.decode()
    assert reverse("admin:sync_link_changelist") in shown
    assert reverse("admin:auth_user_changelist") not in shown
    assert reverse("admin:django_q_schedule_changelist") not in shown


def test_one_entry_alone_says_where_a_person_is(admin_client: Client):
    shown = admin_client.get(reverse("admin:review_all")).context["sidebar_navigation"]
    active = [item["title"] for group in shown for item in group["items"] if item["active"]]
    assert active == ["All questions"]


def test_keyboards_can_skip_to_the_work(admin_client: Client):
    shown = admin_client.get(reverse("admin:index")).content.decode()
    assert shown.index('href="#content"') < shown.index('id="content"')


@pytest.mark.parametrize("model", ["user", "group"])
def test_users_and_groups_can_be_added(admin_client: Client, model: str):
    assert admin_client.get(reverse(f"admin:auth_{model}_add")).status_code == 200


def test_nobody_can_change_what_the_schedule_calls(admin_client: Client):
    ensure_schedule()
    tick = Schedule.objects.get()
    page = reverse("admin:django_q_schedule_change", args=[tick.pk])
    assert admin_client.get(page).status_code == 200
    admin_client.post(page, {"name": "tick", "func": "os.abort", "schedule_type": "O"})
    assert admin_client.post(page, {"func": "os.abort"}).status_code == 403
    tick.refresh_from_db()
    assert tick.func == "sync.tasks.tick"
    assert admin_client.get(reverse("admin:django_q_schedule_add")).status_code == 403


def test_an_administrator_makes_no_superuser_and_changes_none(client: Client, db: None) -> None:
    chief = User.objects.create_superuser("chief", password="x" * 12)
    me = User.objects.create_user("admin-of-group", password="x", is_staff=True)
    me.groups.add(Group.objects.get(name="Administrators"))
    client.force_login(me)
    own, theirs = (reverse("admin:auth_user_change", args=[user.pk]) for user in (me, chief))
    assert 'name="is_superuser"' not in client.get(own).content.decode()
    mine = {"username": me.username, "is_active": "on", "is_staff": "on"}
    client.post(own, mine | {"groups": me.groups.get().pk, "is_superuser": "on"})
    me.refresh_from_db()
    assert not me.is_superuser
    assert client.post(theirs, {"username": "mine"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[chief.pk])
    assert client.get(password).status_code == 403
