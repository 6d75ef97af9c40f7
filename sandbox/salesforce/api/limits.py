"""The calls of the last day, of which an org may make only so many."""

from datetime import timedelta

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.store import Record

PER_DAY = 115_000  # an Enterprise org with 15 licences; the setting `day_limit`
DAY = timedelta(hours=24)


def count(org: Org) -> None:
    """Count one call. Raises REQUEST_LIMIT_EXCEEDED where the day's are used up.

    The setting `calls` holds them by the hour, so that the day is a rolling one.
    """
    if used(org) >= allowed(org):
        raise RefusedError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    hours = _hours(org)
    hour = org.now().isoformat()[:13]
    org.world.set_setting(SYSTEM, "calls", {**hours, hour: hours.get(hour, 0) + 1})


def used(org: Org) -> int:
    """The calls of the last 24 hours, to the hour."""
    return sum(_hours(org).values())


def allowed(org: Org) -> int:
    """The calls that 24 hours allow."""
    return int(org.world.setting(SYSTEM, "day_limit", PER_DAY))


def usage(org: Org) -> str:
    """The header's text. The setting `shows_bursts` adds what some orgs add."""
    text = f"api-usage={used(org)}/{allowed(org)}"
    return f"{text}; api-bursts=1/750" if org.world.setting(SYSTEM, "shows_bursts") else text


def describe(org: Org) -> Record:
    """What the limits resource tells."""
    left = max(allowed(org) - used(org), 0)
    return {
        "DailyApiRequests": {"Max": allowed(org), "Remaining": left},
        "DailyBulkApiBatches": {"Max": 15_000, "Remaining": 15_000},
        "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000},
        "DataStorageMB": {"Max": 11_264, "Remaining": 11_250},
        "FileStorageMB": {"Max": 11_264, "Remaining": 11_264},
        "SingleEmail": {"Max": 5_000, "Remaining": 5_000},
    }


def _hours(org: Org) -> dict[str, int]:
    oldest = (org.now() - DAY).isoformat()[:13]
    kept: dict[str, int] = org.world.setting(SYSTEM, "calls") or {}
    return {hour: number for hour, number in kept.items() if hour > oldest}
