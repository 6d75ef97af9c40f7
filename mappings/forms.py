"""The forms of mapping rows: plain words, each fault beside its field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django import forms

from connections.live import open_remote as open_live
from mappings import checking, people, words
from mappings.choices import (
    NAMED,
    OpenRemote,
    SalesforceFields,
    active,
    is_whole,
    unlisted,
    values_of,
)
from mappings.completeness import unknown_fields
from mappings.drafted import Drafted
from mappings.fitting import Misfit, circles, field_misfits, value_misfits
from mappings.fitting_conditions import condition_fault
from mappings.models import FieldMapping, ValueRow
from mappings.rules import editable
from sync.core.flow import Condition, Empty, FieldRule, Flow, Owner, RuleSet, TableRow, ValueTable
from sync.flows.registry import every_flow

TEXT = {"autocomplete": "off", "spellcheck": "false"}
NO_FIELDS = SalesforceFields()
NO_RULES = RuleSet((), ())
PLACES = 4
"""So many values are tried in turn; more were never of use."""


class RowForm(forms.Form):
    """What both kinds of rows have: whether they are in use, and a mark of what was shown."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    active = forms.BooleanField(label="In use", required=False)


class FieldForm(RowForm):
    """One field mapping; parts that make no difference for its field are left out."""

    source = forms.CharField(label="Salesforce field", max_length=500, required=False)
    transform = forms.ChoiceField(label="How", choices=list(words.TRANSFORMS.items()))
    argument = forms.CharField(label="With", max_length=500, required=False, strip=False)
    owner = forms.ChoiceField(label="Who owns it", choices=list(words.OWNERS.items()))
    empty = forms.ChoiceField(label="If empty", choices=list(words.EMPTY.items()))

    def __init__(
        self,
        drafted: Drafted[FieldMapping],
        shipped: FieldRule,
        known: SalesforceFields = NO_FIELDS,
        typed: Any = None,
        others: RuleSet = NO_RULES,
    ) -> None:
        may = editable(shipped)
        initial = {name: getattr(drafted.row, name) for name in may}
        super().__init__(typed, initial=initial | {"seen": drafted.seen})
        self.shipped, self.known, self.others = shipped, known, others
        self.flow = every_flow()[drafted.row.flow]
        for name in list(self.fields):
            if name != "seen" and name not in may:
                del self.fields[name]
        for name in ("source", "argument"):
            if name in self.fields:
                self.fields[name].widget.attrs |= TEXT
        if "source" in self.fields:
            self.fields["source"].widget.attrs["list"] = "fields-to-choose"
        _name_the_sentences(self)

    def clean(self) -> dict[str, Any]:
        """Hold the row against the rules for rows, and against the fields of Salesforce."""
        values = super().clean() or {}
        if self.errors:
            return values
        faults = checking.field_faults(self.shipped, self.rule)
        if not faults and self.known.record and values.get("active", True):
            rules = RuleSet((replace(self.rule, optional=False),), ())
            for unknown in unknown_fields(rules, self.known.record, self.known.lines):
                in_template = self.rule.transform == "template"
                faults["argument" if in_template else "source"] = unknown.words
        if not faults and values.get("active", True):
            faults |= {one.part: one.words for one in self._misfits()}
        _report(self, faults)
        return values

    def _misfits(self) -> list[Misfit]:
        """Return why the typed rule cannot work beside the others."""
        mine = self.rule
        rules = tuple(mine if r.target == mine.target else r for r in self.others.fields)
        round_about = circles(self.flow, RuleSet(rules, ()))
        return [
            *field_misfits(self.flow, mine, self.known),
            *(one for one in round_about if one.argument == mine.target),
        ]

    @property
    def rule(self) -> FieldRule:
        """The rule that the typed values make."""
        typed: dict[str, Any] = {
            name: self.cleaned_data[name] for name in self.values if name != "active"
        }
        if "owner" in typed:
            typed["owner"] = Owner(typed["owner"])
        if "empty" in typed:
            typed["empty"] = Empty(typed["empty"])
        return replace(self.shipped, **typed)

    @property
    def values(self) -> dict[str, Any]:
        """The typed values by the row's own names."""
        return {n: self.cleaned_data[n] for n in self.fields if n != "seen"}


