"""The screen of the connections: what each one is, whether it works, and what can be done."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from config.admin_base import ModelAdmin
from connections.admin import chips
from connections.models import Connection, Credential
from connections.models.doors import door_of

SECRETS = [f"credential__{name}" for name in Credential.SECRETS]


@admin.register(Connection)
class ConnectionAdmin(ModelAdmin):
    """Everything is told by the remote but the name; changes go through pages of their own."""

    list_display = [
        "name",
        "system_badge",
        "books",
        "environment_chip",
        "state_chip",
        "days_left",
        "calls_left",
        "locked_until",
    ]
    list_filter = ["system", "environment"]
    search_fields = ["name__startswith", "organisation_name__startswith"]
    ordering = ["name"]
    list_before_template = "admin/connections/connect_buttons.html"
    change_form_before_template = "admin/connections/act_buttons.html"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "name",
                    "system_badge",
                    "state_chip",
                    "state_reason",
                    "days_left",
                    "calls_left",
                    "events",
                ]
            },
        ),
        (
            "Organisation",
            {
                "fields": [
                    "organisation_name",
                    "environment_chip",
                    "country",
                    "currency",
                    "edition",
                    "timezone",
                    "locked_until",
                    "organisation_read_at",
                ]
            },
        ),
        (
            "Sign-in",
            {
                "fields": [
                    "signs_in_by",
                    "app",
                    "signs_in_as",
                    "scopes",
                    "refreshed_at",
                    "host",
                    "organisation_id",
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Connection]:
        """Return the connections with their credentials, whose secrets stay in the database."""
        rows: QuerySet[Connection] = super().get_queryset(request)
        return rows.select_related("credential", "paused_by", "budget").defer(
            *SECRETS, "organisation"
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return all fields but the name."""
        shown: list[str] = [str(name) for _, part in self.fieldsets for name in part["fields"]]
        return [name for name in shown if name != "name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: the buttons above the list connect."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: one disconnects, so that what was written can still be explained."""
        return False

    @admin.display(description="System", ordering="system")
    def system_badge(self, it: Connection) -> SafeString:
        """Return the system's badge."""
        return chips.badge(it.system)

    @admin.display(description="Organisation", ordering="organisation_name")
    def books(self, it: Connection) -> str:
        """Return the organisation and its currency."""
        return f"{it.organisation_name}, {it.currency}" if it.currency else it.organisation_name

    @admin.display(description="Books", ordering="environment")
    def environment_chip(self, it: Connection) -> SafeString:
        """Return production, sandbox or demo company."""
        return chips.environment(it)

    @admin.display(description="Sign-in")
    def state_chip(self, it: Connection) -> SafeString:
        """Return whether it works."""
        return chips.state(it)

    @admin.display(description="Why")
    def state_reason(self, it: Connection) -> str:
        """Return why it does not work, or nothing."""
        if it.disconnected_at is not None:
            return it.disconnected_why
        if it.is_paused:
            return f"Paused by {it.paused_by or 'somebody'}. {it.paused_why}"
        return it.credential.broken_reason or it.credential.failing_reason or "–"

    @admin.display(description="Days left")
    def days_left(self, it: Connection) -> SafeString | str:
        """Return the days until the sign-in ends unless renewed."""
        return chips.days_left(it)

    @admin.display(description="Calls left today")
    def calls_left(self, it: Connection) -> str:
        """Return what the remote last said is left of the day's calls."""
        budget = getattr(it, "budget", None)
        if budget is None or budget.day_left is None:
            return "–"
        return f"{budget.day_left:,}" + (f" of {budget.day_limit:,}" if budget.day_limit else "")

    @admin.display(description="Events")
    def events(self, it: Connection) -> SafeString:
        """Return whether the system tells of its changes by itself."""
        return chips.events(door_of(it))

    @admin.display(description="Signs in by")
    def signs_in_by(self, it: Connection) -> str:
        """Return the way of signing in."""
        return it.credential.get_grant_display()

    @admin.display(description="App")
    def app(self, it: Connection) -> str:
        """Return the client id, which is no secret."""
        return it.credential.client_id

    @admin.display(description="Signs in as")
    def signs_in_as(self, it: Connection) -> str:
        """Return the remote's user."""
        return it.credential.username or it.credential.remote_user or "–"

    @admin.display(description="Scopes")
    def scopes(self, it: Connection) -> str:
        """Return what the sign-in may do."""
        return it.credential.scopes or "–"

    @admin.display(description="Tokens from")
    def refreshed_at(self, it: Connection) -> str:
        """Return when the remote last gave tokens."""
        when = it.credential.refreshed_at
        return date_format(localtime(when), "j M Y, H:i") if when else "–"
