"""A question where deals belong is answered at the desk for what the person saw, and no more."""

from __future__ import annotations

import re

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from connections.models import Connection
from sync.models import Assignment, ReviewItem

from .places import Places


def finance(client: Client) -> Client:
    """Sign in somebody of finance."""
    user = User.objects.create_user("fay", is_staff=True)
    user.groups.add(Group.objects.get(name="Finance"))
    client.force_login(user)
    return client


def test_an_answer_assigns_nothing_that_joined_the_question_after_the_person_looked(
    client: Client, places: Places
) -> None:
    places.publish(places.row(0, CurrencyIsoCode="GBP"))
    places.win(1, CurrencyIsoCode="JPY")
    places.desks[0].work()
    item = ReviewItem.objects.get()
    desk = reverse("admin:sync_reviewitem_changelist")
    page = finance(client).get(f"{desk}?item={item.pk}").content.decode()
    (mark,) = set(re.findall(r'name="mark" value="(\w+)"', page))
    places.win(2, CurrencyIsoCode="JPY")
    places.desks[0].work()
    said = {"choice": f"pair:{places.pair(1).pk}", "mark": mark}
    address = reverse("admin:review_decide", args=[item.pk])
    told = client.post(address, said, follow=True).content.decode()
    assert "The records changed while you looked" in told
    assert not Assignment.objects.exists()
    (said["mark"],) = set(re.findall(r'name="mark" value="(\w+)"', told))
    client.post(address, said)
    places.settle()
    assert places.billed() == [0, 2]


def test_the_question_names_each_pair_with_its_organisation_where_the_two_differ(
    places: Places,
) -> None:
    places.publish(places.row(0, CurrencyIsoCode="GBP"), places.row(1, CurrencyIsoCode="EUR"))
    first, second = places.pair(0), places.pair(1)
    Connection.objects.filter(pk=first.xero_id).update(organisation_name="Fernhill Surveys Ltd")
    Connection.objects.filter(pk=second.xero_id).update(organisation_name=second.name)
    places.win(1, CurrencyIsoCode="JPY")
    places.settle()
    (item,) = places.asked()
    assert [choice["label"] for choice in item.choices][:2] == [
        f"They belong to “{first.name} · Fernhill Surveys Ltd”",
        f"They belong to “{second.name}”",
    ]
    assert f"“{first.name} · Fernhill Surveys Ltd” or “{second.name}”" in item.explanation
