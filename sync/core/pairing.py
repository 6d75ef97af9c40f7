"""Step 3 for address books: from likeness to a link, a question, a further record or a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from . import desk_questions as ask
from . import kept_out
from .couples import Couple, Decision
from .likeness.choosing import Choice as Chosen
from .likeness.choosing import Decision as Verdict
from .likeness.choosing import Rated, best_first, choose
from .likeness.parties import Party
from .likeness.rules import MatchRules
from .likeness.scoring import Evidence
from .matching import PERSON, Candidate, Match, Outcome
from .records import Key, System


@dataclass(frozen=True)
class Entry:
    """A record of an address book: what the index knows of it and how the scorer sees it.

    `partner` is the record that it is linked with as its main counterpart; `belongs` tells
    whether the flow would take it up by itself; `raw` has its columns as people read them.
    """

    candidate: Candidate
    party: Party
    raw: Mapping[str, str] = field(hash=False)
    belongs: bool
    partner: Key | None = None
    address: str = ""
    kept_out: str = ""
    """Why it is kept out of sync, in words; then it is nobody's candidate."""

    @property
    def key(self) -> Key:
        """The key of the record."""
        return self.candidate.key


class Books(Protocol):
    """Both address books, ready to be looked into."""

    def look(self, party: Party) -> Sequence[Rated]:
        """Return who in the other book resembles the party, but for those told apart from it."""

    def twins(self, me: Entry) -> Sequence[Rated]:
        """Return the records of its own book that resemble one."""

    def kept_out(self, me: Entry) -> Sequence[tuple[Entry, Evidence]]:
        """Return who in the other book resembles a record and is kept out of sync."""

    def entry(self, party_id: str) -> Entry | None:
        """Return the entry of a record by its party's id (the key as text), where it is known."""

    def named(self, me: Entry) -> Sequence[Entry]:
        """Return the living records of the other book that an exact number binds to this one."""

    def carriers(self, me: Entry) -> Sequence[Candidate]:
        """Return whatever lives in the other book and carries its id, free or not."""

    def rate(self, one: Party, other: Party) -> Evidence:
        """Return the evidence that two records are one customer, of one book or of both."""


@dataclass(frozen=True)
class Terms:
    """How matching goes here: the rules, whether every link is asked about first, and creation."""

    rules: MatchRules
    ask_first: bool
    creation: str
    both: bool = False
    """Whether the other book's records are made over here as well, so that they ask, too."""
    labels: Callable[[str], str] = lambda name: name.replace("_", " ").capitalize()


def pair_up(couple: Couple, me: Entry, books: Books, terms: Terms) -> Match:
    """Return the match of a subject that has no link yet.

    A person's word comes first, then numbers that name the record itself, then likeness. One
    that is somebody else's already, or that has doubles, is a question about the whole group.
    """
    found = _pair_up(couple, me, books, terms)
    if found.outcome is Outcome.NEW and me.key.system is System.XERO:
        # Salesforce would take a new account with a number that it has for a change of the old one
        for other in books.carriers(me):
            return ask.about_number(me, other)
    return found


def _pair_up(couple: Couple, me: Entry, books: Books, terms: Terms) -> Match:
    said = _said(couple, me, books)
    if said is not None:
        return said
    named = [entry for entry in books.named(me) if entry.partner is None]
    if len(named) == 1 and not terms.ask_first:
        return _found(named[0], ("carries the account’s id",))
    return _by_likeness(me, books, terms)


def _said(couple: Couple, me: Entry, books: Books) -> Match | None:
    """Return the match that a person decided, or None where nobody did or it holds no more."""
    decision = _newest(couple, me)
    if decision is None:
        return None
    if decision.choice == "new":
        return Match(Outcome.NEW, reasons=PERSON)
    if decision.choice == ask.SAME:
        return _of_group(decision.values, me, books)
    chosen = _other_side(me, decision.choice.removeprefix("use:"), books)
    if chosen is None or chosen.candidate.gone:
        return None
    if chosen.partner is not None and chosen.partner != me.key:
        return Match(Outcome.FURTHER, chosen.candidate, (chosen.candidate,), PERSON)
    return _found(chosen, PERSON)


