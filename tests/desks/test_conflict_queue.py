"""The queue of the conflict desk: blocking ones first, and as quick however much waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from connections.models import Pair
from sync.admin import conflict_desk_queue
from sync.engine import deciding
from sync.models import ReviewItem, ReviewSubject
from tests.desks.conflicts import EMAIL, PHONE, TERMS, page
from tests.desks.conftest import SignIn
from tests.disputes import ACCOUNT, FLOW, dispute


def test_blocking_records_come_first_then_the_oldest(sign_in: SignIn, pair: Pair) -> None:
    one = {"phone": PHONE}
    dispute(pair, 1, "Young", one, hours=1)
    dispute(pair, 2, "Old", one, hours=90)
    dispute(pair, 3, "Blocking", one, hours=2, blocks="1 invoice")
    text = page(sign_in("Finance"))
    assert "<h1>Blocking</h1>" in text
    assert text.index(">Old</a>") < text.index(">Young</a>")


def test_what_is_answered_waits_no_longer_and_is_counted(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    deciding.decide(fields[0].pk, "xero", "tom")
    text = page(sign_in("Finance"))
    assert "Two fields were changed" in text
    assert "1 answered, being carried out" in text


def test_the_empty_desk_says_what_is_good_and_where_the_past_is(sign_in: SignIn) -> None:
    text = page(sign_in("Finance"))
    assert "No field is disputed" in text
    assert "Counterpart looks by itself" in text
    assert reverse("past_decisions", args=["conflict"]) in text


def test_the_queue_is_narrowed_and_exported(sign_in: SignIn, pair: Pair) -> None:
    dispute(pair, 1, "With phone", {"phone": PHONE})
    dispute(pair, 2, "With terms", {"payment_terms": TERMS})
    finance = sign_in("Finance")
    narrowed = finance.get(reverse("conflict_desk"), {"field": "phone"}).content.decode()
    assert "<h1>With phone</h1>" in narrowed
    assert ">With terms<" not in narrowed
    sheet: Any = finance.get(reverse("conflict_desk"), {"as": "csv", "field": "phone"})
    lines = b"".join(sheet.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "With phone" in lines[1]


def queries(client: Client) -> int:
    """Return how many queries the desk needs."""
    with CaptureQueriesContext(connection) as asked:
        page(client)
    return len(asked)


def test_the_number_of_queries_is_the_same_however_much_waits(
    sign_in: SignIn, pair: Pair, fields: list[ReviewItem]
) -> None:
    finance = sign_in("Finance")
    page(finance)
    few = queries(finance)
    for number in range(2, 40):
        dispute(pair, number, f"Customer {number}", {"phone": PHONE, "email": EMAIL}, hours=number)
    dispute(
        pair, 50, "Blocking", {"phone": PHONE, "email": EMAIL, "payment_terms": TERMS,
                               "website": TERMS}, blocks="1 invoice",
    )  # fmt: skip
    assert queries(finance) == few <= 30


def test_an_address_of_a_question_that_is_settled_tells_who_settled_it(
    sign_in: SignIn, fields: list[ReviewItem]
) -> None:
    deciding.decide(fields[1].pk, "salesforce", "tom")
    ReviewItem.objects.filter(pk=fields[1].pk).update(first_seen=timezone.now() - timedelta(days=1))
    text = page(sign_in("Finance"), fields[1])
    assert "Phone: tom answered already: “Keep Salesforce’s”" in text


def test_the_problems_tell_of_records_in_conflict_as_the_navigation_does(
    sign_in: SignIn, pair: Pair
) -> None:
    dispute(pair, 1, "Old", {"phone": PHONE, "terms": TERMS})
    dispute(pair, 2, "Young", {"phone": PHONE})
    text = sign_in("Finance").get(reverse("admin:sync_reviewitem_changelist")).content.decode()
    assert ">Conflicts 2</a>" in text  # three fields, of two records


def counted() -> str:
    """Return what the navigation shows; it is asked for on every page."""
    with CaptureQueriesContext(connection) as asked:
        told = conflict_desk_queue.waiting_count()
    assert len(asked) <= 2
    return told


def test_records_are_counted_exactly_though_they_have_hundreds_of_disputed_fields(
    pair: Pair,
) -> None:
    assert counted() == ""
    fields = {f"field_{number}": PHONE for number in range(3)}
    for number in range(70):
        dispute(pair, number, f"Customer {number}", fields)
    assert counted() == "70"


@pytest.mark.slow
def test_where_more_fields_wait_than_are_counted_the_figure_says_so(
    pair: Pair, sign_in: SignIn
) -> None:
    most = conflict_desk_queue.COUNTED
    items = ReviewItem.objects.bulk_create(
        ReviewItem(
            pair=pair, flow=FLOW, kind="conflict", desk="conflict", cause=f"conflict:{n}",
            title="Two", field="phone", last_seen=timezone.now(), details={},
        )
        for n in range(most + 2)
    )  # fmt: skip
    ReviewSubject.objects.bulk_create(
        ReviewSubject(item=item, subject=ACCOUNT.format(n // 2)) for n, item in enumerate(items)
    )
    assert counted() == f"{most // 2:,}+"
    problems = sign_in("Finance").get(reverse("admin:sync_reviewitem_changelist")).content.decode()
    assert f"{most // 2:,}+" in problems
    items[-1].delete()
    items[-2].delete()
    assert counted() == f"{most // 2:,}"
