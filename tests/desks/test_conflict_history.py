"""Who changed what: both systems are asked, and tell it on one page."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from sandbox.server import Box
from sandbox.xero import acts as xero
from sync.models import Link, ReviewItem
from tests.engine.test_books_whole import FLOW, box
from tests.engine.test_whole import later, run, sync

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
__all__ = ["box"]


def test_a_disputed_record_tells_who_changed_it_in_xero(box: Box, client: Client) -> None:
    run("flow", FLOW, "on")
    sync(FLOW)
    later()
    sync(FLOW)
    item = ReviewItem.objects.filter(kind="conflict", state="open").first()
    assert item is not None
    contact = item.details["other"]["key"].split(":")[2]
    assert Link.objects.filter(xero_id=contact).exists()
    xero.edit(box.world, "Contact", contact, {"EmailAddress": "new@buyer.example"}, by="Ana W")
    user = User.objects.create_user("auditor", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_reviewitem"))
    client.force_login(user)
    page = client.get(reverse("conflict_history"), {"item": item.pk})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Ana W" in text
    assert "new@buyer.example" in text
    assert "Last changed" in text


def test_nobody_without_the_right_sees_it(client: Client, box: Box) -> None:
    client.force_login(User.objects.create_user("guest", password="x", is_staff=True))
    assert client.get(reverse("conflict_history"), {"item": 1}).status_code == 403