def _newest(couple: Couple, me: Entry) -> Decision | None:
    """Return the last answer about who this is; each kind of question has a cause of its own."""
    causes = [c for c in couple.decisions if c.startswith((ask.GROUP, ask.cause_of(me)))]
    couple.raised.update(causes)
    return couple.decisions[causes[-1]] if causes else None


def _of_group(values: Mapping[str, Any], me: Entry, books: Books) -> Match | None:
    """Return what a person made of a group: one main record a system, the others belong to it."""
    here, there = me.key.system, me.key.system.other
    main = str(values.get(f"primary_{here}") or me.key.id)
    other_id = str(values.get(f"primary_{there}") or "")
    if main == me.key.id and not other_id:
        return Match(Outcome.NEW)
    partner = _other_side(me, other_id, books) if other_id else _partner_of(me, main, books)
    if partner is None:
        return Match(Outcome.WAITS, waits="The main record of its group has no counterpart yet.")
    if main == me.key.id and partner.partner in (None, me.key):
        return _found(partner, PERSON)
    return Match(Outcome.FURTHER, partner.candidate, (partner.candidate,), PERSON)


def _other_side(me: Entry, remote_id: str, books: Books) -> Entry | None:
    """Return a record of the other book by its id, or None where it is not known."""
    return books.entry(f"{ask.book_of(me.key.system.other)}:{remote_id}")


def _partner_of(me: Entry, main: str, books: Books) -> Entry | None:
    first = books.entry(f"{ask.book_of(me.key.system)}:{main}")
    return books.entry(str(first.partner)) if first is not None and first.partner else None


def _found(entry: Entry, reasons: Sequence[str]) -> Match:
    return Match(Outcome.FOUND, entry.candidate, (entry.candidate,), tuple(reasons))


def _by_likeness(me: Entry, books: Books, terms: Terms) -> Match:
    everybody = [(books.entry(party.id), e) for party, e in best_first(books.look(me.party))]
    near = [ask.Near(entry, e) for entry, e in everybody if entry is not None]
    free = [one for one in near if one.entry.partner is None]
    taken = [one for one in near if one.entry.partner is not None]
    choice = choose(me.party, lambda party: _free(party, books), books.rate, terms.rules)
    certain = choice.decision is Verdict.LINK and not choice.why
    best = free[0] if free else None
    aside = kept_out.nearest(me, books, terms)
    if aside is not None and (
        choice.decision is Verdict.NEW or (certain and _ties(aside, best, terms))
    ):
        return kept_out.about(me, aside, terms)
    makes = choice.decision is Verdict.NEW
    if taken and _comes_first(taken[0], terms, makes=makes) and _ties(taken[0], best, terms):
        return ask.about_group(me, _with_partner(taken[0], books), terms, taken[0])
    if best is None or (makes and not _is_doubt(best, terms)):
        doubtful = best is not None and _is_faint_doubt(me, best, books, terms)
        return _of_faint(me, free, choice, terms) if doubtful else _new(me, books, terms)
    return _of_free(me, free, choice, books, terms)


def _is_faint_doubt(me: Entry, best: ask.Near, books: Books, terms: Terms) -> bool:
    """Return whether a stranger that is nobody's is like enough to ask before one is made.

    It is not where somebody else is more like it by the margin: then it will be theirs.
    """
    if terms.creation == "no" or best.points < terms.rules.new:
        return False
    more = best.points + terms.rules.margin
    rivals = books.look(best.entry.party)
    return not any(p.id != me.party.id and e.points >= more for p, e in rivals)


def _of_faint(me: Entry, free: Sequence[ask.Near], choice: Chosen, terms: Terms) -> Match:
    """Return the question about a faint doubt; one side asks it, the contact's where both would."""
    if me.key.system is System.SALESFORCE and free[0].entry.belongs and terms.both:
        return ask.waits_for(free[0])
    faint = f"it has {free[0].points}, and a new one would be made"
    return ask.about_match(me, free[:1], terms, replace(choice, why=faint))


