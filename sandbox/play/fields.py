"""Reads the fields of the page's forms: what was changed, and what it means."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.store import Record

Form = Mapping[str, str]
NUMBERS = {
    "Amount", "Quantity", "UnitPrice", "Discount", "UnitAmount", "Counterpart_Credit_Limit__c",
}  # fmt: skip
SWITCHES = {"IsActive", "Counterpart_Disputed__c"}


class BadFormError(ValueError):
    """A form that cannot be carried out; its text says why."""


def values_of(form: Form) -> Record:
    """The fields that were changed: empty ones become None, figures become Decimal.

    What stands as the page showed it is left out, for it may have changed meanwhile.
    """
    return {
        name[2:]: value_of(name[2:], text)
        for name, text in form.items()
        if name[:2] == "v." and _same_lines(text) != _same_lines(form.get(f"was.{name[2:]}", "\0"))
    }


def value_of(name: str, text: str) -> Any:
    """What was typed into a field: a text, a figure, yes or no, or None where it is empty."""
    if not text.strip():
        return None
    if name in SWITCHES:
        return text == "true"
    return number(name, text) if name in NUMBERS else _same_lines(text.strip())


def number(name: str, text: str) -> Decimal:
    """A figure as typed. Raises BadFormError for anything else."""
    try:
        found = Decimal(text.replace(",", "").strip())
    except InvalidOperation as error:
        raise BadFormError(f"{name} is a number, not {text!r}.") from error
    if not found.is_finite():
        raise BadFormError(f"{name} is a number, not {text!r}.")
    return found


def _same_lines(text: str) -> str:
    """The text with the line ends it was shown with: browsers send CRLF."""
    return text.replace("\r\n", "\n")
