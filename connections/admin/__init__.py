"""The screens of connections and pairs."""

from connections.admin.connections import ConnectionAdmin
from connections.admin.pairs import PairAdmin

__all__ = ["ConnectionAdmin", "PairAdmin"]
