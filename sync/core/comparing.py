"""Comparing: what two sets of rules make of the same record, value by value, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .flow import Flow
from .money import Money
from .organisation import Reference
from .planning import Plan

HIDDEN = frozenset({"deal_total", "contact", "url"})
"""What no mapping row changes, or what says nothing to a reader."""
AMOUNTS = frozenset({"net", "gross"})
FAILED = ("expression:", "convert:", "not_a_number:", "bad_argument:")
"""How the causes begin of questions that a row itself raises."""
AREAS: Mapping[str, str] = {
    "description": "wording",
    "quantity": "amount",
    "unit_amount": "amount",
    "discount_rate": "amount",
    "account_code": "account",
    "tax_type": "tax",
    "item_code": "item",
    "tracking": "tracking",
    "net": "amount",
    "gross": "amount with tax",
}
"""What a difference is about, by the name of the part that differs."""


@dataclass(frozen=True)
class Compared:
    """One value before and after."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.before != self.after


@dataclass(frozen=True)
class Rehearsal:
    """What the rules in force and the other ones make of one record.

    `areas` are what the differences are about, in words; `asks` and `asked` the questions that the
    other rules and those in force raise.
    """

    subject: str
    name: str
    values: tuple[Compared, ...]
    areas: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    """Why the other rules cannot calculate something, in words."""
    amount: Decimal | None = None
    currency: str = ""

    @property
    def differs(self) -> bool:
        """Whether anything comes out otherwise."""
        return bool(self.areas)


def compare(flow: Flow, now: Plan, then: Plan, reference: Reference | None) -> Rehearsal:
    """Return what differs between two plans of the same record."""
    before, after = _made(flow, now), _made(flow, then)
    old, new = _told(flow, before, reference), _told(flow, after, reference)
    asked, asks = (tuple(q.title for q in plan.questions) for plan in (now, then))
    areas = [*_areas(flow, before, after), *(["a question"] if asked != asks else [])]
    if now.reason != then.reason:
        areas.append("whether it takes part")
    record = now.couple.own
    money = then.money or now.money
    return Rehearsal(
        subject=str(now.subject),
        name=str(record.get("Name") or now.subject.id) if record else now.subject.id,
        values=tuple(
            Compared(label, old.get(label, ""), new.get(label, ""))
            for label in dict.fromkeys([*old, *new])
        ),
        areas=tuple(dict.fromkeys(areas)),
        asked=tuple(dict.fromkeys([*asked, *filter(None, [now.reason])])),
        asks=tuple(dict.fromkeys([*asks, *filter(None, [then.reason])])),
        fails=tuple(q.title for q in then.questions if q.cause.startswith(FAILED)),
        amount=money.amount if money else None,
        currency=money.currency if money else "",
    )


def _made(flow: Flow, plan: Plan) -> Mapping[str, Any]:
    """Return the values that the rules make of the subject, or would fill it with."""
    if flow.projects is not None:
        return {name: v for i in plan.intents for name, v in i.body.items() if name != "Id"}
    return plan.couple.shared.get(plan.subject.system, {})


def _areas(flow: Flow, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[str]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if _is_hidden(name) or old == new or (not old and not new):
            continue
        if name == "lines":
            yield from _areas_of_lines(old or [], new or [])
        else:
            yield AREAS.get(name, label_of(flow, name).lower())


def _is_hidden(name: str) -> bool:
    return name in HIDDEN or name.startswith("_")


def _areas_of_lines(old: list[Any], new: list[Any]) -> Iterable[str]:
    if len(old) != len(new):
        yield "amount"
    for one, two in zip(old, new, strict=False):
        yield from (AREAS[part] for part in AREAS if one.get(part) != two.get(part))


def _told(flow: Flow, made: Mapping[str, Any], reference: Reference | None) -> dict[str, str]:
    told: dict[str, str] = {}
    for name, value in made.items():
        if name == "lines":
            for number, line in enumerate(value or [], start=1):
                told[f"Line {number}"] = _line(line, reference)
        elif not _is_hidden(name) and value not in (None, "", []):
            amount = name in AMOUNTS and made.get("currency")
            told[label_of(flow, name)] = (
                str(Money(value, made["currency"])) if amount else _word(value)
            )
    return told


def _line(line: Mapping[str, Any], reference: Reference | None) -> str:
    accounts = {a.code: a.name for a in reference.accounts} if reference else {}
    taxes = {t.tax_type: t.name for t in reference.tax_rates} if reference else {}
    options = {t.option_id: t.option for t in reference.tracking} if reference else {}
    code, tax = str(line.get("account_code") or ""), str(line.get("tax_type") or "")
    discount = line.get("discount_rate")
    parts = [
        f"{_plain(line.get('quantity'))} × {_word(line.get('unit_amount'))} "
        f"{line.get('description') or ''}",
        f"less {_plain(discount)}%" if discount else "",
        f"{code} {accounts.get(code, '')}",
        taxes.get(tax, tax),
        str(line.get("item_code") or ""),
        *(options.get(str(option), "") for _, option in line.get("tracking") or []),
    ]
    return " · ".join(part.strip() for part in parts if part.strip())


def label_of(flow: Flow, name: str) -> str:
    """Return what people call a shared field."""
    words = name.replace("_", " ").replace(".", ": ")
    return flow.labels.get(name) or words[:1].upper() + words[1:]


def _word(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%-d %b %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value:%-d %b %Y}"
    if isinstance(value, Mapping):
        return str(value.get("words") or _entry(value))
    if isinstance(value, list):
        return "; ".join(_entry(each) for each in value)
    return _figure(value) if isinstance(value, Decimal) else str(value)


def _figure(value: Decimal) -> str:
    """Return a number with its thousands apart, and no single decimal: 2,401.20."""
    decimals = max(2, -int(value.normalize().as_tuple().exponent)) if "." in str(value) else 0
    return f"{value:,.{decimals}f}"


def _plain(value: Any) -> str:
    """Return a number without the zeros at its end."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _entry(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values() if part not in (None, "", False))
    return str(value)
