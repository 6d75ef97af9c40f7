"""The form of a routing row: what it asks, which organisation it gives, each fault beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from mappings import checking, routing, routing_choices, routing_faults, words
from mappings.choices import SalesforceFields
from mappings.forms import TEXT
from mappings.routing import Row
from mappings.routing_draft import RouteDraft
from mappings.routing_drafting import with_row
from mappings.routing_faults import Known

BLANK: Row = {"key": "", "name": "", "conditions": [], "value": "", "active": True}
LONGEST_PATH, LONGEST_VALUE = 255, 500


class RouteForm(forms.Form):
    """One row of a kind; `row` has an empty key where it is new."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="What it is called", max_length=200, required=False)
    value = forms.ChoiceField(label="Belongs to", required=False)
    active = forms.BooleanField(label="In use", required=False)

    def __init__(
        self, draft: RouteDraft, row: Row, known: SalesforceFields, typed: Any = None
    ) -> None:
        super().__init__(typed, initial=_initial(row) | {"seen": draft.seen(f"row:{row['key']}")})
        self.draft, self.row, self.known, self.kind = draft, row, known, str(row["kind"])
        self.slots = range(max(checking.MOST_CONDITIONS, len(row["conditions"])))
        for slot in self.slots:
            self._add_slot(slot)
        self.fields["name"].widget.attrs |= TEXT
        offered = routing_choices.organisations(draft.connection, self.kind)
        if row["value"] and row["value"] not in dict(offered):
            offered.append((row["value"], f"pair {row['value']} (not in use any more)"))
        self.fields["value"] = forms.ChoiceField(
            label="Belongs to", required=False, choices=[("", "choose …"), *offered]
        )
        for name, field in self.fields.items():
            if not isinstance(field.widget, forms.CheckboxInput | forms.HiddenInput):
                field.widget.attrs["aria-describedby"] = f"fault-{name}"

    @classmethod
    def untested(
        cls, typed: Mapping[str, str], draft: RouteDraft, row: Row, known: Known
    ) -> RouteForm:
        """Return the form with what was typed so far, which is not held against anything yet."""
        form = cls(draft, row, known[str(row["kind"])])
        form.initial = {name: typed.get(name, "") for name in form.fields}
        return form

    def _add_slot(self, slot: int) -> None:
        path = forms.CharField(label="Field", max_length=LONGEST_PATH, required=False)
        path.widget.attrs |= {**TEXT, "list": "paths", "data-values-of": f"values-{slot}"}
        operator = forms.ChoiceField(
            label="Comparison", choices=list(words.OPERATORS.items()), required=False
        )
        wanted = forms.CharField(label="Value", max_length=LONGEST_VALUE, required=False)
        wanted.widget.attrs |= {**TEXT, "list": f"values-{slot}"}
        self.fields |= {f"path_{slot}": path, f"operator_{slot}": operator}
        self.fields[f"wanted_{slot}"] = wanted

    def clean(self) -> dict[str, Any]:
        """Hold the row against the fields and the pairs there are, and against the other rows."""
        values = super().clean() or {}
        if self.errors:
            return values
        filled = self._filled()
        made = {**self.values, "conditions": [parts for _, parts in filled]}
        connection = self.draft.connection
        pairs = {str(pair.pk) for pair in routing.pairs_of(connection) if pair.active}
        for part, fault in routing_faults.row_faults(made, pairs, self.known).items():
            name, _, index = part.rpartition("_")
            place = f"{name}_{filled[int(index)][0]}" if index.isdigit() else part
            if made["active"]:
                self.add_error(place, fault)
        if not self.errors and made["active"]:
            rows = self.draft.rows
            told = routing_faults.refusal(rows, with_row(rows, made), made["key"])
            if told:
                self.add_error("path_0", told)
        return values

    def _filled(self) -> list[tuple[int, dict[str, str]]]:
        """Return each condition of which anything is typed, with its slot."""
        found = []
        for slot in self.slots:
            path, operator, wanted = (
                self.cleaned_data.get(f"{part}_{slot}") or "" for part in _PARTS
            )
            if path or wanted:
                made = {"path": path, "operator": operator or "is", "value": wanted}
                found.append((slot, made))
        return found

    @property
    def values(self) -> dict[str, Any]:
        """The row that the typed values make."""
        own = {name: self.cleaned_data[name] for name in ("name", "value", "active")}
        conditions = [parts for _, parts in self._filled()]
        return {"key": self.row["key"], "kind": self.kind, **own, "conditions": conditions}

    def conditions(self) -> Iterator[tuple[Any, Any, Any]]:
        """Yield the three fields of each condition."""
        for slot in self.slots:
            path, operator, wanted = (self[f"{part}_{slot}"] for part in _PARTS)
            yield path, operator, wanted

    def paths(self) -> Iterator[tuple[int, str]]:
        """Yield each slot with the field that it names now."""
        for slot in self.slots:
            yield slot, str(self[f"path_{slot}"].value() or "").strip()


_PARTS = ("path", "operator", "wanted")


def _initial(row: Row) -> dict[str, Any]:
    initial: dict[str, Any] = {name: row[name] for name in ("name", "value", "active")}
    for slot, condition in enumerate(row["conditions"]):
        parts: Mapping[str, str] = condition
        initial |= {
            f"path_{slot}": parts["path"],
            f"operator_{slot}": parts["operator"],
            f"wanted_{slot}": parts["value"],
        }
    return initial
