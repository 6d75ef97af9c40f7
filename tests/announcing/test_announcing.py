"""A fact is told once while it stands, counted, and ended when it is over."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from sync.admin.inbox_bell import copies_of
from sync.engine import announcing, announcing_people
from sync.engine.announcing import Fact, Words
from sync.engine.announcing_kinds import KINDS
from sync.models import Announcement, Copy, Happening, Wish
from tests.announcing.conftest import person

LOST = Fact(Words("Xero “Books” is lost", "The sign-in has ended.", "A connection is lost", "/x/"))


def unread(user: User) -> list[str]:
    rows = Copy.objects.filter(user=user, read_at=None).select_related("announcement")
    return [copy.announcement.title for copy in rows]


def won(count: int) -> Words:
    return Words(f"{count} came again", brief=f"{count} came again")


def test_a_fact_that_stands_is_told_once(priya: User, ana: User) -> None:
    for _ in range(3):
        announcing.settle("connection", "", {"lost:1": LOST})
    assert unread(priya) == unread(ana) == ["Xero “Books” is lost"]
    announcing.read(priya)
    announcing.settle("connection", "", {"lost:1": LOST})
    assert unread(priya) == []


def test_a_thousand_duplicates_make_one_message_with_their_number(priya: User) -> None:
    for n in range(1000):
        announcing.announce("twice", "won:1", won, refs=[f"deal {n}"])
    assert unread(priya) == ["1000 came again"]
    assert Announcement.objects.get().count == 1000
    assert Copy.objects.count() == 1


def test_the_same_occurrence_never_counts_twice_even_when_its_message_is_over(priya: User) -> None:
    announcing.announce("twice", "won:1", won, refs=["deal 1", "deal 2"])
    announcing.over("twice", "won:1")
    announcing.read(priya)
    assert announcing.announce("twice", "won:1", won, refs=["deal 1", "deal 2"]) is None
    announcing.announce("twice", "won:1", won, refs=["deal 2", "deal 3"])
    assert unread(priya) == ["1 came again"]
    assert Happening.objects.count() == 3


def test_a_further_occurrence_makes_a_read_message_unread_again(priya: User) -> None:
    announcing.announce("twice", "won:1", won, refs=["deal 1"])
    announcing.read(priya)
    announcing.announce("twice", "won:1", won, refs=["deal 1"])
    assert unread(priya) == []
    announcing.announce("twice", "won:1", won, refs=["deal 2"])
    assert unread(priya) == ["2 came again"]


def test_a_lost_connection_that_is_back_is_news_again(priya: User) -> None:
    announcing.settle("connection", "", {"lost:1": LOST})
    announcing.read(priya)
    announcing.settle("connection", "", {})
    (row,) = Announcement.objects.all()
    assert row.over_at is not None
    assert unread(priya) == [LOST.words.title]
    announcing.settle("connection", "", {"lost:1": LOST})
    assert Announcement.objects.filter(over_at=None).count() == 1


def test_what_passes_by_itself_within_its_patience_is_never_told(ana: User) -> None:
    rests = Fact(Words("A flow rests"))
    announcing.settle("resting", "", {"flow:1": rests})
    announcing.settle("resting", "", {})
    assert Announcement.objects.count() == 0
    announcing.settle("resting", "", {"flow:1": rests})
    announcing_people.hand_out_standing()
    assert unread(ana) == []
    Announcement.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    announcing_people.hand_out_standing()
    assert unread(ana) == ["A flow rests"]


def test_only_who_may_see_a_thing_is_told_of_it(ana: User, priya: User, ben: User) -> None:
    person("gone", "Finance", is_active=False)
    person("outside", "Finance", is_staff=False)
    stranger = person("stranger")
    boss = person("boss", is_superuser=True)
    Wish.objects.create(user=stranger, kind="connection", how="now")
    announcing.settle("connection", "", {"lost:1": LOST})
    told = set(Copy.objects.values_list("user__username", flat=True))
    assert told == {"ana", "priya", "boss"}  # the auditor is of no group that it is meant for
    assert unread(boss) == [LOST.words.title]


def test_who_may_see_it_can_wish_to_be_told_and_nobody_is_without_an_inbox(
    ben: User, priya: User
) -> None:
    Wish.objects.create(user=ben, kind="connection", how="inbox")
    Wish.objects.create(user=priya, kind="connection", how="none")
    announcing.settle("connection", "", {"lost:1": LOST})
    assert unread(ben) == unread(priya) == [LOST.words.title]
    assert not Copy.objects.filter(user=ben, mail_from__isnull=False).exists()


def test_who_joins_finance_is_told_of_what_stands(priya: User) -> None:
    announcing.settle("connection", "", {"lost:1": LOST})
    late = person("late", "Finance")
    announcing_people.hand_out_standing()
    announcing_people.hand_out_standing()
    assert unread(late) == [LOST.words.title]


def test_a_message_that_fails_never_stops_the_work_around_it(priya: User) -> None:
    def breaks() -> None:
        Wish.objects.create(user=priya, kind="connection", how="now")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    with transaction.atomic():
        person("kept")
        announcing.safely(breaks)
    assert User.objects.filter(username="kept").exists()
    assert not Wish.objects.exists()


def test_what_is_long_over_is_forgotten_and_what_stands_never(
    priya: User, settings: Settings
) -> None:
    announcing.settle("connection", "", {"lost:1": LOST, "lost:2": LOST})
    announcing.over("connection", "lost:1")
    long_ago = timezone.now() - timedelta(days=settings.MESSAGES_KEPT_DAYS + 1)
    Announcement.objects.update(first_at=long_ago, last_at=long_ago)
    Announcement.objects.filter(key="lost:1").update(over_at=long_ago)
    announcing.forget_old()
    assert [row.key for row in Announcement.objects.all()] == ["lost:2"]


def test_a_line_for_a_channel_never_falls_back_on_a_title_that_names_somebody(priya: User) -> None:
    announcing.announce("stuck", "1", lambda _: Words("Kestrel Quay was given up"))
    assert Announcement.objects.get().brief == "A record was given up"


@pytest.mark.parametrize("kind", ["mine", "connection", "waiting"])
def test_a_permission_that_is_gone_hides_what_was_told(kind: str, priya: User) -> None:
    announcing.announce(kind, "1", lambda _: LOST.words, to=[priya])
    assert copies_of(User.objects.get(pk=priya.pk)).count() == 1
    code = KINDS[kind].permission.partition(".")[2]
    priya.groups.get().permissions.remove(Permission.objects.get(codename=code))
    assert copies_of(User.objects.get(pk=priya.pk)).count() == 0


@pytest.mark.django_db(transaction=True)
def test_four_workers_that_tell_of_the_same_at_once_make_one_message_and_count_right() -> None:
    person("priya", "Finance")

    def tell(worker: int) -> None:
        try:
            for n in range(25):  # each deal is seen by two of the workers
                announcing.announce("twice", "won:1", won, refs=[f"{worker // 2} {n}"])
                announcing.settle("connection", "", {"lost:1": LOST})
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=[worker]) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Announcement.objects.count() == Copy.objects.count() == 2
    assert Announcement.objects.get(kind="twice").count == 50
