"""What the page's buttons do with accounts and contacts: merge, copy, edit on both sides."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.both_sides import edit_both
from sandbox.by_hand import do_act
from sandbox.play.fields import BadFormError, Form, values_of
from sandbox.store import Record
from sandbox.world import World

_PHONE = "Phone"
_ADDRESS = ("AddressLine1", "AddressLine2", "City", "Region", "PostalCode", "Country")
_MERGES = {
    ("salesforce", "Account"): "merge_accounts",
    ("salesforce", "Contact"): "merge_contacts",
    ("xero", "Contact"): "merge_contacts",
}


def as_contact(values: Mapping[str, Any]) -> Record:
    """The fields of a Xero contact's form as Xero takes them: telephone and address by type."""
    made = {name: "" if value is None else value for name, value in values.items()}
    phone = made.pop(_PHONE, None)
    place = {name: made.pop(name) for name in _ADDRESS if name in made}
    if phone is not None:
        apart = {"PhoneAreaCode": "", "PhoneCountryCode": ""}  # what is typed here is the whole
        made["Phones"] = [{"PhoneType": "DEFAULT", "PhoneNumber": phone, **apart}]
    if place:
        made["Addresses"] = [{"AddressType": "POBOX", **place}]
    return made


def merge(world: World, form: Form) -> None:
    """Merge the row's record into the one that is named, by its id or its name."""
    system, kind = form["system"], form["kind"]
    winner = _named(world, system, kind, form.get("winner", ""), but=form["id"])
    do_act(world, system, _MERGES[system, kind], winner, form["id"])


def create_contact(world: World, form: Form) -> None:
    """Enter a new contact in the Xero organisation that is shown."""
    given = {name: value for name, value in values_of(form).items() if value is not None}
    do_act(world, "xero", "create", "Contact", as_contact(given), form.get("tenant") or None)


def edit_sides(world: World, form: Form) -> None:
    """Save what was changed of the account and of its contact in one moment."""
    left, right = values_of(_part(form, "left.")), values_of(_part(form, "right."))
    if not left or not right:
        raise BadFormError("Change something on both sides.")
    edit_both(
        world,
        {
            "salesforce": {"kind": "Account", "id": form["account"], "values": left},
            "xero": {"kind": "Contact", "id": form["contact"], "values": as_contact(right)},
        },
    )


def _part(form: Form, prefix: str) -> Record:
    return {n.removeprefix(prefix): text for n, text in form.items() if n.startswith(prefix)}


def _named(world: World, system: str, kind: str, text: str, *, but: str) -> str:
    """The id of the record that somebody means. Raises BadFormError."""
    wanted, table = text.strip().casefold(), world.table(system, kind)
    tenant = table[but].get("TenantID")
    found = [
        key
        for key, one in table.items()
        if key != but
        and wanted in (key.casefold(), str(one.get("Name") or "").casefold())
        and one.get("TenantID") == tenant
        and _usable(one)
    ]
    if len(found) == 1:
        return found[0]
    many = f"{len(found)} records are" if found else "Nothing else is"
    raise BadFormError(f"{many} called {text.strip()!r}. Name the one that stays, or give its id.")


def _usable(record: Record) -> bool:
    return not record.get("IsDeleted") and record.get("ContactStatus", "ACTIVE") == "ACTIVE"


def _simple(system: str, act: str) -> Callable[[World, Form], object]:
    return lambda world, form: do_act(world, system, act, form["id"])


DEEDS: dict[tuple[str, str], tuple[str, Callable[[World, Form], object]]] = {
    ("salesforce", "merge"): ("Merged in Salesforce.", merge),
    ("salesforce", "copy_account"): (
        "The account is entered twice now.", _simple("salesforce", "copy_account")),
    ("salesforce", "copy_contact"): (
        "The contact is entered twice now.", _simple("salesforce", "copy_contact")),
    ("xero", "merge"): ("Merged in Xero.", merge),
    ("xero", "create"): ("Created in Xero.", create_contact),
    ("xero", "copy_contact"): (
        "The contact is entered twice now.", _simple("xero", "copy_contact")),
    ("xero", "archive_contact"): ("The contact is archived.", _simple("xero", "archive_contact")),
    ("xero", "restore_contact"): ("The contact is active.", _simple("xero", "restore_contact")),
    ("xero", "request_erasure"): (
        "The contact wants to be forgotten.", _simple("xero", "request_erasure")),
    ("both", "edit"): ("Saved on both sides in the same moment.", edit_sides),
}  # fmt: skip
