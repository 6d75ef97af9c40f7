"""Pairs: one Salesforce connection and one Xero connection that are kept in step."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from connections.models.connections import Connection, Environment
from sync.core.records import System


class Pair(models.Model):
    """Two connections kept in step. One Salesforce org may stand in several pairs."""

    name = models.CharField(max_length=200, unique=True)
    salesforce = models.ForeignKey(
        Connection,
        models.PROTECT,
        related_name="pairs_as_salesforce",
        limit_choices_to={"system": System.SALESFORCE.value},
    )
    xero = models.ForeignKey(
        Connection,
        models.PROTECT,
        related_name="pairs_as_xero",
        limit_choices_to={"system": System.XERO.value},
    )
    active = models.BooleanField(
        default=True, help_text="Off: nothing of this pair is read or written."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The same two connections make one pair."""

        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["salesforce", "xero"],
                name="one_pair_of_the_same_connections",
                violation_error_message="These two connections are a pair already.",
            )
        ]

    def __str__(self) -> str:
        """Return the pair's name."""
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for the wrong systems, or for real books with a rehearsal."""
        super().clean()
        if self.salesforce_id is None or self.xero_id is None:
            return
        if self.salesforce.system != System.SALESFORCE or self.xero.system != System.XERO:
            raise ValidationError("A pair is one Salesforce connection and one Xero connection.")
        if _is_real(self.salesforce) != _is_real(self.xero):
            real, other = sorted([self.salesforce, self.xero], key=_is_real, reverse=True)
            raise ValidationError(
                f"{real.name} holds real data and {other.name} is a {_word(other)}: "
                "they cannot be kept in step. Pair production with production only."
            )

    def connection(self, system: System) -> Connection:
        """Return the pair's connection to the system."""
        return self.salesforce if system is System.SALESFORCE else self.xero


def _is_real(connection: Connection) -> bool:
    return connection.environment == Environment.PRODUCTION


def _word(connection: Connection) -> str:
    return Environment(connection.environment).label.lower()
