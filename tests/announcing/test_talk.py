"""What is mine: a question that I am given, a note that names me."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connections.models import Pair
from sync.engine import announcing_talk, talking
from sync.models import Announcement, Copy, ReviewItem
from tests.announcing.conftest import person
from tests.factories import PairFactory


@pytest.fixture
def pair(db: None) -> Pair:
    made: Any = PairFactory(name="Fernhill")
    found: Pair = made
    return found


@pytest.fixture
def item(pair: Pair) -> ReviewItem:
    return ask(pair, 1)


def ask(pair: Pair, number: int) -> ReviewItem:
    return ReviewItem.objects.create(
        pair=pair, flow="won_opportunity_invoice", kind="problem", cause=f"cause {number}",
        title=f"Question {number}", explanation="", last_seen=timezone.now(),
    )  # fmt: skip


def told(user: User) -> list[str]:
    rows = Copy.objects.filter(user=user).order_by("pk").select_related("announcement")
    return [copy.announcement.title for copy in rows]


def test_who_is_given_a_question_is_told_and_who_takes_one_is_not(
    item: ReviewItem, priya: User, ana: User
) -> None:
    talking.assign(item.pk, priya, "ana")
    talking.assign(item.pk, priya, "ana")
    assert told(priya) == ["A question is yours now: Question 1"]
    assert Announcement.objects.get().body == "Given to you by Ana Whitlock."
    talking.assign(item.pk, ana, "ana")
    assert told(ana) == []
    talking.assign(item.pk, priya, "ana")
    assert len(told(priya)) == 2  # it had been handed back in between


def test_three_hundred_questions_given_at_once_are_one_message(
    pair: Pair, priya: User, client: Client
) -> None:
    for n in range(300):
        ask(pair, n)
    assert talking.assign_all(ReviewItem.objects.all(), priya, "ana") == 300
    assert told(priya) == ["300 questions are yours now"]
    client.force_login(priya)
    answer = client.get(Announcement.objects.get().path)
    assert answer.status_code == 200
    assert "Question 299" in answer.content.decode()


def test_it_is_over_when_the_question_is_answered_or_somebody_elses(
    pair: Pair, priya: User, ana: User
) -> None:
    one, two, three = (ask(pair, n) for n in range(3))
    talking.assign(one.pk, priya, "ana")
    talking.assign(two.pk, priya, "ana")
    talking.say(three.pk, "@priya what is this?", "ana")
    announcing_talk.end_what_is_done()
    assert Announcement.objects.filter(over_at=None).count() == 3
    ReviewItem.objects.filter(pk__in=[one.pk, three.pk]).update(state="solved")
    talking.assign(two.pk, None)
    announcing_talk.end_what_is_done()
    assert Announcement.objects.filter(over_at=None).count() == 0


@pytest.mark.parametrize(
    ("text", "named"),
    [("@priya, please look", {"priya"}), ("Ask @PRIYA or @ana.", {"priya", "ana"}),
     ("mail priya@ana.example", set()), ("@nobody @ben", set()), ("no name", set()),
     ("(@priya)\n@ana!", {"priya", "ana"}), ("@@priya", set())],
)  # fmt: skip
def test_a_note_tells_exactly_those_whom_it_names(
    item: ReviewItem, priya: User, ana: User, text: str, named: set[str]
) -> None:
    person("ben")  # may not see questions
    talking.say(item.pk, text, "carl")
    assert set(Copy.objects.values_list("user__username", flat=True)) == named


def test_a_note_tells_who_wrote_it_nothing_and_its_text_stays_on_the_desk(
    item: ReviewItem, priya: User, ana: User
) -> None:
    talking.say(item.pk, "@priya @ana: Mrs Hale’s new number is 0131 496 0000", "priya")
    assert told(priya) == []
    assert told(ana) == ["Priya Nair names you in a note: Question 1"]
    row = Announcement.objects.get()
    assert "0131" not in f"{row.title} {row.body} {row.brief}"


def test_the_desks_tell_whom_they_hand_a_question_to(
    client: Client, item: ReviewItem, priya: User, ana: User
) -> None:
    client.force_login(ana)
    address = reverse("admin:review_note", args=[item.pk])
    client.post(address, {"note": "@priya look", "to": str(priya.pk)})
    assert told(priya) == [
        "Priya Nair names you in a note: Question 1".replace("Priya Nair", "Ana Whitlock"),
        "A question is yours now: Question 1",
    ]
    client.post(address, {"assign": ""})
    assert told(ana) == []  # she took it herself
