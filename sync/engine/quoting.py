"""Quoting: step 3 for quotes: whose they are, which deal of that account each is, or none yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sync.core.couples import Couple
from sync.core.errors import Fix
from sync.core.matching import PERSON, Match, Outcome
from sync.core.questions import RETRY, Question, QuestionKind
from sync.core.records import Key, Record, System
from sync.flows.shapes import account, quote, quote_deal, quote_ends, quote_match
from sync.models import FlowSwitch, Link

from . import indexing, quote_facts, telling
from .work import Work

CONTACT, ACCOUNT, DEAL = "Contact", "Account", "Opportunity"
CUSTOMERS = "account_contact"


def match(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with each quote's deal; one that has found its deal becomes the deal's.

    Four calls to Salesforce at most for a batch, whatever its number, and none where every quote is
    linked already.
    """
    couples = _as_said(work, couples)
    strays = [c for c in couples if _is_stray(c)]
    if not strays:
        return couples
    accounts = accounts_of(work, [c.xero for c in strays if c.xero is not None])
    carrying = _carrying(work, strays)
    deals = _deals(work, strays, accounts)
    kept_out = _kept_out(work, accounts)
    desk = _desk(work, [c for c in strays if c.subject.id not in accounts])
    matched = {
        c.subject: _match(c, accounts.get(c.subject.id), carrying, deals, desk)
        if c.subject.id not in kept_out
        else Match(Outcome.WAITS, waits=kept_out[c.subject.id])
        for c in strays
    }
    found = [
        _with(c, matched[c.subject], accounts.get(c.subject.id), deals, carrying) for c in strays
    ]
    others = [c for c in couples if not _is_stray(c)]
    return [*others, *_each_deal_once(found, {c.subject for c in others})]


def _is_stray(couple: Couple) -> bool:
    """Return whether a couple is a quote without a link that may get a deal."""
    record = couple.xero
    if couple.subject.system is not System.XERO or record is None or couple.locked:
        return False
    return not record.gone and quote.status(record) not in quote.ENDED


def accounts_of(work: Work, quotes: Iterable[Record]) -> dict[str, Record]:
    """Return by quote id the account that its customer is linked to; one call for 200.

    A contact that was merged into another is billed as that one. Further links count too.
    """
    contacts = {r.key.id: str(r.get("Contact.ContactID") or "").lower() for r in quotes}
    now = indexing.follow(work.xero.connection_id, CONTACT, contacts.values())
    winners = {old: known.key.id for old, known in now.items()}
    ids = {*contacts.values(), *winners.values()}
    rows = Link.objects.filter(
        pair=work.pair, salesforce_kind=ACCOUNT, xero_kind=CONTACT, xero_id__in=ids
    )
    # the last stands: the first main one, else the first further one
    ranked = sorted(rows, key=lambda row: (row.role == Link.Role.MAIN, -row.pk))
    owners = {row.xero_id: row.salesforce_id for row in ranked}
    wanted = {
        each: owners.get(winners.get(contact, contact)) or owners.get(contact, "")
        for each, contact in contacts.items()
    }
    chosen = sorted({each for each in wanted.values() if each})
    read = work.salesforce.read(ACCOUNT, chosen, ["Owner.IsActive"]) if chosen else []
    records = {record.key.id: record for record in read if not record.gone}
    return {each: records[owner] for each, owner in wanted.items() if owner in records}


def _kept_out(work: Work, accounts: Mapping[str, Record]) -> dict[str, str]:
    """Return by quote id why its account is kept out of sync, in words, where it is."""
    locks = telling.locks_of(work.pair, {record.key for record in accounts.values()})
    words = {
        each: locks.get(record.key) or account.locked_in_salesforce(record)
        for each, record in accounts.items()
    }
    return {each: why for each, why in words.items() if why}


def _carrying(work: Work, strays: Iterable[Couple]) -> dict[str, Record]:
    """Return by quote id the deal that carries it."""
    ids = [c.subject.id for c in strays]
    found = work.salesforce.find_by(DEAL, quote_deal.QUOTE_ID, ids)
    return {str(deal.get(quote_deal.QUOTE_ID)).lower(): deal for deal in found}


def _deals(
    work: Work, strays: Sequence[Couple], accounts: Mapping[str, Record]
) -> quote_match.Deals:
    """Return the deals of these accounts and those that the quotes name."""
    named = {d for c in strays if c.xero is not None for d in quote.named_deals(c.xero)}
    ids = sorted({record.key.id for record in accounts.values()})
    of_account = work.salesforce.find_by(DEAL, "AccountId", ids) if ids else []
    missing = sorted(named - {deal.key.id for deal in of_account})
    read = work.salesforce.read(DEAL, missing) if missing else []
    links = Link.objects.filter(
        pair__salesforce=work.pair.salesforce_id,
        salesforce_kind=DEAL,
        xero_kind=work.flow.xero_kind,
        salesforce_id__in=[deal.key.id for deal in (*of_account, *read)],
    )
    taken = frozenset(links.values_list("salesforce_id", flat=True))
    return quote_match.Deals(of_account, read, taken)


