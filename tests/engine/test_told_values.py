"""Plans, writes and links are read in people's words, and their money as money."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.template_words import days_told, noun_of
from connections import door_views
from connections.models import Pair
from connections.models.doors import EventDoor
from sync.admin.told_values import currency_of, name_of, told
from sync.models import Mode, PlanRow, ReviewItem, Run, Write
from tests.engine.conftest import Desk
from tests.factories import PairFactory

QUOTE = "xero:Quote:17d32ebd-829d-4bfd-82bb-a897ad1c8f69"
ACCOUNT = "salesforce:Account:0015e0000000APOAA2"


@pytest.mark.parametrize(
    ("field", "value", "currency", "read"),
    [
        ("net", Decimal("13900.00"), "AUD", "AUD 13,900.00"),
        ("deal_total", Decimal("13900.0"), "AUD", "AUD 13,900.00"),
        ("deal_total", "13900.0", "AUD", "AUD 13,900.00"),
        ("amount", Decimal("482420"), "JPY", "JPY 482,420"),
        ("amount", Decimal("12.5"), "KWD", "KWD 12.500"),
        ("price", Decimal("0.0375"), "GBP", "GBP 0.0375"),
        ("account.outstanding", "2382.00", "", "2,382.00"),
        ("rate", Decimal("1.305089"), "AUD", "1.305089"),
        ("quantity", Decimal("24.0"), "AUD", "24"),
        ("name", "1e5", "GBP", "1e5"),
        ("amount", "NaN", "GBP", "NaN"),
        ("active", True, "", "yes"),
        ("due_date", date(2026, 12, 4), "", "4 Dec 2026"),
        ("seen", datetime(2026, 12, 4, 9, 5, tzinfo=UTC), "", "4 Dec 2026, 09:05"),
        ("lines", [{}, {}], "", "2 lines"),
        ("reference", "", "GBP", ""),
    ],
)  # fmt: skip
def test_a_value_is_told_as_a_person_reads_it(
    field: str, value: Any, currency: str, read: str
) -> None:
    assert told(field, value, currency) == read


def test_a_field_is_told_by_the_name_that_its_flow_gives_it() -> None:
    assert name_of("payment_status", "account.days_to_pay") == "Account: usual days to pay"
    assert name_of("won_opportunity_invoice", "due_date") == "Due date"
    assert name_of("no_longer_shipped", "due_date") == "Due date"
    assert name_of("quote_opportunity", "line:17d32ebd") == "Line"


def test_days_are_told_as_our_screens_write_them() -> None:
    words = "INV-0029 · due 2026-09-13 · GBP 6,240.00; 2026-02-30; QU-2026-09-13"
    assert (
        days_told(words) == "INV-0029 · due 13 Sep 2026 · GBP 6,240.00; 2026-02-30; QU-2026-09-13"
    )


def test_amounts_are_in_the_currency_that_stands_beside_them() -> None:
    assert currency_of({"currency": "EUR"}, "GBP") == "EUR"
    assert currency_of({"invoice_currency": "NZD"}, "GBP") == "NZD"
    assert currency_of({"net": Decimal(1)}, "GBP") == "GBP"


def test_a_kind_is_a_word_in_a_sentence() -> None:
    kinds = ("Product2", "OpportunityLineItem", "Invoice")
    assert [noun_of(kind) for kind in kinds] == ["product", "opportunity line item", "invoice"]


@pytest.fixture
def reader(client: Client, db: None) -> Client:
    """A client signed in as an auditor."""
    user = User.objects.create_user("reader", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name="Auditors"))
    client.force_login(user)
    return client


def plan(pair: Pair, flow: str, subject: str, **values: Any) -> PlanRow:
    """Return a plan that stands there."""
    run = Run.objects.create(pair=pair, flow=flow, mode=Mode.LIVE)
    row: PlanRow = PlanRow.objects.create(run=run, pair=pair, flow=flow, subject=subject, **values)
    return row


def page_of(client: Client, row: Any) -> str:
    """Return the page of a row."""
    name = f"admin:sync_{row._meta.model_name}_change"
    return client.get(reverse(name, args=[row.pk])).content.decode()


def change(system: str, kind: str, field: str, after: str) -> dict[str, str]:
    """Return one change as a plan keeps it."""
    return {"system": system, "kind": kind, "field": field, "before": "", "after": after}


def test_the_plan_of_a_quote_says_that_it_comes_from_xero(reader: Client) -> None:
    changes = [change("salesforce", "Opportunity", "amount", "6040.85")]
    row = plan(
        PairFactory.create(), "quote_opportunity", QUOTE, subject_name="Berth 8 · QU-0009",
        action="create", state="done", currency="EUR", fields=changes,
    )  # fmt: skip
    page = page_of(reader, row)
    assert "<h1>This opportunity was made</h1>" in page
    assert "Open in Xero" in page
    assert "Open in Salesforce" not in page
    assert "EUR 6,040.85" in page
    assert "Amount before tax" in page
    row.subject_name = ""
    row.save()
    assert "Quote 17d32ebd-829d-4bfd-82bb-a897ad1c8f69" in page_of(reader, row)


def test_the_plan_of_an_account_speaks_of_the_account(reader: Client) -> None:
    row = plan(
        PairFactory.create(), "account_contact", ACCOUNT, subject_name="Calder Bridge Council",
        action="update", state="done", fields=[change("salesforce", "Account", "phone", "1")],
    )  # fmt: skip
    assert "<h1>This account was changed</h1>" in page_of(reader, row)


def test_a_plan_that_asks_leads_to_the_desk_of_its_question(reader: Client, desk: Desk) -> None:
    pair = desk.switch.pair
    row = plan(pair, "account_contact", ACCOUNT, action="question", state="held")
    item = ReviewItem.objects.create(
        pair=pair, flow="account_contact", kind="conflict", cause="conflict:phone",
        title="Phone differs", field="phone",
        last_seen=timezone.now(),
    )  # fmt: skip
    item.subjects.create(subject=ACCOUNT)
    assert f'href="/admin/conflicts/?item={item.pk}"' in page_of(reader, row)


def test_a_write_tells_its_money_with_the_currency(reader: Client, desk: Desk) -> None:
    desk.win(1)
    desk.work()
    page = page_of(reader, Write.objects.get(kind="Invoice"))
    read = page.split("The body as")[0]
    amounts = re.findall(r"<ins>(.*?)</ins>", read)
    assert {one for one in amounts if one.startswith("GBP ")} == {"GBP 1,000.00", "GBP 1,200.00"}
    assert not re.search(r"\d{4}\.\d", read)


def test_events_that_xero_turned_away_on_purpose_are_no_trouble() -> None:
    tried = timezone.now()
    door = EventDoor(confirmed_at=tried, refused_at=tried - timedelta(seconds=2))
    assert door_views.by_trial(door)
    door.refused_at = tried + timedelta(hours=1)
    assert not door_views.by_trial(door)
    assert not door_views.by_trial(EventDoor(refused_at=tried))
