"""E-mails: at once or once a day in one's own time zone, never without news, never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils import timezone

from sync.engine import announcing, announcing_mail, announcing_sending
from sync.engine.announcing import Words
from sync.models import Announcement, Copy, Email, MailDay, Wish
from tests.announcing.conftest import person

pytestmark = pytest.mark.usefixtures("mail")


def happen(title: str, kind: str = "connection", body: str = "", path: str = "/admin/") -> None:
    announcing.announce(kind, title, lambda _: Words(title, body, path=path))


def wait(**passed: float) -> None:
    """Let time pass, by making everything that waits older."""
    passing = timedelta(**passed)
    for copy in Copy.objects.filter(mail_from__isnull=False):
        Copy.objects.filter(pk=copy.pk).update(mail_from=copy.mail_from - passing)  # type: ignore[operator]
    for day in MailDay.objects.filter(next_at__isnull=False):
        MailDay.objects.filter(pk=day.pk).update(next_at=day.next_at - passing)  # type: ignore[operator]
    for day in MailDay.objects.filter(written_on__isnull=False):
        earlier = day.written_on - timedelta(days=passing.days)  # type: ignore[operator]
        MailDay.objects.filter(pk=day.pk).update(written_on=earlier)


def subjects() -> list[str]:
    announcing_mail.write_due()
    announcing_sending.send_due()
    found = [str(message.subject) for message in outbox.outbox]
    outbox.outbox.clear()
    return found


def html_of(message: EmailMessage) -> str:
    assert isinstance(message, EmailMultiAlternatives)
    return str(message.alternatives[0][0])


def test_what_cannot_wait_is_sent_at_once_and_once(priya: User) -> None:
    happen("“Books” is lost", body="The sign-in has ended.")
    announcing_mail.write_due()
    announcing_sending.send_due()
    (message,) = outbox.outbox
    assert message.subject == "Counterpart: “Books” is lost"
    assert message.to == ["priya@fernhill.example"]
    assert message.from_email == "Counterpart <counterpart@fernhill.example>"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    row = Announcement.objects.get()
    link = f"https://counterpart.fernhill.example/admin/inbox/{row.pk}/"
    html = html_of(message)
    for text in (message.body, html):
        assert "The sign-in has ended." in text
        assert link in text
        assert "https://counterpart.fernhill.example/admin/inbox/settings/" in text
    outbox.outbox.clear()
    wait(hours=1)
    assert subjects() == []


def test_a_flood_becomes_one_e_mail_now_and_one_five_minutes_later(priya: User) -> None:
    happen("First")
    assert subjects() == ["Counterpart: First"]
    for n in range(80):
        happen(f"Further {n}")
    assert subjects() == []
    wait(minutes=6)
    announcing_mail.write_due()
    announcing_sending.send_due()
    (message,) = outbox.outbox
    assert message.subject == "Counterpart: 80 messages for you"
    assert "And 30 more in your inbox." in message.body


def test_the_daily_e_mail_comes_once_at_the_persons_own_hour(priya: User) -> None:
    Wish.objects.create(user=priya, kind="connection", how="daily")
    day = MailDay.objects.create(user=priya, hour=8, time_zone="Australia/Sydney")
    moment = announcing_mail.last_moment(day, datetime(2026, 11, 25, 22, 0, tzinfo=UTC))
    assert moment == datetime(2026, 11, 25, 21, 0, tzinfo=UTC)  # 8:00 of 26 Nov in Sydney
    before = announcing_mail.last_moment(day, datetime(2026, 11, 25, 20, 59, tzinfo=UTC))
    assert before == datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    happen("One")
    assert subjects() == []  # its hour has not come since
    happen("Two")
    wait(days=1)
    (subject,) = subjects()
    assert subject.startswith("Counterpart: 2 new messages since your last daily e-mail, ")
    happen("Three")
    wait(hours=0)
    assert subjects() == []


def test_clocks_that_are_put_forward_and_back_lose_no_day(priya: User) -> None:
    day = MailDay(user=priya, hour=2, time_zone="Europe/London")
    for date_, hour in [((2026, 3, 29), 2), ((2026, 10, 25), 2), ((2026, 7, 1), 1)]:
        moment = announcing_mail.last_moment(day, datetime(*date_, 23, tzinfo=UTC))
        assert moment.date() == datetime(*date_, tzinfo=UTC).date()
        assert moment.hour in (1, hour)


def test_a_day_without_news_brings_no_e_mail(priya: User) -> None:
    Wish.objects.create(user=priya, kind="connection", how="daily")
    happen("Read in the inbox")
    announcing.read(priya)
    wait(days=2)
    assert subjects() == []
    happen("Not read")
    wait(days=1)
    assert len(subjects()) == 1
    wait(days=1)
    assert subjects() == []  # it stands still, which is no news


def test_a_message_read_meanwhile_is_not_sent(priya: User) -> None:
    happen("One")
    announcing.read(priya)
    assert subjects() == []


def test_a_connection_that_is_back_says_so_by_e_mail(priya: User) -> None:
    happen("“Books” is lost")
    assert len(subjects()) == 1
    announcing.over("connection", "“Books” is lost")
    wait(minutes=6)
    announcing_mail.write_due()
    announcing_sending.send_due()
    (message,) = outbox.outbox
    assert message.subject == "Counterpart: Over: “Books” is lost"
    assert "Over since" in message.body


def test_who_wants_no_e_mail_or_has_left_or_has_no_address_gets_none(ana: User) -> None:
    quiet, left, without = (person(name, "Finance") for name in ("quiet", "left", "without"))
    Wish.objects.create(user=quiet, kind="connection", how="inbox")
    User.objects.filter(pk=without.pk).update(email="")
    happen("One")
    User.objects.filter(pk=left.pk).update(is_active=False)
    announcing_mail.write_due()
    announcing_sending.send_due()
    assert [message.to for message in outbox.outbox] == [["ana@fernhill.example"]]
    assert Copy.objects.filter(user=without, read_at=None).count() == 1


def test_who_leaves_after_it_was_written_gets_it_no_more(priya: User) -> None:
    happen("One")
    announcing_mail.write_due()
    User.objects.filter(pk=priya.pk).update(is_active=False)
    announcing_sending.send_due()
    assert outbox.outbox == []
    assert Email.objects.get().state == "failed"


def test_a_permission_that_is_taken_away_stops_the_e_mail_that_waits(priya: User) -> None:
    happen("One")
    priya.groups.clear()
    assert subjects() == []


def test_a_name_with_line_breaks_makes_no_header_of_its_own(priya: User) -> None:
    happen("Quay\r\nBcc: thief@evil.example")
    announcing_mail.write_due()
    announcing_sending.send_due()
    (message,) = outbox.outbox
    assert message.subject == "Counterpart: Quay Bcc: thief@evil.example"
    assert message.recipients() == ["priya@fernhill.example"]


def test_words_of_others_are_text_in_the_html_part(priya: User) -> None:
    happen("<b>Quay</b>", body="<img src=x>")
    announcing_mail.write_due()
    announcing_sending.send_due()
    html = html_of(outbox.outbox[0])
    assert "<img" not in html
    assert "<b>" not in html
    assert "<b>Quay</b>" in outbox.outbox[0].body


def test_without_a_site_address_an_e_mail_has_no_links_and_says_the_place(
    priya: User, settings: object
) -> None:
    settings.SITE_URL = ""  # type: ignore[attr-defined]
    happen("One")
    announcing_mail.write_due()
    announcing_sending.send_due()
    assert "http" not in outbox.outbox[0].body
    assert "Inbox, How you are told" in outbox.outbox[0].body


def test_without_a_mail_server_nothing_is_written_and_later_only_what_still_matters(
    priya: User, settings: object
) -> None:
    settings.EMAIL_URL = ""  # type: ignore[attr-defined]
    happen("Over long ago")
    happen("Stands still")
    assert announcing_mail.write_due() == 0
    wait(days=9)
    Announcement.objects.filter(key="Over long ago").update(over_at=timezone.now())
    settings.EMAIL_URL = "smtp://mail"  # type: ignore[attr-defined]
    assert subjects() == ["Counterpart: Stands still"]


def test_two_workers_write_the_same_news_once(priya: User) -> None:
    happen("One")
    assert announcing_mail.write_for(priya) == 1
    assert announcing_mail.write_for(User.objects.get(pk=priya.pk)) == 0
    assert Email.objects.count() == 1
