"""Judging where each subject of a batch belongs, before anything is made of it here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connections.models import Pair
from sync.core import routing_questions as ask
from sync.core.couples import Couple, Routed
from sync.core.planning import stands, unwanted_reason
from sync.core.questions import AGAIN
from sync.core.records import Key, System
from sync.core.routing import Route, Way
from sync.models import Assignment

from . import owning, routing_past, routing_rows, routing_said
from .routing_past import Past
from .routing_rows import Routing
from .work import Work


@dataclass(frozen=True)
class _Facts:
    """What is known of a batch: who has its records already, what was said, what was before."""

    work: Work
    routing: Routing | None
    elsewhere: dict[Key, Pair]
    said: dict[Key, Assignment]
    past: Past


def with_routes(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with where they belong, where several pairs may have them.

    A handful of queries whatever the number, and no call: what rows ask was read with the records.
    """
    judged: dict[Key, Routed] = {}
    silent: set[Key] = set()
    for system in System:
        mine = [c for c in couples if c.subject.system is system and _is_judged(work, c)]
        facts = _facts_of(work, system, mine) if mine else None
        if facts is not None:
            found = {c.subject: _judge(facts, c) for c in mine}
            judged |= {subject: routed for subject, routed in found.items() if routed is not None}
            silent |= facts.past.overtaken
    return [
        replace(c, routed=judged.get(c.subject, c.routed), yields=c.subject in silent)
        for c in couples
    ]


def _is_judged(work: Work, couple: Couple) -> bool:
    return not unwanted_reason(work.flow, couple, work.rules)


def _facts_of(work: Work, system: System, couples: Sequence[Couple]) -> _Facts | None:
    routing = routing_rows.routing_of(work, system)
    strays = [c.subject for c in couples if not stands(work.flow, c)]
    elsewhere = owning.elsewhere(work, strays)
    if routing is None and not elsewhere:
        return None
    records = [c.own for c in couples if c.own is not None]
    if routing is not None and strays:
        routing_said.follow_merges(work, routing)
    said = routing_said.said_of(work, routing, records) if routing is not None else {}
    past = routing_past.gather(work, routing, couples)
    return _Facts(work, routing, elsewhere, said, past)


def _judge(facts: _Facts, couple: Couple) -> Routed | None:
    routing, record, flow = facts.routing, couple.own, facts.work.flow
    living = stands(flow, couple)
    route = None
    if routing is not None and record is not None:
        ruled = routing.has_rows or couple.subject in facts.said
        route = routing.route(record, facts.said) if ruled else None
    if couple.subject in facts.elsewhere and not living:
        return _of_another(facts, route, facts.elsewhere[couple.subject])
    if routing is None or record is None:
        return None
    if living:
        return _of_living(facts, couple, route)
    if couple.subject.system.other not in flow.creates_in:
        return None
    quoted = facts.past.quoted.get(couple.subject)
    if quoted is not None:
        return _of_quoted(facts, couple, route, quoted)
    return _by_route(facts, couple, route) if route is not None else _unruled(facts, couple)


def _of_another(facts: _Facts, route: Route | None, pair: Pair) -> Routed:
    """Return that another pair has a living counterpart: silently where it is at work.

    Where it is not, one pair asks: the one that would make it here, else who asks of the rest.
    """
    question = ask.billed_elsewhere(pair.name)
    at_work = facts.routing is not None and pair.pk in facts.routing.modes
    asks = not at_work and _makes_or_asks(facts, route)
    return Routed(
        pair.pk,
        reason="" if asks else f"“{pair.name}” has it, or is making it.",
        question=question if asks else None,
        twice=question,
    )


def _makes_or_asks(facts: _Facts, route: Route | None) -> bool:
    modes = facts.routing.modes if facts.routing is not None else {}
    if route is not None and route.way is Way.PAIR and route.pair in modes:
        return route.pair == facts.work.pair.pk
    return _asks(facts)


def _of_living(facts: _Facts, couple: Couple, route: Route | None) -> Routed | None:
    """Return the doubt about a counterpart that stands here although it belongs elsewhere."""
    if route is None or route.way is not Way.PAIR or facts.routing is None:
        return None
    here, record = facts.work.pair, couple.xero
    kind = facts.work.flow.xero_kind
    if route.pair == here.pk or couple.link is None or record is None or kind == "Contact":
        return Routed(route.pair)
    if not facts.past.may_doubt(couple.subject, record):
        return Routed(route.pair)
    label = str(record.get(f"{kind}Number") or f"The {kind.lower()}")
    between = (here.name, facts.routing.names[route.pair])
    return Routed(route.pair, doubt=ask.stands_elsewhere(route, between, record.key, label))


