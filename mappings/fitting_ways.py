"""Whether a way of making a value can give what its target takes, whatever the record says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

from sync.core.fields import FieldFacts, Holds, Takes, misfit
from sync.core.flow import BOTH, FieldRule, Owner
from sync.core.transforms_parts import as_number
from sync.core.transforms_values import fields_in, pairs_of, table_of

Found = Mapping[str, FieldFacts | None]
"""The fields that a row names, by path, as described."""
_PLACE = re.compile(r"\{([^{}]*)\}")
_OF_A_DAY = frozenset("0123456789-")
_TEXTS = frozenset({"trim", "upper", "lower", "cut", "split_name", "template", "join"})
_WRITTEN_BACK = frozenset({"copy", "trim", "upper", "number", "first_non_empty"})
_SHOWN = 40


def argument_misfits(rule: FieldRule, takes: Takes) -> list[str]:
    """Return why what the row itself says cannot stand in its target, whatever fields there are."""
    said = [text for text in _said(rule) if text]
    wrong = [_unlike(text, takes.holds) for text in said]
    long = [_too_long(text, takes.length) for text in [*said, _around_places(rule)]]
    return list(dict.fromkeys(filter(None, [*wrong, *long])))


def way_misfits(rule: FieldRule, found: Found, takes: Takes) -> list[str]:
    """Return why the fields cannot become what the target takes in this way."""
    return list(
        filter(
            None,
            [_kind(rule, found, takes), _cut(rule, found, takes), *_picked(rule, found, takes)],
        )
    )


def not_written_back(rule: FieldRule) -> str:
    """Return why a field that Xero owns cannot be filled in Salesforce; empty if it can."""
    made = rule.sources or rule.argument
    if not made or rule.computed or rule.owner is not Owner.XERO or rule.writes != BOTH:
        return ""
    plain = len(rule.sources) == 1 or rule.transform == "first_non_empty"
    if plain and rule.transform in _WRITTEN_BACK and "." not in rule.source:
        return ""
    return (
        "Xero owns it, and what Xero says cannot be written back into this: name one field of the "
        "record as it is, or let Salesforce own it."
    )


def _said(rule: FieldRule) -> Iterator[str]:
    """Yield each value that the row itself gives."""
    if rule.transform in ("constant", "or_else"):
        yield rule.argument
    elif rule.transform == "look_up" and not table_of(rule.argument):
        yield from (text for text in pairs_of(rule.argument).values() if not _PLACE.fullmatch(text))


def _around_places(rule: FieldRule) -> str:
    return _PLACE.sub("", rule.argument) if rule.transform == "template" else ""


def _unlike(text: str, holds: Holds) -> str:
    looks = _LOOKS.get(holds)
    if looks is None or looks[0](text.strip()):
        return ""
    return f"“{text[:_SHOWN]}” is no {looks[1]}."


def _is_number(text: str) -> bool:
    return as_number(text) is not None


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text) and date.fromisoformat(text))
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


_LOOKS: Mapping[Holds, tuple[Callable[[str], bool], str]] = {
    Holds.NUMBER: (_is_number, "number: write 1000.50"),
    Holds.DATE: (_is_day, "date: write 2026-11-30"),
    Holds.TIME: (_is_time, "date: write 2026-11-30"),
}


def _too_long(text: str, room: int) -> str:
    if not room or len(text) <= room:
        return ""
    return f"“{text[:_SHOWN]}…” has {len(text)} characters; there is room for {room}."


def _kind(rule: FieldRule, found: Found, takes: Takes) -> str:
    """Return that a text is made where none is taken, unless the text may be a day."""
    if rule.transform not in _TEXTS or takes.holds in (Holds.TEXT, Holds.OTHER):
        return ""
    if takes.holds in (Holds.DATE, Holds.TIME) and _may_be_a_day(rule, found):
        return ""
    return f"This way gives a text; {takes.holds.value} is needed here."


def _may_be_a_day(rule: FieldRule, found: Found) -> bool:
    """Return whether fields are put together with nothing between that a day has not."""
    if rule.transform not in ("template", "join"):
        return False
    between = _PLACE.sub("", rule.argument) if rule.transform == "template" else rule.argument
    days = all(facts is None or facts.holds is Holds.DATE for facts in found.values())
    return set(between) <= _OF_A_DAY and bool(between or days)


def _cut(rule: FieldRule, found: Found, takes: Takes) -> str:
    size = as_number(rule.argument) if rule.transform == "cut" else None
    if size is None or not takes.length or size <= takes.length:
        return ""
    longest = max((facts.length for facts in found.values() if facts), default=0)
    if longest <= takes.length:
        return ""
    made = min(int(size), longest)
    return f"It may have {made} characters; there is room for {takes.length}."


def _picked(rule: FieldRule, found: Found, takes: Takes) -> Iterator[str]:
    """Yield why fields that a translation picks cannot stand in the target as they are."""
    if rule.transform == "look_up":
        picked = [facts for path in fields_in(rule.argument) if (facts := found.get(path))]
        yield from (misfit("copy", [facts], takes) for facts in picked)
