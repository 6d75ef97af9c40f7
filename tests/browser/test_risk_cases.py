"""The cases of credit risk at a browser: the list, and what finance says of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from connections.models import Pair
from sync.models import FlowSwitch, RiskCase
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.engine.risk.rows import case
from tests.factories import PairFactory

Visit = Callable[..., Visitor]


@pytest.fixture
def cases(live_server: object) -> Pair:
    town.people()
    pair: Pair = PairFactory.create(name="Fernhill and Fernhill Surveys Ltd")
    FlowSwitch.objects.create(pair=pair, flow="credit_risk", mode="on")
    case(pair, "Acme Ltd", 1)
    grave = {"severity": 5, "level": 3, "peak": 3, "owner_name": "Dan Poole"}
    case(pair, "Pontypridd Drainage and Sons (Holdings) Ltd", 2, **grave, disputed=True)
    case(pair, "Kestrel", 3, rule="limit", title="Credit limit used", state="done")
    return pair


@pytest.mark.slow
def test_finance_puts_a_case_off_from_the_list(visit: Visit, cases: Pair) -> None:
    priya = visit("priya")
    assert priya.open("/admin/sync/riskcase/") == 200
    priya.page.click("text=Acme Ltd")
    assert priya.heading().startswith("Acme Ltd: GBP 900.00 is more than 14 days overdue")
    day = timezone.localdate() + timedelta(days=28)
    priya.page.fill("#id_snoozed_until", day.isoformat())
    priya.page.fill("#id_note", "They move house.")
    priya.page.click("text=Keep what is said")
    priya.page.wait_for_selector("text=Kept. The task in Salesforce is told in a moment.")
    assert str(RiskCase.objects.get(account_name="Acme Ltd").snoozed_until) == str(day)
    assert f"Put off until {day:%-d %b %Y}. They move house." in priya.page.inner_text("body")
    assert priya.complaints == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "look",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 400, "height": 800}}],
    ids=["wide", "dark", "narrow"],
)
def test_the_pages_fit(visit: Visit, cases: Pair, look: dict[str, object]) -> None:
    priya = visit("priya", **look)
    grave = RiskCase.objects.get(severity=5)
    for path in ("/admin/sync/riskcase/", f"/admin/sync/riskcase/{grave.pk}/change/"):
        assert priya.open(path) == 200
        assert priya.overflow() <= 0
    assert priya.complaints == []
