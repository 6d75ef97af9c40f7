"""Whom we talk to: credentials, connections and pairs."""

from connections.models.budgets import Budget
from connections.models.connections import Connection, Environment
from connections.models.credentials import Credential, Grant
from connections.models.doors import EventDoor
from connections.models.installations import Installation
from connections.models.pairs import Pair

__all__ = [
    "Budget",
    "Connection",
    "Credential",
    "Environment",
    "EventDoor",
    "Grant",
    "Installation",
    "Pair",
]
