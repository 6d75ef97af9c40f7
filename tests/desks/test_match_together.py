"""Many matches are accepted at once, after a page of counts and never without it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.urls import reverse

from connections.models import Pair
from sync.models import Decision, Notice, ReviewItem
from tests.desks import town
from tests.desks.answering import text
from tests.desks.conftest import SignIn

Items = Sequence[ReviewItem]


@pytest.fixture
def items(pair: Pair) -> Items:
    return town.fill(pair)


def test_the_page_of_counts_comes_before_anything_is_linked_together(
    sign_in: SignIn, items: Items
) -> None:
    client = sign_in("Finance")
    page = text(client, f"{reverse('match_bulk')}?points=60")
    assert "Link 2 records, each with its best match?" in page
    assert "80–89" in page
    assert "Blue Gum Logistics Pty Ltd" in page
    assert not Decision.objects.exists()
    shown_at = page.split('name="shown_at" value="')[1].split('"')[0]
    done = client.post(reverse("match_bulk"), {"points": "60", "shown_at": shown_at}, follow=True)
    assert "2 matches are accepted" in done.content.decode()
    assert {d.item_id for d in Decision.objects.all()} == {items[1].pk, items[2].pk}
    assert Notice.objects.count() == 4  # both of each two: what is asked of either ends


def test_what_changed_since_the_counts_were_shown_stays_on_the_desk(
    sign_in: SignIn, items: Items
) -> None:
    client = sign_in("Finance")
    page = text(client, f"{reverse('match_bulk')}?points=60")
    shown_at = page.split('name="shown_at" value="')[1].split('"')[0]
    moved = ReviewItem.objects.get(pk=items[1].pk)
    moved.last_seen = moved.last_seen.replace(year=moved.last_seen.year + 1)
    moved.save()
    client.post(reverse("match_bulk"), {"points": "60", "shown_at": shown_at})
    assert [d.item_id for d in Decision.objects.all()] == [items[2].pk]
    client.post(reverse("match_bulk"), {"points": "60", "shown_at": "yesterday"})
    assert Decision.objects.count() == 1


def test_a_higher_score_links_fewer(sign_in: SignIn, items: Items) -> None:
    page = text(sign_in("Finance"), f"{reverse('match_bulk')}?points=80")
    assert "Link 1 record, each with its best match?" in page
    assert "left out" in page
    none = text(sign_in("Finance"), f"{reverse('match_bulk')}?points=99")
    assert "Nothing has so many points" in none
