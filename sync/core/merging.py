"""Step 5 of 8, merge. Field by field on the agreed values; never a comparison of clocks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .agreed import Agreed, Common, Conflict, Merged
from .couples import ANYWAY
from .flow import Empty, FieldRule, Owner, RuleSet
from .records import System
from .sameness import same

if TYPE_CHECKING:
    from .couples import Couple

EMPTY_VALUES: tuple[Any, ...] = (None, "", [], ())


TYPED = "value"
"""The word of a person who typed a value, or took one that neither side need have."""


@dataclass(frozen=True)
class Word:
    """A person's word on a field: `salesforce`, `xero`, `apart` (leave both) or a typed value."""

    choice: str
    value: Any = None


SEEN = "seen:"
"""How the facts begin that a word holds for as long as both values are as a person saw them."""
NO_WORD = Word("")


@dataclass(frozen=True)
class _Verdict:
    winner: System | None = None
    agreed: Common | None = None
    conflict: bool = False


def merge_couple(
    couple: Couple,
    rules: RuleSet,
    *,
    adopts_as_it_is: bool = True,
    together: Iterable[frozenset[str]] = (),
) -> Couple:
    """Return the couple with its two sides merged; unchanged while one side is missing.

    A counterpart that was found, not made by us, is adopted: what differs stands as it is, unless
    the flow wants what it finds to be merged from the first day. Of fields that make one thing
    `together` none is written while one of them is disputed.
    """
    ours, theirs = couple.shared.get(System.SALESFORCE), couple.shared.get(System.XERO)
    if ours is None or theirs is None:
        return couple
    rules = _yielding(rules) if couple.yields else rules
    known = couple.link.agreed if couple.link and couple.adopts is None else None
    if known is None:
        known = adopt(rules.fields, ours, theirs) if adopts_as_it_is else {}
    if couple.leads:
        known = _but_for_yielded(rules.fields, theirs, known)
    first = merge(rules.fields, ours, theirs, known)
    words = _words_of(couple, rules.fields, first)
    merged = merge(rules.fields, ours, theirs, known, words) if words else first
    return replace(couple, merged=_held_together(merged, together))


def _yielding(rules: RuleSet) -> RuleSet:
    """Return the rules for a contact that is not the first of its account.

    Two organisations that both owned a field of one account would write over each other for ever.
    """
    fields = (
        replace(rule, writes=rule.writes - {System.SALESFORCE})
        if rule.owner is Owner.XERO
        else rule
        for rule in rules.fields
    )
    return replace(rules, fields=tuple(fields))


def _but_for_yielded(
    rules: Iterable[FieldRule], theirs: Mapping[str, Any], known: Agreed
) -> Agreed:
    """Return what agrees but for what was left apart while another organisation filled it."""
    yielded = {
        rule.target
        for rule in rules
        if rule.owner is Owner.XERO and System.SALESFORCE in rule.writes
        if (common := known.get(rule.target)) is not None and common.apart
        if theirs.get(rule.target) not in EMPTY_VALUES
    }
    return {name: common for name, common in known.items() if name not in yielded}


def _held_together(merged: Merged, together: Iterable[frozenset[str]]) -> Merged:
    disputed = {conflict.field for conflict in merged.conflicts}
    held = {name for names in together if names & disputed for name in names}
    if not held:
        return merged
    writes = {
        system: {name: value for name, value in values.items() if name not in held}
        for system, values in merged.writes.items()
    }
    return replace(merged, writes=writes)


def _words_of(couple: Couple, rules: Iterable[FieldRule], merged: Merged) -> dict[str, Word]:
    """Return a person's word for each field that has one: for a conflict, or whatever differs."""
    words: dict[str, Word] = {}
    for conflict in merged.conflicts:
        choice = couple.decided(f"conflict:{conflict.field}", about(conflict))
        if choice:
            decision = couple.decisions[f"conflict:{conflict.field}"]
            words[conflict.field] = Word(choice, decision.values.get(conflict.field))
    for rule in rules:
        said = couple.decisions.get(f"conflict:{rule.target}")
        if said is None or rule.target in words:
            continue
        now = [couple.shared[system].get(rule.target) for system in System]
        if said.about not in (ANYWAY, as_seen(*now)):
            continue
        word = Word(said.choice, said.values.get(rule.target))
        # a side that is never written would keep the word standing for ever
        sides = [couple.shared[system].get(rule.target) for system in rule.writes]
        if not all(same(rule.compare, side, word.value) for side in sides):
            couple.raised.add(said.cause)
            words[rule.target] = word
    return words


def adopt(
    rules: Iterable[FieldRule], salesforce: Mapping[str, Any], xero: Mapping[str, Any]
) -> Agreed:
    """Return the agreed values of a counterpart found ready made: every difference is accepted,
    except in the fields that Xero owns, which are written to Salesforce as always.
    """
    return {
        rule.target: Common(ours, theirs, apart=not same(rule.compare, ours, theirs))
        for rule in rules
        if rule.owner is not Owner.XERO and not rule.create_only
        if rule.target in salesforce or rule.target in xero
        for ours, theirs in [(salesforce.get(rule.target), xero.get(rule.target))]
    }


