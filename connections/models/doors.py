"""Event doors: the addresses at which Xero and Salesforce tell us that something changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from connections.fields import EncryptedTextField
from connections.models.connections import Connection
from connections.models.credentials import SYSTEMS
from sync.core.records import System


class EventDoor(models.Model):
    """One address for events. What comes in there are hints: sweeps find the same without them.

    Xero tells one address a registered app (`client_id`) of all its organisations, and signs with
    the webhook key in `secret`. Salesforce tells one address a connection and signs nothing:
    `secret` is the last part of that address. `confirmed_at` is when Xero last tried whether we
    check signatures; its numbers count from then. `numbered_to` is the last number up to which
    none is missing any more.
    """

    system = models.CharField(max_length=20, choices=SYSTEMS)
    client_id = models.CharField(max_length=512, blank=True, default="")
    connection = models.OneToOneField(
        Connection, models.CASCADE, null=True, blank=True, related_name="event_door"
    )
    secret = EncryptedTextField()
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_why = models.CharField(max_length=200, blank=True, default="")
    numbered_to = models.BigIntegerField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One door a Xero app, one a Salesforce connection."""

        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client_id"], condition=~Q(client_id=""), name="one_door_a_xero_app"
            ),
            models.CheckConstraint(
                condition=(Q(system=System.XERO) & Q(connection=None) & ~Q(client_id=""))
                | (Q(system=System.SALESFORCE) & Q(connection__isnull=False) & Q(client_id="")),
                name="door_of_an_app_or_a_connection",
            ),
        ]

    def __str__(self) -> str:
        """Return whose door it is, without its secret."""
        label = System(self.system).label
        return f"{label} events of {self.client_id or self.connection_id}"


def door_of(connection: Connection) -> EventDoor | None:
    """Return the door at which a connection's events arrive, if it has one.

    Its secret is read when it is asked for: one that cannot be decrypted hinders nobody else.
    """
    doors = EventDoor.objects.defer("secret")
    if connection.system == System.XERO:
        client_id = connection.credential.client_id
        return doors.filter(system=System.XERO, client_id=client_id).first()
    return doors.filter(connection=connection).first()
