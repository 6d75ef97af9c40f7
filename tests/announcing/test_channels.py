"""Channels get short lines without names, once when a thing begins and once when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from sync.engine import announcing, announcing_sending
from sync.engine.announcing import Words
from sync.models import Channel, Post
from tests.connections.test_posting import Hook, hook

__all__ = ["hook"]


@pytest.fixture
def channel(hook: str, db: None, settings: Settings) -> Channel:
    settings.SITE_URL = "https://counterpart.fernhill.example"
    kinds = ["connection", "twice"]
    return Channel.objects.create(name="Finance", address=hook, host="127.0.0.1", kinds=kinds)


def lost(key: str = "lost:1") -> None:
    said = Words("Xero “Kestrel Ltd” is lost", "Why.", "A connection to Xero is lost", "/admin/x/")
    announcing.announce("connection", key, lambda _: said)


def let_time_pass() -> None:
    Post.objects.filter(state__in=Post.OPEN).update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_line_is_posted_once_when_it_begins_and_once_when_it_is_over(channel: Channel) -> None:
    lost()
    lost()
    announcing_sending.send_due()
    announcing.over("connection", "lost:1")
    announcing_sending.send_due()
    announcing_sending.send_due()
    link = "<https://counterpart.fernhill.example/admin/x/|Open in Counterpart>"
    assert [post["text"] for post in Hook.posts] == [
        f"A connection to Xero is lost {link}",
        f"Over: A connection to Xero is lost {link}",
    ]


def test_no_name_of_a_customer_leaves_the_house(channel: Channel, priya: User) -> None:
    lost()
    named = Words("“Kestrel Quay” (INV-1) came again", "Last seen: “Kestrel Quay”.", path="/admin/")
    announcing.announce("twice", "won:1", lambda _: named, refs=["1"])
    announcing.announce("mine", "a", lambda _: named, to=[priya])
    announcing_sending.send_due()
    assert "Kestrel" not in str(Hook.posts)
    assert Post.objects.filter(announcement__kind="mine").count() == 0


def test_only_the_kinds_of_an_active_channel_are_posted(channel: Channel) -> None:
    announcing.announce("stuck", "1", lambda _: Words("Given up"))
    Channel.objects.update(active=False)
    lost()
    assert Post.objects.count() == 0
    Channel.objects.update(active=True)
    lost("lost:2")
    Channel.objects.update(active=False)
    announcing_sending.send_due()
    assert (Hook.posts, Post.objects.get().state) == ([], "failed")


def test_many_lines_go_together_and_a_busy_channel_gets_them_later(channel: Channel) -> None:
    for n in range(30):
        lost(f"lost:{n}")
    Hook.status = 429
    announcing_sending.send_due()
    assert {post.state for post in Post.objects.all()} == {"waiting"}
    Hook.posts, Hook.status = [], 200
    let_time_pass()
    assert announcing_sending.send_due() == 30
    assert [len(post["text"].splitlines()) for post in Hook.posts] == [20, 10]


def test_a_wrong_channel_is_given_up_at_once_and_says_why(channel: Channel) -> None:
    Hook.status = 404
    lost()
    announcing_sending.send_due()
    assert (Post.objects.get().state, Post.objects.get().error) == (
        "failed", "The channel refused it (404).",
    )  # fmt: skip


def test_the_address_is_kept_encrypted(channel: Channel) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM sync_channel")
        (kept,) = cursor.fetchone()
    assert "hush" not in kept
    assert "hush" not in str(channel)


def test_an_address_that_cannot_be_decrypted_holds_up_no_other_channel(
    channel: Channel,
    hook: str,
) -> None:
    Channel.objects.create(name="Other", address=hook, kinds=["connection"])
    lost()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_channel SET address = 'broken' WHERE name = 'Finance'")
    assert announcing_sending.send_due() == 1
    assert len(Hook.posts) == 1
