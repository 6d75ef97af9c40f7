"""Cases as rows: the newest of each account and rule, and what is kept of them with each answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from connections.remote import Answer
from sync.core import snapshots
from sync.core.chasing.cases import Case, Holds, State
from sync.core.errors import NeedsPerson
from sync.core.planning import Plan
from sync.core.records import Key
from sync.flows.shapes import task
from sync.models import Mode, RefusedOwner, RiskCase, RiskEntry, Write
from sync.models.together import update_together

from .work import Work

FACTS = "_case"
"""Among a write's shared values: what its case is to be once the write is confirmed."""
OWNER_REFUSED = re.compile(
    "salesforce:(INACTIVE_OWNER_OR_USER|OP_WITH_INVALID_USER_TYPE_EXCEPTION|TRANSFER_REQUIRES_READ)"
)
"""Salesforce's codes for users that may own no record, or not this one."""
REPLACED = "Another task has taken its place."
BY_US, IN_SALESFORCE = "Counterpart", "Salesforce"
_KEPT = (
    *("account", "account_name", "title", "state", "level", "peak", "severity", "amount"),
    *("currency", "words", "invoices", "task", "owner", "owner_name", "given", "snoozed_until"),
    *("disputed", "promised_on", "held", "agreed", "closed_on", "closed_why", "pair"),
    "changed_at",
)
_SAID = ("snoozed_until", "disputed", "promised_on")
_WHOLE = frozenset({"episode", "level", "peak", "severity"})


def newest(connection_id: int, accounts: Collection[str]) -> dict[str, list[Case]]:
    """Return by account the newest case of each rule, and those that a merge has doubled."""
    rows = RiskCase.objects.filter(connection_id=connection_id, account__in=accounts)
    order = ("account", "rule", "-episode", "-pk")
    chosen = {row.pk: row for row in rows.order_by(*order).distinct("account", "rule")}
    unsettled = rows.filter(state__in=(State.OPEN, State.DOUBLED))
    chosen |= {row.pk: row for row in unsettled.order_by(*order)}
    found: dict[str, list[Case]] = {}
    for row in chosen.values():
        found.setdefault(row.account, []).append(row.case)
    return found


def facts_of(case: Case, **more: Any) -> dict[str, Any]:
    """Return what a write says of its case, as snapshot values; `entry` is for its history."""
    told = {
        **{name: getattr(case, name) for name in ("account", "rule", "title", "episode", "marker")},
        **{name: getattr(case, name) for name in ("level", "peak", "task", "closed_on")},
        **{name: getattr(case, name) for name in ("owner", "owner_name")},
        "state": case.state.value,
        "given": dict(case.given),
        "invoices": list(case.invoices),
        "held": list(case.held),
        "agreed": asdict(case.agreed),
        "as_read": asdict(case.as_read),
        **asdict(case.holds),
    }
    return {**told, **more}


@transaction.atomic
def confirm(work: Work, writes: Sequence[Write]) -> None:
    """Keep what the confirmed writes made of their cases, in the caller's transaction.

    A handful of queries, however many there are.
    """
    made, told = _told(writes, "create"), _told(writes, "update")
    # what another pair has made of the same task since is newer than a late answer
    known = {row.marker for row in _locked(work, made)} if made else set()
    fresh = {marker: facts for marker, facts in made.items() if marker not in known}
    RiskCase.objects.bulk_create(
        [_new(work, facts) for facts in fresh.values()], ignore_conflicts=True
    )
    rows = list(_locked(work, {*fresh, *told}))
    for missing in fresh.keys() - {row.marker for row in rows}:
        # a case of the rule is open already: of its two tasks the new one is closed again
        fresh[missing] = {**fresh[missing], "state": State.DOUBLED.value, "episode": 0}
        rows.append(_new(work, fresh[missing]))
        rows[-1].save()
    facts = {**told, **fresh}
    _save(work, [(row, facts[row.marker]) for row in rows])
    _replace(work, fresh)


def _told(writes: Sequence[Write], verb: str) -> dict[str, dict[str, Any]]:
    """Return by marker what the writes of one verb say of their cases."""
    mine = [write for write in writes if write.kind == task.KIND and write.verb == verb]
    found = [(write, snapshots.load(write.shared).get(FACTS)) for write in mine]
    return {
        facts["marker"]: {**facts, "task": write.remote_id or write.target_id}
        for write, facts in found
        if facts
    }


def keep(work: Work, plans: Iterable[Plan]) -> None:
    """Keep what was read of the plans' cases where nothing is to be written of it.

    Nothing is kept by a flow in shadow, which only looks.
    """
    cases = {case.marker: case for plan in plans for case in plan.cases}
    if not cases or work.run.mode != Mode.LIVE:
        return
    with transaction.atomic():
        changed = []
        for row in _locked(work, cases):
            was, now = row.case, cases[row.marker]
            if was != now:
                changed.append((row, facts_of(now, heard=heard(was, now))))
        _save(work, changed)


