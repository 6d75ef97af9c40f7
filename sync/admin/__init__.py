"""The screens: one module each. They show and ask; the engine decides and does."""

from sync.admin import (
    channels,
    flows,
    links,
    locks,
    notices,
    pausing,
    plans,
    reviews,
    risk_cases,
    runs,
    verdicts,
    writes,
)

__all__ = [
    "channels",
    "flows",
    "links",
    "locks",
    "notices",
    "pausing",
    "plans",
    "reviews",
    "risk_cases",
    "runs",
    "verdicts",
    "writes",
]