class InTurn(forms.MultiWidget):
    """Several lists to choose from, tried in turn; the value is what was chosen, with commas."""

    def __init__(self, choices: list[tuple[str, str]]) -> None:
        places = ["First", *["else"] * (PLACES - 1)]
        super().__init__([forms.Select({"aria-label": each}, choices) for each in places])

    def decompress(self, value: str | None) -> list[str]:
        """Return what each list shows."""
        return ([part.strip() for part in (value or "").split(",")] + [""] * PLACES)[:PLACES]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return what was chosen, or what was sent as one text."""
        if name in data:
            return str(data[name])
        chosen = super().value_from_datadict(data, files, name)
        return ",".join(dict.fromkeys(part for part in chosen if part))


class ValueForm(RowForm):
    """One row of a value table, with its conditions as a small form of their own."""

    name = forms.CharField(label="What it is for", max_length=200, required=False)
    value = forms.CharField(label="Gives", max_length=500, required=False)

    def __init__(
        self,
        drafted: Drafted[ValueRow],
        table: ValueTable,
        flow: Flow,
        known: SalesforceFields = NO_FIELDS,
        typed: Any = None,
        *,
        open_remote: OpenRemote = open_live,
    ) -> None:
        row = drafted.row
        super().__init__(typed, initial=_initial(row) | {"seen": drafted.seen})
        self.table, self.flow, self.known, self.pair = table, flow, known, row.pair
        self.open_remote = open_remote
        many = 0 if table.bare else checking.MOST_CONDITIONS
        self.slots = range(1 if table.asks else max(many, len(row.conditions)))
        for slot in self.slots:
            if table.asks:
                self._add_choice(slot)
            else:
                self._add_slot(slot)
        for name in self.fields:
            if isinstance(self.fields[name].widget, forms.TextInput):
                self.fields[name].widget.attrs |= TEXT
        self.fields["value"].widget = self._value_widget(row.value)
        _name_the_sentences(self)

    def _value_widget(self, value: str) -> forms.Widget:
        """Return a list to choose from where there is one; several values are typed with help."""
        offered = values_of(self.pair, self.table)
        listed = active(self.pair, self.table) if self.table.listed else []
        own_rate = self.table.listed == "conversions"
        typed = own_rate or not is_whole(self.table, listed)
        if typed or not offered or not (listed or not self.table.free):
            return forms.TextInput({**TEXT, "list": "values"})
        known = [("", "choose …"), *((v, _label(v, name, self.table)) for v, name in offered)]
        said = [part.strip() for part in value.split(",")] if self.table.several else [value]
        known += [(p, unlisted(self.pair, self.table, p)) for p in said if p not in dict(known)]
        return InTurn(known) if self.table.several else forms.Select(choices=known)

    def _add_slot(self, slot: int) -> None:
        path = forms.CharField(label="Salesforce field", max_length=255, required=False)
        path.widget.attrs |= {"list": "paths", "data-values-of": f"values-{slot}"}
        operators = forms.ChoiceField(label="Comparison", choices=list(words.OPERATORS.items()))
        operators.required = False
        wanted = forms.CharField(label="Value", max_length=255, required=False)
        wanted.widget.attrs["list"] = f"values-{slot}"
        self.fields |= {f"path_{slot}": path, f"operator_{slot}": operators}
        self.fields[f"wanted_{slot}"] = wanted

    def _add_choice(self, slot: int) -> None:
        """Let the person choose what the row is about: the flow asks it, not a record."""
        for part, value in (("path", f"={self.table.asks}"), ("operator", "is")):
            fixed = forms.CharField(initial=value, required=False, widget=forms.HiddenInput)
            self.fields[f"{part}_{slot}"] = fixed
        choices = [("", "choose …"), *self.table.asked.items()]
        self.fields[f"wanted_{slot}"] = forms.ChoiceField(
            label="This row is about", choices=choices
        )

    def clean(self) -> dict[str, Any]:
        """Hold the row against its table, and its conditions against the fields of Salesforce."""
        values = super().clean() or {}
        if self.errors:
            return values
        filled, unmeant = self._filled(), self._ask_who(values)
        row = TableRow(self.table.name, values["value"], tuple(c for _, c in filled))
        faults = unmeant or checking.value_faults(self.table, row, self.flow.tables)
        if values.get("active") and "value" not in faults:
            faults |= {one.part: one.words for one in value_misfits(self.pair, self.table, row)}
        for number, (slot, condition) in enumerate(filled):
            fault = faults.pop(f"condition_{number}", "") or self._unknown(condition)
            part = "path" if condition.path in fault or not condition.path else "wanted"
            if not fault and values.get("active"):
                part, fault = condition_fault(self.flow, self.table, condition, self.known)
            if fault:
                faults[f"{part}_{slot}"] = fault
        _report(self, faults)
        return values

    def _ask_who(self, values: dict[str, Any]) -> checking.Faults:
        """Put the id of the user who is meant into the values; return why that cannot be."""
        said = values["value"].strip()
        if not values.get("active") or not people.needs_asking(self.pair, self.table, said):
            return {}
        values["value"], fault = people.meant(self.pair, said, self.open_remote)
        return {"value": fault} if fault else {}

    def _filled(self) -> list[tuple[int, Condition]]:
        """Return each condition of which anything is typed, with its slot."""
        found = []
        for slot in self.slots:
            parts = [self.cleaned_data[f"{part}_{slot}"] for part in ("path", "operator", "wanted")]
            if parts[0] or parts[2]:
                found.append((slot, Condition(*parts)))
        return found

    def _unknown(self, condition: Condition) -> str:
        if not self.known.record or not self.cleaned_data.get("active"):
            return ""
        rules = RuleSet((), (TableRow(self.table.name, "", (condition,)),))
        found = unknown_fields(rules, self.known.record, self.known.lines)
        return found[0].words if found else ""

    @property
    def values(self) -> dict[str, Any]:
        """The typed values by the row's own names."""
        conditions = [
            {"path": c.path, "operator": c.operator, "value": c.value} for _, c in self._filled()
        ]
        own = {name: self.cleaned_data[name] for name in ("name", "value", "active")}
        return own | {"conditions": conditions}

    def paths(self) -> list[tuple[int, str]]:
        """Return each slot with the path that stands there, typed or from before."""
        if self.table.asks:
            return []
        return [(slot, str(self[f"path_{slot}"].value() or "").strip()) for slot in self.slots]

    def conditions(self) -> Iterator[tuple[Any, Any, Any]]:
        """Yield the three fields of each condition."""
        for slot in self.slots:
            yield self[f"path_{slot}"], self[f"operator_{slot}"], self[f"wanted_{slot}"]


def _label(value: str, name: str, table: ValueTable) -> str:
    if not name or value in table.choices or table.listed in NAMED:
        return name or value
    if table.listed == "stages":
        return f"{value} ({name})"
    return f"{value} {name}"


def _initial(row: ValueRow) -> dict[str, Any]:
    initial = {"name": row.name, "value": row.value, "active": row.active}
    for slot, condition in enumerate(row.conditions):
        initial |= {
            f"path_{slot}": condition["path"],
            f"operator_{slot}": condition["operator"],
            f"wanted_{slot}": condition["value"],
        }
    return initial


def _report(form: forms.Form, faults: checking.Faults) -> None:
    for name, fault in faults.items():
        form.add_error(name if name in form.fields else None, fault)


def _name_the_sentences(form: forms.Form) -> None:
    """Let assistive technology find the sentence beside a field."""
    for name, field in form.fields.items():
        if not isinstance(field.widget, forms.CheckboxInput | forms.HiddenInput):
            field.widget.attrs["aria-describedby"] = f"fault-{name}"
