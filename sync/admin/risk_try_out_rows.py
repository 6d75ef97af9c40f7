"""The rows of the try-out: each rule with its counts, and each task that there would have been."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from connections.models import Pair
from connections.remote import Lane
from sync.core.projection import ACCOUNT
from sync.core.records import Key, System
from sync.core.risk.replay import Episode, Outcome, tally
from sync.core.risk.sentences import in_words
from sync.engine.trying import Trial, Tried
from sync.engine.work import OpenRemote

SHOWN = 50
HEADINGS = (
    *("rule", "account", "account id", "opened", "closed", "highest level", "at stake"),
    *("currency", "outcome", "what happened", "days to the payment"),
)
COLUMNS = ("Paid late", "Still open", "Paid on time", "Other")
"""Outcomes as the table has them: the first two show that a rule was right."""
_IN_COLUMNS = (
    {Outcome.LATE},
    {Outcome.OPEN},
    {Outcome.ON_TIME},
    {Outcome.NOT_DUE, Outcome.CREDITED, Outcome.NOTHING},
)
CHIPS = {
    Outcome.LATE: ("good", "✓"),
    Outcome.OPEN: ("warn", "!"),
    Outcome.ON_TIME: ("", "−"),
    Outcome.NOT_DUE: ("", "…"),
    Outcome.CREDITED: ("", "−"),
    Outcome.NOTHING: ("", "−"),
}
Link = Callable[[str], str]


@dataclass(frozen=True)
class RuleRow:
    """One rule, its counts in the order of COLUMNS, and the address of its own tasks."""

    tried: Tried
    sentence: str
    counts: Sequence[int]
    address: str
    here: bool


@dataclass(frozen=True)
class TaskRow:
    """One task that there would have been."""

    tried: Tried
    episode: Episode
    account: str
    address: str
    colour: str
    sign: str


def tabs(pair: Pair) -> list[tuple[str, str, bool]]:
    """Return (title, address, whether it is shown) of each pair; none where there is but one."""
    pairs = list(Pair.objects.order_by("name"))
    return [(p.name, _address(p), p == pair) for p in pairs] if len(pairs) > 1 else []


def rule_row(tried: Tried, pair: Pair, key: str) -> RuleRow:
    """Return a rule's row; `key` is the rule whose tasks are shown."""
    counts = dict(tried.tally.outcomes)
    return RuleRow(
        tried,
        in_words(tried.rule),
        [sum(counts.get(outcome, 0) for outcome in several) for several in _IN_COLUMNS],
        _address(pair, rule=tried.rule.key),
        tried.rule.key == key,
    )


def page_of(
    request: HttpRequest, trial: Trial, chosen: Sequence[Tried], link: Link
) -> dict[str, Any]:
    """Return one page of the chosen rules' tasks, the last opened first, and their sum."""
    every = [(one, episode) for one, episode in trial.episodes() if one in chosen]
    asked = request.GET.get("page", "")
    start = int(asked) * SHOWN if asked.isdecimal() and len(asked) < 6 else 0
    here = every[start : start + SHOWN]
    kept = {n: v for n in ("pair", "rule") if (v := request.GET.get(n))}
    return {
        "sum": tally(episode for _, episode in every),
        "tasks": [_task_row(trial, one, episode, link) for one, episode in here],
        "start": start + 1,
        "end": start + len(here),
        "asked": urlencode(kept),
        "before": start // SHOWN - 1 if start else None,
        "after": start // SHOWN + 1 if start + SHOWN < len(every) else None,
    }


def exported(trial: Trial, chosen: Sequence[Tried]) -> Iterator[list[Any]]:
    """Yield every task of the chosen rules, as HEADINGS names the columns."""
    for one, episode in trial.episodes():
        if one in chosen:
            yield [
                one.rule.title,
                trial.names.get(episode.account, ""),
                episode.account,
                episode.opened,
                episode.closed or "",
                episode.worst.level,
                episode.worst.amount,
                episode.worst.currency,
                episode.outcome.value,
                episode.words,
                "" if episode.paid_after is None else episode.paid_after,
            ]


def salesforce_pages(pair: Pair, open_remote: OpenRemote) -> Link:
    """Return how to make an account's address in Salesforce; no call is made."""
    try:
        link_to = open_remote(pair.salesforce, Lane.PERSON).link_to
    except ValueError:  # the connection has no address yet
        return lambda account: ""
    return lambda account: link_to(Key(System.SALESFORCE, ACCOUNT, account))


def _task_row(trial: Trial, tried: Tried, episode: Episode, link: Link) -> TaskRow:
    name = trial.names.get(episode.account) or episode.account
    return TaskRow(tried, episode, name, link(episode.account), *CHIPS[episode.outcome])


def _address(pair: Pair, **more: str) -> str:
    return f"{reverse('risk_try_out')}?{urlencode({'pair': str(pair.pk), **more})}"
