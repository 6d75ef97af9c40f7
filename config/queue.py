"""How django-q2 runs: the numbers are from measurements, see docs/decisions."""

import math
from typing import Any

TASK_SECONDS = 300  # a task that takes longer is broken off; ours stop by themselves long before


def queue_settings(*, processes: int, poll: float) -> dict[str, Any]:
    """Return Q_CLUSTER for a worker that runs so many tasks at once."""
    # A task's lock starts when it is taken from the queue, not when it starts: it must outlast
    # every task that can be waiting in front of it, or the task is run a second time.
    rounds = 1 + math.ceil((processes + 1) / processes)
    return {
        "name": "counterpart",
        "orm": "default",
        "broker_class": "sync.bell.Broker",
        "workers": processes,
        "queue_limit": processes,
        "bulk": 1,
        "timeout": TASK_SECONDS,
        "retry": TASK_SECONDS * rounds + 60,
        "max_attempts": 3,
        "ack_failures": False,
        "catch_up": False,
        "poll": poll,
        "guard_cycle": 1,
        "recycle": 200,
        "max_rss": 400_000,
        "save_limit": 0,
        "compress": True,
        "label": "Background tasks",
        "time_zone": "UTC",
        "ALT_CLUSTERS": {},
    }
