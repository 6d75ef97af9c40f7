"""Try the rules of credit risk on the last days: the tasks that there would have been."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser

from connections.live import open_remote
from connections.models import Pair
from mappings.risk_rules import rules_for
from sync.core.risk.replay import DAYS, Episode
from sync.core.risk.rules import RiskRule
from sync.core.risk.sentences import in_words
from sync.engine import trying
from sync.engine.trying import Trial, Tried
from sync.management.doors import Door, pairs_named

MOST_DAYS = 730


class Command(Door):
    """`manage.py try_risk [RULE …] [--pair PAIR] [--days N] [--json]`."""

    help = (
        "Try the rules of credit risk on the invoices that are known: which tasks they would have "
        "made in the last days, and how many of these were paid late. Nothing is written. Without "
        "RULE every rule is tried, those that are not in use too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Name rules, a pair and the days."""
        parser.add_argument("rules", nargs="*", metavar="RULE", help="The keys of rules.")
        parser.add_argument("--pair", help="The name of a pair; all active ones without it.")
        parser.add_argument(
            "--days", type=_days, default=DAYS, help=f"How far back to look, {DAYS} by default."
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Try the rules for each pair and print what was found."""
        found = [
            (
                pair,
                trying.try_rules(
                    pair, _rules(pair, options["rules"]), open_remote, options["days"]
                ),
            )
            for pair in pairs_named(options["pair"])
        ]
        if options["json"]:
            self.print_json({"pairs": [_as_json(pair, trial) for pair, trial in found]})
            return
        for pair, trial in found:
            self._print(pair, trial)

    def _print(self, pair: Pair, trial: Trial) -> None:
        self.stdout.write(
            f"{pair.name}: {trial.invoices:,} invoices of {trial.accounts:,} accounts, "
            f"{trial.first} to {trial.day}. Nothing is written."
        )
        for note in trial.notes:
            self.stderr.write(note)
        for one in trial.tried:
            self.stdout.write(f"\n{one.rule.title}: {in_words(one.rule)}")
            told = f"Not tried. {one.unable}" if one.unable else one.tally.in_words(trial.days)
            self.stdout.write(told if one.rule.active else f"{told} (not in use)")
            if one.episodes:
                self.print_table(_lines(trial, one))


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise ArgumentTypeError(f"Give days from 1 to {MOST_DAYS}.")
    return int(text)


def _rules(pair: Pair, keys: list[str]) -> list[RiskRule]:
    """Return the pair's rules of these keys, or all; raises CommandError for one that is not."""
    rules = {rule.key: rule for rule in rules_for(pair)}
    for key in keys:
        if key not in rules:
            raise CommandError(f"There is no rule “{key}”. There are: {', '.join(rules)}.")
    return [rules[key] for key in keys or rules]


def _lines(trial: Trial, one: Tried) -> Iterator[tuple[object, ...]]:
    yield "account", "opened", "closed", "level", "at stake", "what happened"
    for episode in one.episodes:
        worst = episode.worst
        yield (
            trial.names.get(episode.account) or episode.account,
            "before" if episode.before else episode.opened,
            episode.closed or "–",
            worst.level,
            f"{worst.currency} {worst.amount:,.2f}",
            episode.words,
        )


def _as_json(pair: Pair, trial: Trial) -> dict[str, Any]:
    return {
        "pair": pair.name,
        "from": trial.first,
        "to": trial.day,
        "accounts": trial.accounts,
        "invoices": trial.invoices,
        "notes": list(trial.notes),
        "rules": [_rule_as_json(trial, one) for one in trial.tried],
    }


def _rule_as_json(trial: Trial, one: Tried) -> dict[str, Any]:
    return {
        "rule": one.rule.key,
        "title": one.rule.title,
        "active": one.rule.active,
        "not_tried": one.unable,
        "tasks": one.tally.tasks,
        "accounts": one.tally.accounts,
        "outcomes": {outcome.value: number for outcome, number in one.tally.outcomes},
        "paid_within_a_week": one.tally.soon,
        "list": [_episode_as_json(trial, episode) for episode in one.episodes],
    }


def _episode_as_json(trial: Trial, episode: Episode) -> dict[str, Any]:
    return {
        "account": episode.account,
        "name": trial.names.get(episode.account, ""),
        "opened": episode.opened,
        "before": episode.before,
        "closed": episode.closed,
        "level": episode.worst.level,
        "amount": episode.worst.amount,
        "currency": episode.worst.currency,
        "outcome": episode.outcome.value,
        "what_happened": episode.words,
        "paid_after_days": episode.paid_after,
    }