def refuse_owner(work: Work, account: Key, owner: str, why: str) -> None:
    """Note that Salesforce gives an account's task to no such user, for some days."""
    RefusedOwner.objects.update_or_create(
        connection_id=work.pair.salesforce_id,
        account=account.id,
        owner=owner,
        defaults={"why": why, "at": timezone.now()},
    )


def owner_refused(work: Work, write: Write, answer: Answer) -> bool:
    """Note that Salesforce refuses a task for its owner; return whether another may have it.

    False where it was refused for anything else, or for somebody refused before.
    """
    owner = str(snapshots.load(write.body).get(task.NAMES["owner"]) or "")
    cause = answer.error.cause if isinstance(answer.error, NeedsPerson) else ""
    if write.kind != task.KIND or not owner or not OWNER_REFUSED.search(cause):
        return False
    account = Key.parse(write.about)
    known = RefusedOwner.objects.filter(
        connection_id=work.pair.salesforce_id, account=account.id, owner=owner
    )
    again = known.filter(at__gte=write.made_at).exists()
    refuse_owner(work, account, owner, answer.message)
    return not again


def unsettled(pair_id: int) -> list[Key]:
    """Return the accounts whose cases this pair tells and that are not settled."""
    rows = RiskCase.objects.filter(Q(pair=pair_id), state__in=RiskCase.UNSETTLED)
    keys = {row.account_key for row in rows.only("account")}
    return sorted(keys)


def _locked(work: Work, markers: Iterable[str]) -> QuerySet[RiskCase]:
    """Return the cases of these markers; nobody says anything of them until they are kept."""
    rows = RiskCase.objects.filter(connection_id=work.pair.salesforce_id, marker__in=list(markers))
    return rows.select_for_update().order_by("pk")


def _replace(work: Work, markers: Collection[str]) -> None:
    """Settle what people ended before, once another task has taken its place."""
    later = RiskCase.objects.filter(
        *(Q(**{name: OuterRef(name)}) for name in ("connection", "account", "rule")),
        marker__in=list(markers),
        episode__gt=OuterRef("episode"),
    )
    ended = RiskCase.objects.filter(
        Exists(later),
        connection_id=work.pair.salesforce_id,
        state__in=(State.DONE, State.REMOVED),
    )
    if markers:
        ended.update(state=State.SETTLED, closed_why=REPLACED, changed_at=timezone.now())


def _new(work: Work, facts: Mapping[str, Any]) -> RiskCase:
    row = RiskCase(
        connection_id=work.pair.salesforce_id,
        marker=facts["marker"],
        rule=facts["rule"],
        episode=int(facts["episode"]),
    )
    _take(work, row, facts)
    return row


def _take(work: Work, row: RiskCase, facts: Mapping[str, Any]) -> None:
    kept = _said_since(row, facts)
    for name in _KEPT:
        if name in facts and name not in kept:
            value = facts[name]
            setattr(row, name, int(value) if name in _WHOLE else value)
    if "given" in facts:
        row.given = snapshots.dump(facts["given"])
    if "agreed" in facts:
        row.agreed = snapshots.dump(facts["agreed"])
    row.pair, row.changed_at = work.pair, timezone.now()


def _said_since(row: RiskCase, facts: Mapping[str, Any]) -> set[str]:
    """Return what people said of the case here after it was read: that is not undone."""
    was = facts.get("as_read") or {}
    said = {name for name in _SAID if was and getattr(row, name) != was[name]}
    return said | {"held"} if said else said


def _save(work: Work, told: Sequence[tuple[RiskCase, Mapping[str, Any]]]) -> None:
    entries = []
    for row, facts in told:
        _take(work, row, facts)
        entries += [
            RiskEntry(case=row, by=by, words=words)
            for name, by in (("heard", IN_SALESFORCE), ("entry", BY_US))
            for words in facts.get(name) or ()
        ]
    update_together([row for row, _ in told], _KEPT)
    RiskEntry.objects.bulk_create(entries)


_STATES: Mapping[State, str] = {
    State.OPEN: "The task was opened again.",
    State.DONE: "The task was completed by a person, while the reason stands.",
    State.REMOVED: "The task was deleted by a person, while the reason stands.",
    State.SETTLED: "The reason is gone.",
    State.DOUBLED: "Its account was merged.",
}


def heard(was: Case, now: Case) -> list[str]:
    """Return for the history what people did to the case in Salesforce."""
    words = [_STATES[now.state]] if was.state is not now.state else []
    if was.owner and now.owner != was.owner:
        words.append(f"{now.owner_name or now.owner} has the task now.")
    return words + held_in_words(now.as_read, now.holds)


def held_in_words(before: Holds, now: Holds) -> list[str]:
    """Return what was said of a case, beside what was said before."""
    words = []
    if before.snoozed_until != now.snoozed_until:
        words.append(_day("Put off until", now.snoozed_until, "Put off no longer."))
    if before.promised_on != now.promised_on:
        words.append(_day("Promised for", now.promised_on, "Promised no longer."))
    if before.disputed != now.disputed:
        words.append("Disputed." if now.disputed else "Disputed no longer.")
    return words


def _day(words: str, day: date | None, none: str) -> str:
    return f"{words} {day:%-d %b %Y}." if day else none
