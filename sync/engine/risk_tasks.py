"""The tasks of credit risk as Salesforce has them, and the people who may own them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from sync.core.chasing import owners
from sync.core.chasing.cases import Task
from sync.core.chasing.owners import Person
from sync.core.errors import Fix, NeedsPerson
from sync.core.mapping import look_up
from sync.core.questions import Question, from_error
from sync.core.records import Record
from sync.flows.credit_risk import STAND_IN
from sync.flows.shapes import task
from sync.flows.shapes.salesforce_ids import to_18
from sync.models import RefusedOwner

from .work import Work

TRIED_AGAIN = timedelta(days=7)
"""So long a user who was refused is passed over: rights and roles change."""
_ID = re.compile(r"00[5G][A-Za-z0-9]{12}([A-Za-z0-9]{3})?")
_USER = "005"


def fields(work: Work) -> Collection[str]:
    """Return the fields that the org's tasks have; empty where there can be no task of ours."""
    found = work.salesforce.fields(task.KIND)
    return found if task.RULE_KEY in found else ()


def priorities(work: Work) -> Collection[str]:
    """Return the priorities that the org's tasks may have; empty where it has no list of them."""
    return work.salesforce.choices(task.KIND, task.NAMES["priority"])


def read(work: Work, ids: Iterable[str]) -> Mapping[str, Task]:
    """Return these tasks by id, those in the recycle bin too; a call for 1,000."""
    wanted = sorted({each for each in ids if each})
    found = work.salesforce.read(task.KIND, wanted) if wanted else []
    return {record.key.id: task.read(record) for record in found}


@dataclass
class Staff:
    """Who may have tasks: users with those above them, who was refused, and who stands in."""

    work: Work
    people: dict[str, Person] = field(default_factory=dict)
    refused: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stand_ins: dict[str, str] = field(default_factory=dict)

    def learn(self, ids: Iterable[str], accounts: Collection[str]) -> None:
        """Read these users and the managers above them, one call a step up."""
        fresh = {each for each in ids if each.startswith(_USER)} - self.people.keys()
        for _ in range(owners.HIGHEST):
            if not fresh:
                break
            found = [task.person(one) for one in self.work.salesforce.read("User", sorted(fresh))]
            self.people |= {one.id: one for one in found}
            self.people |= {each: Person(each, active=False) for each in fresh - set(self.people)}
            fresh = {one.manager for one in found if one.manager} - self.people.keys()
        rows = RefusedOwner.objects.filter(
            connection_id=self.work.salesforce.connection_id,
            account__in=accounts,
            at__gte=timezone.now() - TRIED_AGAIN,
        )
        refused: dict[str, set[str]] = {}
        for account, owner in rows.values_list("account", "owner"):
            refused.setdefault(account, set()).add(owner)
        self.refused = {account: frozenset(each) for account, each in refused.items()}

    def name_of(self, remote_id: str) -> str:
        """Return what people call a user or a queue, as far as that is known."""
        known = self.people.get(remote_id)
        names = {each: words for words, each in self.stand_ins.items()}
        return known.name if known and known.name else names.get(remote_id, remote_id)

    def is_gone(self, remote_id: str) -> bool:
        """Return whether a task's owner is a user who can work no more."""
        known = self.people.get(remote_id)
        return known is not None and not known.active

    def choose(self, account: Record, level: int) -> str:
        """Return whose task it is at a level, or empty where nobody can have it."""
        owner, refused = str(account.get("OwnerId") or ""), self.refused.get(account.key.id, ())
        able = owners.choose(owner, level, self.people, refused, "")
        if able:
            return able
        stand_in = self.stand_in(account)
        return stand_in if stand_in not in refused else ""

    def stand_in(self, account: Record) -> str:
        """Return the id of who stands in for the account's owner, or empty without one."""
        words = (look_up(self.work.rules, STAND_IN, account.get) or "").strip()
        if not words:
            return ""
        if words not in self.stand_ins:
            self.stand_ins[words] = _found(self.work, words)
        return self.stand_ins[words]

    def nobody(self, account: Record) -> Question:
        """Return the question where nobody can have an account's task."""
        owner = str(account.get("OwnerId") or "")
        who = self.name_of(owner) or "nobody"
        words = (look_up(self.work.rules, STAND_IN, account.get) or "").strip()
        other = f" “{words}”, who is to stand in, cannot either." if words else ""
        error = NeedsPerson(
            f"Salesforce lets {who} have no task: the user is inactive, or may not have it.{other}",
            cause=f"risk_owner:{owner}:{words}"[:200],
            fix=Fix(
                "Give the accounts another owner in Salesforce, or name a queue or a user who "
                "stands in.",
                "table",
                STAND_IN,
            ),
        )
        return from_error(error)


def _found(work: Work, words: str) -> str:
    """Return the id of the queue or the active user that is meant; empty for none or several."""
    if _ID.fullmatch(words):
        return to_18(words)
    queues = work.salesforce.find_by("Group", "Name", [words])
    ids = [r.key.id for r in queues if r.get("Type", "Queue") == "Queue"]
    for name in ("Username", "Name") if not ids else ():
        users = work.salesforce.find_by("User", name, [words])
        ids = ids or [r.key.id for r in users if r.get("IsActive") is not False]
    return ids[0] if len(ids) == 1 else ""


def no_package() -> Question:
    """Return the question where the org lacks the field by which a task is found again."""
    error = NeedsPerson(
        f"Salesforce’s tasks have no field {task.RULE_KEY}, so that none is made: it could not be "
        "found again.",
        cause="risk_package",
        fix=Fix("Install Counterpart’s package in Salesforce: the connection’s page, Package."),
    )
    return from_error(error)
