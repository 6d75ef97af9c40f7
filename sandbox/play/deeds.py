"""Turns the page's forms into the acts of either system."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.by_hand import do_act
from sandbox.store import Record
from sandbox.world import World

Form = Mapping[str, str]
Deed = Callable[[World, Form], object]
NUMBERS = {"Amount", "Quantity", "UnitPrice", "Discount", "UnitAmount"}
LINE_FIELDS = ("LineItemID", "ItemCode", "AccountCode", "TaxType", "Tracking", "DiscountRate")


class BadFormError(ValueError):
    """A form that cannot be carried out; its text says why."""


def carry_out(world: World, form: Form) -> str:
    """Do what the form asks and answer what has been done, in words.

    Raises BadFormError for nonsense, and whatever the system raises when it refuses.
    """
    name = (form.get("system", ""), form.get("act", ""))
    if name not in DEEDS:
        raise BadFormError("There is no such button.")
    done, deed = DEEDS[name]
    with world.lock:
        deed(world, form)
    return done


def _simple(system: str, act: str) -> Deed:
    """An act that needs the record's id and nothing else."""
    return lambda world, form: do_act(world, system, act, form["id"])


def _values(form: Form) -> Record:
    """The fields that were changed: empty ones become None, figures become Decimal.

    What stands as the page showed it is left out, for it may have changed meanwhile.
    """
    return {
        name[2:]: _value(name[2:], text)
        for name, text in form.items()
        if name[:2] == "v." and _same_lines(text) != _same_lines(form.get(f"was.{name[2:]}", "\0"))
    }


def _same_lines(text: str) -> str:
    """The text with the line ends it was shown with: browsers send CRLF."""
    return text.replace("\r\n", "\n")


def _value(name: str, text: str) -> Any:
    if not text.strip():
        return None
    return _number(name, text) if name in NUMBERS else _same_lines(text.strip())


def _number(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").strip())
    except InvalidOperation as error:
        raise BadFormError(f"{name} is a number, not {text!r}.") from error
    if not number.is_finite():
        raise BadFormError(f"{name} is a number, not {text!r}.")
    return number


def _edit_lines(world: World, form: Form) -> None:
    """Send every line again, changed where the form changes it: Xero replaces them whole."""
    lines = []
    for place, line in enumerate(world.table("xero", "Invoice")[form["id"]]["LineItems"]):
        typed = {
            name: _value(name, form[f"line.{place}.{name}"])
            for name in ("Description", "Quantity", "UnitAmount")
        }
        lines.append({name: line[name] for name in LINE_FIELDS if line.get(name)} | typed)
    do_act(world, "xero", "edit", "Invoice", form["id"], {"LineItems": lines})


def _edit_xero(world: World, form: Form) -> None:
    values = {name: "" if value is None else value for name, value in _values(form).items()}
    do_act(world, "xero", "edit", form["kind"], form["id"], values)


def _pay(world: World, form: Form) -> None:
    amount = _number("The amount", form["amount"]) if form.get("amount") else None
    do_act(world, "xero", "pay", form["id"], amount)


def _edit_salesforce(world: World, form: Form) -> None:
    do_act(world, "salesforce", "edit", form["kind"], form["id"], _values(form))


def _delete(world: World, form: Form) -> None:
    do_act(world, "salesforce", "delete", form["kind"], form["id"])


def _create(world: World, form: Form) -> None:
    given = {name: value for name, value in _values(form).items() if value is not None}
    values = {"StageName": "Prospecting", **given}
    do_act(world, "salesforce", "create", form["kind"], values)


DEEDS: dict[tuple[str, str], tuple[str, Deed]] = {
    ("salesforce", "close_won"): ("The deal is won.", _simple("salesforce", "close_won")),
    ("salesforce", "close_lost"): ("The deal is lost.", _simple("salesforce", "close_lost")),
    ("salesforce", "reopen"): ("The deal is open again.", _simple("salesforce", "reopen")),
    ("salesforce", "delete"): ("Deleted in Salesforce.", _delete),
    ("salesforce", "edit"): ("Saved in Salesforce.", _edit_salesforce),
    ("salesforce", "create"): ("Created in Salesforce.", _create),
    ("xero", "edit"): ("Saved in Xero.", _edit_xero),
    ("xero", "edit_lines"): ("The lines are saved in Xero.", _edit_lines),
    ("xero", "approve"): ("The invoice is approved.", _simple("xero", "approve")),
    ("xero", "pay"): ("The payment is booked.", _pay),
    ("xero", "void"): ("The invoice is void.", _simple("xero", "void")),
    ("xero", "delete_draft"): ("The draft is deleted.", _simple("xero", "delete_draft")),
    ("xero", "archive_contact"): ("The contact is archived.", _simple("xero", "archive_contact")),
}
