"""The form of a rule of credit risk: only the fields that its kind uses, each fault beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms

from mappings.models.risk import plain
from sync.core.currencies import CODES
from sync.core.money import Money
from sync.core.risk.lateness import LAST
from sync.core.risk.rules import COUNTED, UNITS, WINDOWED, RiskKind, RiskRule, Unit
from sync.core.risk.sentences import STEP_LABELS, meaning

STEPS = ("first", "second", "third")
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
LEAST_HISTORY = 4
"""A habit says nothing below so many paid invoices."""
WEIGHTS = {
    0: "mild",
    1: "serious",
    2: "grave",
}


@dataclass(frozen=True)
class Range:
    """The numbers that make sense for a threshold, and how to say what does not."""

    least: Decimal
    most: Decimal
    whole: bool
    words: str


RANGES: Mapping[Unit, Range] = {
    Unit.DAYS: Range(Decimal(0), Decimal(3650), True, "Give whole days, from 0 to 3,650."),
    Unit.PERCENT: Range(Decimal(1), Decimal(10_000), False, "Give a share from 1 % to 10,000 %."),
    Unit.SPREADS: Range(Decimal(1), Decimal(100), False, "Give a number from 1 to 100."),
    Unit.INVOICES: Range(Decimal(1), Decimal(1000), True, "Give whole invoices, from 1 to 1,000."),
}
AMOUNTS: Mapping[RiskKind, str] = {
    RiskKind.OVERDUE: "Only with more than, overdue in all",
    RiskKind.LIMIT: "Only with more than, open in all",
    RiskKind.CREDITED: "Only with more than, credited",
    RiskKind.HABIT: "Only with more than, late in all",
    RiskKind.PROMISE: "Only with more than, still open",
    RiskKind.PART_PAYMENTS: "Only with more than, open in all",
}
COUNTS: Mapping[RiskKind, str] = {
    RiskKind.CREDITED: "On at least so many credit notes",
    RiskKind.HABIT: "After at least so many paid invoices",
}


class NumberField(forms.DecimalField):
    """A number as people write it: 1,000.50 too, and never a comma that might mean a point."""

    def to_python(self, value: Any) -> Any:
        """Return the number; raises ValidationError."""
        text = str(value or "").strip() if not isinstance(value, Decimal) else str(value)
        if "," in text and not GROUPED.fullmatch(text):
            raise forms.ValidationError("Write thousands as 1,000 and decimals as 0.50.")
        return super().to_python(text.replace(",", ""))


class RiskRuleForm(forms.Form):
    """One rule. `seen` says how it stood when it was shown."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label="What it is called", max_length=80)
    first = NumberField(decimal_places=2)
    second = NumberField(decimal_places=2, required=False)
    third = NumberField(decimal_places=2, required=False)
    amount = NumberField(min_value=Decimal(0), max_digits=15, decimal_places=3, required=False)
    currency = forms.CharField(label="Currency", max_length=3, required=False)
    window = forms.IntegerField(label="Days looked back", min_value=7, max_value=730)
    count = forms.IntegerField(min_value=1, max_value=100)
    least_spread = NumberField(label="A spread is at least, days", decimal_places=1)
    weight = forms.TypedChoiceField(label="How grave it is", coerce=int)
    quiet_days = forms.IntegerField(label="Quiet days after a person closed it", max_value=365)
    active = forms.BooleanField(label="In use", required=False)

    def __init__(self, rule: RiskRule, seen: str = "", typed: Any = None) -> None:
        super().__init__(typed, initial=_initial(rule) | {"seen": seen})
        self.before = rule
        kind = rule.kind
        self.unused = _unused(kind)
        for name in self.unused:
            del self.fields[name]
        for number, name in enumerate(STEPS, start=1):
            self.fields[name].label = f"Level {number}, {STEP_LABELS[kind]}"
        self.fields["amount"].label = AMOUNTS[kind]
        if "count" in self.fields:
            self.fields["count"].label = COUNTS[kind]
        self.fields["weight"].choices = [  # type: ignore[attr-defined]
            (weight, f"{words}: {_levels(rule, weight)}") for weight, words in WEIGHTS.items()
        ]
        for name, field in self.fields.items():
            if isinstance(field, forms.IntegerField):  # Django's decimals are of that kind
                field.widget = forms.TextInput(attrs={"inputmode": "decimal"})
            if not isinstance(field.widget, forms.CheckboxInput | forms.HiddenInput):
                field.widget.attrs |= {"autocomplete": "off", "aria-describedby": f"fault-{name}"}

    def clean_title(self) -> str:
        """Return the title in one line, as a task has it."""
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_currency(self) -> str:
        """Return the code in capitals; one that does not exist would silence the rule."""
        code = str(self.cleaned_data["currency"]).strip().upper()
        if code and code not in CODES:
            raise forms.ValidationError(f"{code} is no currency. Write its code: GBP, USD, NZD.")
        return code

    def clean_count(self) -> int:
        """Return the number; a habit needs some history, and is told by the last invoices alone."""
        count = int(self.cleaned_data["count"])
        if self.before.kind is RiskKind.HABIT and not LEAST_HISTORY <= count <= LAST:
            raise forms.ValidationError(f"Give a number from {LEAST_HISTORY} to {LAST}.")
        return count

    def clean_least_spread(self) -> Decimal:
        """Return the days; without any, whoever always paid on one day would be late a day on."""
        days = Decimal(self.cleaned_data["least_spread"])
        if not 1 <= days <= 60:
            raise forms.ValidationError("Give days from 1 to 60.")
        return days

    def clean_quiet_days(self) -> int:
        """Return the days."""
        days = int(self.cleaned_data["quiet_days"])
        if days < 0:
            raise forms.ValidationError("Give whole days, from 0 to 365.")
        return days

    def clean(self) -> dict[str, Any]:
        """Hold each level against its range and against the level before."""
        values = super().clean() or {}
        span, before = RANGES[UNITS[self.before.kind]], None
        for number, name in enumerate(STEPS, start=1):
            step = values.get(name)
            if step is None:
                if name not in self.errors and any(
                    values.get(later) is not None for later in STEPS[number:]
                ):
                    self.add_error(name, f"Give level {number} too, or empty the levels after it.")
                continue
            if not span.least <= step <= span.most or (span.whole and step != int(step)):
                self.add_error(name, span.words)
            elif before is not None and step <= before:
                self.add_error(name, f"It must be more than level {number - 1}.")
            before = step
        return values

    @property
    def rule(self) -> RiskRule:
        """The rule that the typed values make; those that its kind does not use stay."""
        found = self.cleaned_data
        steps = tuple(plain(found[name]) for name in STEPS if found.get(name) is not None)
        kept = {name: found[name] for name in _NAMES if name in found}
        amount = plain(found.get("amount") or Decimal(0))
        spread = found.get("least_spread")
        return RiskRule(
            **{**_kept(self.before), **kept},
            steps=steps,
            amount=amount,
            least_spread=self.before.least_spread if spread is None else plain(spread),
        )


_NAMES = ("title", "currency", "window", "count", "weight", "quiet_days", "active")


def _kept(rule: RiskRule) -> dict[str, Any]:
    return {"key": rule.key, "kind": rule.kind} | {name: getattr(rule, name) for name in _NAMES}


def _unused(kind: RiskKind) -> list[str]:
    names = [] if kind in WINDOWED else ["window"]
    names += [] if kind in COUNTED else ["count"]
    return names + ([] if kind is RiskKind.HABIT else ["least_spread"])


def _initial(rule: RiskRule) -> dict[str, Any]:
    steps = [*rule.steps, None, None, None][: len(STEPS)]
    values: dict[str, Any] = {name: getattr(rule, name) for name in _NAMES}
    return values | {
        **dict(zip(STEPS, steps, strict=True)),
        "amount": str(Money(rule.amount, rule.currency)).removeprefix(rule.currency).strip(),
        "least_spread": rule.least_spread,
    }


def _levels(rule: RiskRule, weight: int) -> str:
    """Return what the levels of the rule make of an account, by how grave it is."""
    weighed = replace(rule, weight=weight)
    return ", ".join(meaning(weighed, level).partition(",")[0] for level in range(1, 4))
