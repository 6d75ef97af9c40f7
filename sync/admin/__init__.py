"""The screens: one module each. They show and ask; the engine decides and does."""

from sync.admin import (
    channels,
    flows,
    links,
    locks,
    mapping_beside,
    notices,
    pausing,
    plans,
    reviews,
    risk_cases,
    routing,
    runs,
    verdicts,
    writes,
)

__all__ = [
    "channels",
    "flows",
    "links",
    "locks",
    "mapping_beside",
    "notices",
    "pausing",
    "plans",
    "reviews",
    "risk_cases",
    "routing",
    "runs",
    "verdicts",
    "writes",
]
