"""What finance may say of a case: put it off, note a dispute or a promise, and why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from sync.core.chasing.cases import Holds
from sync.models import RiskCase

FARTHEST = timedelta(days=366)


def _day(label: str) -> forms.DateField:
    # browsers know the day of such a field in this one form, whatever the language
    shown = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=shown, input_formats=["%Y-%m-%d"])


class HoldForm(forms.Form):
    """The three holds of one case, with a note for its history."""

    snoozed_until = _day("Put off until")
    promised_on = _day("Promised for")
    disputed = forms.BooleanField(label="The customer disputes it", required=False)
    note = forms.CharField(label="Why, for the history", required=False, max_length=500)

    @classmethod
    def of(cls, row: RiskCase) -> HoldForm:
        """Return the form as the case stands, not sent yet."""
        return cls(
            initial={
                "snoozed_until": row.snoozed_until,
                "promised_on": row.promised_on,
                "disputed": row.disputed,
            }
        )

    @property
    def holds(self) -> Holds:
        """What was said."""
        said: dict[str, Any] = self.cleaned_data
        return Holds(said["snoozed_until"], said["disputed"], said["promised_on"])

    def clean_snoozed_until(self) -> date | None:
        """Return the day; one more than a year away is a slip of the pen."""
        return self._near("snoozed_until")

    def clean_promised_on(self) -> date | None:
        """Return the day; one more than a year away is a slip of the pen."""
        return self._near("promised_on")

    def _near(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day and name in self.changed_data and abs(day - timezone.localdate()) > FARTHEST:
            raise forms.ValidationError("That is more than a year away: write a nearer day.")
        return day


def said(row: RiskCase) -> str:
    """Return in a few words what people said of a case; empty for nothing."""
    parts = []
    if row.disputed:
        parts.append("disputed")
    if row.promised_on:
        parts.append(f"promised for {row.promised_on:%-d %b %Y}")
    if row.snoozed_until:
        parts.append(f"put off until {row.snoozed_until:%-d %b %Y}")
    return ", ".join(parts)
