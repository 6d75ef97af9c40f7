"""One thing of every page that can be narrowed to an organisation, made for a pair."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from connections.models import Pair
from sync.models import (
    Decision,
    FlowSwitch,
    Link,
    Lock,
    Notice,
    PlanRow,
    ReviewItem,
    RiskCase,
    Run,
    Verdict,
    Write,
)
from tests import disputes
from tests.desks import matches

FLOW = "account_contact"


def an_id(name: str) -> str:
    return f"001{name}".ljust(18, "x")


def link(pair: Pair, name: str) -> None:
    Link.objects.create(
        pair=pair,
        flow=FLOW,
        salesforce_kind="Account",
        salesforce_id=an_id(name),
        xero_kind="Contact",
        xero_id=f"x-{name}",
        origin=Link.Origin.FOUND,
        label=name,
    )


def run(pair: Pair, name: str) -> None:
    Run.objects.create(pair=pair, flow=FLOW, asked_by=name)


def plan(pair: Pair, name: str) -> PlanRow:
    return PlanRow.objects.create(
        run=Run.objects.create(pair=pair, flow=FLOW),
        pair=pair,
        flow=FLOW,
        subject=f"salesforce:Account:{an_id(name)}",
        subject_name=name,
        action="create",
        state="shadow",
    )


def write(pair: Pair, name: str) -> None:
    Write.objects.create(
        key=name,
        pair=pair,
        flow=FLOW,
        plan=plan(pair, name),
        system="xero",
        kind="Invoice",
        verb="create",
        subject=f"salesforce:Account:{an_id(name)}",
        about=f"salesforce:Account:{an_id(name)}",
        state=Write.State.IN_DOUBT,
    )


def notice(pair: Pair, name: str) -> None:
    Notice.objects.create(
        pair=pair,
        flow=FLOW,
        system="salesforce",
        kind="Account",
        remote_id=name,
        source="sweep",
        due_at=timezone.now(),
    )


def lock(pair: Pair, name: str) -> None:
    Lock.objects.create(
        pair=pair, system="salesforce", kind="Account", remote_id=name, name=name, why="x", by="y"
    )


def verdict(pair: Pair, name: str) -> None:
    one, other = f"salesforce:Account:{name}", f"xero:Contact:{name}"
    Verdict.objects.create(pair=pair, kind="different", one=one, other=other, names=name, by="y")


def case(pair: Pair, name: str) -> None:
    RiskCase.objects.create(
        connection=pair.salesforce,
        pair=pair,
        account=an_id(name),
        account_name=name,
        rule="late",
        title="Late",
        episode=1,
        marker=name,
        task=name[:18],
    )


def problem(pair: Pair, name: str) -> ReviewItem:
    item = ReviewItem.objects.create(
        pair=pair,
        flow=FLOW,
        kind="problem",
        desk="problems",
        cause=name,
        title=name,
        explanation="Why",
        last_seen=timezone.now(),
    )
    subject = f"salesforce:Account:{an_id(name)}"
    item.subjects.create(subject=subject, name=name, amount=Decimal(7), currency="GBP")
    return item


def match(pair: Pair, name: str) -> None:
    matches.ask(pair, matches.contact(pair.pk, name))


def duplicate(pair: Pair, name: str) -> None:
    records = [
        disputes.party(disputes.ACCOUNT.format(pair.pk), name),
        disputes.party(disputes.ACCOUNT.format(pair.pk + 500), f"{name} Ltd"),
    ]
    disputes.group(pair, pair.pk, records, {"name": ("Name", [name, f"{name} Ltd"])})


def conflict(pair: Pair, name: str) -> None:
    disputes.dispute(pair, pair.pk, name, {"name": ("Name", (name, f"{name} X", f"{name} S"))})


def decided(pair: Pair, name: str) -> None:
    item = problem(pair, name)
    item.kind, item.desk, item.state = "conflict", "conflict", "solved"
    item.save()
    Decision.objects.create(
        item=item,
        pair=pair,
        flow=FLOW,
        subject=f"salesforce:Account:{an_id(name)}",
        cause="conflict:name",
        choice="xero",
        by="y",
    )


def switch(pair: Pair, name: str) -> None:
    keys = {"Alphaville": FLOW, "Bravotown": "payment_status"}
    FlowSwitch.objects.create(pair=pair, flow=keys[name], mode="on")


Make = Callable[[Pair, str], Any]
LISTS: dict[str, Make] = {
    "admin:sync_link_changelist": link,
    "admin:sync_run_changelist": run,
    "admin:sync_planrow_changelist": plan,
    "admin:sync_write_changelist": write,
    "admin:sync_notice_changelist": notice,
    "admin:sync_lock_changelist": lock,
    "admin:sync_verdict_changelist": verdict,
    "admin:sync_riskcase_changelist": case,
    "admin:review_all": problem,
    "admin:sync_reviewitem_changelist": problem,
}
DESKS: dict[str, Make] = {
    "match_desk": match,
    "duplicate_desk": duplicate,
    "conflict_desk": conflict,
    "past_decisions": decided,
}
