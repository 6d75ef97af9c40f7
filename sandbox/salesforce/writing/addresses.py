"""Addresses where the org has lists of countries and states: names and codes must agree."""

from sandbox.salesforce.countries import COUNTRIES, STATES
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change


def settle(org: Org, change: Change) -> None:
    """Fill names from codes and codes from names. Raises FIELD_INTEGRITY_EXCEPTION."""
    for name in change.kind.fields:
        if name.endswith("CountryCode"):
            _settle(change, name.removesuffix("CountryCode"))


def _settle(change: Change, prefix: str) -> None:
    country = f"{prefix}Country"
    state = f"{prefix}State"
    for name in (f"{country}Code", f"{state}Code"):  # not in records older than the org's lists
        change.new.setdefault(name, None)
    if not change.moved(country, f"{country}Code", state, f"{state}Code"):
        return
    _agree(change, country, COUNTRIES, "country", "country/territory")
    code = change.new[f"{country}Code"]
    if code is None and (change.new[state] or change.new[f"{state}Code"]):
        raise RefusedError(
            "FIELD_INTEGRITY_EXCEPTION",
            "A country/territory must be specified before specifying a state value for field: "
            f"{state}",
            [state],
        )
    _agree(change, state, STATES.get(code or "", {}), "state", "state")


def _agree(change: Change, field: str, names: dict[str, str], noun: str, listed: str) -> None:
    new = change.new
    name, code = new[field], new[f"{field}Code"]
    by_code, by_name = change.moved(f"{field}Code"), change.moved(field)
    if by_code and by_name and code and name and not change.creates and names.get(code) != name:
        raise _problem(field, noun, listed)  # at a creation, the code wins
    if by_code or not by_name:
        name = names.get(code) if code else None
        if code and name is None:
            raise _problem(f"{field}Code", noun, listed)
        if by_code or code:
            new[field] = name
        return
    found = next((key for key, one in names.items() if name and one.lower() == name.lower()), None)
    if name and found is None:
        raise _problem(field, noun, listed)
    new[f"{field}Code"], new[field] = found, names[found] if found else None


def _problem(field: str, noun: str, listed: str) -> RefusedError:
    plural = {"country": "countries", "state": "states"}[noun]
    problem = f"There's a problem with this {noun}, even though it may appear correct."
    cure = " ".join(("Please select a", listed, "from the list of valid", plural))
    return RefusedError("FIELD_INTEGRITY_EXCEPTION", f"{problem} {cure}.", [field])
