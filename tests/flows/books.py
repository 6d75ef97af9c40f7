"""Both systems in memory: plans are made by the pure steps and applied as the systems would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sync.core.agreed import Common
from sync.core.couples import Couple, Decision, LinkFacts
from sync.core.flow import Flow, Surroundings
from sync.core.intents import Intent
from sync.core.mapping import map_couple
from sync.core.matching import Candidate, Match, Outcome, match_couple
from sync.core.merging import merge_couple
from sync.core.planning import Plan, plan
from sync.core.questions import Question
from sync.core.records import Key, Record, System
from sync.flows.shapes import CANDIDATES
from tests.builders import around, xero_id

CENT = Decimal("0.01")


@dataclass
class Books:
    """What both systems hold, what is linked, and what people have decided."""

    flow: Flow
    around: Surroundings = field(default_factory=around)
    records: dict[Key, Record] = field(default_factory=dict)
    links: dict[str, LinkFacts] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)

    def put(self, *records: Record) -> None:
        """Take records in as they are."""
        self.records.update({record.key: record for record in records})

    def of(self, kind: str) -> list[Record]:
        """Return the records of a kind."""
        return [record for key, record in self.records.items() if key.kind == kind]

    def edit(self, record: Record, **values: Any) -> Record:
        """Let a person change a record."""
        edited = replace(record, values={**record.values, **values})
        self.put(edited)
        return edited

    def decide(self, question: Question, choice: str) -> None:
        """Let a person answer a question."""
        self.decisions[question.cause] = Decision(question.cause, choice, about=question.about)

    def prepare(self, subject: Key) -> Plan:
        """Return the plan of a subject; nothing changes."""
        couple = match_couple(self.flow, self._couple(subject), *self._pools(subject))
        if couple.adopts:
            couple = replace(couple, xero=self.records[couple.adopts])
        merged = merge_couple(map_couple(self.flow, couple, self.around), self.around.rules)
        return plan(self.flow, merged, self.around)

    def sync(self, record: Record) -> Plan:
        """Take a Salesforce record in, carry its plan out, tell it back; return the first plan."""
        self.put(record)
        return self.again(record.key)

    def again(self, subject: Key) -> Plan:
        """Carry out the plan of a subject as it is now, and the plan after that."""
        first = self.prepare(subject)
        self.carry_out(first)
        if any(intent.system is System.XERO for intent in first.intents):
            self.carry_out(self.prepare(subject))
        return first

    def carry_out(self, planned: Plan) -> None:
        """Link what was found, keep what agrees, and write what the plan intends."""
        subject, link = planned.subject.id, planned.couple.link
        if planned.adopts and not planned.reason:
            self.links[subject] = LinkFacts(
                planned.adopts, planned.agreed, link.generation + 1 if link else 1
            )
        elif link and planned.agreed:
            self.links[subject] = replace(link, agreed=planned.agreed)
        for need in self.flow.needs:
            found = planned.couple.needs.get(need.name)
            if found and found.candidate and planned.couple.salesforce:
                owner = need.key_of(planned.couple.salesforce)
                self.links[owner] = LinkFacts(found.candidate.key, {})
        made: dict[str, str] = {}
        for intent in planned.intents:
            self._write(intent, made)

    def _couple(self, subject: Key) -> Couple:
        record, link = self.records.get(subject), self.links.get(subject.id)
        known = [
            (need.name, self.links[need.key_of(record)].counterpart)
            for need in self.flow.needs
            if record and need.key_of(record) in self.links
        ]
        return Couple(
            subject,
            record,
            self.records.get(link.counterpart) if link else None,
            link,
            needs={name: self._linked(key) for name, key in known},
            decisions=self.decisions,
        )

    def _linked(self, key: Key) -> Match:
        found = self._candidate(self.records[key])
        return Match(Outcome.GONE if found.gone else Outcome.LINKED, found, (found,))

    def _pools(self, subject: Key) -> tuple[list[Candidate], dict[str, list[Candidate]]]:
        needed = {need.name: self._candidates(need.xero_kind) for need in self.flow.needs}
        return self._candidates(self.flow.xero_kind), needed

    def _candidates(self, kind: str) -> list[Candidate]:
        return [self._candidate(record) for record in self.of(kind)]

    def _candidate(self, record: Record) -> Candidate:
        return CANDIDATES[record.key.kind](record)

    def _write(self, intent: Intent, made: dict[str, str]) -> None:
        body = _resolve(intent.body, made)
        if intent.system is System.SALESFORCE:
            assert intent.target
            self.edit(self.records[intent.target], **{k: v for k, v in body.items() if k != "Id"})
            self._agree(intent, {name: Common(v, v) for name, v in intent.shared.items()})
            return
        remote_id = intent.target.id if intent.target else xero_id(f"made {len(self.records)}")
        key = Key(System.XERO, intent.kind, remote_id)
        before = self.records[key].values if key in self.records else _blank(len(self.records))
        after = {**before, **as_xero_returns(body)}
        self.put(Record(key, {**after, **(self.sums(after) if "LineItems" in after else {})}, None))
        made[intent.name] = remote_id
        if not intent.target:
            known = self.links.get(intent.about.id)
            assert known is None or known.generation < intent.generation, "one link a generation"
            self.links[intent.about.id] = LinkFacts(key, {}, intent.generation)
        if intent.flow == self.flow.key:
            couple = Couple(intent.about, xero=self.records[key])
            theirs = self.flow.to_shared(System.XERO, couple, self.around)
            sent = _resolve(intent.shared, made)
            names = [
                rule.target
                for rule in self.around.rules.fields
                if not rule.create_only and System.XERO in rule.writes and rule.target in sent
            ]
            self._agree(intent, {name: Common(sent[name], theirs.get(name)) for name in names})

    def sums(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what Xero counts an invoice's lines to, by the organisation's own rates."""
        rates = {rate.tax_type: rate.rate for rate in self.around.reference.tax_rates}
        kind = values.get("LineAmountTypes", "Exclusive")
        amounts = [line["LineAmount"] for line in values["LineItems"]]
        each = [
            _tax(line["LineAmount"], rates.get(line.get("TaxType"), Decimal(0)), kind)
            for line in values["LineItems"]
        ]
        summed, tax = sum(amounts, Decimal(0)), sum(each, Decimal(0))
        gross = summed if kind == "Inclusive" else summed + tax
        return {"SubTotal": gross - tax, "TotalTax": tax, "Total": gross}

    def _agree(self, intent: Intent, values: Mapping[str, Common]) -> None:
        link = self.links[intent.about.id]
        self.links[intent.about.id] = replace(link, agreed={**link.agreed, **values})


