"""Whether rows can work with the fields and values that both systems have today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from connections.models import Pair
from mappings import choices, words
from mappings.choices import SalesforceFields
from mappings.completeness import unknown_fields
from mappings.fitting_conditions import condition_fault
from mappings.fitting_ways import argument_misfits, not_written_back, way_misfits
from mappings.rules import LINE
from sync.core import expressions
from sync.core.fields import FieldFacts, Holds, Takes, misfit, unfit_to_fill
from sync.core.flow import TO_SALESFORCE, FieldRule, Flow, RuleSet, TableRow, ValueTable
from sync.core.mapping import ABOVE
from sync.core.records import System
from sync.core.transforms import fields_of
from sync.core.transforms_rates import DATED, day_of
from sync.core.transforms_values import table_of
from sync.flows.shapes.billing_terms import is_open_to_all
from sync.flows.shapes.takes import TAKES

NOTHING: Mapping[str, Takes] = {}


@dataclass(frozen=True)
class Misfit:
    """What cannot work, in a sentence, and where: a target's mapping or a table's row."""

    words: str
    place: str
    argument: str
    part: str = "source"


def field_misfits(flow: Flow, rule: FieldRule, known: SalesforceFields) -> list[Misfit]:
    """Return why a field's row could not work; nothing where its fields are not described."""
    if rule.optional and not _is_there(flow, rule, known):
        return []
    if rule.computed:
        return _locked(flow, rule, known)
    takes = TAKES.get(flow.key, NOTHING).get(rule.target)
    made = takes if rule.writes != TO_SALESFORCE else None
    own = argument_misfits(rule, made) if made else []
    if own or not known.org.kinds:
        return [Misfit(fault, "mapping", rule.target, "argument") for fault in own]
    paths = fields_of(rule.transform, rule.sources, rule.argument)
    found = _read(flow, rule, known, paths)
    told = [_unknown(flow, rule, known, path) for path in paths if found.get(path) is None]
    faults = [fault for fault in told if fault]
    sources = [facts for path in rule.sources if (facts := found.get(path))]
    faults += _beyond(flow, rule, found)
    if not faults and rule.transform == "expression":
        faults += filter(None, [_expression_fault(rule, found, takes)])
    if not faults and made:
        faults += way_misfits(rule, found, made) or filter(
            None, [misfit(rule.transform, sources, made)]
        )
    if not faults and takes and System.SALESFORCE in rule.writes:
        given = takes.length if rule.writes == TO_SALESFORCE else takes.gives
        faults += filter(None, (unfit_to_fill(s, Takes(takes.holds, given)) for s in sources))
    faults += filter(None, [not_written_back(rule)])
    part = "argument" if not rule.sources else "source"
    return [Misfit(fault, "mapping", rule.target, part) for fault in faults]


def _beyond(flow: Flow, rule: FieldRule, found: Mapping[str, FieldFacts | None]) -> Iterable[str]:
    """Yield why what a row reads besides fields, a table or Salesforce's rates, cannot be had."""
    table = table_of(rule.argument) if rule.transform == "look_up" else ""
    if table and table not in words.tables_of(flow):
        known = ", ".join(f"={name}" for name in words.tables_of(flow))
        yield f"“={table}” is no table of this flow." + (f" There are {known}." if known else "")
    dated = rule.transform == "convert" and DATED.fullmatch(rule.argument)
    if (dated or table) and not flow.exclusive:
        yield "Tables and Salesforce’s rates are read where deals are billed; give a rate or pairs."
    facts = found.get(day_of(rule.argument)) if dated else None
    if facts and facts.holds not in (Holds.DATE, Holds.TIME):
        yield f"“{facts.label}” holds {facts.holds.value}; the rate’s day must be a date."


def _locked(flow: Flow, rule: FieldRule, known: SalesforceFields) -> list[Misfit]:
    """Return that the field which the flow itself fills cannot be written."""
    if System.SALESFORCE not in rule.writes or not rule.source:
        return []
    facts = known.org.find(choices.kind_of(flow, rule.target), rule.source)
    if facts is None or facts.writable:
        return []
    takes = TAKES.get(flow.key, NOTHING).get(rule.target, Takes(facts.holds))
    return [Misfit(unfit_to_fill(facts, takes), "mapping", rule.target)]


TYPICAL: Mapping[Holds, Any] = {
    Holds.TEXT: "12",
    Holds.NUMBER: Decimal(12),
    Holds.DATE: date(2026, 1, 31),
    Holds.TIME: datetime(2026, 1, 31, 12, tzinfo=UTC),
    Holds.YES_NO: True,
}


def _expression_fault(
    rule: FieldRule, found: Mapping[str, FieldFacts | None], takes: Takes | None
) -> str:
    """Try an expression with a typical value of each field; return what is wrong with it."""
    known = {path: TYPICAL.get(facts.holds) for path, facts in found.items() if facts}
    if not found.keys() <= known.keys():
        return ""
    try:
        made = expressions.try_with(rule.argument, known)
    except ValueError as error:
        return f"With typical values {error}"
    wrong = takes and (
        (takes.holds is Holds.NUMBER and not isinstance(made, Decimal))
        or (takes.holds is Holds.DATE and not isinstance(made, date))
    )
    return f"It gives “{made}”; {takes.holds.value} is needed here." if wrong and takes else ""


def _is_there(flow: Flow, rule: FieldRule, known: SalesforceFields) -> bool:
    kind = choices.kind_of(flow, rule.target)
    return all(known.org.find(kind, path) for path in rule.sources)


