"""The eight first steps, always computed from what is: no wizard remembers anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils.timezone import localtime

from connections import unopened
from connections.models import Connection, Environment, Pair
from sync.core.records import System

from . import setting_up_known, setting_up_pair, setting_up_templates
from .setting_up_facts import Missing, Plans, Setup, Standing, Step, Template, in_words, title_of
from .setting_up_known import Known

TITLES = {
    "salesforce": "Connect Salesforce",
    "xero": "Connect Xero",
    "pair": "Make them a pair",
    "fields": "Put Counterpart’s fields into Salesforce",
    "check": "Check what is there",
    "start": "Choose what to keep in step, and start in shadow",
    "plans": "Look at the first plans",
    "on": "Switch on, one at a time",
}
MINUTES = {
    "salesforce": 2, "xero": 2, "pair": 1, "fields": 1, "check": 1, "start": 1, "plans": 2, "on": 1,
}  # fmt: skip
"""A person's own minutes for each step, as played through in a browser; waiting not counted."""
MINUTES_A_FAULT = 2
"""To read one sentence of what is missing and mend it."""
MINUTES_A_QUESTION = 0.25
"""See docs/first-match.md: a question at the desks takes a quarter of a minute."""

MOST_ROWS = 3


@dataclass(frozen=True)
class _Raw:
    """A step before it is known which one is taken next."""

    key: str
    done: bool
    words: str
    since: datetime | None = None
    look: bool = False


def setup_of(pair: Pair | None) -> Setup:
    """Return how far a pair is set up; some twenty-five queries and no call to either system.

    Without a pair it is told what there is to make one of.
    """
    if pair is None:
        return _without_pair()
    known = setting_up_known.gather(pair)
    return from_known(known, setting_up_templates.from_known(known))


def from_known(known: Known, templates: Sequence[Template]) -> Setup:
    """Return the same by what was gathered."""
    shared = setting_up_pair.of_pair(known)
    used = [one for one in templates if one.mode != "off"]
    raw = (
        _connected(known.pair.salesforce),
        _connected(known.pair.xero),
        _paired(known, templates),
        _fields(known),
        _checked(known, shared, used),
        _started(used),
        _planned(used),
        _on(used),
    )
    faults = {(one.key, one.words) for t in used for one in t.missing if one.blocking}
    faults |= {(one.key, one.words) for one in shared if one.blocking}
    left = _minutes(raw, len(faults), sum(one.questions for one in used))
    checked_at = known.check.at if known.check else None
    return Setup(known.pair, _numbered(raw), left, shared, checked_at)


def _without_pair() -> Setup:
    rows = list(unopened.connections().order_by("-created_at"))
    raw = [_first_of(rows, system) for system in System]
    both = all(one.done for one in raw)
    raw.append(_Raw("pair", False, "Both are connected: say that they belong together." if both
                    else "Two sign-ins first."))  # fmt: skip
    raw += [_Raw(key, False, "") for key in list(TITLES)[3:]]
    return Setup(None, _numbered(raw), _minutes(raw, 0, 0))


def _first_of(rows: Iterable[Connection], system: System) -> _Raw:
    mine = [one for one in rows if one.system == system]
    usable = [one for one in mine if one.is_usable]
    if mine:
        return _connected((usable or mine)[0])
    return _Raw(system.value, False, f"Sign in to {system.label}; nothing is written there.")


def _connected(connection: Connection) -> _Raw:
    credential = connection.credential
    facts = [
        connection.organisation_name or connection.name,
        connection.currency,
        Environment(connection.environment).label.lower(),
        f"books locked to {connection.locked_until:%-d %b %Y}" if connection.locked_until else "",
        f"signed in by {credential.username}" if credential.username else "",
    ]
    words = ", ".join(filter(None, facts))
    system = str(connection.system)
    since = credential.broken_since or connection.disconnected_at or connection.created_at
    if connection.disconnected_at is not None or credential.is_broken:
        return _Raw(system, False, f"{words}: connect again.", since, look=True)
    if connection.is_paused:
        return _Raw(system, False, f"{words}: paused.", connection.paused_at, look=True)
    return _Raw(system, True, words, since)


def _paired(known: Known, templates: Sequence[Template]) -> _Raw:
    pair = known.pair
    told = f"{pair.salesforce.name} with {pair.xero.name}"
    both = (pair.salesforce, pair.xero)
    unrouted = [one for one in both if known.is_unrouted(one.pk)]
    wanting = any(m.key.startswith("routing") for t in templates for m in t.missing)
    if unrouted:
        told += f". “{unrouted[0].name}” has other pairs too: say which records belong to which"
    elif known.routes:
        told += f". What belongs here: {_routes(known)}"
    ok = pair.active and not wanting
    words = f"{told}." if pair.active else f"{told}: switched off."
    return _Raw("pair", ok, words, pair.created_at, look=not ok)


