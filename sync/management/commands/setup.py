"""Say how far each pair is set up, and what each template still lacks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from connections.models import Pair
from sync.engine import setting_up
from sync.engine.setting_up import Missing, MoneyCount, Setup, Step, Template
from sync.management.doors import Door, pairs_named

SIGNS = {"done": "✓", "now": "▸", "later": "·", "look": "!"}


class Command(Door):
    """`manage.py setup [--pair PAIR] [--json]`: exit code 1 where something blocks."""

    help = (
        "Say how far each pair is set up, step by step, and what each template still lacks. Both "
        "systems are asked unless they were within five minutes; nothing is written there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the pair."""
        parser.add_argument("--pair", help="The pair's name; without it, every active pair.")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and print the steps and the templates of each pair."""
        found = [_look(pair) for pair in _pairs(options["pair"])]
        blocked = any(one for setup, templates in found for one in _blocking(setup, templates))
        if options["json"]:
            rows = [_as_json(setup, templates) for setup, templates in found]
            self.print_json({"well": not blocked, "pairs": rows})
        else:
            for setup, templates in found:
                self._print(setup, templates)
        if blocked:
            sys.exit(1)

    def _print(self, setup: Setup, templates: tuple[Template, ...]) -> None:
        name = f"{setup.pair.name}: " if setup.pair else ""
        left = f", about {setup.minutes_left} minutes left" if setup.minutes_left else ""
        self.stdout.write(f"{name}{setup.done} of {len(setup.steps)} steps done{left}")
        for step in setup.steps:
            words = f": {step.words}" if step.words else ""
            self.stdout.write(f"{SIGNS[step.state]} {step.number} {step.title}{words}")
        for one in setup.missing:
            self.stdout.write(f"  {_sign(one)} {one.words}")
        for template in templates:
            self.stdout.write(f"{template.title} ({template.mode}){_plans(template)}")
            for one in template.missing:
                if not one.shared:
                    self.stdout.write(f"  {_sign(one)} {one.words}")


def _pairs(name: str | None) -> list[Pair | None]:
    """Return the pairs to look at; None alone where there is none yet."""
    if name is None and not Pair.objects.exists():
        return [None]
    return list(pairs_named(name))


def _look(pair: Pair | None) -> tuple[Setup, tuple[Template, ...]]:
    if pair is None:
        return setting_up.setup_of(None), ()
    setting_up.checked(pair)
    return setting_up.both(pair)


def _blocking(setup: Setup, templates: tuple[Template, ...]) -> Iterator[Missing]:
    """Yield what blocks the pair, and the templates that are in use."""
    yield from (one for one in setup.missing if one.blocking)
    for template in templates:
        if template.mode != "off":
            yield from template.blocking


def _sign(one: Missing) -> str:
    return "✕" if one.blocking else "!"


def _plans(template: Template) -> str:
    if template.mode != "shadow":
        return ""
    would, of = setting_up.in_words(template.first_plans), template.of
    seen = f"{template.planned:,} of {of:,} looked at" if of is not None else "still being read"
    return f": {would}; {seen}, {template.questions:,} questions wait"


def _as_json(setup: Setup, templates: tuple[Template, ...]) -> dict[str, Any]:
    return {
        "pair": setup.pair.name if setup.pair else None,
        "done": setup.done,
        "minutes_left": setup.minutes_left,
        "checked_at": setup.checked_at.isoformat() if setup.checked_at else None,
        "steps": [_step(step) for step in setup.steps],
        "missing": [_missing(one) for one in setup.missing],
        "templates": [_template(one) for one in templates],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "number": step.number,
        "key": step.key,
        "title": step.title,
        "state": step.state.value,
        "words": step.words,
        "since": step.since.isoformat() if step.since else None,
    }


def _template(template: Template) -> dict[str, Any]:
    day = template.starts_from
    return {
        "flow": template.flow,
        "title": template.title,
        "mode": template.mode,
        "starts_from": day.isoformat() if day else None,
        "missing": [_missing(one) for one in template.missing if not one.shared],
        "plans": [_count(one) for one in template.first_plans],
        "questions": template.questions,
        "planned": template.planned,
        "of": template.of,
    }


def _missing(one: Missing) -> dict[str, Any]:
    page = one.place.address if one.place else ""
    return {"key": one.key, "words": one.words, "page": page, "blocking": one.blocking}


def _count(one: MoneyCount) -> dict[str, Any]:
    return {
        "action": one.action,
        "count": one.count,
        "currency": one.currency,
        "amount": one.amount,
    }
