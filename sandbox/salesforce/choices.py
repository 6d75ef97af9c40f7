"""What can be chosen in a picklist: from its table, or from the org's own records."""

from collections.abc import Callable
from typing import NamedTuple

from sandbox.salesforce import countries
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Field
from sandbox.store import Record

_CODES = (
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES "
    "KRW KWD MXN MYR NGN NOK NZD PEN PHP PLN QAR RON RSD SAR SEK SGD THB TRY TWD UAH USD VND ZAR"
)


class Choice(NamedTuple):
    """One entry of a picklist."""

    value: str
    label: str
    default: bool = False
    valid_for: str = ""  # the only value of the controlling picklist that it goes with


def choices_of(org: Org, field: Field) -> list[Choice]:
    """The active entries, in their order."""
    if field.choices and field.choices[0] in _OWN:
        return _OWN[field.choices[0]](org)
    return [Choice(one, one, one == field.default) for one in field.choices]


def values_of(org: Org, field: Field) -> set[str]:
    """The values that can be chosen."""
    return {choice.value for choice in choices_of(org, field)}


def stages(org: Org) -> list[Record]:
    """The stages of opportunities that are in use, in their order."""
    found = [stage for stage in org.table("OpportunityStage").values() if stage["IsActive"]]
    return sorted(found, key=lambda stage: (stage["SortOrder"] or 0, stage["Id"]))


def currencies(org: Org) -> list[Record]:
    """The currencies that are in use, the org's own first."""
    found = [one for one in org.table("CurrencyType").values() if one["IsActive"]]
    return sorted(found, key=lambda one: (not one["IsCorporate"], one["IsoCode"]))


def own_currency(org: Org) -> str:
    """The org's own currency."""
    corporate = (one["IsoCode"] for one in currencies(org) if one["IsCorporate"])
    return str(next(corporate, "USD"))


def _currency_choices(org: Org) -> list[Choice]:
    return [Choice(one["IsoCode"], one["IsoCode"], one["IsCorporate"]) for one in currencies(org)]


_OWN: dict[str, Callable[[Org], list[Choice]]] = {
    "@stages": lambda org: [Choice(one["MasterLabel"], one["MasterLabel"]) for one in stages(org)],
    "@currencies": _currency_choices,
    "@iso": lambda org: [Choice(code, code) for code in _CODES.split()],
    "@countries": lambda org: [Choice(*one) for one in countries.COUNTRIES.items()],
    "@states": lambda org: [
        Choice(code, name, valid_for=country) for code, name, country in countries.all_states()
    ],
}
