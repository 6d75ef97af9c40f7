"""What the sync remembers: one module per kind of row."""

from sync.models.heartbeats import Heartbeat

__all__ = ["Heartbeat"]
