"""Budgets: what is left of each connection's calls, shared by all workers on all hosts."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from connections.models.connections import Connection


class Budget(models.Model):
    """One connection's calls. Only `connections.budget` changes it, one statement at a time.

    `recent` has one time for each call that a minute allows, the longest past first: the first
    one says whether a further call fits. `in_flight` has the time at which each call under way
    counts as lost. `day_left` and `day_limit` are what the remote last said, less the calls made
    since; null until it has spoken.
    """

    connection = models.OneToOneField(
        Connection, models.CASCADE, primary_key=True, related_name="budget"
    )
    recent = ArrayField(models.DateTimeField(), default=list)
    in_flight = ArrayField(models.DateTimeField(), default=list)
    day_left = models.IntegerField(null=True)
    day_limit = models.IntegerField(null=True)
    day_as_of = models.DateTimeField(null=True)
    day_resets_at = models.DateTimeField(null=True)
    parked_until = models.DateTimeField(null=True)
    parked_why = models.TextField(default="")

    def __str__(self) -> str:
        """Return whose budget it is."""
        return f"Calls of {self.connection_id}"
