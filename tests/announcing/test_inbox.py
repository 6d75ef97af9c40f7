"""The bell, the inbox and the settings, as each person sees them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from sync.engine import announcing, announcing_sending
from sync.engine.announcing import Words
from sync.models import Announcement, Channel, Copy, Email, MailDay, Wish


def words(title: str, path: str = "/admin/") -> Any:
    return lambda _count: Words(title, "What it means.", path=path)


@pytest.fixture
def asked(client: Client, priya: User) -> Client:
    client.force_login(priya)
    return client


def told(user: User, title: str, path: str = "/admin/") -> Copy:
    row = announcing.announce("mine", title, words(title, path), to=[user])
    assert row is not None
    return Copy.objects.get(announcement=row, user=user)


def page(client: Client, name: str = "inbox", query: str = "") -> str:
    answer = client.get(reverse(name) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_bell_counts_what_is_not_read_on_every_page(asked: Client, priya: User) -> None:
    assert "Inbox, all read" in page(asked, "admin:index")
    told(priya, "One")
    told(priya, "Two")
    assert "Inbox, 2 not read" in page(asked, "admin:index")


def test_an_empty_inbox_says_what_will_be_there(asked: Client) -> None:
    assert "You have read everything" in page(asked)
    assert "Nothing new" in page(asked)
    assert "All is well" in page(asked, query="?tab=standing")
    assert "No message yet" in page(asked, query="?tab=all")


def test_opening_a_message_marks_it_as_read_and_leads_to_its_place(
    asked: Client, priya: User
) -> None:
    copy = told(priya, "One", "/admin/conflicts/?item=7")
    answer = asked.get(reverse("inbox_open", args=[copy.announcement_id]))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/conflicts/?item=7")
    copy.refresh_from_db()
    assert copy.read_at is not None


def test_a_message_never_leads_to_a_foreign_host(asked: Client, priya: User) -> None:
    for foreign in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", ""):
        copy = told(priya, f"To {foreign}", foreign)
        answer = asked.get(reverse("inbox_open", args=[copy.announcement_id]))
        assert answer["Location"] == "/admin/inbox/?tab=all"


def test_nobody_opens_or_reads_a_colleagues_message(asked: Client, ana: User) -> None:
    copy = told(ana, "For Ana alone")
    assert asked.get(reverse("inbox_open", args=[copy.announcement_id])).status_code == 404
    assert "For Ana alone" not in page(asked, query="?tab=all")
    asked.post(reverse("inbox"), {"act": "read", "copy": str(copy.pk)})
    asked.post(reverse("inbox"), {"act": "read_all"})
    copy.refresh_from_db()
    assert copy.read_at is None


def test_one_or_all_are_marked_as_read_within_the_kind_that_is_shown(
    asked: Client, priya: User
) -> None:
    one, two = told(priya, "One"), told(priya, "Two")
    announcing.announce("connection", "lost:1", words("Books are lost"))
    asked.post(f"{reverse('inbox')}?tab=unread", {"act": "read", "copy": str(one.pk)})
    assert "Two messages you have not read" in page(asked)
    asked.post(f"{reverse('inbox')}?kind=mine", {"act": "read_all"})
    two.refresh_from_db()
    assert two.read_at is not None
    assert "One message you have not read" in page(asked)
    assert "Books are lost" in page(asked, query="?kind=connection")


def test_what_is_over_says_since_when_and_a_number_says_how_many(
    asked: Client, priya: User
) -> None:
    announcing.announce("twice", "won:1", words("Deals came again"), refs=["a", "b", "c"])
    assert "3 in all" in page(asked)
    announcing.over("twice", "won:1")
    assert "Over since today" in page(asked)
    assert "Deals came again" not in page(asked, query="?tab=standing")


def test_words_of_others_are_shown_as_words(asked: Client, priya: User) -> None:
    told(priya, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(asked)
    assert "&lt;script&gt;alert(1)" in page(asked)


def test_a_strange_address_shows_the_inbox_all_the_same(asked: Client) -> None:
    for query in ("?tab=x&kind=y&page=z", "?page=99999", "?page=-1", "?page=99999999999999999999"):
        assert "You have read everything" in page(asked, query=query)


def test_the_inbox_costs_as_much_with_sixty_messages_as_with_one(
    asked: Client, priya: User
) -> None:
    told(priya, "Message")
    page(asked)
    with CaptureQueriesContext(connection) as one:
        page(asked)
    for n in range(60):
        told(priya, f"Message {n}")
    with CaptureQueriesContext(connection) as many:
        text = page(asked)
    assert len(many) == len(one)
    assert "Older ones" in text
    assert text.count("Mark as read:") == 50
    assert page(asked, query="?page=1").count("Mark as read:") == 11


def test_who_is_not_signed_in_sees_nothing(client: Client, db: None) -> None:
    for name in ("inbox", "inbox_settings"):
        assert client.get(reverse(name)).status_code == 302


def test_a_choice_is_kept_for_each_kind_with_hour_and_time_zone(asked: Client, priya: User) -> None:
    text = page(asked, "inbox_settings")
    assert "E-mail is not set up here" in text
    assert "The day’s calls run short" in text  # who may see connections may wish to know
    asked.post(
        reverse("inbox_settings"),
        {"act": "keep", "how_connection": "daily", "how_twice": "inbox", "hour": "17",
         "time_zone": "Australia/Sydney", "how_silent": "nonsense", "how_other": "now"},
    )  # fmt: skip
    assert dict(Wish.objects.values_list("kind", "how")) == {
        "connection": "daily", "twice": "inbox",
    }  # fmt: skip
    day = MailDay.objects.get(user=priya)
    assert (day.hour, day.time_zone) == (17, "Australia/Sydney")
    asked.post(reverse("inbox_settings"), {"act": "keep", "hour": "24", "time_zone": "Mars/Base"})
    day.refresh_from_db()
    assert (day.hour, day.time_zone) == (17, "Australia/Sydney")


def test_a_test_reaches_the_inbox_and_the_mailbox(asked: Client, priya: User, mail: None) -> None:
    for _ in range(2):
        asked.post(reverse("inbox_settings"), {"act": "test"})
    assert "This is a test" in page(asked)
    assert announcing_sending.send_due() == 2
    assert [mail.to for mail in outbox.outbox] == [["priya@fernhill.example"]] * 2
    assert "Your last e-mail was sent" in page(asked, "inbox_settings")
    assert Announcement.objects.filter(kind="test", over_at=None).count() == 1


def test_without_a_mail_server_a_test_reaches_the_inbox_alone(asked: Client, priya: User) -> None:
    asked.post(reverse("inbox_settings"), {"act": "test"})
    assert Email.objects.count() == 0
    assert "This is a test" in page(asked)


def test_administrators_alone_set_channels_up_and_never_see_the_address_again(
    client: Client, ana: User, priya: User
) -> None:
    channel = Channel.objects.create(
        name="Finance", address="https://hooks.example.com/services/T0/B0/hush", host="hooks"
    )
    change = reverse("admin:sync_channel_change", args=[channel.pk])
    client.force_login(ana)
    for address in (change, reverse("admin:sync_channel_changelist"), f"{change}history/"):
        assert "hush" not in client.get(address, follow=True).content.decode()
    answer = client.post(
        change, {"name": "Money", "webhook": "", "kinds": ["stuck"], "active": "on"}
    )
    assert answer.status_code == 302
    channel.refresh_from_db()
    assert (channel.name, channel.kinds) == ("Money", ["stuck"])
    assert channel.address.endswith("hush")
    client.force_login(priya)
    assert client.post(reverse("admin:channel_test", args=[channel.pk])).status_code in (302, 403)
    assert channel.posts.count() == 0
    assert client.get(reverse("admin:sync_channel_add")).status_code == 403


@pytest.mark.parametrize(
    "address",
    ["http://hooks.example.com/a", "https://127.0.0.1/a", "https://localhost/a", "https://10.0.0.1/a",
     "https://[::1]/a", "https://169.254.169.254/latest", "https://user:pw@hooks.example.com/a",
     "ftp://x.example/a", "https://1.1.1.1", "nonsense", ""],
)  # fmt: skip
def test_a_channel_in_our_own_network_or_unsafe_is_refused_in_words(
    client: Client, ana: User, address: str
) -> None:
    client.force_login(ana)
    answer = client.post(
        reverse("admin:sync_channel_add"), {"name": "Bad", "webhook": address, "active": "on"}
    )
    assert answer.status_code == 200
    assert Channel.objects.count() == 0


def test_a_channel_is_set_up_tested_and_its_address_replaced(
    client: Client, ana: User, settings: Settings
) -> None:
    settings.MESSAGE_PRIVATE_HOSTS = ["127.0.0.1"]
    client.force_login(ana)
    values = {"name": "Finance", "kinds": ["stuck", "twice"], "active": "on"}
    add = reverse("admin:sync_channel_add")
    client.post(add, {**values, "webhook": "http://127.0.0.1:9/services/one"})
    channel = Channel.objects.get()
    assert (channel.host, channel.kinds) == ("127.0.0.1", ["stuck", "twice"])
    change = reverse("admin:sync_channel_change", args=[channel.pk])
    assert "Post a test" in client.get(change).content.decode()
    client.post(change, {**values, "webhook": "http://127.0.0.1:9/services/two"})
    assert Channel.objects.get().address == "http://127.0.0.1:9/services/two"
    client.post(reverse("admin:channel_test", args=[channel.pk]))
    assert announcing_sending.send_due() == 0
    shown = client.get(reverse("admin:sync_channel_changelist")).content.decode()
    assert "The channel did not answer." in shown
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_channel SET address = 'no key opens this'")
    assert client.get(change).status_code == 200
    client.post(change, {**values, "webhook": "http://127.0.0.1:9/services/three"})
    assert Channel.objects.get().address.endswith("three")
