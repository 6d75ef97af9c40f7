"""What “Link as same” will do, in words and before it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from sync.core.records import System
from sync.engine import joining

from .duplicate_desk_group import Column, Group

Told = tuple[str, str, SafeString | str]
"""One effect: its sign, the sign's colour, and the words."""
NOUNS = {System.XERO: "contact", System.SALESFORCE: "account"}


@dataclass(frozen=True)
class Effect:
    """The effects one by one, and how many of the differing fields are chosen."""

    lines: Sequence[Told]
    chosen: int
    differing: int
    merges: Sequence[tuple[str, Sequence[Column]]]
    """The records of one system that a person may merge there."""


def effect_of(group: Group) -> Effect:
    """Return what linking the group as it is chosen would do."""
    lines = [*_links(group), *([_writes(group)] if group.both else []), *_invoices(group)]
    lines.append(("0", "", format_html("Deletes and archives <strong>{}</strong>", "nothing")))
    merges = [(s.label, group.of(s)) for s in System if len(group.of(s)) > 1]
    asked = [line for line in group.differing if line.asks]
    chosen = sum(1 for line in asked if line.chosen)
    return Effect(lines, chosen, len(asked), merges)


def _links(group: Group) -> list[Told]:
    xero, account = group.column(System.XERO), group.column(System.SALESFORCE)
    if xero is None or account is None:
        return _made(group, xero or account)
    both = _letters([column for column in group.columns if column in (xero, account)])
    return [
        ("+", "t-good", format_html("Links {}", both)),
        *_behind(group.of(System.XERO), xero, format_html("<strong>{}</strong>", account.letter)),
        *_behind(
            group.of(System.SALESFORCE), account, format_html("<strong>{}</strong>", xero.letter)
        ),
    ]


def _made(group: Group, main: Column | None) -> list[Told]:
    """Return what becomes of a group that has records in one system only."""
    if main is None:
        return []
    other = main.system.other
    words = format_html(
        "Makes one new {} in {} with the values of <strong>{}</strong>, where the flow makes any",
        NOUNS[other], other.label, main.letter,
    )  # fmt: skip
    return [("+", "t-good", words), *_behind(group.of(main.system), main, "it")]


def _behind(columns: Sequence[Column], main: Column, partner: SafeString | str) -> list[Told]:
    """Return what becomes of the records of a system that are not the primary one."""
    others = [column for column in columns if column is not main]
    if not others:
        return []
    noun, one = NOUNS[main.system], len(others) == 1
    words = format_html(
        "Keeps {} as {} of {}, with values of {} own",
        _letters(others), f"a further {noun}" if one else f"further {noun}s", partner,
        "its" if one else "their",
    )  # fmt: skip
    return [("+", "t-good", words)]


def _writes(group: Group) -> Told:
    counts = {system: _count(group, system) for system in (System.SALESFORCE, System.XERO)}
    parts = [
        format_html("<strong>{} field{}</strong> to {}", n, "" if n == 1 else "s", system.label)
        for system, n in counts.items()
        if n
    ]
    if not parts:
        return ("=", "", "Writes no field to either system")
    return ("~", "t-warn", format_html("Writes {}", _joined(parts)))


def _count(group: Group, system: System) -> int:
    """Return how many chosen values the primary record of a system does not have yet."""
    primary = group.column(system)
    if primary is None:
        return 0
    return sum(
        1
        for line in group.differing
        if line.asks
        and line.chosen
        and not line.is_same(line.result, line.values[primary.key])
        and _may(group, line.name, system)
    )


def _may(group: Group, name: str, system: System) -> bool:
    rule = joining.rule_of(group.rules, name)
    return rule is None or system in rule.writes


def _invoices(group: Group) -> list[Told]:
    account = group.column(System.SALESFORCE)
    known = [c.invoices for c in group.of(System.XERO) if c.invoices is not None]
    if account is None or not sum(known):
        return []
    many = sum(known)
    words = format_html(
        "Shows <strong>{} invoice{}</strong> on account {}; none is changed",
        many, "" if many == 1 else "s", account.letter,
    )  # fmt: skip
    return [("→", "", words)]


def _letters(columns: Sequence[Column]) -> SafeString | str:
    return _joined([format_html("<strong>{}</strong>", column.letter) for column in columns])


def _joined(parts: Sequence[SafeString | str]) -> SafeString | str:
    """Return `A`, `A and B`, or `A, B and C`."""
    if len(parts) < 2:
        return parts[0] if parts else ""
    found = parts[0]
    for part in parts[1:-1]:
        found = format_html("{}, {}", found, part)
    return format_html("{} and {}", found, parts[-1])
