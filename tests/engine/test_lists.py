"""The lists find, filter, assign and export what they show, at a cost that does not grow."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from connections.models import Pair
from sync.engine import deciding, talking
from sync.models import ReviewItem
from tests.engine.asked import RECORDS, ask, link
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db
ALL = "admin:review_all"
DESK = "admin:sync_reviewitem_changelist"
LINKS = "admin:sync_link_changelist"


@pytest.fixture
def pair() -> Pair:
    """A pair of connections."""
    made: Pair = PairFactory.create()
    return made


@pytest.fixture
def priya(client: Client) -> User:
    """Priya of finance, signed in."""
    user = User.objects.create_user("priya", is_staff=True, first_name="Priya")
    user.groups.add(Group.objects.get(name="Finance"))
    client.force_login(user)
    return user


def titles(client: Client, name: str = ALL, **asked: Any) -> set[str]:
    """Return what a list shows for a query."""
    page: Any = client.get(reverse(name), asked)
    return {str(row) for row in page.context["cl"].result_list}


def queries(client: Client, name: str) -> int:
    """Return how many queries a page takes, once it has been asked for."""
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name)).status_code == 200
    return len(asked)


@pytest.mark.parametrize(
    "name",
    ["admin:index", DESK, ALL, LINKS, "match_desk", "duplicate_desk", "conflict_desk"],
)
def test_a_page_asks_the_database_as_often_for_many_rows_as_for_few(
    client: Client, priya: User, pair: Pair, name: str
) -> None:
    def more(first: int, last: int) -> None:
        for number in range(first, last):
            for kind in ("problem", "match", "conflict", "approval"):
                ask(pair, f"{kind} {number}", kind, amount="10", assignee=priya)
            ask(pair, f"group {number}", "duplicate", details=RECORDS, assignee=priya)
            link(pair, number)

    more(1, 15)  # as many as any desk opens or lists beside it
    few = queries(client, name)
    more(15, 60)
    assert queries(client, name) == few


def test_the_list_shows_what_waits_and_hides_what_was_just_answered(
    client: Client, priya: User, pair: Pair
) -> None:
    ask(pair, "North", "match")
    ask(pair, "South", "conflict", answered_at=timezone.now())
    ask(pair, "East", state="solved", solved_at=timezone.now(), solved_by="tom")
    assert titles(client) == {"What of North?"}
    assert titles(client, **{"is": "answered"}) == {"What of South?"}
    assert titles(client, **{"is": "solved"}) == {"What of East?"}
    assert len(titles(client, **{"is": "all"})) == 3


def test_the_list_is_filtered_by_organisation_kind_field_person_and_age(
    client: Client, priya: User, pair: Pair
) -> None:
    other: Any = PairFactory.create()
    ask(pair, "North", "match", days=8, assignee=priya)
    ask(pair, "South", "conflict", days=3, field="email")
    ask(other, "East", "conflict", field="phone")
    assert titles(client, organisation=other.xero_id) == {"What of East?"}
    assert titles(client, kind__exact="match") == {"What of North?"}
    assert titles(client, field="email") == {"What of South?"}
    assert titles(client, assignee="mine") == {"What of North?"}
    assert titles(client, assignee="nobody") == {"What of South?", "What of East?"}
    assert titles(client, assignee=priya.pk) == {"What of North?"}
    assert titles(client, age="7") == {"What of North?"}
    assert titles(client, age="2") == {"What of North?", "What of South?"}
    assert titles(client, age="0") == {"What of East?"}


@pytest.mark.parametrize("asked", ["KESTREL", "kestrel q", "Kestrel Quay"])
def test_a_question_is_found_by_how_its_record_begins(
    client: Client, priya: User, pair: Pair, asked: str
) -> None:
    ask(pair, "Kestrel Quay")
    ask(pair, "Quay of Kestrels")
    ask(pair, "100% Kestrel")
    assert titles(client, q=asked) == {"What of Kestrel Quay?"}


def test_a_search_takes_no_sign_for_a_wildcard(client: Client, priya: User, pair: Pair) -> None:
    ask(pair, "100% Survey")
    ask(pair, "1000 Surveys")
    assert titles(client, q="100%") == {"What of 100% Survey?"}


def test_a_question_is_found_by_its_number_and_by_its_records_id(
    client: Client, priya: User, pair: Pair
) -> None:
    item = ask(pair, "Kestrel")
    ask(pair, "Calder")
    assert titles(client, q=str(item.pk)) == {"What of Kestrel?"}
    assert titles(client, q="Calder") == {"What of Calder?"}
    assert titles(client, q="9" * 30) == set()


def test_a_question_that_names_no_record_is_shown_with_the_record_it_is_about(
    client: Client, priya: User, pair: Pair
) -> None:
    ask(pair, "Severn Tidal", kind="conflict", title="Phone: changed in both")
    ask(pair, "Calder Bridge")
    page = client.get(reverse("admin:review_all")).content.decode()
    assert '<span class="under">Severn Tidal</span>' in page
    assert '<span class="under">Calder Bridge</span>' not in page


def test_the_command_names_the_record_of_each_question(pair: Pair) -> None:
    ask(pair, "Severn Tidal", kind="conflict", title="Phone: changed in both", amount="40.50")
    out = io.StringIO()
    call_command("review", stdout=out)
    first, _, held, *_ = out.getvalue().splitlines()
    assert first.endswith("  Phone: changed in both · Severn Tidal")
    assert held.strip() == "Holds up 1 record, GBP 40.50."


def test_the_desk_keeps_problems_and_old_duplicates_and_leads_to_the_others(
    client: Client, priya: User, pair: Pair
) -> None:
    ask(pair, "North", "problem")
    ask(pair, "Old", "duplicate")
    ask(pair, "Group", "duplicate", details=RECORDS)
    ask(pair, "East", "match")
    page: Any = client.get(reverse(DESK))
    assert {item.title for item in page.context["items"]} == {"What of North?", "What of Old?"}
    assert {(place.title, n) for place, n in page.context["desks"]} == {
        ("Match", "1"), ("Duplicates", "1"),
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "details"), [("match", {}), ("duplicate", RECORDS)])
def test_an_open_question_leads_to_its_own_desk(
    client: Client, priya: User, pair: Pair, kind: str, details: Any
) -> None:
    item = ask(pair, "North", kind, details=details)
    page = client.get(reverse("admin:sync_reviewitem_change", args=[item.pk]))
    assert page["Location"] == f"{reverse(f'{kind}_desk')}?item={item.pk}"


def test_a_closed_question_tells_who_decided_what_and_when(
    client: Client, priya: User, pair: Pair
) -> None:
    item = ask(pair, "North", "match", choices=[{"value": "new", "label": "Make a new contact"}])
    talking.say(item.pk, "They moved to Leeds", "tom")
    deciding.decide(item.pk, "new", "priya")
    page = client.get(reverse("admin:sync_reviewitem_change", args=[item.pk]))
    text = page.content.decode()
    for words in ("being carried out", "Make a new contact", "priya", "They moved to Leeds", "tom"):
        assert words in text


def test_what_is_ticked_is_assigned_at_once(client: Client, priya: User, pair: Pair) -> None:
    tom = User.objects.create_user("tom", is_staff=True, first_name="Tom")
    tom.groups.add(Group.objects.get(name="Finance"))
    items = [ask(pair, name, "match") for name in ("North", "South", "East")]
    posted = {"_selected_action": [i.pk for i in items[:2]], "action": f"assign_{tom.pk}"}
    page = client.post(reverse(ALL), {**posted, "index": 0}, follow=True).content.decode()
    assert "2 questions are with Tom now." in page
    assert set(ReviewItem.objects.filter(assignee=tom)) == set(items[:2])


def test_everything_that_a_filter_shows_is_assigned_together(
    client: Client, priya: User, pair: Pair
) -> None:
    for number in range(60):
        ask(pair, f"North {number}", "match")
    ask(pair, "South", "conflict")
    posted = {"_selected_action": ReviewItem.objects.latest("pk").pk, "select_across": "1",
              "action": f"assign_{priya.pk}", "index": 0}  # fmt: skip
    client.post(f"{reverse(ALL)}?kind__exact=match", posted)
    assert ReviewItem.objects.filter(assignee=priya).count() == 60


def test_a_note_is_kept_with_who_said_it_and_the_question_can_be_given_away(
    client: Client, priya: User, pair: Pair
) -> None:
    tom = User.objects.create_user("tom", is_staff=True, first_name="Tom")
    tom.groups.add(Group.objects.get(name="Finance"))
    item = ask(pair, "North")
    address = reverse("admin:review_note", args=[item.pk])
    client.post(address, {"note": "Do you know them?", "to": tom.pk})
    item.refresh_from_db()
    note = item.notes.get()
    assert (note.text, note.by, item.assignee) == ("Do you know them?", "priya", tom)
    page = client.get(reverse(DESK)).content.decode()
    assert "Do you know them?" in page
    client.post(address, {"to": "nobody"})
    item.refresh_from_db()
    assert item.assignee is None


def test_the_home_screen_counts_what_waits_on_each_desk(
    client: Client, priya: User, pair: Pair
) -> None:
    ask(pair, "North", amount="12.50")
    ask(pair, "North", "approval", amount="100")
    ask(pair, "South", amount="7.50", answered_at=timezone.now())
    ask(pair, "East", "match", days=8)
    ask(pair, "West", "match")
    tiles = client.get(reverse("admin:index")).context["tiles"]
    counts = {key: (tile.causes, tile.answered) for key, tile in tiles.items()}
    assert counts == {
        "problems": (1, 1), "match": (2, 0), "duplicate": (0, 0), "conflict": (0, 0),
        "approval": (1, 0),
    }  # fmt: skip
    assert tiles["problems"].sums == {"GBP": 12.5}
    assert tiles["approval"].sums == {"GBP": 100}
    assert (timezone.now() - tiles["match"].oldest).days == 8


@pytest.mark.parametrize(
    ("days", "colour"), [(0, ""), (1, ""), (2, "warn"), (6, "warn"), (7, "bad"), (40, "bad")]
)
def test_an_age_has_a_colour_from_two_and_from_seven_days_on(
    client: Client, priya: User, pair: Pair, days: int, colour: str
) -> None:
    ask(pair, "North", days=days)
    page = client.get(reverse(ALL)).content.decode()
    waits = page[page.index("field-waits") :].partition("</td>")[0]
    assert (f"chip {colour}" in waits) if colour else ("chip" not in waits)