def _read(
    flow: Flow, rule: FieldRule, known: SalesforceFields, paths: Iterable[str]
) -> dict[str, FieldFacts | None]:
    kind, found = choices.kind_of(flow, rule.target), dict[str, FieldFacts | None]()
    for path in paths:
        own = path.removeprefix(LINE)
        facts = known.org.find(kind, own)
        if facts is None and rule.target.startswith(LINE):
            facts = known.org.find(flow.salesforce_kind, own.removeprefix(ABOVE))
        found[path] = facts
    return found


def _unknown(flow: Flow, rule: FieldRule, known: SalesforceFields, path: str) -> str:
    """Return that a path leads nowhere; what an undescribed kind has is not known."""
    kind, own = choices.kind_of(flow, rule.target), path.removeprefix(LINE)
    if own.startswith(ABOVE) and rule.target.startswith(LINE):
        kind, own = flow.salesforce_kind, own.removeprefix(ABOVE)
    if "." not in own or known.org.is_open(kind, own):
        return ""  # the completeness of rows tells of own fields
    above, _, last = own.rpartition(".")
    return f"“{own}” is no field that Salesforce shows us.{_alike(known, kind, above, last)}"


def _alike(known: SalesforceFields, kind: str, above: str, last: str) -> str:
    names = {p for p, _ in choices.offers(known, kind) if p.rpartition(".")[0] == above}
    by_fold = {name.casefold(): name for name in names}
    close = get_close_matches(f"{above}.{last}".casefold(), by_fold, n=1, cutoff=0.75)
    return f" Did you mean {by_fold[close[0]]}?" if close else ""


def circles(flow: Flow, rules: RuleSet) -> list[Misfit]:
    """Return the rows that read what the same mapping fills, and fields that two rows fill."""
    filled: dict[str, str] = {}
    found = []
    for rule in rules.fields:
        if rule.writes != {System.SALESFORCE} or not rule.source:
            continue
        kind_source = f"{choices.kind_of(flow, rule.target)}.{rule.source}"
        if other := filled.get(kind_source):
            told = f"“{rule.source}” is filled by “{words.title_of(other)}” already."
            found.append(Misfit(told, "mapping", rule.target))
        filled.setdefault(kind_source, rule.target)
    for rule in rules.fields:
        if rule.writes == {System.SALESFORCE}:
            continue
        kind = choices.kind_of(flow, rule.target)
        for path in fields_of(rule.transform, rule.sources, rule.argument):
            if other := filled.get(f"{kind}.{path}"):
                told = (
                    f"“{path}” is filled from Xero by “{words.title_of(other)}”: taken from there "
                    "it would go round in a circle."
                )
                found.append(Misfit(told, "mapping", rule.target))
    return found


def value_misfits(pair: Pair, table: ValueTable, row: TableRow) -> list[Misfit]:
    """Return the values of a row that the organisation has no longer, or never had, in use."""
    if is_open_to_all(row):
        told = f"“{row.value}” is the rate of one currency: add the condition which it is."
        return [Misfit(told, "table", table.name, "value")]
    known = dict(choices.active(pair, table))
    unknown = not known and not choices.has_none(pair, table)
    if not table.listed or unknown or not choices.is_whole(table, known):
        return []
    parts = [part.strip() for part in row.value.split(",")] if table.several else [row.value]
    own = {
        *table.choices,
        *known,
        *choices.besides(pair, table),
        *(_short(value) for value in known),
        words.ASK,
        "",
    }
    named = {part: part.partition(" by ")[0] for part in parts}  # “GBP by 0.79”
    wrong = [p for p in parts if not {p, named[p], _short(p)} & own and p.casefold() != words.ASK]
    if table.listed == "stages" and len(wrong) < len(parts):
        return []  # the first that is there is taken
    side = pair.salesforce if table.listed in choices.OF_SALESFORCE else pair.xero
    return [
        Misfit(
            f"“{part}” is not in use in {side.organisation_name or 'this organisation'}: "
            "choose from its list.",
            "table",
            table.name,
            "value",
        )
        for part in wrong
    ]


def _short(value: str) -> str:
    """Return the 15 letters by which a Salesforce id is known whatever its length."""
    return value[:15] if len(value) == 18 and value.isalnum() else value


def misfits(pair: Pair, flow: Flow, rules: RuleSet, known: SalesforceFields) -> list[Misfit]:
    """Return everything in the rules that cannot work today, with where to mend it."""
    tables = words.tables_of(flow)
    found = [one for rule in rules.fields for one in field_misfits(flow, rule, known)]
    found += circles(flow, rules)
    for row in rules.tables:
        if (table := tables.get(row.table)) is not None:
            found += value_misfits(pair, table, row)
            found += _of_conditions(flow, table, row, known)
    return found


def _of_conditions(
    flow: Flow, table: ValueTable, row: TableRow, known: SalesforceFields
) -> Iterable[Misfit]:
    """Yield why conditions cannot hold; the completeness of rows tells of a record's own fields."""
    for each in row.when:
        part, told = condition_fault(flow, table, each, known)
        alone = RuleSet((), (TableRow(row.table, "", (each,)),))
        if told and not unknown_fields(alone, known.record, known.lines):
            yield Misfit(told, "table", table.name, part)


def sentences(pair: Pair, flow: Flow, rules: RuleSet, known: SalesforceFields) -> list[str]:
    """Return each misfit with the row that it is in, as one sentence."""
    found = misfits(pair, flow, rules, known)
    return [f"{name_of(flow, one.place, one.argument)}: {one.words}" for one in found]


def name_of(flow: Flow, place: str, argument: str) -> str:
    """Return what people call the table, or the field whose mapping it is."""
    if place == "table":
        table = words.tables_of(flow).get(argument)
        return table.title if table else words.title_of(argument)
    return flow.labels.get(argument) or words.title_of(argument)
