"""The countries and states of Salesforce's lists, as an org has them before anybody edits them."""

from pathlib import Path

_HERE = Path(__file__).parent / "objects"


def _read(text: str) -> dict[str, str]:
    entries = text.strip().replace("\n", "; ").split("; ")
    return {code: name for code, _, name in (entry.partition(" ") for entry in entries)}


def _states() -> dict[str, dict[str, str]]:
    lines = (_HERE / "states.txt").read_text(encoding="utf-8").splitlines()
    return {country: _read(text) for country, text in (line.split(": ", 1) for line in lines)}


COUNTRIES = _read((_HERE / "countries.txt").read_text(encoding="utf-8"))
STATES = _states()  # Salesforce ships them for ten countries alone


def all_states() -> list[tuple[str, str, str]]:
    """Every state's code, name and country's code; two countries' states may share a code."""
    return [
        (code, name, country) for country, states in STATES.items() for code, name in states.items()
    ]
