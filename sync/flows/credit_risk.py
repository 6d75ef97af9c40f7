"""Flow: who is a risk by finance's rules is told to accounts, with one task a reason."""

from __future__ import annotations

from sync.core.flow import TO_SALESFORCE, FieldRule, Flow, Owner, ValueTable
from sync.core.matching import Wanted
from sync.core.projection import Projection
from sync.core.records import System

from .shapes import credit_status, credits

STAND_IN, COMPLETED = "task_stand_in", "task_completed"
"""The tables: who has a task where its owner cannot, and the status that completes one."""


def _told(target: str, name: str, compare: str = "") -> FieldRule:
    return FieldRule(
        target,
        f"Counterpart_{name}__c",
        owner=Owner.XERO,
        writes=TO_SALESFORCE,
        optional=True,
        compare=compare,
    )


FIELDS = (
    _told(credit_status.STATUS, "Credit_Status"),
    _told(credit_status.REASONS, "Credit_Reasons", "text"),
    FieldRule(
        credit_status.LIMIT,
        "Counterpart_Credit_Limit__c",
        owner=Owner.SALESFORCE,
        writes=frozenset(),
        optional=True,
        create_only=True,
    ),
)

TABLES = (
    ValueTable(
        STAND_IN,
        "Who has a task where its owner cannot",
        free=r".{2,255}",
        may_ask=False,
        hint="Write a queue’s name, a user’s name or user name, or the id of either.",
    ),
    ValueTable(
        COMPLETED,
        "The status that completes a task",
        free=r".{1,255}",
        may_ask=False,
        hint="Completed, unless your org calls it otherwise.",
    ),
)

LABELS = {
    credit_status.STATUS: "Account: credit status",
    credit_status.REASONS: "Account: credit reasons",
    credit_status.LIMIT: "Account: credit limit (read)",
    "task.owner": "Task: owner",
    "task.subject": "Task: subject",
    "task.text": "Task: text",
    "task.priority": "Task: priority",
    "task.due_on": "Task: due",
    "task.severity": "Task: severity",
    "task.status": "Task: status",
    "task.snoozed_until": "Task: snoozed until",
    "task.disputed": "Task: disputed",
    "task.promised_on": "Task: promised for",
}

FLOW = Flow(
    key="credit_risk",
    title="Credit risk of accounts",
    salesforce_kind="Account",
    xero_kind="Invoice",
    starts_on=frozenset((System.XERO, kind) for kind in ("Invoice", "Contact", *credits.KINDS)),
    creates_in=frozenset(),
    fields=FIELDS,
    tables=(),
    value_tables=TABLES,
    unwanted=lambda record: "",
    marker=lambda key: "",
    wanted=lambda record: Wanted(""),
    subject_of=lambda candidate: "",
    to_shared=lambda system, couple, around: {},
    to_body=lambda system, shared, couple, around: {},
    indexes=("Invoice", "Contact", *credits.KINDS),
    labels=LABELS,
    batch=1000,
    projects=Projection(
        of_deal=lambda invoices, at: {},
        of_account=credit_status.figures,
        judges=True,
    ),
)
