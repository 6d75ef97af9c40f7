"""Routing for people and doors: a person's word, a look at what rows would do, what waits."""

from __future__ import annotations

from .assigning import NotAssignable, assign, assign_all, assigned, unassign
from .routing_telling import Waiting, published, waiting
from .routing_trying import Tried, TriedRows, try_rows

__all__ = [
    "NotAssignable",
    "Tried",
    "TriedRows",
    "Waiting",
    "assign",
    "assign_all",
    "assigned",
    "published",
    "try_rows",
    "unassign",
    "waiting",
]
