"""What “Link as same” will do, in words and before it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from sync.core.records import System

from .duplicate_desk_group import Column, Group


@dataclass(frozen=True)
class Effect:
    """The effects one by one as (sign, colour, words), and how many fields are chosen."""

    lines: Sequence[tuple[str, str, SafeString | str]]
    chosen: int
    differing: int
    merges: Sequence[tuple[str, Sequence[Column]]]
    """The records of one system that a person may merge there."""


def effect_of(group: Group) -> Effect:
    """Return what linking the group as it is chosen would do."""
    lines = [*_links(group), _writes(group), *_invoices(group)]
    lines.append(("0", "", format_html("Deletes and archives <strong>{}</strong>", "nothing")))
    merges = [(s.label, group.of(s)) for s in System if len(group.of(s)) > 1]
    chosen = sum(1 for line in group.differing if line.chosen)
    return Effect(lines, chosen, len(group.differing), merges)


def _links(group: Group) -> list[tuple[str, str, SafeString | str]]:
    xero, account = group.column(System.XERO), group.column(System.SALESFORCE)
    behind = [c for c in group.columns if c not in (xero, account)]
    found: list[tuple[str, str, SafeString | str]] = []
    if xero is None or account is None:
        names = _letters(group.columns)
        found.append(("=", "t-good", format_html("Remembers that {} are one customer", names)))
    else:
        both = _letters([c for c in group.columns if c in (xero, account)])
        found.append(("+", "t-good", format_html("Links {}", both)))
        contacts = [c for c in behind if c.system is System.XERO]
        if contacts:
            words = "as a further contact" if len(contacts) == 1 else "as further contacts"
            kept = format_html(
                "Keeps {} {} of <strong>{}</strong>, with values of {} own",
                _letters(contacts), words, account.letter, "its" if len(contacts) == 1 else "their",
            )  # fmt: skip
            found.append(("+", "t-good", kept))
        behind = [c for c in behind if c.system is System.SALESFORCE]
    if behind and account is not None and xero is not None:
        left = format_html("Leaves {} as it is until it is merged in Salesforce", _letters(behind))
        found.append(("=", "", left))
    return found


def _writes(group: Group) -> tuple[str, str, SafeString | str]:
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
        if line.chosen
        and line.result != line.values[primary.key]
        and _may(group, line.name, system)
    )


def _may(group: Group, name: str, system: System) -> bool:
    rule = group.rules.field(name)
    return rule is None or system in rule.writes


def _invoices(group: Group) -> list[tuple[str, str, SafeString | str]]:
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
