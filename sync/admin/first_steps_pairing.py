"""The form that makes two connections a pair."""

from __future__ import annotations

from typing import Any

from django import forms

from connections.models import Connection, Pair
from sync.core.records import System

from .first_steps_choice import Choice, connections_to

TAKEN = "“{}” is the name of another pair: choose another."


class PairForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name and two connections; what cannot be kept in step is refused as Pair.clean says."""

    class Meta:
        """The fields that a person sets."""

        model = Pair
        fields = ("name", "salesforce", "xero")

    def __init__(self, choice: Choice, values: Any = None) -> None:
        initial = {"name": free_name(choice.name), **choice.fields}
        super().__init__(values, initial=initial, auto_id="pair-%s")
        for system in System:
            field = self.fields[system.value]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            rows = connections_to(system)
            field.queryset = Connection.objects.filter(pk__in=[one.pk for one in rows])
            field.label = f"{system.label}"
            field.empty_label = None
        self.fields["name"].error_messages["unique"] = TAKEN.format(
            (values or {}).get("name", "")[:200]
        )

    @property
    def connections(self) -> list[tuple[Any, str]]:
        """The two fields of connections, each with its system's badge."""
        return [(self[system.value], BADGES[system]) for system in System]


BADGES = {System.SALESFORCE: "sf", System.XERO: "xero"}


def free_name(wanted: str) -> str:
    """Return the name, with a number behind it where another pair has it."""
    taken = set(Pair.objects.filter(name__startswith=wanted[:190]).values_list("name", flat=True))
    numbers = (f"{wanted[:190]} {number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wanted, *numbers) if name not in taken)
