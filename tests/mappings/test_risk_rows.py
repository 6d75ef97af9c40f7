"""The rules of credit risk as rows: what is touched stays, what is not follows the upgrade."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from connections.models import Pair
from mappings import risk_editing
from mappings.models import RiskRuleRow
from mappings.models.risk import snapshot
from mappings.risk_rules import lines_for, rules_for
from sync.core.risk.rules import RiskRule
from sync.core.risk.shipped import SHIPPED
from tests.factories import PairFactory

OVERDUE = SHIPPED[0]
TIGHT = replace(OVERDUE, steps=(Decimal(7), Decimal("21")))


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create(username="ada", is_staff=True)


def rule(pair: Pair | None, key: str = "overdue") -> RiskRule:
    return next(line.rule for line in lines_for(pair) if line.rule.key == key)


def mark(pair: Pair | None, key: str = "overdue") -> str:
    line = next(line for line in lines_for(pair) if line.rule.key == key)
    return risk_editing.mark_of(line, pair)


def save(changed: RiskRule, pair: Pair | None, by: User) -> str:
    return risk_editing.save_rule(changed, pair, mark(pair, changed.key), by)


def history(key: str = "overdue") -> list[str]:
    return [entry.get_change_message() for entry in risk_editing.history(key)]


def test_nobody_touched_anything_so_the_shipped_rules_hold(pair: Pair) -> None:
    assert rules_for(pair) == SHIPPED
    assert not RiskRuleRow.objects.exists()


def test_what_is_saved_is_in_force_to_the_digit_for_every_pair(pair: Pair, ada: User) -> None:
    changed = replace(
        TIGHT, amount=Decimal("1250.505"), currency="KWD", weight=2, quiet_days=3, title="Late"
    )
    told = save(changed, None, ada)
    assert rules_for(pair)[0] == changed
    assert rules_for(PairFactory.create())[0] == changed
    assert told.startswith("levels: 14, 30, 60 → 7, 21; ")
    assert "currency: own → KWD" in told
    assert [line.is_changed for line in lines_for(pair)] == [True, *[False] * 5]


def test_a_pairs_own_rule_goes_before_the_one_for_all(pair: Pair, ada: User) -> None:
    other = PairFactory.create()
    save(TIGHT, None, ada)
    off = replace(TIGHT, active=False)
    save(off, pair, ada)
    assert rule(pair) == off
    assert rule(other) == rule(None) == TIGHT
    assert history()[0].endswith(f"(for {pair.name} alone)")


def test_a_pair_may_have_the_shipped_rule_where_all_have_another(pair: Pair, ada: User) -> None:
    save(TIGHT, None, ada)
    save(OVERDUE, pair, ada)
    assert (rule(pair), rule(None)) == (OVERDUE, TIGHT)
    assert risk_editing.back_to("overdue", pair, ada) == "As for all pairs again."
    assert rule(pair) == TIGHT


def test_a_rule_put_back_by_hand_follows_upgrades_again(pair: Pair, ada: User) -> None:
    save(TIGHT, None, ada)
    save(OVERDUE, None, ada)
    assert not RiskRuleRow.objects.exists()
    assert len(history()) == 2


def test_back_to_shipped_takes_peoples_numbers_away(pair: Pair, ada: User) -> None:
    assert risk_editing.back_to("overdue", None, ada) == ""
    save(TIGHT, None, ada)
    assert risk_editing.back_to("overdue", None, ada) == "As shipped again."
    assert rule(pair) == OVERDUE
    assert history()[0] == "As shipped again. levels: 7, 21 → 14, 30, 60"


def upgraded(key: str = "overdue") -> None:
    """Let the row be one that was edited when other numbers were shipped."""
    row = RiskRuleRow.objects.get(key=key)
    row.shipped_as = {**(row.shipped_as or {}), "amount": "250"}
    row.save()


def test_an_upgrade_overwrites_nothing_and_is_offered(pair: Pair, ada: User) -> None:
    save(TIGHT, None, ada)
    assert lines_for(pair)[0].offered is None
    upgraded()
    (line, *rest) = lines_for(pair)
    assert (line.rule, line.offered) == (TIGHT, OVERDUE)
    assert not any(other.offered for other in rest)
    risk_editing.keep_own("overdue", None, ada)
    assert lines_for(pair)[0].offered is None
    assert rule(pair) == TIGHT


def test_a_later_edit_does_not_hide_what_an_upgrade_offers(pair: Pair, ada: User) -> None:
    save(TIGHT, None, ada)
    upgraded()
    save(replace(TIGHT, quiet_days=1), None, ada)
    assert lines_for(pair)[0].offered == OVERDUE


def test_a_rule_that_is_shipped_no_more_stays_as_peoples_own(pair: Pair, ada: User) -> None:
    save(TIGHT, None, ada)
    RiskRuleRow.objects.update(key="retired")
    line = next(line for line in lines_for(pair) if line.rule.key == "retired")
    assert (line.rule.steps, line.is_own, line.offered) == (TIGHT.steps, True, None)


def test_two_people_at_once_overwrite_nothing_silently(pair: Pair, ada: User) -> None:
    seen = mark(None)
    save(TIGHT, None, ada)
    with pytest.raises(risk_editing.ChangedMeanwhile):
        risk_editing.save_rule(replace(OVERDUE, quiet_days=9), None, seen, ada)
    assert rule(pair) == TIGHT
    seen = mark(None)
    save(replace(TIGHT, quiet_days=8), None, ada)
    with pytest.raises(risk_editing.ChangedMeanwhile):
        risk_editing.save_rule(replace(OVERDUE, quiet_days=9), None, seen, ada)


def test_saving_what_is_there_already_writes_nothing(pair: Pair, ada: User) -> None:
    assert save(OVERDUE, None, ada) == ""
    assert not RiskRuleRow.objects.exists()
    assert history() == []


def own(ada: User, pair: Pair | None = None, title: str = "Large & late") -> RiskRule:
    return risk_editing.add_rule(replace(TIGHT, key="new", title=title), pair, ada)


def test_people_add_rules_of_their_own_under_keys_that_are_never_used_again(
    pair: Pair, ada: User
) -> None:
    first = own(ada)
    assert first.key == "large_late"
    assert rules_for(pair) == (*SHIPPED, first)
    assert risk_editing.delete_rule(first.key, ada) == "Large & late"
    assert rules_for(pair) == SHIPPED
    assert own(ada).key == "large_late_2"
    assert own(ada, title="Überfällig, sehr, sehr lange und noch länger").key.isascii()
    assert len(own(ada, title="x" * 80).key) <= 30
    assert own(ada, title="过期").key == "rule"
    assert own(ada, title="Overdue").key == "overdue_2"
    assert history("large_late") == ["Deleted.", "Added."]


def test_a_rule_of_one_pair_holds_for_no_other(pair: Pair, ada: User) -> None:
    added = own(ada, pair)
    assert added in rules_for(pair)
    assert rules_for(PairFactory.create()) == SHIPPED
    save(replace(added, quiet_days=2), pair, ada)
    assert rule(pair, added.key).quiet_days == 2
    assert risk_editing.back_to(added.key, pair, ada) == ""


def test_a_shipped_rule_is_switched_off_and_never_deleted(pair: Pair, ada: User) -> None:
    save(replace(OVERDUE, active=False), None, ada)
    assert risk_editing.delete_rule("overdue", ada) == ""
    assert rule(pair).active is False


def test_deleting_a_rule_takes_what_pairs_have_of_it_too(pair: Pair, ada: User) -> None:
    added = own(ada)
    save(replace(added, quiet_days=2), pair, ada)
    risk_editing.delete_rule(added.key, ada)
    assert rules_for(pair) == SHIPPED


def test_a_rule_somebody_deleted_meanwhile_is_not_brought_back(pair: Pair, ada: User) -> None:
    added = own(ada)
    seen = mark(None, added.key)
    risk_editing.delete_rule(added.key, ada)
    with pytest.raises(risk_editing.ChangedMeanwhile):
        risk_editing.save_rule(replace(added, quiet_days=2), None, seen, ada)


def test_the_database_itself_knows_one_row_a_rule(pair: Pair, ada: User) -> None:
    save(TIGHT, None, ada)
    again = RiskRuleRow()
    again.take(OVERDUE)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_with_the_pair_its_rules_go(pair: Pair, ada: User) -> None:
    save(TIGHT, pair, ada)
    pair.delete()
    assert not RiskRuleRow.objects.exists()


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda one: one.key)
def test_a_rule_comes_back_from_its_row_as_it_went_in(pair: Pair, shipped: RiskRule) -> None:
    row = RiskRuleRow()
    row.take(replace(shipped, key="x"))
    row.save()
    row = RiskRuleRow.objects.get()
    assert row.rule == replace(shipped, key="x")
    assert snapshot(row.rule) == snapshot(replace(shipped, key="x"))


def test_rules_are_one_query_however_many(pair: Pair, ada: User) -> None:
    for number in range(5):
        own(ada, title=f"Rule {number}")
    with CaptureQueriesContext(connection) as told:
        rules_for(pair)
    assert len(told) == 1