def _of_quoted(facts: _Facts, couple: Couple, route: Route | None, pair: Pair) -> Routed | None:
    """Return what becomes of a deal with a living quote: it is billed where that stands.

    Where nothing is billed there, rows say where; here it is asked whether it is billed all the
    same.
    """
    if pair.pk == facts.work.pair.pk:
        return Routed(pair.pk)
    modes = facts.routing.modes if facts.routing is not None else {}
    if pair.pk in modes:
        return Routed(pair.pk, reason=f"Its quote is in “{pair.name}”, which bills it.")
    if route is not None and route.known:
        mine = route.pair == facts.work.pair.pk
        return None if mine else _by_route(facts, couple, route)
    return None if _asks(facts) else Routed(pair.pk, reason=f"Its quote is in “{pair.name}”.")


def _asks(facts: _Facts, subject: Key | None = None) -> bool:
    return _asker(facts, subject) in (0, facts.work.pair.pk)


def _asker(facts: _Facts, subject: Key | None) -> int:
    """Return the pair that asks, or is to ask, where a subject belongs; 0 for any."""
    askers = facts.routing.askers() if facts.routing is not None else []
    asked = facts.past.asked.get(subject) if subject is not None else None
    return next(iter(askers), 0) if asked is None else asked


def _unruled(facts: _Facts, couple: Couple) -> Routed | None:
    """Return what holds where no row was ever published: as long as one pair has the flow on,
    that one has it; else it is asked, so that a second organisation never begins to bill
    everything. One in shadow stops no other.
    """
    routing, mine = facts.routing, facts.work.pair.pk
    if routing is None or routing.kind not in routing_past.HELD:
        return None
    if not routing.sole:
        return _asked(facts, couple, Route(Way.UNMATCHED))
    if routing.sole == mine:
        return _again_here(facts, couple, Route(Way.PAIR, mine))
    name = routing.names[routing.sole]
    reason = f"No row says where it belongs, so “{name}” takes it, where this flow is on."
    return Routed(routing.sole, reason=reason, nowhere=True)


def _by_route(facts: _Facts, couple: Couple, route: Route) -> Routed | None:
    work, routing = facts.work, facts.routing
    if routing is None or not route.known:
        return _asked(facts, couple, route)
    if route.way is Way.NONE:
        reason = f"By the row “{route.row}” it belongs to no organisation."
        return Routed(reason=reason, nowhere=True)
    if route.pair == work.pair.pk:
        return _again_here(facts, couple, route)
    if not route.by and couple.subject in facts.past.asking_again and not _said_again(work, couple):
        return None  # it was ended here before, and a person was asked or has answered
    is_off = route.pair not in routing.modes
    off = f" “{work.flow.title}” is off there, so nothing happens." if is_off else ""
    belongs = f"It belongs to “{routing.names[route.pair]}” {ask.why_in_words(route)}."
    return Routed(route.pair, reason=f"{belongs}{off}", nowhere=True)


def _said_again(work: Work, couple: Couple) -> bool:
    ended = work.flow.ended(couple)
    return ended is not None and couple.decided(ended.cause, ended.about) == AGAIN.value


def _again_here(facts: _Facts, couple: Couple, route: Route) -> Routed | None:
    """Return what becomes of a deal that belongs here and that another pair has billed before."""
    before = facts.past.before.get(couple.subject)
    if before is None or route.by or couple.link is not None:
        return Routed(route.pair)
    name = before.pair.name
    if before.left_by:
        return Routed(reason=f"{before.left_by} left it unbilled in “{name}”.")
    if not before.asked:
        return Routed(route.pair)
    if facts.routing is not None and before.pair.pk in facts.routing.modes:
        return Routed(reason=f"It is asked in “{name}” whether it is billed again.")
    record = couple.own
    deal = str(record.get("Name") or "") if record is not None else ""
    question = ask.billed_before(deal, name, before.label, before.counterpart)
    choice = couple.decided(question.cause, question.about)
    if choice == AGAIN.value:
        return Routed(route.pair)
    return Routed(reason=question.title) if choice else Routed(route.pair, question=question)


def _asked(facts: _Facts, couple: Couple, route: Route) -> Routed | None:
    """Return that a person is asked where it belongs, by one pair; the others wait in silence."""
    routing, record = facts.routing, couple.own
    if routing is None or record is None:
        return None
    if couple.link is not None and facts.work.flow.exclusive:
        return None  # its own pair asks whether it is made again
    before = facts.past.before.get(couple.subject)
    if before is not None and before.pair.pk in routing.modes:
        return Routed(reason=f"It was in “{before.pair.name}” before, where that is asked about.")
    if not _asks(facts, couple.subject):
        asker = 0 if couple.subject in facts.past.asked else _asker(facts, couple.subject)
        return Routed(reason="It is asked which organisation it belongs to.", asker=asker)
    group = routing.group(record)
    question = ask.which_organisation(
        routing.kind, route, group, routing.choices, routing.connection_id
    )
    return Routed(question=question, nowhere=True)
