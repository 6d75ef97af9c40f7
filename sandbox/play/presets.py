"""The buttons of the page's trouble panel."""

from typing import Any, NamedTuple

from sandbox.faults import SYSTEMS, Faults


class Preset(NamedTuple):
    """A button: its name in the form, its words, what it does, and the faults behind it."""

    name: str
    title: str
    effect: str
    faults: list[dict[str, Any]]


WRITES = {"method": "P*", "times": 1, "lost": "after"}
PRESETS = [
    Preset(
        "lose-xero",
        "Lose Xero's next answer",
        "The next write is done, then the connection ends without an answer.",
        [{**WRITES, "system": "xero", "path": "/api.xro/*"}],
    ),
    Preset(
        "lose-salesforce",
        "Lose Salesforce's next answer",
        "The same on the other side.",
        [{**WRITES, "system": "salesforce", "path": "/services/data/*"}],
    ),
    Preset(
        "limit",
        "Xero's limit for a minute",
        "Every call is refused with 429 and its headers.",
        [{"system": "xero", "rate_limit": "minute", "seconds": 60}],
    ),
    Preset(
        "down",
        "Xero is down",
        "Every call is answered 503 until you clear it.",
        [
            {
                "system": "xero",
                "status": 503,
                "headers": {"Content-Type": "text/plain"},
                "body": "The Xero API is temporarily unavailable",
            }
        ],
    ),
    Preset(
        "expired",
        "Expire both tokens",
        "The next call on each side is answered 401.",
        [{"system": system, "expired_token": True, "times": 1} for system in SYSTEMS],
    ),
]


def start(faults: Faults, name: str) -> str:
    """Put one preset in force; answers its title. Raises LookupError for an unknown one."""
    preset = next((preset for preset in PRESETS if preset.name == name), None)
    if preset is None:
        raise LookupError(f"There is no trouble called {name}.")
    for fault in preset.faults:
        faults.add(**fault, label=preset.title)
    return preset.title
