"""Connections: permission to read and write one Xero organisation or one Salesforce org."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from connections.models.credentials import SYSTEMS, Credential, Grant
from sync.core.records import System

# "A refresh token that is not used for 60 days ends" (Xero, OAuth 2.0, token types).
XERO_REFRESH_TOKEN_LIFE = timedelta(days=60)


class Environment(models.TextChoices):
    """What kind of books stand behind a connection; money is real only in production."""

    PRODUCTION = "production", "Production"
    SANDBOX = "sandbox", "Sandbox"
    DEMO = "demo", "Demo company"


class Connection(models.Model):
    """One organisation and what it last said of itself.

    `host` is Salesforce's instance address; empty for Xero, whose addresses are settings.
    `tenant_id` is empty for a Xero Custom Connection, which needs none. `organisation` keeps the
    facts without a column of their own (`actions`, `currencies`, `sales_terms`).
    """

    name = models.CharField(max_length=100, unique=True)
    system = models.CharField(max_length=20, choices=SYSTEMS)
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="connections")
    host = models.CharField(max_length=255, blank=True, default="")
    tenant_id = models.CharField(max_length=36, blank=True, default="")
    remote_connection_id = models.CharField(max_length=36, blank=True, default="")
    organisation_id = models.CharField(max_length=36, blank=True, default="")
    organisation_name = models.CharField(max_length=255, blank=True, default="")
    country = models.CharField(max_length=80, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    edition = models.CharField(max_length=80, blank=True, default="")
    environment = models.CharField(
        max_length=20, choices=Environment.choices, default=Environment.PRODUCTION
    )
    short_code = models.CharField(max_length=20, blank=True, default="")
    timezone = models.CharField(max_length=80, blank=True, default="")
    locked_until = models.DateField(null=True, blank=True)
    organisation_read_at = models.DateTimeField(null=True, blank=True)
    organisation = models.JSONField(default=dict, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    paused_why = models.CharField(max_length=255, blank=True, default="")
    disconnected_at = models.DateTimeField(null=True, blank=True)
    disconnected_why = models.CharField(max_length=255, blank=True, default="")
    last_heard_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """An organisation is connected once, or its changes would be seen twice."""

        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "organisation_id"],
                condition=~models.Q(organisation_id=""),
                name="one_connection_per_organisation",
                violation_error_message="This organisation is connected already.",
            )
        ]

    def __str__(self) -> str:
        """Return the name that people gave it."""
        return self.name

    @property
    def is_paused(self) -> bool:
        """Whether a person stopped it; its changes are still collected."""
        return self.paused_at is not None

    @property
    def is_usable(self) -> bool:
        """Whether calls may be made: signed in, not paused, not disconnected."""
        return not (self.is_paused or self.disconnected_at or self.credential.is_broken)

    @property
    def days_left(self) -> int | None:
        """Whole days until the sign-in ends unless used; None where it does not end by itself."""
        credential = self.credential
        if self.system != System.XERO or credential.grant != Grant.AUTHORIZATION_CODE:
            return None
        if credential.refreshed_at is None:
            return None
        left = credential.refreshed_at + XERO_REFRESH_TOKEN_LIFE - timezone.now()
        return max(left.days, 0)