def _match(
    couple: Couple,
    owner: Record | None,
    carrying: Mapping[str, Record],
    deals: quote_match.Deals,
    desk: Mapping[str, tuple[str, bool]],
) -> Match:
    if couple.subject.id in carrying:
        return quote_match.found(carrying[couple.subject.id], ("carries the quote’s id",))
    if owner is None:
        return _waits(couple, desk)
    named = set(quote.named_deals(couple.xero)) if couple.xero is not None else set()
    every = [*deals.of_account, *deals.named]
    mine = quote_match.Deals(
        [d for d in deals.of_account if d.get("AccountId") == owner.key.id],
        [d for d in every if d.key.id in named],
        deals.taken,
    )
    return quote_match.choose(couple, owner, mine)


def _desk(work: Work, strays: Iterable[Couple]) -> dict[str, tuple[str, bool]]:
    """Return by contact its name, and whether the match desk asks about it; two queries."""
    contacts = {contact_of(c) for c in strays} - {""}
    if not contacts:
        return {}
    mode = FlowSwitch.objects.filter(pair=work.pair, flow=CUSTOMERS).values_list("mode", flat=True)
    is_on = FlowSwitch.Mode.ON in mode
    known = indexing.by_ids(work.xero.connection_id, CONTACT, sorted(contacts))
    return {
        each: (candidate.name, is_on and not candidate.facts.get("unwanted"))
        for each, candidate in known.items()
    }


def contact_of(couple: Couple) -> str:
    """Return the id of the contact that a couple’s quote is for, or empty."""
    return str(couple.xero.get("Contact.ContactID") or "").lower() if couple.xero else ""


def _waits(couple: Couple, desk: Mapping[str, tuple[str, bool]]) -> Match:
    """Return that a quote waits for its customer; it is asked about where nobody else asks."""
    contact = contact_of(couple)
    called, asks = desk.get(contact, ("", False))
    name = str(couple.xero.get("Contact.Name") or "") if couple.xero else ""
    name = name or called or "Its customer"
    words = f"“{name}” is not linked to an account yet."
    if asks:
        return Match(Outcome.WAITS, waits=words)
    question = Question(
        QuestionKind.PROBLEM,
        f"quote_customer:{contact}",
        f"“{name}” has a quote in Xero, but no account in Salesforce",
        f"{words} Contacts without an invoice are left alone, and so are those of a flow that is "
        "off. Its quotes wait; once it is linked they go on by themselves.",
        Fix("Link or make its account with the flow “Contacts and accounts”.", "match", contact),
        choices=(RETRY,),
        about=contact,
    )
    return Match(Outcome.ASK, question=question)


def _with(
    couple: Couple,
    match: Match,
    owner: Record | None,
    deals: quote_match.Deals,
    carrying: Mapping[str, Record],
) -> Couple:
    """Return the couple with its match; one that found a deal is about that deal from now on."""
    found = match.candidate if match.outcome is Outcome.FOUND else None
    if found is None or couple.xero is None:
        return replace(couple, match=match, facts={quote_deal.ACCOUNT: owner})
    every = [*carrying.values(), *deals.of_account, *deals.named]
    deal = next(d for d in every if d.key == found.key)
    moved = Couple(
        deal.key,
        deal,
        couple.xero,
        match=replace(match, candidate=quote.candidate(couple.xero)),
        decisions=couple.decisions,
        locked=couple.locked,
    )
    moved.raised.update(couple.raised)
    return moved


def _each_deal_once(found: Iterable[Couple], busy: Collection[Key]) -> list[Couple]:
    """Return the couples; of two quotes that found one deal at once the second waits a turn."""
    seen, kept = set(busy), []
    for couple in found:
        adopts = couple.adopts
        if adopts is None or couple.subject not in seen:
            kept.append(couple)
            seen.add(couple.subject)
            continue
        waits = Match(Outcome.WAITS, waits="Another quote of its opportunity comes first.")
        kept.append(replace(couple, subject=adopts, salesforce=None, match=waits))
    return kept


def _as_said(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples; where a person said which quote a deal follows now, with that one."""
    return [_follows(work, couple) for couple in couples]


def _follows(work: Work, couple: Couple) -> Couple:
    record, link = couple.xero, couple.link
    said = couple.decisions.get(f"quote_ended:{record.key.id}") if record is not None else None
    if link is None or said is None or not said.choice.startswith(quote_ends.USE):
        return couple
    chosen = said.choice.removeprefix(quote_ends.USE)
    theirs = indexing.records(work.xero.connection_id, work.flow.xero_kind, [chosen]).get(chosen)
    rows = Link.objects.filter(
        pair=work.pair, salesforce_id=couple.subject.id, xero_kind=work.flow.xero_kind
    )
    if theirs is None or not rows.filter(xero_id=chosen, role=Link.Role.FURTHER).exists():
        return couple
    # it takes the place of the one before: what differs stands as it is
    found = Match(Outcome.FOUND, quote.candidate(theirs), (), PERSON)
    return replace(couple, xero=theirs, match=found)


def with_facts(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples of quotes with what else must be known of them before they are mapped."""
    if not work.flow.begins_in_xero:
        return list(couples)
    return quote_facts.gather(work, couples)