def as_seen(salesforce: Any, xero: Any) -> str:
    """Return what a word is given for that holds only while both sides are as a person saw them.

    Once it is carried out, or anybody changes one of them, it holds no more.
    """
    text = repr([_canonical(salesforce), _canonical(xero)])
    return f"{SEEN}{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def about(conflict: Conflict) -> str:
    """Return a fingerprint of the values: an answer holds only while none of them moves."""
    was = (conflict.was.salesforce, conflict.was.xero) if conflict.was else ()
    text = repr([_canonical(value) for value in (conflict.salesforce, conflict.xero, was)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _canonical(value: Any) -> Any:
    """Return the value so that equal ones are written alike (1.5 and 1.50, a list and a tuple)."""
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    if isinstance(value, Mapping):
        return sorted((name, _canonical(inner)) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return [_canonical(inner) for inner in value]
    return value


def merge(
    rules: Iterable[FieldRule],
    salesforce: Mapping[str, Any],
    xero: Mapping[str, Any],
    agreed: Agreed,
    decided: Mapping[str, Word] | None = None,
) -> Merged:
    """Return the merge of both sides' shared values; `decided` maps a field to a person's word."""
    writes: dict[System, dict[str, Any]] = {System.SALESFORCE: {}, System.XERO: {}}
    conflicts: list[Conflict] = []
    settled = dict(agreed)
    for rule in rules:
        name = rule.target
        if rule.create_only or (name not in salesforce and name not in xero):
            continue
        ours, theirs, base = salesforce.get(name), xero.get(name), agreed.get(name)
        word = (decided or {}).get(name, NO_WORD)
        if word.choice == TYPED:
            for system, value in ((System.SALESFORCE, ours), (System.XERO, theirs)):
                if system in rule.writes and not same(rule.compare, value, word.value):
                    writes[system][name] = word.value
            continue
        verdict = _settle(rule, ours, theirs, base, word.choice)
        if verdict.conflict:
            conflicts.append(Conflict(name, base, ours, theirs))
        elif verdict.agreed is not None:
            settled[name] = verdict.agreed
        elif verdict.winner is not None:
            value = ours if verdict.winner is System.SALESFORCE else theirs
            writes[verdict.winner.other][name] = value
    return Merged(writes, tuple(conflicts), settled)


def _settle(rule: FieldRule, ours: Any, theirs: Any, base: Common | None, word: str) -> _Verdict:
    if same(rule.compare, ours, theirs):
        return _Verdict(agreed=Common(ours, theirs))
    if word == "apart":
        return _Verdict(agreed=Common(ours, theirs, apart=True))
    if word in (System.SALESFORCE, System.XERO):
        return _give(rule, System(word), ours, theirs)
    if base is not None and _stands(rule, ours, theirs, base):
        return _Verdict(agreed=base)
    if rule.owner is not Owner.SHARED:
        owner = System(rule.owner.value)
        silent = _says_nothing(rule, ours if owner is System.SALESFORCE else theirs)
        lent = rule.lends and silent and _is_blank(base)
        return _give(rule, owner.other if lent else owner, ours, theirs)
    return _meet(rule, ours, theirs) if base is None else _merge_shared(rule, ours, theirs, base)


def _is_blank(base: Common | None) -> bool:
    """Return whether neither side ever said anything, as far as is known."""
    return base is None or (base.salesforce in EMPTY_VALUES and base.xero in EMPTY_VALUES)


def _meet(rule: FieldRule, ours: Any, theirs: Any) -> _Verdict:
    """Return the verdict on a field that the two never agreed on."""
    if theirs in EMPTY_VALUES:
        return _give(rule, System.SALESFORCE, ours, theirs)
    if ours in EMPTY_VALUES:
        return _give(rule, System.XERO, ours, theirs)
    return _Verdict(conflict=True)


def _merge_shared(rule: FieldRule, ours: Any, theirs: Any, base: Common) -> _Verdict:
    mover = _lone_mover(rule, ours, theirs, base)
    if mover is not None and mover.other not in rule.writes:
        return _Verdict(agreed=Common(ours, theirs, apart=True))
    if mover is not None and _says_nothing(rule, ours if mover is System.SALESFORCE else theirs):
        return _Verdict(agreed=base)
    if base.apart or mover is None:
        return _Verdict(conflict=True)
    return _Verdict(winner=mover)


def _lone_mover(rule: FieldRule, ours: Any, theirs: Any, base: Common) -> System | None:
    """Return the one side that moved since the values agreed, or None where both did.

    An empty value of a side that is never written is no move, since nothing can come of it.
    """
    if same(rule.compare, theirs, base.xero):
        return System.SALESFORCE
    empty = System.SALESFORCE not in rule.writes and _says_nothing(rule, ours)
    return System.XERO if empty or same(rule.compare, ours, base.salesforce) else None


def _stands(rule: FieldRule, ours: Any, theirs: Any, base: Common) -> bool:
    """Return whether neither side moved since the two agreed."""
    return same(rule.compare, ours, base.salesforce) and same(rule.compare, theirs, base.xero)


def _says_nothing(rule: FieldRule, value: Any) -> bool:
    return value in EMPTY_VALUES and rule.empty is Empty.KEEP


def _give(rule: FieldRule, winner: System, ours: Any, theirs: Any) -> _Verdict:
    """Return that the winner's value goes to the other side, if that side may be written."""
    value = ours if winner is System.SALESFORCE else theirs
    if winner.other not in rule.writes:
        return _Verdict(agreed=Common(ours, theirs, apart=True))
    if _says_nothing(rule, value):
        return _Verdict(agreed=Common(ours, theirs, apart=True))
    return _Verdict(winner=winner)
