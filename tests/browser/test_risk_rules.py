"""The rules of credit risk and their try-out, at a browser: with script and without."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from mappings.models import RiskRuleRow
from mappings.risk_rules import rules_for
from tests.browser import late_customers
from tests.browser.conftest import Visitor
from tests.engine.trying.shop import Shop

Visit = Callable[..., Visitor]
RULES = "admin:mappings_riskrulerow_changelist"
LOOKS: tuple[dict[str, Any], ...] = (
    {},
    {"color_scheme": "dark"},
    {"viewport": {"width": 400, "height": 800}},
)


@pytest.fixture
def shop(live_server: object) -> Iterator[Shop]:
    """Fourteen late customers at the page's doorway."""
    with late_customers.opened() as made:
        yield made


def kept(visitor: Visitor, name: str) -> None:
    """Keep a picture where the environment names a folder for it."""
    folder = os.environ.get("PICTURES")
    if folder:
        visitor.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False])
def test_a_rule_is_tried_before_it_is_saved(visit: Visit, shop: Shop, script: bool) -> None:
    priya = visit("priya", java_script_enabled=script)
    priya.open(reverse(RULES))
    assert priya.heading() == "Six rules tell which customers are a risk"
    priya.page.click("[aria-label='Edit Overdue']")
    priya.page.fill("[name=first]", "10")
    priya.page.fill("[name=second]", "60")
    priya.page.fill("[name=third]", "")
    with priya.page.expect_navigation():
        priya.page.click("text=Try it on 90 days")
    assert priya.heading().startswith(
        "“Overdue” would have made 14 tasks, 9 of which were paid late"
    )
    assert "As typed, not saved" in priya.page.locator("#main").inner_text()
    assert not RiskRuleRow.objects.exists()
    with priya.page.expect_navigation():
        priya.page.click("text=Back to the numbers")
    assert priya.page.input_value("[name=first]") == "10"
    with priya.page.expect_navigation():
        priya.page.click("text=Try it on 90 days")
    with priya.page.expect_navigation():
        priya.page.click("text=Save these numbers")
    assert rules_for(shop.pair)[0].steps == (Decimal(10), Decimal(60))
    assert "More than 10 or 60 days overdue" in priya.page.locator("#rule-overdue").inner_text()
    assert priya.complaints == []


@pytest.mark.slow
def test_a_slip_is_told_beside_its_field(visit: Visit, shop: Shop) -> None:
    priya = visit("priya")
    priya.open(reverse(RULES) + "?row=overdue")
    priya.page.fill("[name=second]", "9")
    with priya.page.expect_navigation():
        priya.page.click("text=Try it on 90 days")
    assert "It must be more than level 1." in priya.page.locator("#fault-second").inner_text()
    assert priya.page.input_value("[name=second]") == "9"
    kept(priya, "rules-fault")
    assert priya.complaints == []


@pytest.mark.slow
def test_the_pages_fit_and_name_every_field_they_have(visit: Visit, shop: Shop) -> None:
    unnamed = (
        "[...document.querySelectorAll('main input:not([type=hidden]), main select')]"
        ".filter(i => !i.labels.length).length"
    )
    pages = {
        "rules": reverse(RULES),
        "rule-habit": reverse(RULES) + "?row=habit",
        "rule-new": reverse(RULES) + "?add=promise",
        "tried": reverse("risk_try_out"),
        "tried-one": reverse("risk_try_out") + "?rule=limit",
    }
    for look, name in zip(LOOKS, ("light", "dark", "narrow"), strict=True):
        priya = visit("priya", **look)
        for page, address in pages.items():
            priya.open(address)
            kept(priya, f"{page}-{name}")
            assert priya.overflow() == 0, (page, name)
            assert priya.page.locator("h1").count() == 1
            assert priya.page.evaluate(unnamed) == 0, (page, name)
        priya.open(pages["rules"] + "?row=overdue")
        priya.page.fill("[name=first]", "10")
        with priya.page.expect_navigation():
            priya.page.click("text=Try it on 90 days")
        kept(priya, f"typed-{name}")
        assert priya.overflow() == 0
        assert priya.complaints == []
