"""Whom we talk to: credentials, connections and pairs."""

from connections.models.connections import Connection, Environment
from connections.models.credentials import Credential, Grant
from connections.models.pairs import Pair

__all__ = ["Connection", "Credential", "Environment", "Grant", "Pair"]
