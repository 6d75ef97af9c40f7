"""Meeting: step 3 for address books, a whole batch at a time; the pure part decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sync.core import contending, mapping
from sync.core.couples import Couple
from sync.core.disputes import label_of
from sync.core.likeness.rules import match_rules
from sync.core.matching import Match, Outcome
from sync.core.pairing import Entry, Terms, pair_up
from sync.core.records import Key, Record, System
from sync.flows.shapes import book
from sync.models import FlowSwitch, Link

from .address_books import AddressBooks
from .work import Work


def match(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with their matches; one that found an account becomes the account's.

    Only those without a link that belong are looked for. The number of statements does not grow
    with the batch, nor does any call to either system, but for reading the accounts found.
    """
    strays = [c for c in couples if is_stray(work, c) and not _unwanted(work, c)]
    if not strays:
        return list(couples)
    in_shadow = work.switch.mode == FlowSwitch.Mode.SHADOW
    matched = matches(work, strays, ask_first=in_shadow)
    done = [replace(c, match=matched.get(c.subject, c.match)) for c in couples]
    return _by_account(work, done)


def matches(work: Work, strays: Sequence[Couple], *, ask_first: bool) -> dict[Key, Match]:
    """Return by subject what each comes to that has no link; see is_stray."""
    belonging = _further(work, strays)
    books = open_books(work)
    entries = books.enter([own for couple in strays if (own := couple.own) is not None])
    books.warm(entries.values())
    found = {
        couple.subject: belonging.get(couple.subject)
        or _matched(work, couple, entries, books, ask_first=ask_first)
        for couple in strays
    }
    return contending.settle(found)


def is_stray(work: Work, couple: Couple) -> bool:
    """Return whether a couple's subject lives, has no link, and nobody keeps it out."""
    record = couple.own
    if couple.link is not None or couple.locked or record is None or record.gone:
        return False
    return not work.flow.locked(record)


def _unwanted(work: Work, couple: Couple) -> str:
    flow, record = work.flow, couple.own
    if record is None:
        return ""
    return flow.unwanted(record) or flow.left_out(record, work.rules)


def open_books(work: Work) -> AddressBooks:
    """Return both address books of the pair, under its rules of matching.

    A country that is not written is not known: Xero's contacts abroad often have none.
    """
    return AddressBooks(work, match_rules(work.rules))


def _matched(
    work: Work,
    couple: Couple,
    entries: Mapping[Key, Entry],
    books: AddressBooks,
    *,
    ask_first: bool,
) -> Match:
    missing = couple.subject.system.other
    terms = Terms(
        books.rules,
        ask_first=ask_first,
        creation="no" if _is_made_elsewhere(couple) else work.flow.creation(missing, work.rules),
        both=work.flow.creation(couple.subject.system, work.rules) != "no",
        labels=lambda name: label_of(work.flow, name),
    )
    return pair_up(couple, entries[couple.subject], books, terms)


def _is_made_elsewhere(couple: Couple) -> bool:
    """Return whether nothing is made of a subject here, or not until a person has said where."""
    routed = couple.routed
    return routed is not None and bool(routed.reason or routed.question)


def _further(work: Work, strays: Iterable[Couple]) -> dict[Key, Match]:
    """Return the matches of accounts that belong to another's contact already: they stay so."""
    ids = {c.subject.id: c.subject for c in strays if c.subject.system is System.SALESFORCE}
    rows = Link.objects.filter(
        pair=work.pair,
        role=Link.Role.FURTHER,
        salesforce_kind=work.flow.salesforce_kind,
        salesforce_id__in=ids,
    )
    words = "It belongs to “{}” as a further account."
    return {
        ids[row.salesforce_id]: Match(Outcome.WAITS, waits=words.format(row.label or row.xero_id))
        for row in rows
    }


def _by_account(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with each contact that found its account under that account.

    An account that is in the batch itself keeps its own couple, if that found the same contact.
    """
    found = [c for c in couples if _finds_account(c)]
    if not found:
        return list(couples)
    have = {c.subject: c for c in couples}
    wanted = {_account_of(c) for c in found}
    fields = mapping.fields_needed(work.rules)
    read = work.salesforce.read(work.flow.salesforce_kind, sorted(key.id for key in wanted), fields)
    records = {record.key: record for record in read}
    moved: dict[Key, Couple] = {}
    for couple in found:
        account = _account_of(couple)
        if account in moved or account not in records or couple.match is None:
            continue
        own = have.get(account)
        decisions = {**(own.decisions if own else {}), **couple.decisions}
        entry = book.entry(couple.xero) if couple.xero else None
        match = Match(Outcome.FOUND, entry, (), couple.match.reasons)
        moved[account] = Couple(
            account, records[account], couple.xero, match=match, decisions=decisions
        )
        moved[account].raised.update(couple.raised)
    kept = [_without(c, records) for c in couples if c.subject not in moved]
    return [*(c for c in kept if not _finds_account(c)), *moved.values()]


def _without(couple: Couple, records: Mapping[Key, Record]) -> Couple:
    """Return a contact whose account has vanished meanwhile as one that waits."""
    if not _finds_account(couple) or _account_of(couple) in records:
        return couple
    return replace(couple, match=Match(Outcome.WAITS, waits="Its account has just vanished."))


def _finds_account(couple: Couple) -> bool:
    found = couple.match is not None and couple.match.outcome is Outcome.FOUND
    return found and couple.subject.system is System.XERO


def _account_of(couple: Couple) -> Key:
    candidate = couple.match.candidate if couple.match else None
    if candidate is None:
        raise ValueError(f"{couple.subject} has found nobody.")
    return candidate.key