def as_xero_returns(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body as Xero gives it back: trimmed, four decimals, sums, its own defaults."""
    values: dict[str, Any] = {n: v.strip() if isinstance(v, str) else v for n, v in body.items()}
    for name in ("Date", "DueDate"):
        if name in values:
            values[name] = date.fromisoformat(values[name]) if values[name] else None
    if "LineItems" in values:
        values["LineItems"] = [_line(line) for line in values["LineItems"]]
    return values


def _tax(amount: Decimal, rate: Decimal, kind: str) -> Decimal:
    if kind == "NoTax":
        return Decimal(0)
    if kind == "Inclusive":
        return amount - (amount * 100 / (100 + rate)).quantize(CENT, ROUND_HALF_UP)
    return (amount * rate / 100).quantize(CENT, ROUND_HALF_UP)


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    unit = line["UnitAmount"].quantize(Decimal("0.0001"), ROUND_HALF_UP)
    kept = 1 - (line.get("DiscountRate") or Decimal(0)) / 100
    tracking = [
        {**pair, "Name": "Region", "Option": "North"} for pair in reversed(line.get("Tracking", ()))
    ]
    return {
        **line,
        "LineItemID": xero_id(line["Description"]),
        "Description": " ".join(line["Description"].split()),
        "Quantity": line["Quantity"].quantize(Decimal("0.0001")),
        "UnitAmount": unit,
        "LineAmount": (line["Quantity"] * unit * kept).quantize(CENT, ROUND_HALF_UP),
        "Tracking": tracking,
    }


def _blank(number: int) -> dict[str, Any]:
    theme = xero_id("Standard")
    return {"InvoiceNumber": f"INV-{number:04}", "BrandingThemeID": theme, "Status": "DRAFT"}


def _resolve(value: Any, made: Mapping[str, str]) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        return made.get(value[1:], value)
    if isinstance(value, Mapping):
        return {name: _resolve(inner, made) for name, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_resolve(inner, made) for inner in value]
    return value
