"""Whoever is told to mend a row is led to it."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connections.models import Pair
from sync.models import ReviewItem
from tests.mappings.conftest import Org

KEY = "won_opportunity_invoice"


@pytest.mark.parametrize(
    ("place", "argument", "ends"),
    [
        ("mapping", "line.quantity", f"/{KEY}/#row-line-quantity"),
        ("table", "tax_type", f"/{KEY}/table/tax_type/"),
    ],
)
def test_a_question_leads_to_the_row_that_it_is_about(
    administrator: Client, pair: Pair, org: Org, place: str, argument: str, ends: str
) -> None:
    item = ReviewItem.objects.create(
        pair=pair,
        flow=KEY,
        kind="problem",
        cause="x",
        title="Mend it",
        place=place,
        argument=argument,
        last_seen=timezone.now(),
    )
    desk = administrator.get(reverse("admin:sync_reviewitem_changelist"), {"item": str(item.pk)})
    links = re.findall(r'href="([^"]+)"', desk.content.decode())
    (way,) = (unescape(link) for link in links if f"pair={pair.pk}" in link)
    led = administrator.get(way)["Location"]
    assert led.endswith(ends)
    assert administrator.get(led.split("#")[0]).status_code == 200
