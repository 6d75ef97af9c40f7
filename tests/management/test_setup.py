"""`manage.py setup` prints the first steps, and its exit code tells whether anything blocks."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import simplejson
from django.core.management import CommandError, call_command
from django.utils import timezone

from connections.models import Connection
from tests.engine.setting_up.conftest import site
from tests.engine.setting_up.site import BILLING, STATUS, Site

__all__ = ["site"]


def run(*options: str) -> tuple[str, int]:
    """Run the command; return what it prints and its exit code."""
    out = StringIO()
    try:
        call_command("setup", *options, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def run_json(*options: str) -> tuple[dict[str, Any], int]:
    """Run the command for machines."""
    text, code = run("--json", *options)
    return simplejson.loads(text, use_decimal=True), code


@pytest.mark.django_db
def test_without_a_pair_it_says_what_comes_first() -> None:
    text, code = run()
    assert code == 0
    assert text.startswith("0 of 8 steps done, about 11 minutes left\n▸ 1 Connect Salesforce")


@pytest.mark.django_db
def test_an_unknown_pair_is_a_plain_error() -> None:
    with pytest.raises(CommandError, match="There is no pair “Elsewhere”"):
        run("--pair", "Elsewhere")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_it_prints_steps_templates_and_plans_and_ends_well(site: Site) -> None:
    site.win("100.00")
    site.start(BILLING, STATUS)
    site.look(BILLING, STATUS)
    text, code = run("--pair", site.pair.name)
    assert code == 0
    assert "7 of 8 steps done" in text
    assert (
        "Closed Won opportunity to invoice (shadow): 1 to make (GBP 100.00 before tax); "
        "1 of 1 looked at, 0 questions wait"
    ) in text
    assert "Quote to opportunity (off)\n  ✕ No first day is chosen." in text
    found, code = run_json("--pair", site.pair.name)
    (pair,) = found["pairs"]
    assert (code, found["well"], pair["done"]) == (0, True, 7)
    assert [one["state"] for one in pair["steps"]] == [*["done"] * 7, "now"]
    plans = {one["flow"]: one["plans"] for one in pair["templates"]}
    assert plans[BILLING] == [{"action": "create", "count": 1, "currency": "GBP", "amount": 100}]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_it_ends_with_one_where_something_blocks(site: Site) -> None:
    site.withhold("Opportunity", "update")
    assert run("--pair", site.pair.name)[1] == 0  # nothing that needs it is in use
    site.start(STATUS)
    site.check()
    text, code = run("--pair", site.pair.name)
    assert code == 1
    assert "edit Opportunity records" in text
    Connection.objects.filter(pk=site.beside.xero_id).update(disconnected_at=timezone.now())
    found, code = run_json("--pair", site.beside.name)
    assert (code, found["well"]) == (1, False)
    assert found["pairs"][0]["missing"][0]["key"] == "disconnected"