def _routes(known: Known) -> str:
    """Return the names of the rows that lead to the pair, each once."""
    rows = [row for found in known.routes.values() for row in found or ()]
    names = dict.fromkeys(f"“{row.name}”" for row in rows if row.value == str(known.pair.pk))
    told = ", ".join(list(names)[:MOST_ROWS])
    return f"{told} and others" if len(names) > MOST_ROWS else told or "nothing, by its rows"


def _fields(known: Known) -> _Raw:
    """Tell of the package: by the check where there is one, else by its installation."""
    package, check = known.package, known.check
    lacks = check is not None and any(
        one.key == "fields" or one.key.startswith("key:")
        for flow in check.missing
        for one in check.of(flow)
    )
    since = package.finished_at if package else None
    if lacks and known.check_is_current:
        return _Raw("fields", False, "Some of Counterpart’s fields are not there, or not shown.",
                    since, look=package is not None)  # fmt: skip
    if package is not None and package.version != known.newest_package:
        words = f"Version {package.version} is there; {known.newest_package} is newer."
        return _Raw("fields", False, words, since, look=True)
    if package is not None:
        words = f"Version {package.version}, installed on {localtime(since):%-d %b %Y}."
        return _Raw("fields", True, words, since)
    if check is not None and not check.silent and not lacks:
        return _Raw("fields", True, "All of Counterpart’s fields are there.", check.at)
    return _Raw("fields", False, "One permission set shows them to Counterpart’s user.")


def _checked(known: Known, shared: Sequence[Missing], used: Sequence[Template]) -> _Raw:
    check = known.check
    if check is None:
        return _Raw("check", False, "Rights, tax rates, accounts, currencies and mapping rows.")
    keys = {"first_day"}
    faults = [one for one in shared if one.blocking]
    faults += [m for t in used for m in t.missing if m.blocking and not m.shared]
    faults = [one for one in faults if one.key not in keys and not one.key.startswith("routing")]
    if faults:
        many = "1 thing wants" if len(faults) == 1 else f"{len(faults)} things want"
        return _Raw("check", False, f"{many} mending: {faults[0].words}", check.at, look=True)
    if not known.check_is_current:
        return _Raw("check", False, "Something has changed since the last check: check again.",
                    check.at, look=True)  # fmt: skip
    return _Raw("check", True, f"{'; '.join(check.good)}." if check.good else "", check.at)


def _started(used: Sequence[Template]) -> _Raw:
    if not used:
        return _Raw("start", False, "In shadow plans are made and kept; nothing is written.")
    since = min((one.changed_at for one in used if one.changed_at), default=None)
    return _Raw("start", True, _names(used), since)


def _planned(used: Sequence[Template]) -> _Raw:
    shadows = [one for one in used if one.mode == "shadow"]
    writing = len(shadows) < len(used)
    waiting = sum(one.questions for one in used)
    asked = f" {_questions(waiting)} for a person." if waiting else ""
    if not used:
        return _Raw("plans", False, "What would be written, in money; and customers to match.")
    late = [one for one in shadows if not one.plans.progress.complete]
    if late:
        return _Raw("plans", False, f"{_how_far(late[0].plans)}{asked}")
    told = [f"“{one.title}”: {in_words(one.plans.counts)}." for one in shadows if one.plans.counts]
    would = " ".join(told) if told or not shadows else "Nothing is to be written yet."
    return _Raw("plans", writing or not waiting, f"{would}{asked}".strip())


def _on(used: Sequence[Template]) -> _Raw:
    writing = [one for one in used if one.mode == "on"]
    shadows = [one for one in used if one.mode == "shadow"]
    if not writing:
        return _Raw("on", False, "You see once more, in money, what the first run would write.")
    since = min((one.changed_at for one in writing if one.changed_at), default=None)
    rest = f" Still in shadow: {_names(shadows)}" if shadows else ""
    return _Raw("on", True, f"On: {_names(writing)}{rest}", since)


def _names(templates: Iterable[Template]) -> str:
    return f"{', '.join(title_of(one.flow) for one in templates)}."


def _questions(count: int) -> str:
    return "1 question waits" if count == 1 else f"{count:,} questions wait"


def _how_far(plans: Plans) -> str:
    progress = plans.progress
    if progress.of is None:
        told = f": {progress.planned:,} looked at so far" if progress.planned else ""
        return f"Both systems are being read for “{title_of(plans.flow)}”{told}."
    return f"{progress.planned:,} of {progress.of:,} looked at for “{title_of(plans.flow)}”."


def _numbered(raw: Sequence[_Raw]) -> tuple[Step, ...]:
    """Return the steps with their states: of those still to take, the first is now."""
    steps, taken = [], False
    for number, one in enumerate(raw, 1):
        state = Standing.DONE if one.done else Standing.LOOK if one.look else Standing.LATER
        if state is Standing.LATER and not taken:
            state, taken = Standing.NOW, True
        steps.append(Step(number, one.key, TITLES[one.key], state, one.words, one.since))
    return tuple(steps)


def _minutes(raw: Sequence[_Raw], faults: int, questions: int) -> int:
    steps = sum(MINUTES[one.key] for one in raw if not one.done)
    return ceil(steps + faults * MINUTES_A_FAULT + questions * MINUTES_A_QUESTION)