def _of_free(
    me: Entry, free: Sequence[ask.Near], choice: Chosen, books: Books, terms: Terms
) -> Match:
    """Return the match with the best of those that are nobody's, or the question about them."""
    best, certain = free[0], choice.decision is Verdict.LINK and not choice.why
    group = _doubles(me, best, free, books, terms)
    if not certain and group:
        return ask.about_group(me, [best, *group], terms, best)
    if certain and not terms.ask_first:
        return _found(best.entry, best.evidence_words)
    if me.key.system is System.SALESFORCE and best.entry.belongs:
        return ask.waits_for(best)
    return ask.about_match(me, free, terms, choice)


def _free(party: Party, books: Books) -> Sequence[Rated]:
    """Return what a party resembles among the records that have no partner yet."""
    rated = books.look(party)
    entries = {p.id: books.entry(p.id) for p, _ in rated}
    return [(p, e) for p, e in rated if (entry := entries[p.id]) is None or entry.partner is None]


def _comes_first(taken: ask.Near, terms: Terms, *, makes: bool) -> bool:
    """Return whether somebody else's record is so like this one that it must be asked about.

    Before one is made anew a doubt is enough: it may be that customer's second record.
    """
    if makes and _is_doubt(taken, terms):
        return True
    return taken.points >= terms.rules.link and not taken.veto


def _is_doubt(near: ask.Near, terms: Terms) -> bool:
    """Return whether a record that seems to be another's must be asked about all the same.

    Only where one would be made for it: it may be that customer once more.
    """
    return terms.creation != "no" and near.points >= terms.rules.ask


def _ties(one: ask.Near, best: ask.Near | None, terms: Terms) -> bool:
    """Return whether the best free record is not better by the margin."""
    return best is None or one.points > best.points - terms.rules.margin


def _with_partner(taken: ask.Near, books: Books) -> list[ask.Near]:
    partner = books.entry(str(taken.entry.partner))
    return [taken, ask.Near(partner, None)] if partner is not None else [taken]


def _doubles(
    me: Entry, best: ask.Near, free: Sequence[ask.Near], books: Books, terms: Terms
) -> list[ask.Near]:
    """Return the records that seem to be this customer once more, in either book."""
    least = max(best.points - terms.rules.margin, terms.rules.ask)
    theirs = [
        one
        for one in free
        if one is not best and one.points >= least and _doubled(one.entry, best.entry, books, terms)
    ]
    rivals = [
        ask.Near(entry, evidence)
        for party, evidence in books.look(best.entry.party)
        if party.id != me.party.id and evidence.points >= least
        if (entry := books.entry(party.id)) is not None
    ]
    return [*theirs, *(one for one in rivals if _doubled(one.entry, me, books, terms))]


def _new(me: Entry, books: Books, terms: Terms) -> Match:
    """Return that a new record is to be made, unless its own book seems to have it twice."""
    if terms.creation == "no":
        return Match(Outcome.NEW)
    twins = [
        ask.Near(entry, evidence)
        for party, evidence in best_first(books.twins(me))
        if evidence.points >= terms.rules.link and not evidence.veto
        if (entry := books.entry(party.id)) is not None
    ]
    if twins:
        partners = [books.entry(str(one.entry.partner)) for one in twins if one.entry.partner]
        others = [ask.Near(entry, None) for entry in partners if entry is not None]
        return ask.about_group(me, [*twins, *others], terms, twins[0])
    return ask.about_new(me, terms) if terms.creation == "ask" else Match(Outcome.NEW)


def _doubled(one: Entry, other: Entry, books: Books, terms: Terms) -> bool:
    """Return whether two records of one book may be one customer, and nobody told them apart."""
    alike = books.rate(one.party, other.party).points >= terms.rules.ask
    return alike and any(party.id == one.party.id for party, _ in books.twins(other))
