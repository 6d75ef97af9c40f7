"""Looks: one account as finance's rules see it, and what becomes of each of its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.core.chasing.caring import Move, Step
from sync.core.chasing.cases import Case, Task
from sync.core.couples import Couple
from sync.core.flow import FieldRule
from sync.core.risk.findings import Finding
from sync.core.risk.rules import RiskRule
from sync.core.risk.standing import Standing

from .risk_standing import Owed


@dataclass(frozen=True)
class Turn:
    """What becomes of one rule's case: what is found, what there is, and the step."""

    rule: RiskRule | None
    finding: Finding | None
    case: Case | None
    task: Task | None
    step: Step
    waiting: Finding | None = None
    """What would be found if nothing were promised or disputed, where that is all there is."""

    @property
    def needs_owner(self) -> bool:
        """Whether it must be known whose task it is."""
        return self.step.move in (Move.OPEN, Move.CHANGE)


@dataclass(frozen=True)
class Look:
    """One account as the rules see it; with a `reason` it is left as it is.

    `fields` are the rules of its own fields, `told` what these should say.
    """

    couple: Couple
    owed: Owed
    standing: Standing
    fields: tuple[FieldRule, ...]
    turns: tuple[Turn, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def name(self) -> str:
        """What people call the account."""
        record = self.couple.salesforce
        return str(record.get("Name") or record.key.id)[:255] if record else self.couple.subject.id
