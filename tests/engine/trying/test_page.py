"""The page of the try-out and its command: what is said to whom, of rules saved and typed."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from mappings.models import RiskRuleRow
from mappings.risk_forms import RiskRuleForm
from mappings.risk_rules import rules_for
from sync.core.risk.rules import RiskKind
from sync.core.risk.shipped import SHIPPED

from .shop import Shop

RULES = "admin:mappings_riskrulerow_changelist"


def shown(client: Client, **asked: Any) -> str:
    answer = client.get(reverse("risk_try_out"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def tried(client: Client, **typed: Any) -> str:
    form = RiskRuleForm(SHIPPED[0])
    values = {name: form[name].value() for name in form.fields}
    told = {name: value for name, value in values.items() if value not in (None, False)}
    posted = {"row": "overdue", "kind": "overdue", "pair": "", "act": "try", **told, **typed}
    answer = client.post(reverse("risk_try_out"), posted)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def late(shop: Shop) -> Shop:
    """Three customers: one paid late, one has not paid, one paid a little late."""
    for number, (due, paid) in enumerate(((60, 20), (40, None), (50, 40)), start=1):
        shop.customer(number)
        shop.invoice(number, due=due, paid=paid)
    return shop


def test_the_heading_counts_the_tasks_and_those_that_were_paid_late(
    late: Shop, finance: Client
) -> None:
    text = shown(finance)
    assert "The rules in use would have made 2 tasks, 1 of which was paid late" in text
    assert "Looked at 3 invoices of 3 accounts of Fernhill" in text
    assert "Nothing is written." in text


def test_each_task_names_account_amount_and_what_happened(late: Shop, finance: Client) -> None:
    text = shown(finance)
    assert 'href="https://salesforce.example/0015g0000000001AAA"' in text
    assert "Customer 1 Ltd" in text
    assert "Customer 3 Ltd" not in text
    assert "Paid 40 days late on" in text
    assert "25 days after the task" in text
    assert "Still open, 40 days late" in text
    assert '<span class="c">GBP</span>1,000.00' in text


def test_one_rule_alone_can_be_looked_at(late: Shop, finance: Client) -> None:
    assert "“Overdue” would have made 2 tasks" in shown(finance, rule="overdue")
    assert "“Broken promise to pay” would have made no task" in shown(finance, rule="promise")
    assert finance.get(reverse("risk_try_out"), {"rule": "x"}).status_code == 404
    for pair in ("99999", "²", "x", "9" * 40):
        assert finance.get(reverse("risk_try_out"), {"pair": pair}).status_code == 404
        assert finance.get(reverse(RULES), {"pair": pair}).status_code == 404
    assert finance.get(reverse("risk_try_out"), {"page": "²"}).status_code == 200


def test_a_rule_as_typed_is_told_beside_the_saved_one_and_not_saved(
    late: Shop, finance: Client
) -> None:
    text = tried(finance, first="7")
    assert "“Overdue” would have made 3 tasks, 2 of which were paid late" in text
    assert "As typed, not saved" in text
    assert "It would have made 2 tasks for 2 accounts" in text
    assert 'name="first" value="7"' in text
    assert "Save these numbers" in text
    assert not RiskRuleRow.objects.exists()
    assert rules_for(late.pair) == SHIPPED


def test_a_new_rule_is_tried_before_it_is_added(late: Shop, finance: Client) -> None:
    text = tried(finance, row="new", title="Very late", first="30", second="", third="")
    assert "“Very late” would have made 2 tasks" in text
    assert "Add the rule" in text
    assert "As saved" not in text
    assert not RiskRuleRow.objects.exists()


def test_what_is_wrong_in_the_numbers_is_said_beside_them(late: Shop, finance: Client) -> None:
    text = tried(finance, second="14")
    assert "It must be more than level 1." in text
    assert "What each level makes of the account" in text


def test_what_was_tried_can_be_saved_or_gone_back_to(late: Shop, finance: Client) -> None:
    typed = {"row": "overdue", "kind": "overdue", "pair": "", "seen": "", "title": "Overdue",
             "first": "7", "second": "", "third": "", "amount": "500", "currency": "",
             "weight": "1", "quiet_days": "14", "active": "on"}  # fmt: skip
    back = finance.post(reverse(RULES), {**typed, "act": "edit"}).content.decode()
    assert 'name="first" value="7"' in back
    assert not RiskRuleRow.objects.exists()
    assert finance.post(reverse(RULES), {**typed, "act": "save"}).status_code == 302
    assert rules_for(late.pair)[0].steps == (Decimal(7),)


def test_an_auditor_sees_the_try_out_and_cannot_save(late: Shop, auditor: Client) -> None:
    assert "would have made 2 tasks" in shown(auditor)
    text = tried(auditor, first="7")
    assert "Save these numbers" not in text


def test_a_stranger_sees_nothing(late: Shop) -> None:
    client = Client()
    assert client.get(reverse("risk_try_out")).status_code == 302
    client.force_login(User.objects.create(username="eve", is_staff=True))
    assert client.get(reverse("risk_try_out")).status_code == 403
    assert client.post(reverse("risk_try_out"), {}).status_code == 403


def test_without_a_pair_or_a_customer_it_says_what_is_missing(shop: Shop, finance: Client) -> None:
    assert "No invoice is known of any customer yet" in shown(finance)
    Pair.objects.all().delete()
    assert "There is nothing to try the rules on yet" in shown(finance)


def test_names_are_text_and_never_markup(shop: Shop, finance: Client) -> None:
    shop.customer(1, Name="<script>alert(1)</script>")
    shop.invoice(1, due=60, InvoiceNumber="<b>x</b>")
    text = shown(finance)
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_many_tasks_come_page_by_page_and_whole_as_csv(shop: Shop, finance: Client) -> None:
    for number in range(1, 61):
        shop.customer(number)
        shop.invoice(number, due=60 + number % 20)
    assert "1 to 50 of 60" in shown(finance)
    assert "51 to 60 of 60" in shown(finance, page="1")
    assert "would have made 60 tasks" in shown(finance, page="999999999")
    answer = finance.get(reverse("risk_try_out"), {"as": "csv", "rule": "overdue"})
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(body)))
    assert len(rows) == 60
    assert rows[0]["what happened"].startswith("still open")


def command(*arguments: str) -> str:
    said = io.StringIO()
    call_command("try_risk", *arguments, stdout=said, stderr=io.StringIO())
    return said.getvalue()


def test_the_command_says_the_same_where_salesforce_cannot_be_asked(late: Shop) -> None:
    text = command("overdue")
    assert "Fernhill: 3 invoices of 3 accounts" in text
    assert "It would have made 2 tasks for 2 accounts in the last 90 days" in text
    assert "paid 40 days late on" in text


def test_the_command_prints_one_object_for_machines(late: Shop) -> None:
    (pair,) = json.loads(command("--json"))["pairs"]
    rules = {rule["rule"]: rule for rule in pair["rules"]}
    assert set(rules) == {kind.value for kind in RiskKind}
    assert rules["overdue"]["outcomes"] == {"paid late": 1, "still open": 1}
    assert rules["limit"]["not_tried"].startswith("Salesforce could not be asked")
    (task, _) = sorted(rules["overdue"]["list"], key=lambda told: str(told["closed"]))
    assert (task["amount"], task["currency"], task["paid_after_days"]) == (1000, "GBP", 25)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nothing",), "There is no rule “nothing”. There are: overdue, limit"),
        (("--pair", "Nowhere"), "There is no pair “Nowhere”"),
        (("--days", "0"), "Give days from 1 to 730."),
        (("--days", "soon"), "Give days from 1 to 730."),
    ],
)
def test_a_wrong_command_is_a_plain_sentence(
    late: Shop, arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        command(*arguments)


def test_whoever_switches_the_flow_on_is_shown_the_way_here(
    shop: Shop, administrator: Client
) -> None:
    asked = {"pair": shop.pair.pk, "flow": "credit_risk", "mode": "on", "starts_from": ""}
    answer = administrator.post(reverse("admin:sync_flowswitch_add"), asked)
    assert f"{reverse('risk_try_out')}?pair={shop.pair.pk}" in answer.content.decode()
