"""Credentials: the app's own secrets and the tokens that a sign-in brought."""

from __future__ import annotations

from django.db import models

from connections.fields import EncryptedTextField
from sync.core.records import System

SYSTEMS = [(system.value, system.label) for system in System]


class Grant(models.TextChoices):
    """How tokens are come by. Never by a user's name and password."""

    AUTHORIZATION_CODE = "authorization-code", "a person signs in"
    JWT = "jwt", "a signed assertion (JWT bearer)"
    CLIENT_CREDENTIALS = "client-credentials", "the app's own secret (client credentials)"


class Credential(models.Model):
    """One sign-in with its tokens. Several Xero connections may share it, as Xero's tokens do.

    Only `connections.sign_in` changes tokens, under a lock on this row. `expires_at` is null where
    the remote does not say (Salesforce). `refreshed_at` is when the remote last gave tokens:
    a Xero refresh token lives for 60 days from then. `refused_at` is when a token was last refused
    before its time. `broken_…` waits for an administrator, `failing_…` passes by itself.
    """

    system = models.CharField(max_length=20, choices=SYSTEMS)
    grant = models.CharField("signs in by", max_length=20, choices=Grant.choices)
    host = models.CharField(max_length=255, blank=True, default="")
    client_id = models.CharField(max_length=512)
    client_secret = EncryptedTextField(blank=True, default="")
    private_key = EncryptedTextField(blank=True, default="")
    username = models.CharField(max_length=255, blank=True, default="")
    access_token = EncryptedTextField(blank=True, default="", editable=False)
    refresh_token = EncryptedTextField(blank=True, default="", editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    remote_user = models.CharField(max_length=64, blank=True, default="")
    scopes = models.TextField(blank=True, default="")
    broken_since = models.DateTimeField(null=True, blank=True)
    broken_reason = models.TextField(blank=True, default="")
    failing_since = models.DateTimeField(null=True, blank=True)
    failing_reason = models.TextField(blank=True, default="")
    refused_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    SECRETS = ("client_secret", "private_key", "access_token", "refresh_token")

    class Meta:
        """One row per token family: two rows with the same one would end each other."""

        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "client_id", "remote_user"],
                condition=models.Q(system=System.XERO, grant=Grant.AUTHORIZATION_CODE)
                & ~models.Q(remote_user=""),
                name="one_row_per_xero_token_family",
            )
        ]

    def __str__(self) -> str:
        """Return the system and the app, without any secret."""
        return f"{System(self.system).label} app {self.client_id[:12]}…"

    @property
    def is_broken(self) -> bool:
        """Whether an administrator must act before it can be used again."""
        return self.broken_since is not None
