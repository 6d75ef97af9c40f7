"""What the page's buttons do with quotes, credit and promises in Xero."""

from collections.abc import Callable
from typing import Any

from sandbox.by_hand import do_act
from sandbox.play.fields import BadFormError, Form, number, values_of
from sandbox.world import World

Deed = Callable[[World, Form], object]


def quote(world: World, form: Form) -> None:
    """Raise a quote of one line to the contact that is named."""
    given = {name: value for name, value in values_of(form).items() if value is not None}
    line = {name: given.pop(name) for name in ("Description", "Quantity", "UnitAmount")
            if name in given}  # fmt: skip
    line.setdefault("Description", given.get("Title", "As agreed"))
    values = {"Contact": {"ContactID": _contact(form)}, **given}
    values["LineItems"] = [{**line, "AccountCode": "200"}] if "UnitAmount" in line else []
    do_act(world, "xero", "create", "Quote", values, form.get("tenant") or None)


def invoice_quote(world: World, form: Form) -> None:
    """Make an invoice of a quote or, where a percentage is typed, of that part of it."""
    part = _amount(form, "percent")
    do_act(world, "xero", "invoice_quote", form["id"], part, mark=form.get("mark") != "no")


def credit(world: World, form: Form) -> None:
    """Credit an invoice, whole or an amount, and set it off where something is due."""
    do_act(world, "xero", "credit_invoice", form["id"], _amount(form, "amount"))


def overpay(world: World, form: Form) -> None:
    """Pay all that is due and some more."""
    surplus = _amount(form, "amount")
    if surplus is None:
        raise BadFormError("Say how much too much was paid.")
    do_act(world, "xero", "overpay", form["id"], surplus)


def promise(world: World, form: Form) -> None:
    """Note, move or take back the day on which payment was promised."""
    do_act(world, "xero", "promise_payment", form["id"], form.get("day", ""))


def prepay(world: World, form: Form) -> None:
    """Book money that the named contact paid in advance."""
    amount = _amount(form, "amount")
    if amount is None:
        raise BadFormError("Say how much was paid in advance.")
    do_act(world, "xero", "prepay", _contact(form), amount, form.get("currency", ""))


def allocate(world: World, form: Form) -> None:
    """Set a credit off against the invoice that is chosen."""
    if not form.get("invoice"):
        raise BadFormError("Choose an invoice.")
    act = ("xero", "allocate_credit", form["kind"], form["id"], form["invoice"])
    do_act(world, *act, _amount(form, "amount"))


def _contact(form: Form) -> str:
    if not form.get("contact"):
        raise BadFormError("Choose a contact.")
    return form["contact"]


def _amount(form: Form, name: str) -> Any:
    return number("The amount", form[name]) if form.get(name, "").strip() else None


def _simple(act: str) -> Deed:
    return lambda world, form: do_act(world, "xero", act, form["id"])


def _of_kind(act: str) -> Deed:
    return lambda world, form: do_act(world, "xero", act, form["kind"], form["id"])


DEEDS: dict[tuple[str, str], tuple[str, Deed]] = {
    ("xero", "quote"): ("The quote is raised.", quote),
    ("xero", "send_quote"): ("The quote is sent.", _simple("send_quote")),
    ("xero", "accept_quote"): ("The quote is accepted.", _simple("accept_quote")),
    ("xero", "decline_quote"): ("The quote is declined.", _simple("decline_quote")),
    ("xero", "delete_quote"): ("The quote is deleted.", _simple("delete_quote")),
    ("xero", "invoice_quote"): ("An invoice was made of the quote.", invoice_quote),
    ("xero", "credit"): ("The invoice is credited.", credit),
    ("xero", "overpay"): ("More was paid than is due.", overpay),
    ("xero", "promise"): ("The promise is noted.", promise),
    ("xero", "prepay"): ("The money is booked.", prepay),
    ("xero", "allocate"): ("The credit is allocated.", allocate),
    ("xero", "remove_allocation"): ("The allocation is taken back.", _simple("remove_allocation")),
    ("xero", "remove_payment"): ("The payment is removed.", _simple("remove_payment")),
    ("xero", "refund"): ("What was left is paid back.", _of_kind("refund")),
    ("xero", "void_credit"): ("The credit is void.", _of_kind("void_credit")),
}
