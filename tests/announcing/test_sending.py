"""Sending, against a mail server that is really spoken to: refusing, silent, hanging up."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import timedelta
from email import message_from_string

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from config.environment import ROOT
from sync.engine import announcing_health, announcing_mail, announcing_sending
from sync.models import Email
from tests.announcing.conftest import person
from tests.announcing.postbox import Postbox


def written(*people: User) -> list[Email]:
    return [announcing_mail.write_test(one) for one in people]


def let_time_pass() -> None:
    Email.objects.filter(state__in=Email.OPEN).update(due_at=timezone.now() - timedelta(seconds=1))


def test_an_e_mail_reaches_the_server_with_both_its_parts(box: Postbox, priya: User) -> None:
    written(priya)
    assert announcing_sending.send_due() == 1
    letter = message_from_string(box.mails[0])
    assert letter["To"] == "priya@fernhill.example"
    assert letter["Message-ID"] == f"<{Email.objects.get().name}@fernhill.example>"
    kinds = [part.get_content_type() for part in letter.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    assert announcing_sending.send_due() == 0


def test_a_lost_answer_repeats_the_same_e_mail_and_never_loses_it(
    box: Postbox, priya: User
) -> None:
    written(priya)
    box.mood = "hang up"
    assert announcing_sending.send_due() == 0
    box.mood = "well"
    let_time_pass()
    assert announcing_sending.send_due() == 1
    ids = {message_from_string(mail)["Message-ID"] for mail in box.mails}
    assert (len(box.mails), len(ids)) == (2, 1)  # so that a mailbox shows it once


def test_a_server_that_does_not_answer_is_tried_ever_later(
    mail: None, priya: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    (row,) = written(priya)
    waits = []
    for _ in range(4):
        let_time_pass()
        assert announcing_sending.send_due() == 0
        row.refresh_from_db()
        waits.append(round((row.due_at - timezone.now()).total_seconds() / 60))
    assert waits == [1, 2, 4, 8]
    assert (row.state, row.error) == ("waiting", "The mail server does not answer.")
    (found,) = [words for _, words, _ in announcing_health.findings() if "e-mails" in words]
    assert "to be tried again: 1. The mail server does not answer." in found


def test_a_dead_server_is_asked_once_a_round_whatever_waits(
    mail: None, priya: User, ana: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    written(priya, ana)
    announcing_sending.send_due()
    assert sorted(Email.objects.values_list("attempts", flat=True)) == [0, 1]


def test_a_refused_address_holds_up_nobody_else_and_is_given_up_in_the_end(
    box: Postbox, priya: User, ana: User
) -> None:
    box.mood = "refuse"
    (row,) = written(priya)
    announcing_sending.send_due()
    box.mood = "well"
    written(ana)
    assert announcing_sending.send_due() == 1
    box.mood = "refuse"
    for _ in range(announcing_sending.MOST_TRIES):
        let_time_pass()
        announcing_sending.send_due()
    row.refresh_from_db()
    assert row.state == "failed"
    assert "takes nothing for priya@fernhill.example" in row.error
    assert any("given up: 1" in words for _, words, _ in announcing_health.findings())


def test_an_e_mail_that_cannot_be_written_as_one_holds_up_nobody_else(
    box: Postbox, priya: User, ana: User
) -> None:
    bad, _ = written(priya, ana)
    Email.objects.filter(pk=bad.pk).update(subject="Two\nlines")
    assert announcing_sending.send_due() == 1
    bad.refresh_from_db()
    assert (bad.state, bad.error) == ("waiting", "It could not be sent (BadHeaderError).")


def test_a_sender_that_died_leaves_its_e_mail_to_the_next(box: Postbox, priya: User) -> None:
    (row,) = written(priya)
    announcing_sending._take(Email)  # and is killed before it sends
    assert announcing_sending.send_due() == 0
    row.refresh_from_db()
    assert row.state == "sending"
    let_time_pass()  # its lease is over
    assert announcing_sending.send_due() == 1


@pytest.mark.slow
def test_a_sender_killed_between_the_mail_and_its_answer_repeats_it_and_loses_nothing(
    outside_environment: dict[str, str], box: Postbox
) -> None:
    written(person("priya"))
    box.mood = "dawdle"
    code = (
        "import django; django.setup()\n"
        "from sync.engine import announcing_sending\n"
        "announcing_sending.send_due()"
    )
    way = {
        "EMAIL_URL": f"smtp://127.0.0.1:{box.port}",
        "DEFAULT_FROM_EMAIL": "counterpart@fernhill.example",
    }
    child = subprocess.Popen(
        [sys.executable, "-c", code], env={**outside_environment, **way}, cwd=ROOT
    )
    for _ in range(600):
        if box.mails:
            break
        time.sleep(0.05)
    child.kill()
    child.wait()
    assert len(box.mails) == 1
    box.mood = "well"
    assert Email.objects.get().state == "sending"
    assert announcing_sending.send_due() == 0  # its lease may still run
    let_time_pass()
    assert announcing_sending.send_due() == 1
    assert len({message_from_string(mail)["Message-ID"] for mail in box.mails}) == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_e_mail_once(box: Postbox) -> None:
    people = [person(f"reader{n}") for n in range(12)]
    written(*people)

    def send() -> None:
        try:
            announcing_sending.send_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [message_from_string(mail)["To"] for mail in box.mails]
    assert sorted(told) == sorted(one.email for one in people)
