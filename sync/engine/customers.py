"""Customers: the contact that an invoice needs is looked for as the address books are matched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.utils import timezone

from connections.models import Pair
from connections.remote import Answer
from mappings.completeness import usable
from sync.core.couples import Couple
from sync.core.errors import DuplicateFound, Fix
from sync.core.flow import Flow, Need
from sync.core.matching import Match, Outcome
from sync.core.questions import RETRY, Question, QuestionKind
from sync.core.records import Key, System
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, Link, ReviewItem, Write

from . import fetching, meeting, noticing
from .work import Work

UNCERTAIN = (Outcome.NEW, Outcome.ASK)


def refine(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with their customers matched by likeness, where that flow is on.

    Keys alone would make a customer of almost the same name a second time. What is doubtful is
    asked once, at the match desk, and the invoice waits for the answer.
    """
    result = list(couples)
    for need in work.flow.needs:
        flow = every_flow().get(need.flow)
        if flow is None or not flow.by_likeness or not _is_on(work.pair, flow.key):
            continue
        unsure = [c for c in result if _is_unsure(c, need)]
        found = _match(work, flow, {need.key_of(c.salesforce) for c in unsure if c.salesforce})
        result = [_with(c, need, found) for c in result]
    return result


def _is_on(pair: Pair, flow: str) -> bool:
    on = FlowSwitch.Mode.ON
    return FlowSwitch.objects.filter(pair=pair, flow=flow, mode=on).exists()


def _is_unsure(couple: Couple, need: Need) -> bool:
    match = couple.needs.get(need.name)
    if match is None or match.by_person or couple.link is not None or couple.adopts is not None:
        return False
    return match.outcome in UNCERTAIN or (match.outcome is Outcome.FOUND and not _is_named(match))


def _is_named(match: Match) -> bool:
    """Return whether what was found carries the account's own id."""
    decisive = set(match.wanted.decisive) if match.wanted else set()
    return match.candidate is not None and bool(match.candidate.keys & decisive)


def _match(work: Work, flow: Flow, account_ids: Iterable[str]) -> dict[str, Match]:
    """Return by account what its match comes to; a handful of queries and a call for each 200."""
    ids = sorted(filter(None, account_ids))
    if not ids:
        return {}
    every = work.rules_of(flow.key)
    rules, _ = usable(every, work.salesforce.fields(flow.salesforce_kind), {})
    books = replace(work, flow=flow, rules=rules, around=None)
    keys = [Key(System.SALESFORCE, flow.salesforce_kind, each) for each in ids]
    unlinked = [c for c in fetching.fetch(books, keys, rules) if c.link is None]
    kept_out = {c.subject.id: _kept_out(c, why) for c in unlinked if (why := _why(flow, c))}
    strays = [c for c in unlinked if meeting.is_stray(books, c)]
    if not strays:
        return kept_out
    matched = meeting.matches(books, strays, ask_first=False)
    return kept_out | {subject.id: match for subject, match in matched.items()}


def _why(flow: Flow, couple: Couple) -> str:
    """Return why an account is kept out of sync, in words, or empty."""
    return couple.locked or (flow.locked(couple.salesforce) if couple.salesforce else "")


def _kept_out(couple: Couple, why: str) -> Match:
    """Return that nothing is made for an account that is kept out of sync, to be asked about."""
    name = couple.salesforce.get("Name") if couple.salesforce else couple.subject.id
    question = Question(
        QuestionKind.PROBLEM,
        cause_of(couple.subject.id),
        f"“{name}” has no contact in Xero and is kept out of sync",
        f"{why.rstrip('.')}. No contact is made or guessed for it, so its deals are not billed.",
        Fix("End its lock, and its deals go on by themselves; or bill them by hand."),
        choices=(RETRY,),
    )
    return Match(Outcome.WAITS, question=question)


def _with(couple: Couple, need: Need, found: Mapping[str, Match]) -> Couple:
    account = need.key_of(couple.salesforce) if couple.salesforce else ""
    match = found.get(account)
    if match is None or not _is_unsure(couple, need):
        return couple
    if match.outcome in (Outcome.FOUND, Outcome.FURTHER, Outcome.NEW):
        return replace(couple, needs={**couple.needs, need.name: match})
    known = match.question if match.outcome is Outcome.WAITS else None
    question = known or _waits_at_the_desk(couple, account, match)
    return replace(
        couple,
        needs={**couple.needs, need.name: replace(match, outcome=Outcome.WAITS)},
        questions=(*couple.questions, question),
    )


def _waits_at_the_desk(couple: Couple, account: str, match: Match) -> Question:
    name = couple.salesforce.get("Account.Name") if couple.salesforce else account
    near = ", ".join(f"“{candidate.name}”" for candidate in match.candidates[:3])
    return Question(
        QuestionKind.PROBLEM,
        cause_of(account),
        f"Which contact in Xero is “{name}”?",
        f"{near or 'A contact'} may be the same customer. Answer it at the match or duplicate "
        "desk; what waits for it is then billed by itself.",
        Fix("Answer the question about this customer at its desk.", "match", account),
        choices=(RETRY,),
    )


def of_refusal(work: Work, row: Write, answer: Answer) -> Question | None:
    """Return the question of a deal whose new customer was refused because of another; or None.

    The customer's own flow asks which of them it is, at the match desk; it is told to look.
    """
    flow = every_flow().get(row.flow)
    own = row.flow == work.flow.key or not isinstance(answer.error, DuplicateFound)
    if own or flow is None or not flow.by_likeness or not _is_on(work.pair, flow.key):
        return None
    account = Key.parse(row.about)
    noticing.note(work.pair, flow.key, [account], "again", timezone.now())
    return Question(
        QuestionKind.PROBLEM,
        cause_of(account.id),
        f"{answer.error}".rstrip("."),
        "The match desk asks whether the two are one customer. What waits for the answer is billed "
        "by itself.",
        Fix("Answer the question about this customer at its desk.", "match", account.id),
        choices=(RETRY,),
    )


def cause_of(account: str) -> str:
    """Return the cause under which deals wait for the answer who their customer is."""
    return f"customer:{account}"


def ask_at_the_desk(work: Work, couples: Iterable[Couple]) -> None:
    """Let the customers that deals wait for be planned by their own flow, so that it asks."""
    for need in work.flow.needs:
        waiting = [
            Key(System.SALESFORCE, need.salesforce_kind, need.key_of(c.salesforce))
            for c in couples
            if c.salesforce is not None
            if (match := c.needs.get(need.name)) and match.outcome is Outcome.WAITS
        ]
        noticing.note(work.pair, need.flow, waiting, "again", timezone.now())


def release(work: Work) -> int:
    """Plan again what waited for customers that this run has linked; return how many.

    Two queries a run; a new link also ends the question of its customer's own flow.
    """
    new = Link.objects.filter(pair=work.pair, made_at__gte=work.run.started_at)
    ids = list(new.filter(salesforce_kind="Account").values_list("salesforce_id", flat=True))
    if not ids:
        return 0
    causes = [cause for each in ids for cause in (cause_of(each), f"which_contact:{each}")]
    items = ReviewItem.objects.filter(
        pair=work.pair, cause__in=causes, state=ReviewItem.State.OPEN
    ).exclude(flow=work.flow.key)
    noted = 0
    for item in items.select_related("pair"):
        subjects = item.subjects.filter(closed_at=None).values_list("subject", flat=True)
        keys = [Key.parse(subject) for subject in subjects]
        noted += noticing.note(item.pair, item.flow, keys, "again", timezone.now())
    return noted
