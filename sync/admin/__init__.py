"""The screens: one module each. They show and ask; the engine decides and does."""

from sync.admin import (
    flows,
    links,
    locks,
    notices,
    pausing,
    plans,
    reviews,
    runs,
    verdicts,
    writes,
)

__all__ = [
    "flows",
    "links",
    "locks",
    "notices",
    "pausing",
    "plans",
    "reviews",
    "runs",
    "verdicts",
    "writes",
]
