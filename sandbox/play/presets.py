"""The buttons of the page's trouble panel."""

from typing import Any, NamedTuple

from sandbox.faults import SYSTEMS, Faults
from sandbox.world import World


class Preset(NamedTuple):
    """A button: its name in the form, its words, what it does, and what is behind it.

    `settings` are those that it changes in Salesforce, or in `system`.
    """

    name: str
    title: str
    effect: str
    faults: list[dict[str, Any]]
    settings: dict[str, Any] = {}
    system: str = "salesforce"


BLOCKED = [
    {"kind": "Account", "fields": ["Name"], "action": "Block"},
    {"kind": "Contact", "fields": ["Email"], "action": "Block"},
]
ASK_FIRST = {
    "kind": "Account",
    "field": "Phone",
    "op": "changed",
    "message": "Ask the account team before you change a telephone number.",
    "shown_at": "Phone",
}
_KEPT = "play"  # where the settings' values of before are kept, by the preset's name
ASTRAY = {"missing": 0.2, "doubled": 0.3, "late_seconds": 20}
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
    Preset(
        "duplicates",
        "Salesforce blocks duplicates",
        "A second account of one name, or contact of one e-mail, is refused for good.",
        [],
        {"duplicate_rules": BLOCKED},
    ),
    Preset(
        "blind",
        "Salesforce minds no duplicates",
        "Its standard duplicate rules are switched off.",
        [],
        {"standard_duplicate_rules": False},
    ),
    Preset(
        "validation",
        "Salesforce minds telephones",
        "A validation rule refuses every other telephone number of an account.",
        [],
        {"validation_rules": [ASK_FIRST]},
    ),
    Preset(
        "slow-rows",
        "Salesforce saves slowly",
        "Each write holds its account for three seconds; another one meanwhile is refused.",
        [],
        {"transaction_ms": 3000},
    ),
    Preset(
        "lists",
        "Salesforce lists countries",
        "Countries and states must be those of its lists.",
        [],
        {"state_country_picklists": True},
    ),
    Preset(
        "xero-astray",
        "Xero's events go astray",
        "Some never arrive, some twice, all late and out of order. Needs a webhook.",
        [],
        {"event_troubles": ASTRAY},
        "xero",
    ),
    Preset(
        "salesforce-astray",
        "Salesforce's messages go astray",
        "The same on the other side. Needs an outbound message.",
        [],
        {"event_troubles": ASTRAY},
    ),
]


def start(world: World, faults: Faults, name: str) -> str:
    """Put one preset in force; answers its title. Raises LookupError for an unknown one."""
    preset = next((preset for preset in PRESETS if preset.name == name), None)
    if preset is None:
        raise LookupError(f"There is no trouble called {name}.")
    for fault in preset.faults:
        faults.add(**fault, label=preset.title)
    if preset.settings and not world.setting(_KEPT, name):
        before = {one: world.setting(preset.system, one) for one in preset.settings}
        world.set_setting(_KEPT, name, before)
    for setting, value in preset.settings.items():
        world.set_setting(preset.system, setting, value)
    return preset.title


def end(world: World, faults: Faults) -> None:
    """End every trouble, those started elsewhere too, and put changed settings back."""
    faults.clear()
    systems = {preset.name: preset.system for preset in PRESETS}
    for name, before in world.settings(_KEPT).items():
        for setting, value in (before or {}).items():
            world.set_setting(systems[name], setting, value)
        world.set_setting(_KEPT, name, None)


def switched_on(world: World) -> list[str]:
    """The titles of those in force that stand in settings."""
    kept = world.settings(_KEPT)
    return [preset.title for preset in PRESETS if kept.get(preset.name)]
