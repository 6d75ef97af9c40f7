"""Routing for people and doors: a person's word, a look at what rows would do, what to look at."""

from __future__ import annotations

from .assigning import NotAssignable, assign, assign_all, assigned, unassign

__all__ = ["NotAssignable", "assign", "assign_all", "assigned", "unassign"]
