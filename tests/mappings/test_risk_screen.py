"""The screen of the rules of credit risk: only what a kind uses, in words, nothing lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from mappings import risk_editing
from mappings.models import RiskRuleRow
from mappings.risk_forms import RiskRuleForm
from mappings.risk_rules import rules_for
from sync.core.risk.rules import COUNTED, WINDOWED, RiskKind, RiskRule
from sync.core.risk.shipped import SHIPPED
from tests.factories import PairFactory
from tests.mappings.conftest import Org, signed_in

PAGE = "admin:mappings_riskrulerow_changelist"
BY_KEY = {rule.key: rule for rule in SHIPPED}


@pytest.fixture
def finance(pair: Pair, org: Org) -> Client:
    return signed_in("Finance")


def shown(client: Client, **asked: Any) -> str:
    answer = client.get(reverse(PAGE), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def typed(rule: RiskRule, **more: Any) -> dict[str, str]:
    form = RiskRuleForm(rule)
    values = {name: form[name].value() for name in form.fields}
    told = {n: "on" if v is True else v for n, v in values.items() if v not in (None, False)}
    return {**told, "row": rule.key, "kind": rule.kind.value, "pair": "", **more}


def post(client: Client, key: str = "overdue", act: str = "save", **more: Any) -> str:
    answer = client.post(reverse(PAGE), {**typed(BY_KEY[key]), "act": act, **more}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_heading_counts_the_rules_and_each_says_what_it_does(
    finance: Client, pair: Pair
) -> None:
    text = shown(finance)
    assert "Six rules tell which customers are a risk" in text
    assert "More than 14, 30 or 60 days overdue, in all more than 500.00" in text
    assert "On hold, high priority" in text
    assert text.count("as shipped") == 6
    post(finance, active="")
    assert "Five rules tell" in shown(finance)
    assert "not in use" in shown(finance)


@pytest.mark.parametrize("kind", RiskKind)
def test_a_rule_opens_with_only_what_its_kind_uses(finance: Client, kind: RiskKind) -> None:
    text = shown(finance, row=kind.value)
    assert ('name="window"' in text) is (kind in WINDOWED)
    assert ('name="count"' in text) is (kind in COUNTED)
    assert ('name="least_spread"' in text) is (kind is RiskKind.HABIT)
    for name in ("first", "second", "third", "amount", "weight", "quiet_days", "title", "active"):
        assert f'name="{name}"' in text


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda one: one.key)
def test_saving_what_was_shown_changes_nothing(finance: Client, shipped: RiskRule) -> None:
    post(finance, shipped.key)
    assert not RiskRuleRow.objects.exists()
    assert not risk_editing.history(shipped.key)


def test_what_is_saved_is_in_force_and_says_who(finance: Client, pair: Pair) -> None:
    text = post(finance, first="7", second="21", third="", amount="1,250.50", currency=" usd ")
    assert "Saved. It counts from the next look on." in text
    rule = rules_for(pair)[0]
    assert (rule.steps, rule.amount, rule.currency) == (
        (Decimal(7), Decimal(21)),
        Decimal("1250.50"),
        "USD",
    )
    opened = shown(finance, row="overdue")
    assert "levels: 14, 30, 60 → 7, 21" in opened
    assert "finance" in opened
    assert 'value="1,250.50"' in opened
    assert "changed" in opened


@pytest.mark.parametrize(
    ("key", "wrong", "sentence"),
    [
        ("overdue", {"first": "30"}, "It must be more than level 1."),
        ("overdue", {"second": "60"}, "It must be more than level 2."),
        ("overdue", {"second": ""}, "Give level 2 too, or empty the levels after it."),
        ("overdue", {"first": ""}, "This field is required."),
        ("overdue", {"first": "-1"}, "Give whole days, from 0 to 3,650."),
        ("overdue", {"first": "1.5"}, "Give whole days, from 0 to 3,650."),
        ("overdue", {"first": "soon"}, "Enter a number."),
        ("overdue", {"first": "1e99999999"}, "Give whole days, from 0 to 3,650."),
        ("limit", {"first": "33.333"}, "no more than 2 decimal places"),
        ("overdue", {"first": "NaN"}, "Enter a number."),
        ("overdue", {"amount": "-1"}, "greater than or equal to 0"),
        ("overdue", {"amount": "1.000,00"}, "Write thousands as 1,000 and decimals as 0.50."),
        ("overdue", {"amount": "1,00"}, "Write thousands as 1,000 and decimals as 0.50."),
        ("overdue", {"amount": "9" * 20}, "no more than 15 digits"),
        ("overdue", {"currency": "GPB"}, "GPB is no currency."),
        ("overdue", {"title": " "}, "This field is required."),
        ("overdue", {"quiet_days": "-1"}, "Give whole days, from 0 to 365."),
        ("overdue", {"quiet_days": "400"}, "less than or equal to 365"),
        ("overdue", {"weight": "7"}, "not one of the available choices"),
        ("limit", {"first": "0"}, "Give a share from 1 % to 10,000 %."),
        ("credited", {"window": "3"}, "greater than or equal to 7"),
        ("credited", {"count": "0"}, "greater than or equal to 1"),
        ("habit", {"count": "3"}, "Give a number from 4 to 10."),
        ("habit", {"count": "11"}, "Give a number from 4 to 10."),
        ("habit", {"least_spread": "0"}, "Give days from 1 to 60."),
        ("habit", {"first": "0.5"}, "Give a number from 1 to 100."),
        ("part_payments", {"first": "0"}, "Give whole invoices, from 1 to 1,000."),
    ],
)
def test_a_wrong_rule_is_not_saved_and_says_why_beside_the_field(
    finance: Client, pair: Pair, key: str, wrong: dict[str, str], sentence: str
) -> None:
    text = post(finance, key, **wrong)
    assert sentence in text.replace("&#x27;", "'")
    (typed_value,) = wrong.values()
    assert not typed_value.strip() or f'value="{typed_value}"' in text or "weight" in wrong
    assert rules_for(pair) == SHIPPED


def test_a_rule_for_one_pair_is_told_apart_and_taken_back(finance: Client, pair: Pair) -> None:
    PairFactory.create(name="Other")
    mine = str(pair.pk)
    assert "All pairs" in shown(finance)
    post(finance, first="7", pair=mine)
    assert "for this pair" in shown(finance, pair=mine)
    assert "for this pair" not in shown(finance)
    assert rules_for(pair)[0].steps[0] == 7
    assert "As for all pairs again." in post(finance, act="back", pair=mine)
    assert rules_for(pair) == SHIPPED
    assert finance.get(reverse(PAGE), {"pair": "x"}).status_code == 404


def test_a_rule_goes_back_to_what_is_shipped(finance: Client, pair: Pair) -> None:
    post(finance, first="7")
    assert "Back to shipped" in shown(finance, row="overdue")
    assert "As shipped again." in post(finance, act="back")
    assert rules_for(pair) == SHIPPED


def test_what_an_upgrade_brings_is_offered_and_taken_or_declined(
    finance: Client, pair: Pair
) -> None:
    post(finance, first="7")
    row = RiskRuleRow.objects.get()
    row.shipped_as = {**(row.shipped_as or {}), "amount": "250"}
    row.save()
    assert "New with an upgrade: levels: 7, 30, 60 → 14, 30, 60" in shown(finance)
    post(finance, act="keep")
    assert "New with an upgrade" not in shown(finance)
    assert rules_for(pair)[0].steps[0] == 7


def test_people_add_a_rule_of_their_own_and_delete_it(finance: Client, pair: Pair) -> None:
    assert "A new rule: overdue invoices" in shown(finance, add="overdue")
    post(
        finance, act="add", row="new", title="Large", amount="50000", first="1", second="", third=""
    )
    added = rules_for(pair)[-1]
    assert (added.key, added.steps, added.amount) == ("large", (Decimal(1),), Decimal(50000))
    assert "your own" in shown(finance)
    assert "Delete the rule" in shown(finance, row="large")
    assert "“Large” is gone." in post(finance, act="delete", row="large")
    assert rules_for(pair) == SHIPPED


def test_what_is_shipped_cannot_be_deleted(finance: Client, pair: Pair) -> None:
    assert "Delete the rule" not in shown(finance, row="overdue")
    post(finance, act="delete")
    assert rules_for(pair) == SHIPPED


def test_a_colleague_who_was_faster_is_not_overwritten(finance: Client, pair: Pair) -> None:
    post(finance, first="7")
    text = post(finance, first="9")
    assert "finance changed this rule meanwhile. Now it says: More than 7, 30 or 60" in text
    assert 'name="first" value="9"' in text
    assert rules_for(pair)[0].steps[0] == 7
    seen = RiskRuleRow.objects.get().changed_at.isoformat()
    assert seen in text
    post(finance, first="9", seen=seen)
    assert rules_for(pair)[0].steps[0] == 9


def test_an_auditor_sees_the_rules_and_changes_none(auditor: Client, pair: Pair) -> None:
    text = shown(auditor, row="overdue")
    assert "Six rules tell" in text
    assert 'name="first"' not in text
    assert "Edit" not in text
    for act in ("save", "add", "back", "delete", "keep"):
        row = "new" if act == "add" else "overdue"
        answer = auditor.post(reverse(PAGE), {**typed(SHIPPED[0]), "act": act, "row": row})
        assert answer.status_code == 403
    assert rules_for(pair) == SHIPPED


def test_a_title_is_one_line_of_text_and_never_markup(finance: Client, pair: Pair) -> None:
    post(finance, title="Very\r\nlate")
    assert rules_for(pair)[0].title == "Very late"
    RiskRuleRow.objects.all().delete()
    post(finance, title="<script>x</script>")
    assert "<script>x" not in shown(finance)
    assert "<script>x" not in shown(finance, row="overdue")


def test_a_kind_or_rule_that_is_not_there_is_not_found(finance: Client) -> None:
    data = typed(SHIPPED[0])
    assert finance.post(reverse(PAGE), {**data, "row": "x", "act": "save"}).status_code == 404
    lost = {**data, "row": "new", "kind": "x", "act": "add"}
    assert finance.post(reverse(PAGE), lost).status_code == 404


def test_other_ways_in_lead_to_the_page_and_the_rows_can_be_exported(finance: Client) -> None:
    post(finance, first="7")
    row = RiskRuleRow.objects.get()
    change = finance.get(reverse("admin:mappings_riskrulerow_change", args=[row.pk]))
    assert change["Location"].endswith("#rule-overdue")
    assert finance.get(reverse("admin:mappings_riskrulerow_add")).status_code == 302
    for way in ("delete", "history"):
        address = reverse(f"admin:mappings_riskrulerow_{way}", args=[row.pk])
        assert finance.post(address, {"post": "yes"}).status_code == 302
    assert RiskRuleRow.objects.exists()
    answer = finance.get(reverse("admin:mappings_riskrulerow_export"))
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Overdue" in body
    assert "all pairs" in body
