"""Countries and states on their way into a Salesforce org that has lists of them: their codes."""

from __future__ import annotations

from collections.abc import Mapping

from sync.core import countries
from sync.core.errors import Fix, NeedsPerson

from . import salesforce_states
from .drafts import Draft
from .lengths import Customer
from .party_fields import PLACES


def coded(draft: Draft) -> Mapping[str, str | None]:
    """Return the codes to be written in place of the names of countries and states.

    A state is left out where Salesforce has no list of the country's states: it could never be
    kept there. Raises NeedsPerson for a name that is in no list, and for a state without its
    country.
    """
    body: dict[str, str | None] = {}
    for place in PLACES:
        fields = [f for f in (f"{place}_country", f"{place}_region") if is_coded(draft, f)]
        if not fields:
            continue
        code = _country(draft, f"{place}_country")
        if f"{place}_country" in draft.values:
            body[f"{draft.source(f'{place}_country')}Code"] = code or None
        body |= _state(draft, f"{place}_region", code)
    return body


def is_coded(draft: Draft, field: str) -> bool:
    """Return whether a changed value is written by a code of its own."""
    if field not in draft.values or not field.endswith(("_country", "_region")):
        return False
    source = draft.source(field)
    return bool(source) and draft.has(f"{source}Code")


def _country(draft: Draft, field: str) -> str:
    """Return the code of the country as it will be, or empty without one."""
    text = str(draft.values.get(field, draft.there(draft.source(field))) or "")
    code = countries.code(text)
    if text and not code:
        raise NeedsPerson(
            f"“{text}”, the country of “{draft.whose.name}”, is in no list of countries, and "
            "Salesforce takes only those in its list.",
            cause=f"country:{draft.whose.id}",
            fix=Fix("Correct the country in Xero."),
        )
    return code


def _state(draft: Draft, field: str, country: str) -> Mapping[str, str | None]:
    source = draft.source(field)
    if not source:
        return {}
    there = draft.there(source)
    text = str(draft.values.get(field, there) or "")
    if text and not country:
        raise _without_country(draft.whose, text)
    code = _code(draft.whose, country, text)
    same = draft.there(f"{source}Code") == code and bool(code)
    return {} if same or not (code or there) else {f"{source}Code": code or None}


def _code(whose: Customer, country: str, text: str) -> str:
    """Return the code of the state; empty for none, and where Salesforce has no list of them."""
    if not text or not salesforce_states.has_list(country):
        return ""
    code = salesforce_states.code(country, text)
    if not code:
        raise NeedsPerson(
            f"Salesforce’s list of regions of {countries.name_of(country)} has no “{text}”, which "
            f"“{whose.name}” has in Xero.",
            cause=f"region:{whose.id}",
            fix=Fix("Correct the region or the country in Xero."),
        )
    return code


def _without_country(whose: Customer, region: str) -> NeedsPerson:
    return NeedsPerson(
        f"“{whose.name}” has the region “{region}” but no country, and Salesforce takes a region "
        "only with its country.",
        cause=f"no_country:{whose.id}",
        fix=Fix("Add the country in Xero."),
    )
