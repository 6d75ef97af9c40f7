"""Moving records to another organisation by hand: the effect said first, kept with who and why."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from connections.models import Connection, Pair
from sync.admin import routing_effect
from sync.core.records import Key, System
from sync.models import Assignment, FlowSwitch, PlanRow, ReviewItem, Run
from tests.factories import FlowSwitchFactory, PairFactory
from tests.mappings.conftest import signed_in
from tests.mappings.routed import Describing, australia, org, uk
from tests.mappings.routed_pages import salesforce, text, words
from tests.mappings.routed_records import BILLING, link

__all__ = ["australia", "org", "salesforce", "uk"]


@pytest.fixture
def finance(salesforce: Connection, org: Describing) -> Client:
    return signed_in("Finance")


def move_address(connection: Connection, *keys: Key, **more: str) -> str:
    asked = [*(("key", str(key)) for key in keys), *more.items()]
    return f"{reverse('routing_move', args=[connection.pk])}?{urlencode(asked)}"


DEAL = Key(System.SALESFORCE, "Opportunity", "0061")
ACCOUNT = Key(System.SALESFORCE, "Account", "0011")


def planned(pair: Pair, key: Key, amount: str) -> None:
    run = Run.objects.create(pair=pair, flow=BILLING)
    PlanRow.objects.create(
        run=run,
        pair=pair,
        flow=BILLING,
        subject=str(key),
        subject_name="Survey",
        action="create",
        amount=Decimal(amount),
        currency="GBP",
    )


def test_a_move_says_first_what_stays_what_is_made_and_what_is_not_touched(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    FlowSwitchFactory.create(pair=australia, flow=BILLING)
    planned(uk, DEAL, "1000")
    told = text(finance, move_address(salesforce, DEAL, pair=str(australia.pk)))
    assert "What moving Survey to Australia does" in told
    assert "up to 1 invoice can be made for GBP 1,000.00 before tax" in told
    assert "Nothing is voided, deleted or sent to a customer" in told
    link(uk, DEAL, "INV-1")
    told = text(finance, move_address(salesforce, DEAL, pair=str(australia.pk)))
    assert "The invoice INV-1 (authorised, GBP 1,200.00) stays in “UK” as it is" in told
    assert "While it stands, nothing is made of its deal in “Australia”" in told
    assert "can be made" not in told


def test_a_move_to_where_the_flow_is_off_or_in_shadow_says_so(
    salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    planned(uk, DEAL, "1000")
    subjects = routing_effect.subjects_of(salesforce, [DEAL])
    told = " ".join(routing_effect.effects(salesforce, subjects, australia))
    assert "nothing is made: the flow that makes the invoice is off there" in told
    FlowSwitch.objects.create(pair=australia, flow=BILLING, mode="shadow")
    told = " ".join(routing_effect.effects(salesforce, subjects, australia))
    assert "will only be planned for GBP 1,000.00 before tax" in told


def test_a_voided_invoice_holds_nothing_back(
    salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    link(uk, DEAL, "INV-1", status="VOIDED")
    FlowSwitchFactory.create(pair=australia, flow=BILLING)
    subjects = routing_effect.subjects_of(salesforce, [DEAL])
    told = " ".join(routing_effect.effects(salesforce, subjects, australia))
    assert "While it stands" not in told
    assert "up to 1 invoice can be made" in told


def test_an_account_keeps_its_contact_and_history_where_they_are(
    salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    link(uk, ACCOUNT, "Aire")
    FlowSwitchFactory.create(pair=australia, flow="account_contact")
    subjects = routing_effect.subjects_of(salesforce, [ACCOUNT])
    told = " ".join(routing_effect.effects(salesforce, subjects, australia))
    assert "The contact Aire (authorised, GBP 1,200.00) stays in “UK”" in told
    assert "In “Australia” up to 1 contact can be made" in told
    assert "Its deals go where their own rows say" in told


def test_a_move_is_kept_with_who_and_why_listed_and_ended(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    FlowSwitchFactory.create(pair=australia, flow=BILLING)
    planned(uk, DEAL, "1000")
    typed = {"key": str(DEAL), "pair": str(australia.pk), "act": "move", "why": "Sold by AU"}
    unsaid = finance.post(reverse("routing_move", args=[salesforce.pk]), {**typed, "why": " "})
    assert "Say why" in words(unsaid.content.decode())
    assert not Assignment.objects.exists()
    finance.post(reverse("routing_move", args=[salesforce.pk]), typed)
    row = Assignment.objects.get()
    assert (row.pair, row.by, row.why, row.name) == (australia, "finance", "Sold by AU", "Survey")
    listed = reverse("routing_assignments", args=[salesforce.pk])
    told = text(finance, listed)
    assert "Survey Deal Xero Australia · Fernhill Australia AUD Sold by AU finance" in told
    finance.post(listed, {"assignment": str(row.pk)})
    row.refresh_from_db()
    assert row.ended_by == "finance"
    assert "The rows decide alone" in text(finance, listed)
    assert "Survey" in text(finance, f"{listed}?state=ended")


def test_assignments_are_filtered_by_organisation_and_kept_so_while_paging(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    for number in range(60):
        Assignment.objects.create(
            connection=salesforce,
            system="salesforce",
            kind="Opportunity",
            remote_id=f"006{number}",
            name=f"Deal {number}",
            pair=australia if number else uk,
            by="priya",
        )
    listed = reverse("routing_assignments", args=[salesforce.pk])
    shown = finance.get(f"{listed}?pair={australia.pk}").content.decode()
    assert "59 records go where a person said" in words(shown)
    assert f"pair={australia.pk}&amp;page=2" in shown
    assert "Deal 0 " not in words(shown)


def test_an_auditor_reads_the_effect_and_moves_nothing(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    auditor = signed_in("Auditors")
    told = text(auditor, move_address(salesforce, DEAL, pair=str(australia.pk)))
    assert "finance decides it" in told
    typed = {"key": str(DEAL), "pair": str(australia.pk), "act": "move", "why": "Mine"}
    assert auditor.post(reverse("routing_move", args=[salesforce.pk]), typed).status_code == 403
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "key",
    ["", "nonsense", "xero:Contact:1", "salesforce:Product2:1", "salesforce:Opportunity"],
)
def test_what_is_not_routed_cannot_be_moved(
    finance: Client, salesforce: Connection, key: str
) -> None:
    address = f"{reverse('routing_move', args=[salesforce.pk])}?{urlencode({'key': key})}"
    assert finance.get(address).status_code == 404


def test_a_move_leads_back_within_counterpart_alone(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    told = finance.get(move_address(salesforce, DEAL, back="https://evil.example/")).content
    assert b"evil.example" not in told


def test_a_links_page_leads_to_the_move_where_there_are_several_organisations(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    linked = link(uk, DEAL, "INV-1")
    page = finance.get(reverse("admin:sync_link_change", args=[linked.pk])).content.decode()
    assert "Move to another organisation…" in page
    alone = PairFactory.create(name="Alone")
    other = link(alone, Key(System.SALESFORCE, "Opportunity", "0069"), "INV-9")
    page = finance.get(reverse("admin:sync_link_change", args=[other.pk])).content.decode()
    assert "Move to another organisation" not in page


def test_a_question_where_deals_belong_leads_to_a_row_filled_in_and_to_the_move(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    item = ReviewItem.objects.create(
        pair=uk,
        flow=BILLING,
        kind="problem",
        desk="problems",
        cause="routing:Opportunity:1",
        title="No routing row for deals with currency EUR",
        last_seen=timezone.now(),
        explanation="They may belong to either.",
        place="routing",
        argument=f"{salesforce.pk}:Opportunity",
        choices=[{"value": f"pair:{australia.pk}", "label": "They belong to “Australia”"}],
        details={
            "routing": {
                "connection": salesforce.pk,
                "kind": "Opportunity",
                "conditions": [{"path": "CurrencyIsoCode", "operator": "is", "value": "EUR"}],
            }
        },
    )
    item.subjects.create(subject=str(DEAL), name="Survey", amount=Decimal(5), currency="EUR")
    desk = finance.get(reverse("admin:sync_reviewitem_changelist")).content.decode()
    assert "add=Opportunity&amp;path=CurrencyIsoCode&amp;operator=is&amp;wanted=EUR" in desk
    assert "They belong to “Australia”" in desk
    assert "Move to another organisation…" in desk


@pytest.mark.parametrize("id_", ["", "006\0", "006','", "0" * 61])
def test_what_can_be_no_record_is_moved_nowhere(
    finance: Client, salesforce: Connection, uk: Pair, id_: str
) -> None:
    address = reverse("routing_move", args=[salesforce.pk])
    said = {"act": "move", "pair": str(uk.pk), "why": "as they asked"}
    key = f"salesforce:Opportunity:{id_}"
    assert finance.post(address, {**said, "key": key}).status_code == 404
    assert not Assignment.objects.exists()
    said["why"] = "as they\0 asked"
    assert finance.post(address, {**said, "key": str(DEAL)}).status_code == 302
    assert Assignment.objects.get().why == "as they asked"
