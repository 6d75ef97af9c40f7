"""The flows' switches: off, shadow or on, for each pair."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from config.admin_base import ModelAdmin, display
from connections.live import open_remote as open_live
from connections.models import Pair
from connections.remote import Lane
from sync.core.errors import SyncError
from sync.engine import beginning, lacking, switching
from sync.engine.work import OpenRemote
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, PlanRow

from . import routing_switching
from .filters import OrganisationFilter
from .records import Badge, chip, flow_title, money

MODES: dict[str, Badge] = {
    "off": ("", "○", "off"),
    "shadow": ("warn", "◐", "shadow"),
    "on": ("good", "✓", "on"),
}
MEANINGS = (
    ("off", "Off", "Nothing is read for this flow, and nothing is written."),
    (
        "shadow",
        "Shadow",
        "Plans are made and kept for you to read. Nothing is written in either system.",
    ),
    ("on", "On", "What is planned is written, once, after every check. What is not certain asks."),
)


class SwitchForm(forms.ModelForm):  # type: ignore[type-arg]
    """A flow, a pair, a mode and the first day."""

    flow = forms.ChoiceField()
    starts_from = forms.DateField(
        required=False, input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %b %Y"], label="Begins with"
    )

    class Meta:
        """The fields that a person sets."""

        model = FlowSwitch
        fields = ("pair", "flow", "mode", "starts_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        flows = [(flow.key, flow.title) for flow in every_flow().values()]
        self.fields["flow"] = forms.ChoiceField(choices=flows)
        if self.instance.pk:  # pair and flow are chosen once
            del self.fields["pair"], self.fields["flow"]
        else:
            self.initial.setdefault("starts_from", timezone.localdate())


@admin.register(FlowSwitch)
class FlowSwitchAdmin(ModelAdmin):
    """Switches; a change goes through the engine, which starts a sweep."""

    list_display = ("title", "mode_shown", "pair", "begins", "rests", "changed_by")
    list_filter = ("mode", OrganisationFilter)
    list_select_related = ("pair",)
    list_before_template = "admin/sync/list_lead.html"
    ordering = ("pair", "flow")
    actions = None
    open_remote: OpenRemote = staticmethod(open_live)

    def get_urls(self) -> list[URLPattern]:
        """Add the button that looks now."""
        view = self.admin_site.admin_view(self.look_now)
        return [path("<int:pk>/look/", view, name="flow_look"), *super().get_urls()]

    def look_now(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Start a sweep at once; a POST by whoever may answer questions or switch flows."""
        may = any(map(request.user.has_perm, ("sync.decide_reviewitem", "sync.change_flowswitch")))
        if request.method != "POST" or not may:
            raise PermissionDenied
        switch = FlowSwitch.objects.filter(pk=pk).exclude(mode=FlowSwitch.Mode.OFF).first()
        if switch is None:
            raise Http404
        switching.look_now(switch)
        messages.success(
            request, "Both systems are being read now; what is found goes on by itself."
        )
        return HttpResponseRedirect(reverse("admin:index"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the switches under their lead."""
        lead = "What is kept in step, for which pair. Switch to shadow first: it writes nothing."
        told = {"lead": lead, "waits": routing_switching.waits()}
        return super().changelist_view(request, {**told, **(extra_context or {})})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A flow is switched off, not deleted."""
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the switch, ask before it goes on, and let the engine switch it."""
        switch = self.get_object(request, object_id) if object_id else None
        if object_id and switch is None:
            raise Http404
        may = (
            self.has_change_permission(request, switch)
            if switch
            else self.has_add_permission(request)
        )
        if not may and not (switch and self.has_view_permission(request, switch)):
            raise PermissionDenied
        form = SwitchForm(request.POST or None, instance=switch)
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            was = switch.mode if switch else FlowSwitch.Mode.OFF
            if form.is_valid():
                return self._set(request, form, was)
        return self._show(request, "admin/sync/switch.html", form, may_change=may)

    def _set(self, request: HttpRequest, form: SwitchForm, was: str) -> HttpResponse:
        wanted: FlowSwitch = form.instance
        if not _dated(wanted.flow):
            wanted.starts_from = None
        if wanted.mode == "on" and was != "on" and not request.POST.get("sure"):
            context = _expected(wanted.pair, wanted.flow) | self._lacks(wanted)
            context |= self._every_record(wanted)
            context["routes"] = routing_switching.warning(
                wanted.pair, wanted.flow, self.open_remote
            )
            return self._show(request, "admin/sync/switch_on.html", form, **context)
        saved = switching.switch_flow(
            wanted.pair, wanted.flow, wanted.mode, request.user.get_username(), wanted.starts_from
        )
        self.log_change(request, saved, f"{was} → {saved.mode}, begins with {saved.starts_from}")
        messages.success(request, f"{flow_title(saved.flow)} is {saved.mode} for {saved.pair}.")
        return HttpResponseRedirect(reverse("admin:sync_flowswitch_changelist"))

    def _lacks(self, switch: FlowSwitch) -> dict[str, Any]:
        """Return which of our fields the org lacks for the flow, as far as it says so now."""
        try:
            remote = self.open_remote(switch.pair.salesforce, Lane.PERSON)
            lacks = lacking.lacking(switch.pair, switch.flow, remote.fields)
        except (SyncError, ValueError):  # it cannot be asked, or has no address yet
            return {}
        return {"lacks": lacking.words(lacks) if lacks else ""}

    def _every_record(self, switch: FlowSwitch) -> dict[str, Any]:
        """Return what no first day means, and the proposed one; nothing where one is set."""
        if switch.starts_from is not None or not _dated(switch.flow):
            return {}
        words = beginning.every_record(switch.pair, switch.flow, self.open_remote)
        return {"every_record": words, "proposed": beginning.proposed_day(switch.pair)}

    def _show(
        self, request: HttpRequest, template: str, form: SwitchForm, **extra: Any
    ) -> HttpResponse:
        switch = form.instance if form.instance.pk else None
        title = f"{flow_title(switch.flow)}, {switch.pair}" if switch else "Another flow"
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "crumb": flow_title(switch.flow) if switch else "Another flow",
            "opts": self.model._meta,
            "form": form,
            "switch": switch,
            "chosen_mode": form["mode"].value() or "off",
            "flow_title": flow_title(form.instance.flow) if form.instance.flow else "",
            "badge": chip(MODES[form.initial.get("mode") or "off"]),
            "modes": MEANINGS,
            "pairs": Pair.objects.order_by("name"),
            "flows": every_flow().values(),
            "dated": _dated(form.instance.flow),
            **extra,
        }
        return TemplateResponse(request, template, context)

    @display(description="Flow")
    def title(self, switch: FlowSwitch) -> str:
        """Return the flow's title."""
        return flow_title(switch.flow)

    @display(description="Mode")
    def mode_shown(self, switch: FlowSwitch) -> SafeString:
        """Return the chip."""
        return chip(MODES[switch.mode])

    @display(description="Begins with", ordering="starts_from")
    def begins(self, switch: FlowSwitch) -> str:
        """Return the first day; of a flow that knows no days, nothing."""
        if not _dated(switch.flow):
            return "–"
        return f"{switch.starts_from:%-d %b %Y}" if switch.starts_from else "every record"

    @display(description="Rests")
    def rests(self, switch: FlowSwitch) -> str:
        """Return until when it is parked, and why."""
        if switch.parked_until is None:
            return "–"
        return f"until {switch.parked_until:%H:%M:%S}: {switch.parked_why}"


def _dated(key: str) -> bool:
    """Return whether a first day means anything to the flow; before one is chosen it may."""
    flow = every_flow().get(key)
    return flow is None or flow.dated


def _expected(pair: Pair, flow: str) -> dict[str, Any]:
    """Return what shadow says would be made: the newest plan of each subject that was not made."""
    rows = PlanRow.objects.filter(pair=pair, flow=flow)
    newest = rows.order_by("subject", "-id").distinct("subject").values("pk")
    waiting = PlanRow.objects.filter(pk__in=newest, state="shadow", action="create")
    sums = waiting.values_list("currency").annotate(n=Count("id"), total=Sum("amount"))
    found = [(n, money(total, currency)) for currency, n, total in sums.order_by("currency")]
    told = PlanRow.objects.filter(pk__in=newest, state="shadow", action="update").count()
    projects = every_flow()[flow].projects
    return {
        "expected": found,
        "count": sum(n for n, _ in found),
        "tells": projects is not None,
        "judges": projects is not None and projects.judges,
        "told": told,
    }
