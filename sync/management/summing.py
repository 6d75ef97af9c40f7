"""Sums of runs for `manage.py sync`: what was found, planned, written, and what it cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connections.live import open_remote
from connections.models import Connection, Pair
from connections.remote import Lane, Remote
from sync.core.money import fits, places, round_half_up
from sync.core.planning import Plan
from sync.core.records import System
from sync.engine import recording
from sync.engine.work import OpenRemote
from sync.models import FlowSwitch, PlanRow, Run


@dataclass
class _Sum:
    notices: int = 0
    plans: dict[str, int] = field(
        default_factory=lambda: {"create": 0, "update": 0, "nothing": 0, "question": 0}
    )
    writes: dict[str, int] = field(
        default_factory=lambda: {"confirmed": 0, "refused": 0, "in_doubt": 0}
    )
    calls: dict[str, int] = field(default_factory=lambda: {"salesforce": 0, "xero": 0})
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)


class Report:
    """One sum for every flow and pair, and the plans as items."""

    def __init__(self, switches: Sequence[FlowSwitch]) -> None:
        self._sums = {(s.flow, s.pair.name): _Sum() for s in switches}
        self._remotes: list[tuple[Pair, Remote]] = []
        self.items: list[dict[str, Any]] = []

    @property
    def error(self) -> str:
        """The first error that stopped a run, or empty."""
        return next((e for s in self._sums.values() for e in s.errors), "")

    def counting(self, pair: Pair) -> OpenRemote:
        """Return how to open a remote so that its calls count for the pair's first flow."""

        def opened(connection: Connection, lane: Lane) -> Remote:
            remote = open_remote(connection, lane)
            self._remotes.append((pair, remote))
            return remote

        return opened

    def add(self, switch: FlowSwitch, runs: Iterable[Run]) -> None:
        """Add finished runs of one flow, with their plans as items."""
        total, pks = self._sums[switch.flow, switch.pair.name], []
        for run in runs:
            self._count(total, run)
            for state in ("confirmed", "refused", "in_doubt"):
                total.writes[state] += getattr(run, state)
            total.calls["salesforce"] += run.calls_salesforce
            total.calls["xero"] += run.calls_xero
            if run.error:
                total.errors.append(run.error)
            pks.append(run.pk)
        rows = PlanRow.objects.filter(run__in=pks).order_by("pk")
        self.items += [_item_of_row(row, switch) for row in rows]

    def overcome(self, switch: FlowSwitch, errors: Collection[str]) -> None:
        """Let these errors of a flow count no more: it waited, and went on to the end."""
        total = self._sums[switch.flow, switch.pair.name]
        total.errors = [error for error in total.errors if error not in errors]

    def add_preview(self, switch: FlowSwitch, run: Run, plans: Iterable[Plan]) -> None:
        """Add the plans of a preview; its calls are counted through its remotes."""
        self._count(self._sums[switch.flow, switch.pair.name], run)
        self.items += [_item_of_plan(plan, switch) for plan in plans]

    def as_json(self) -> dict[str, Any]:
        """Return the object that `sync --json` prints."""
        self._settle_calls()
        runs = [
            {
                "flow": flow,
                "pair": pair,
                "notices": s.notices,
                "plans": s.plans,
                "writes": s.writes,
                "calls": s.calls,
                "seconds": round(s.seconds, 3),
                **({"error": s.errors[0]} if s.errors else {}),
            }
            for (flow, pair), s in self._sums.items()
        ]
        return {"runs": runs, "items": self.items}

    def as_lines(self) -> Iterator[str]:
        """Yield the same for people, the plans that are more than nothing first."""
        for item in self.items:
            if item["action"] != "nothing":
                yield from _lines_of(item)
        for run in self.as_json()["runs"]:
            plans, writes, calls = run["plans"], run["writes"], run["calls"]
            yield (
                f"{run['flow']}, {run['pair']}: {run['notices']} looked at, {plans['create']} to "
                f"create, {plans['update']} to update, {plans['question']} with a question; "
                f"{writes['confirmed']} writes confirmed, {writes['refused']} refused, "
                f"{writes['in_doubt']} in doubt; {calls['salesforce']} Salesforce calls, "
                f"{calls['xero']} Xero calls, {run['seconds']} s."
            )
            if "error" in run:
                yield f"  Stopped: {run['error']}"

    def _settle_calls(self) -> None:
        for pair, remote in self._remotes:
            total = next(s for (_, name), s in self._sums.items() if name == pair.name)
            side = "salesforce" if remote.system is System.SALESFORCE else "xero"
            total.calls[side] += remote.calls
        self._remotes.clear()

    @staticmethod
    def _count(total: _Sum, run: Run) -> None:
        total.notices += run.notices
        total.seconds += run.seconds or 0
        total.plans["create"] += run.creates
        total.plans["update"] += run.updates
        total.plans["nothing"] += run.nothings
        total.plans["question"] += run.questions


def _item_of_row(row: PlanRow, switch: FlowSwitch) -> dict[str, Any]:
    return {
        "flow": row.flow,
        "pair": switch.pair.name,
        "subject": row.subject,
        "name": row.subject_name,
        "action": row.action,
        "state": row.state,
        "amount": figure(row.amount, row.currency),
        "currency": row.currency,
        "fields": row.fields,
        "questions": row.questions,
        "reason": row.reason,
    }


def _item_of_plan(plan: Plan, switch: FlowSwitch) -> dict[str, Any]:
    return {
        "flow": switch.flow,
        "pair": switch.pair.name,
        "subject": str(plan.subject),
        "name": recording.subject_name(plan),
        "action": plan.action.value,
        "state": "preview",
        "amount": figure(plan.money.amount, plan.money.currency) if plan.money else None,
        "currency": plan.money.currency if plan.money else "",
        "fields": recording.field_changes(plan),
        "questions": [{"cause": q.cause, "title": q.title} for q in plan.questions],
        "reason": plan.reason,
    }


def figure(amount: Decimal | None, currency: str) -> Decimal | None:
    """Return the amount with its currency's decimals, or with all it has where it has more."""
    if amount is None or not fits(amount, currency):
        return amount
    return round_half_up(amount, places(currency))


def _lines_of(item: dict[str, Any]) -> Iterator[str]:
    sign = {"create": "+", "update": "~", "question": "?"}[item["action"]]
    money = f", {item['currency']} {item['amount']:,.2f}" if item["amount"] is not None else ""
    yield f"{sign} {item['name'] or item['subject']}{money}"
    for change in item["fields"]:
        was = f"{change['before']} → " if change["before"] else ""
        yield f"    {change['system']} {change['kind']} {change['field']}: {was}{change['after']}"
    for question in item["questions"]:
        yield f"    ? {question['title']}"
