"""The home page: its greeting counts as the navigation does, and asks whoever may answer."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sync.models import ReviewItem, RiskCase
from tests.disputes import dispute
from tests.engine.asked import RECORDS, ask
from tests.engine.conftest import Desk
from tests.engine.test_screens import member


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """Two problems, an approval, a match, a group, and two disputed fields of one record."""
    pair = desk.switch.pair
    ask(pair, "North", amount="100.00")
    ask(pair, "South")
    ask(pair, "West", "approval", amount="20.00")
    ask(pair, "East", "match")
    ask(pair, "Norths", "duplicate", details=RECORDS)
    sides = ("0117", "0118", "0119")
    dispute(pair, 1, "Weston", {"phone": ("Phone", sides), "billing_city": ("City", sides)})
    return desk


def badges(page: str) -> dict[str, int]:
    """Return the counts that stand in the navigation, by title."""
    found = {}
    for title in ("Problems", "Match desk", "Duplicate desk", "Conflict desk"):
        text = re.search(rf"{title}</span>.*?(?=<a |</nav>|</ol>|</ul>)", page, re.S)
        number = re.search(r">\s*(\d+)\s*<", text[0]) if text else None
        found[title] = int(number[1]) if number else 0
    return found


def test_the_greeting_counts_the_same_questions_as_the_navigation(
    client: Client, asked: Desk
) -> None:
    page = member(client, "Finance").get(reverse("admin:index")).content.decode()
    counts = badges(page)
    assert counts == {"Problems": 3, "Match desk": 1, "Duplicate desk": 1, "Conflict desk": 1}
    assert f"{sum(counts.values())} questions wait for you." in page
    assert "2 fields changed on both sides" in page


def test_an_auditor_is_not_told_that_questions_wait_for_them(client: Client, asked: Desk) -> None:
    page = member(client, "Auditors").get(reverse("admin:index")).content.decode()
    assert "6 questions wait for finance." in page
    assert "wait for you" not in page
    assert "Read the questions" in page
    assert "Start with the questions" not in page
    assert "until you say" not in page
    ReviewItem.objects.all().delete()
    assert "Nothing waits for finance." in client.get(reverse("admin:index")).content.decode()


def case(desk: Desk, account: str, amount: str, **values: Any) -> None:
    """Let a rule have found an account."""
    rule = values.pop("rule", "overdue")
    RiskCase.objects.create(
        connection=desk.switch.pair.salesforce, pair=desk.switch.pair, account=account, rule=rule,
        title="Overdue", episode=1, marker=f"{rule}:{account}:1", task="00T", currency="GBP",
        amount=Decimal(amount), **values,
    )  # fmt: skip


def test_home_tells_the_open_cases_of_credit_risk_and_counts_no_money_twice(
    client: Client, desk: Desk
) -> None:
    address = reverse("admin:index")
    assert "Credit risk <span" not in member(client, "Finance").get(address).content.decode()
    case(desk, "001A", "900.00", level=3)
    case(desk, "001A", "700.00", rule="limit")
    case(desk, "001B", "50.00", disputed=True)
    case(desk, "001C", "5000.00", state="settled")
    case(desk, "001D", "25.00", promised_on=date(2020, 1, 1))  # long past: it waits for nothing
    page = client.get(address)
    tile = page.context["risk"]
    assert (tile.cases, tile.customers, tile.grave, tile.waiting) == (4, 3, 1, 1)
    assert tile.sums == (("GBP", Decimal("975.00")),)
    assert "At stake of 3 customers, 4 cases; 1 put off, promised or disputed" in (
        page.content.decode()
    )
