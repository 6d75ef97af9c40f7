"""A publication counts from the next run on: the run under way ends by the rules it began with."""

from __future__ import annotations

from datetime import date

from mappings import drafting
from mappings.rules import rules_for
from sync.models import PlanRow
from tests.engine.conftest import Desk, desk, make_desk
from tests.mappings.conftest import publish, seen

__all__ = ["desk", "make_desk"]
KEY = "won_opportunity_invoice"
DATE = "field:date"


def test_a_run_ends_by_the_rules_it_began_with_and_the_next_has_the_new_ones(desk: Desk) -> None:
    pair = desk.switch.pair
    parts = drafting.draft_of(pair, KEY).places[DATE]
    later = {**parts, "transform": "date_plus_days", "argument": "7"}
    drafting.save(pair, KEY, DATE, later, seen=seen(pair, KEY, DATE), by="priya")
    old = rules_for(pair, KEY).version
    first = desk.win(1)

    def amid_its_writes() -> None:
        publish(pair, KEY)

    desk.xero.before.append(amid_its_writes)
    desk.work()
    assert rules_for(pair, KEY).version == old + 1
    plans = PlanRow.objects.filter(subject=str(first))
    assert {plan.rules_version for plan in plans} == {old}
    (invoice,) = desk.invoices()
    assert invoice.get("Date") == date(2026, 11, 19)
    second = desk.win(2)
    desk.work_until_quiet()
    newest = PlanRow.objects.filter(subject=str(second)).latest("id")
    assert newest.rules_version == old + 1
    made = [one for one in desk.invoices() if str(one.get("Reference")).endswith(second.id)]
    assert [one.get("Date") for one in made] == [date(2026, 11, 26)]


def test_a_draft_that_nobody_publishes_bills_nothing_otherwise(desk: Desk) -> None:
    pair = desk.switch.pair
    parts = drafting.draft_of(pair, KEY).places[DATE]
    later = {**parts, "transform": "date_plus_days", "argument": "7"}
    drafting.save(pair, KEY, DATE, later, seen=seen(pair, KEY, DATE), by="priya")
    desk.win(1)
    desk.work_until_quiet()
    (invoice,) = desk.invoices()
    assert invoice.get("Date") == date(2026, 11, 19)
