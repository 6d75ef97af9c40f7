"""One record beside another, field by field, with the evidence: what an open row shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString

from sync.core import sameness
from sync.core.records import Key, System

from .marking import differing
from .records import Badge

FIELDS = {
    "name": "Name",
    "tax_number": "Tax number",
    "company_number": "Company number",
    "email": "E-mail",
    "phone": "Phone",
    "street": "Street",
    "town": "Town",
    "country": "Country",
    "website": "Website",
    "person": "Contact",
}
FACTS = {
    "last_used": "Last used",
    "invoices": "Invoices",
    "owes": "Owes",
    "deals": "Deals",
    "owner": "Looked after by",
    "made": "Made",
}
MOST = 8
"""A key of one digit for each, and one more for a record that was looked up."""
NOT_COUNTED: Badge = ("", "–", "looked up")
NOUNS = {"Account": "account", "Contact": "contact"}
Words = SafeString | str


@dataclass(frozen=True)
class Line:
    """One field of both records; `state` is same, differs, missing (one side) or fact."""

    label: str
    left: Words
    right: Words
    state: str


@dataclass(frozen=True)
class Reason:
    """One piece of evidence and its points with their sign."""

    words: str
    points: str


@dataclass(frozen=True)
class Suggestion:
    """A record that the subject may be: a candidate, or one that a person looked up.

    `acts` are the answers that can be given for it: use, not, branch.
    """

    number: int
    key: str
    name: str
    place: str
    points: int | None
    why: str
    taken: str
    badge: Badge
    address: str
    system: System
    noun: str
    lines: tuple[Line, ...]
    reasons: tuple[Reason, ...]
    acts: frozenset[str] = field(default_factory=frozenset)
    looked_up: bool = False


def suggestions(
    details: Mapping[str, Any], offered: Sequence[str], *, sure: bool
) -> list[Suggestion]:
    """Return up to MOST candidates of a match, best first as they were kept."""
    subject, thresholds = details.get("subject") or {}, details.get("thresholds") or {}
    found = list(details.get("candidates") or ())[:MOST]
    return [
        suggestion(
            n, subject, one, offered, badge(one.get("points"), thresholds, sure=sure and n == 1)
        )
        for n, one in enumerate(found, 1)
    ]


def suggestion(
    number: int,
    subject: Mapping[str, Any],
    one: Mapping[str, Any],
    offered: Sequence[str],
    chip: Badge = NOT_COUNTED,
) -> Suggestion:
    """Return one record beside the subject; `offered` are the values of the item's choices."""
    key = str(one.get("key", ""))
    values = _values(one)
    wanted = {
        "use": f"use:{key.rpartition(':')[2]}",
        "not": f"not:{key}",
        "branch": f"branch:{key}",
    }
    return Suggestion(
        number=number,
        key=key,
        name=str(one.get("name") or values.get("name") or key),
        place=str((one.get("fields") or {}).get("city") or ""),
        points=one.get("points"),
        why=str(one.get("why") or ""),
        taken=str(one.get("taken") or ""),
        badge=chip,
        address=str(one.get("address") or ""),
        system=system_of(one),
        noun=noun_of(one),
        lines=tuple(lines(subject, one)),
        reasons=_reasons(one.get("reasons") or ()),
        acts=frozenset(act for act, value in wanted.items() if value in offered),
        looked_up="points" not in one,
    )


def _reasons(kept: Sequence[Sequence[Any]]) -> tuple[Reason, ...]:
    """Return the evidence, what counts most first; what speaks against it comes last."""
    ranked = sorted(kept, key=lambda reason: -int(reason[1]))
    return tuple(Reason(f"{words[:1].upper()}{words[1:]}", signed(int(n))) for words, n in ranked)


def lines(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Line]:
    """Return the fields that either record has a value in, then what is known of their use."""
    ours, theirs = _values(left), _values(right)
    found = [
        _line(name, label, ours.get(name, ""), theirs.get(name, ""))
        for name, label in FIELDS.items()
        if ours.get(name) or theirs.get(name)
    ]
    facts, others = left.get("facts") or {}, right.get("facts") or {}
    return found + [
        Line(label, str(facts.get(name) or ""), str(others.get(name) or ""), "fact")
        for name, label in FACTS.items()
        if facts.get(name) or others.get(name)
    ]


def own(party: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is known of one record alone, as label and value."""
    values, facts = _values(party), party.get("facts") or {}
    found = [(label, values.get(name, "")) for name, label in FIELDS.items()]
    found += [(label, str(facts.get(name) or "")) for name, label in FACTS.items()]
    return [(label, value) for label, value in found if value]


def badge(points: int | None, thresholds: Mapping[str, Any], *, sure: bool) -> Badge:
    """Return the chip of a match: only what could be accepted at once is good."""
    if points is None:
        return ("", "–", "none")
    if points >= thresholds.get("link", 60):
        return ("good", "✓", f"{points} strong") if sure else ("warn", "?", f"{points} rival")
    if points >= thresholds.get("ask", 30):
        return ("warn", "?", f"{points} ask")
    return ("", "–", f"{points} weak")


def system_of(party: Mapping[str, Any]) -> System:
    """Return the system of a record as a desk keeps it."""
    return Key.parse(str(party["key"])).system


def noun_of(party: Mapping[str, Any]) -> str:
    """Return what people call records of this kind."""
    kind = Key.parse(str(party["key"])).kind
    return NOUNS.get(kind, kind.lower())


def signed(points: int) -> str:
    """Return points with their sign, a true minus for what speaks against."""
    return f"+{points}" if points >= 0 else f"−{-points}"


def _values(party: Mapping[str, Any]) -> dict[str, str]:
    kept = {
        name: str(value).strip() for name, value in (party.get("fields") or {}).items() if value
    }
    kept.setdefault("name", str(party.get("name") or ""))
    town = " ".join(kept.get(part, "") for part in ("city", "region", "postcode"))
    return {**kept, "town": " ".join(town.split())}


def _line(name: str, label: str, left: str, right: str) -> Line:
    if not left or not right:
        return Line(label, left, right, "missing")
    if alike(name, left, right):
        return Line(label, escape(left), escape(right), "same")
    return Line(label, *differing(left, right), "differs")


def alike(name: str, left: str, right: str) -> bool:
    """Return whether two values say the same, as the merge will see them."""
    return sameness.same(_COMPARED.get(name, "text"), left, right)


_COMPARED: Mapping[str, str] = {
    "name": "name",
    "person": "name",
    "tax_number": "number",
    "company_number": "company",
    "email": "email",
    "phone": "phone",
    "street": "street",
    "country": "country",
    "website": "url",
}
