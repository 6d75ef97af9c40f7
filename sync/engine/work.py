"""Work: one flow of one pair with its open doorways, as the steps pass it on."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connections.models import Connection, Pair
from connections.remote import Lane, Remote
from mappings.rules import rules_for
from sync.core.flow import Flow, RuleSet, Surroundings
from sync.core.records import System
from sync.models import FlowSwitch, Run

if TYPE_CHECKING:
    from sync.core.records import Key, Record

    from .routing_rows import Routing

OpenRemote = Callable[[Connection, Lane], Remote]


@dataclass
class Work:
    """What every step needs. `run` is the audit line that counts what happens."""

    pair: Pair
    flow: Flow
    switch: FlowSwitch
    salesforce: Remote
    xero: Remote
    rules: RuleSet
    run: Run
    asked_by: str = ""
    warnings: list[str] = field(default_factory=list)
    around: Surroundings | None = None
    """The surroundings that the batch was prepared with."""
    others: dict[str, RuleSet] = field(default_factory=dict)
    """The rules of other flows that the run has looked at."""
    quotes_count: bool | None = None
    """Whether quotes are looked at here; None until somebody asks (see chaining)."""
    routings: dict[tuple[str, System], Routing | None] = field(default_factory=dict)
    """How records are routed, by flow and the system that they are of (see routing_rows)."""
    pairs: dict[System, list[Pair]] = field(default_factory=dict)
    """Every pair of the two connections, oldest first (see routing_rows)."""
    said: dict[Key, int] = field(default_factory=dict)
    """The pairs that people assigned records to, as the run knew them when it judged."""
    merges_read: bool = False
    """Whether the run has asked what became of the accounts that people assigned."""
    early: dict[str, Record] = field(default_factory=dict)
    """Accounts that were read, with all that is to be told to them, to know who tells them."""

    def rules_of(self, flow: str) -> RuleSet:
        """Return another flow's rules, the same ones for as long as the run lasts."""
        if flow not in self.others:
            self.others[flow] = rules_for(self.pair, flow)
        return self.others[flow]

    def remote(self, system: System) -> Remote:
        """Return the doorway to one system."""
        return self.salesforce if system is System.SALESFORCE else self.xero

    @property
    def connection_ids(self) -> dict[System, int]:
        """The connections' primary keys by system."""
        return {System.SALESFORCE: self.pair.salesforce_id, System.XERO: self.pair.xero_id}


def open_work(
    switch: FlowSwitch, flow: Flow, run: Run, lane: Lane, open_remote: OpenRemote
) -> Work:
    """Return the work of one switch with both doorways open for the lane; no call is made."""
    pair = switch.pair
    return Work(
        pair=pair,
        flow=flow,
        switch=switch,
        salesforce=open_remote(pair.salesforce, lane),
        xero=open_remote(pair.xero, lane),
        rules=rules_for(pair, flow.key),
        run=run,
        asked_by=run.asked_by,
    )


def worker_name() -> str:
    """Return a name for this worker that no other living one has (host, process, thread)."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_ident()}"
