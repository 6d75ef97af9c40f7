"""The local index: what remote records are known, by which keys, and how far we have read."""

from __future__ import annotations

from django.db import models

from sync.core.records import Key, System

from .notices import SYSTEMS


class KnownRecord(models.Model):
    """One remote record as last read: its facts, its keys and its whole snapshot."""

    connection = models.ForeignKey("connections.Connection", models.CASCADE, related_name="+")
    system = models.CharField(max_length=12, choices=SYSTEMS, default=System.XERO.value)
    kind = models.CharField(max_length=60)
    remote_id = models.CharField(max_length=60)
    name = models.CharField(max_length=500, blank=True)
    called = models.CharField(
        max_length=60, blank=True, help_text="Roughly its name, to count who shares a key."
    )
    gone = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=30, blank=True)
    facts = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    stamp = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One row a record."""

        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "remote_id"], name="one_row_a_known_record"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.remote_id

    @property
    def key(self) -> Key:
        """The key of the record."""
        return Key(System(self.system), self.kind, self.remote_id)


class KnownKey(models.Model):
    """One key of a known record: ("number", "0015g…")."""

    record = models.ForeignKey(KnownRecord, models.CASCADE, related_name="keys")
    connection_id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    name = models.CharField(max_length=20)
    value = models.CharField(max_length=600)

    class Meta:
        """Found by value."""

        # with the record inside: a look-up of many keys reads the index alone, 20 times faster
        indexes = [
            models.Index(
                fields=["connection_id", "kind", "name", "value"],
                include=["record"],
                name="known_by",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class Cursor(models.Model):
    """How far one kind of one connection has been read, for one purpose.

    `covered` is the remote's own time; it moves only after what it covers is on disk.
    """

    connection = models.ForeignKey("connections.Connection", models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=80, help_text="index:Invoice, sweep:Opportunity …")
    covered = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    seen = models.JSONField(default=list, blank=True, help_text="What the last look returned.")

    class Meta:
        """One cursor a purpose."""

        constraints = [
            models.UniqueConstraint(fields=["connection", "purpose"], name="one_cursor_a_purpose")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} up to {self.covered}"


class KnownAddress(models.Model):
    """Where an invoice's customer sees it; empty where Xero has no such page for it."""

    connection = models.ForeignKey("connections.Connection", models.CASCADE, related_name="+")
    remote_id = models.CharField(max_length=60)
    address = models.CharField(max_length=500, blank=True)

    class Meta:
        """One row a record."""

        constraints = [
            models.UniqueConstraint(fields=["connection", "remote_id"], name="one_known_address")
        ]

    def __str__(self) -> str:
        return self.address or self.remote_id


class KnownOrganisation(models.Model):
    """An organisation's facts and lists as last read."""

    connection = models.OneToOneField(
        "connections.Connection", models.CASCADE, related_name="+", primary_key=True
    )
    values = models.JSONField(default=dict)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.connection)
