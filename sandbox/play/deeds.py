"""Turns the page's forms into the acts of either system."""

from collections.abc import Callable

from sandbox.by_hand import do_act
from sandbox.play import address_deeds, document_deeds
from sandbox.play.fields import BadFormError, Form, number, value_of, values_of
from sandbox.world import World

Deed = Callable[[World, Form], object]
LINE_FIELDS = ("LineItemID", "ItemCode", "AccountCode", "TaxType", "Tracking", "DiscountRate")


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


def _edit_lines(world: World, form: Form) -> None:
    """Send every line again, changed where the form changes it: Xero replaces them whole."""
    lines = []
    for place, line in enumerate(world.table("xero", "Invoice")[form["id"]]["LineItems"]):
        typed = {
            name: value_of(name, form[f"line.{place}.{name}"])
            for name in ("Description", "Quantity", "UnitAmount")
        }
        lines.append({name: line[name] for name in LINE_FIELDS if line.get(name)} | typed)
    do_act(world, "xero", "edit", "Invoice", form["id"], {"LineItems": lines})


def _edit_xero(world: World, form: Form) -> None:
    values = values_of(form)
    if form["kind"] == "Contact":
        values = address_deeds.as_contact(values)
    given = {name: "" if value is None else value for name, value in values.items()}
    do_act(world, "xero", "edit", form["kind"], form["id"], given)


def _pay(world: World, form: Form) -> None:
    amount = number("The amount", form["amount"]) if form.get("amount") else None
    do_act(world, "xero", "pay", form["id"], amount)


def _edit_salesforce(world: World, form: Form) -> None:
    do_act(world, "salesforce", "edit", form["kind"], form["id"], values_of(form))


def _delete(world: World, form: Form) -> None:
    do_act(world, "salesforce", "delete", form["kind"], form["id"])


def _create(world: World, form: Form) -> None:
    given = {name: value for name, value in values_of(form).items() if value is not None}
    usual = {"StageName": "Prospecting"} if form["kind"] == "Opportunity" else {}
    do_act(world, "salesforce", "create", form["kind"], usual | given)


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
    **address_deeds.DEEDS,
    **document_deeds.DEEDS,
}
