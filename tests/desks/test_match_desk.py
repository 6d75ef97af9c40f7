"""The match desk: what it shows, what an answer does, and who may give one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from connections.models import Pair
from sync.engine import deciding
from sync.models import Decision, Lock, Notice, ReviewItem, ReviewNote, Verdict
from tests.desks import matches, town
from tests.desks.answering import DESK, give, text
from tests.desks.conftest import SignIn
from tests.factories import PairFactory

Items = Sequence[ReviewItem]


@pytest.fixture
def items(pair: Pair) -> Items:
    return town.fill(pair)


def test_ten_stand_on_the_desk_the_most_certain_first_and_the_best_is_open(
    sign_in: SignIn, items: Items
) -> None:
    page = text(sign_in("Finance"))
    names = [item.details["subject"]["name"].replace("&", "&amp;") for item in items]
    places = [page.index(name) for name in names[:10]]
    assert places == sorted(places)
    assert page.count('<article class="pair') == 10
    assert "Bellbird" not in page
    assert "Which account in Salesforce is this contact?" in page
    assert "<strong>12 left</strong>" in page
    assert "This one waits because a second account" in page


def test_what_differs_is_marked_and_what_is_written_differently_is_the_same(
    sign_in: SignIn, items: Items
) -> None:
    page = text(sign_in("Finance"))
    assert "Harbour &amp; Vine <mark>P/L</mark>" in page
    tax = page[page.index("51 824 753 556") :][:300]
    assert "same" in tax


def test_those_without_a_candidate_come_last(sign_in: SignIn, items: Items) -> None:
    page = text(sign_in("Finance"), f"{DESK}?from=10")
    assert page.index("Acacia Grove") < page.index("Bellbird Café")
    assert "11–12 of 12" in page


@pytest.mark.parametrize(
    ("act", "choice"),
    [("use", "use:{id}"), ("not", "not:{key}"), ("branch", "branch:{key}"), ("new", "new")],
)
def test_an_answer_is_kept_with_its_person_and_the_next_row_opens(
    sign_in: SignIn, items: Items, act: str, choice: str
) -> None:
    key = items[0].details["candidates"][1]["key"]
    answer = give(sign_in("Finance"), items[0], act, 2, then=items[1].pk)
    decision = Decision.objects.get()
    assert decision.choice == choice.format(id=key.rpartition(":")[2], key=key)
    assert decision.by == "finance"
    page = answer.content.decode()
    assert '<h2 class="t" id="title"><span>Blue Gum Logistics' in page
    assert "<strong>11 left</strong>" in page
    assert "1 answered, being carried out" in page
    assert "Take it back" in page


def test_not_a_customer_locks_the_record_out(sign_in: SignIn, items: Items) -> None:
    give(sign_in("Finance"), items[0], "never")
    lock = Lock.objects.get()
    assert (lock.name, lock.why, lock.by) == ("Harbour & Vine P/L", "Not a customer", "finance")


def test_a_row_that_moved_is_shown_anew_and_asked_again(sign_in: SignIn, items: Items) -> None:
    mark = deciding.mark_of(items[0])
    details = {**items[0].details, "why_asked": "Its name has changed."}
    ReviewItem.objects.filter(pk=items[0].pk).update(details=details)
    chosen = details["candidates"][2]["key"]
    answer = give(sign_in("Finance"), items[0], "use", 3, mark=mark)
    page = answer.content.decode()
    assert not Decision.objects.exists()
    assert "changed while you were looking" in page
    assert "Its name has changed." in page
    assert f'value="{chosen}" data-n="3" data-key="3" checked' in page


def test_who_is_slower_reads_who_was_faster_and_what_was_said(
    sign_in: SignIn, items: Items
) -> None:
    mark = deciding.mark_of(items[0])
    deciding.decide(items[0].pk, "never", "Dev")
    answer = give(sign_in("Finance"), items[0], "use", mark=mark, then=items[1].pk)
    page = answer.content.decode()
    assert "was not kept" in page
    assert "Dev was faster" in page
    assert "is kept out of sync" in page
    assert Decision.objects.count() == 1


def test_an_answer_that_is_not_offered_is_refused_in_words(sign_in: SignIn, items: Items) -> None:
    page = give(sign_in("Finance"), items[0], "burn").content.decode()
    assert "is not offered here" in page
    assert not Decision.objects.exists()


def test_a_record_that_was_looked_up_is_compared_and_linked(sign_in: SignIn, items: Items) -> None:
    client, key = sign_in("Finance"), "salesforce:Account:0015g0000000077AAA"
    found = text(client, f"{DESK}?item={items[0].pk}&words=barrel vine")
    assert "Vine &amp; Barrel Imports" in found
    page = text(client, f"{DESK}?item={items[0].pk}&candidate={key}")
    assert f'value="{key}" data-n="4" data-key="4" checked' in page
    assert "your word alone links them" in page
    assert "Perth" in page
    give(client, items[0], "use", candidate=key)
    assert Decision.objects.get().choice == "use:0015g0000000077AAA"


@pytest.mark.parametrize(
    ("words", "hits"), [("pay@barrel.example", 1), ("vine", 1), ("vine quay", 0), ("@@", 0)]
)
def test_a_search_knows_addresses_and_every_word_of_a_name(
    sign_in: SignIn, items: Items, words: str, hits: int
) -> None:
    page = text(sign_in("Finance"), f"{DESK}?item={items[0].pk}&words={words}")
    assert page.count("Vine &amp; Barrel Imports") == hits
    assert ("Nothing in use fits" in page) == (hits == 0)


def test_an_answer_is_taken_back_and_the_row_stands_there_again(
    sign_in: SignIn, items: Items
) -> None:
    client = sign_in("Finance")
    give(client, items[0], "new")
    back = reverse("match_take_back", args=[Decision.objects.get().pk])
    page = client.post(back, follow=True).content.decode()
    assert "Taken back" in page
    assert "<strong>12 left</strong>" in page


def test_what_a_worker_has_begun_is_not_taken_back_and_says_how_to_undo(
    sign_in: SignIn, items: Items
) -> None:
    client = sign_in("Finance")
    page = give(client, items[0], "new").content.decode()
    Notice.objects.update(state="done")
    back = reverse("match_take_back", args=[Decision.objects.get().pk])
    page = client.post(back, follow=True).content.decode()
    assert "link’s own page" in page
    assert "<strong>11 left</strong>" in page


def test_nobody_takes_back_a_colleagues_answer(sign_in: SignIn, items: Items) -> None:
    deciding.decide(items[0].pk, "new", "Dev")
    back = reverse("match_take_back", args=[Decision.objects.get().pk])
    assert sign_in("Finance").post(back).status_code == 404


def test_a_note_and_an_assignment_are_kept_and_shown(sign_in: SignIn, items: Items) -> None:
    client, other = sign_in("Finance"), sign_in("Administrators")
    to = User.objects.get(username="finance").pk
    talk = reverse("match_talk", args=[items[0].pk])
    page = client.post(talk, {"text": "Ask Imogen", "to": to}, follow=True).content.decode()
    assert "Ask Imogen" in page
    assert "It is yours." in page
    assert ReviewNote.objects.get().by == "finance"
    assert "<strong>1 left</strong>" in text(client, f"{DESK}?whose=mine")
    assert "No match is yours" in text(other, f"{DESK}?whose=mine")


def test_an_auditor_sees_everything_and_changes_nothing(sign_in: SignIn, items: Items) -> None:
    client = sign_in("Auditors")
    page = text(client)
    assert "finance answers it" in page
    assert "OK, link them" not in page
    assert 'method="post"' not in page[page.index('class="cp match"') :]
    assert give(client, items[0], "use").status_code == 403
    talk = client.post(reverse("match_talk", args=[items[0].pk]), {"text": "x"})
    assert talk.status_code == 403
    together = client.post(reverse("match_bulk"), {"points": "60"})
    assert together.status_code == 403
    assert not Decision.objects.exists()


def test_a_get_answers_nothing(sign_in: SignIn, items: Items) -> None:
    client = sign_in("Finance")
    for name in ("match_answer", "match_talk", "match_take_back"):
        url = reverse(name, args=[items[0].pk])
        assert client.get(url, {"act": "new"}).status_code == 405
    client.get(reverse("match_bulk"), {"points": "1"})
    assert not Decision.objects.exists()


def test_the_empty_desk_says_what_will_be_there_and_what_was_decided(
    sign_in: SignIn, pair: Pair
) -> None:
    client = sign_in("Finance")
    assert "Nothing is left to match" in text(client)
    item = matches.ask(pair, matches.contact(1, "Bellbird Café"))
    give(client, item, "new")
    page = text(client)
    assert "Nothing is left to match" in page
    assert "A new record is made for “Bellbird Café”" in page


def test_two_organisations_are_told_apart(sign_in: SignIn, items: Items) -> None:
    other = PairFactory.create(name="Fernhill and the other", salesforce=items[0].pair.salesforce)
    matches.ask(other, matches.contact(90, "Larkhall Joinery"))
    client = sign_in("Finance")
    assert "<strong>13 left</strong>" in text(client)
    page = text(client, f"{DESK}?pair={other.pk}")
    assert "<strong>1 left</strong>" in page
    assert "Larkhall Joinery" in page
    assert "Harbour" not in page


def test_the_desk_costs_the_same_queries_however_much_waits(
    sign_in: SignIn, items: Items, pair: Pair
) -> None:
    client = sign_in("Finance")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            text(client)
        return len(found)

    text(client)
    few = queries()
    for number in range(40):
        subject = matches.contact(200 + number, f"Garden wall {number}")
        matches.ask(pair, subject, matches.candidate(matches.account(1, "Wall"), ("name", 33)))
    assert queries() == few
    assert few < 45


def test_nonsense_in_the_address_opens_the_desk(sign_in: SignIn, items: Items) -> None:
    client = sign_in("Finance")
    for query in (
        "from=x",
        "from=99999999999",
        "item=0",
        "pair=99999999999999999999",
        "candidate=nothing",
        "last=77",
        "late=77",
        "whose=theirs",
        "item=99999999999999999999",
    ):
        text(client, f"{DESK}?{query}")


def test_an_item_without_details_can_still_be_answered(sign_in: SignIn, pair: Pair) -> None:
    item = matches.ask(pair, matches.account(1, "Holt Lane Co-housing"))
    ReviewItem.objects.filter(pk=item.pk).update(details={})
    client = sign_in("Finance")
    assert "Holt Lane Co-housing" in text(client)
    item.refresh_from_db()
    form = {"act": "new", "mark": deciding.mark_of(item)}
    client.post(reverse("match_answer", args=[item.pk]), form)
    assert Decision.objects.get().choice == "new"
    assert not Verdict.objects.exists()


def test_the_queue_is_a_file_too_and_past_decisions_are_listed(
    sign_in: SignIn, items: Items
) -> None:
    ben = sign_in("Auditors")
    answer: Any = ben.get(f"{DESK}?as=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 13
    assert "Harbour & Vine P/L" in lines[-1]
    assert "Harbour & Vine Pty Ltd" in lines[-1]
    give(sign_in("Finance"), items[0], "use", candidate="salesforce:Account:0015g0000000077AAA")
    past = text(ben, reverse("past_decisions", args=["match"]))
    assert "is linked with “Vine &amp; Barrel Imports”" in past


def test_next_and_back_lead_over_the_edge_of_the_ten(sign_in: SignIn, items: Items) -> None:
    client = sign_in("Finance")
    tenth = text(client, f"{DESK}?item={items[9].pk}")
    assert f'href="?from=10&amp;item={items[10].pk}#open" data-key="j"' in tenth
    eleventh = text(client, f"{DESK}?from=10&item={items[10].pk}")
    assert 'href="?item=last#open" data-key="k"' in eleventh
    back = text(client, f"{DESK}?item=last")
    assert f'action="/admin/matches/{items[9].pk}/answer/"' in back
