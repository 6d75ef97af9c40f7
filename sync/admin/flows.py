"""The flows' switches: off, shadow or on, for each pair."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from config.admin_base import ModelAdmin, display
from sync.engine import switching
from sync.flows.registry import every_flow
from sync.models import FlowSwitch

from .records import Badge, chip

MODES: dict[str, Badge] = {
    "off": ("", "○", "off"),
    "shadow": ("warn", "◐", "shadow"),
    "on": ("good", "✓", "on"),
}
STARTS_FROM = (
    "Deals with an earlier close date are left alone. Leave it empty only if every deal that was "
    "ever won shall be billed."
)


class SwitchForm(forms.ModelForm):  # type: ignore[type-arg]
    """A flow, a pair, a mode and the first day."""

    flow = forms.ChoiceField(help_text="What is kept in step.")

    class Meta:
        """The fields that a person sets."""

        model = FlowSwitch
        fields = ("pair", "flow", "mode", "starts_from")
        help_texts = {
            "mode": "In shadow, plans are made and kept for you to read; nothing is written.",
            "starts_from": STARTS_FROM,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "flow" in self.fields:
            flows = [(flow.key, flow.title) for flow in every_flow().values()]
            self.fields["flow"] = forms.ChoiceField(choices=flows)


@admin.register(FlowSwitch)
class FlowSwitchAdmin(ModelAdmin):
    """Switches; a change goes through the engine, which starts a sweep."""

    form = SwitchForm
    list_display = ("title", "mode_shown", "pair", "starts_from", "rests", "changed_by")
    list_filter = ("mode", "pair")
    list_select_related = ("pair",)
    ordering = ("pair", "flow")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A flow is switched off, not deleted."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Pair and flow are chosen once."""
        return ("pair", "flow") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the engine switch it."""
        saved = switching.switch_flow(
            obj.pair, obj.flow, obj.mode, request.user.get_username(), obj.starts_from
        )
        obj.pk = saved.pk

    @display(description="Flow")
    def title(self, switch: FlowSwitch) -> str:
        """Return the flow's title."""
        flow = every_flow().get(switch.flow)
        return flow.title if flow else switch.flow

    @display(description="Mode")
    def mode_shown(self, switch: FlowSwitch) -> SafeString:
        """Return the chip."""
        return chip(MODES[switch.mode])

    @display(description="Rests")
    def rests(self, switch: FlowSwitch) -> str:
        """Return until when it is parked, and why."""
        if switch.parked_until is None:
            return "–"
        return f"until {switch.parked_until:%H:%M:%S}: {switch.parked_why}"
