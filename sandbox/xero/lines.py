"""The lines of an invoice: what an item and an account fill in, what is refused, what they cost."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import uuid4

from sandbox.store import Record
from sandbox.xero import coding
from sandbox.xero.books import Books
from sandbox.xero.errors import RefusedError
from sandbox.xero.money import cents, line_amount, line_tax, unit_price
from sandbox.xero.reading import Given, number, parts, text

LARGEST_AMOUNT = Decimal("9999999999.99")
LARGEST_QUANTITY = Decimal(10) ** 13
_QUANTITY = Decimal("0.0001")
_NEW_COSTS = {"Quantity", "UnitAmount", "TaxType", "DiscountRate", "DiscountAmount", "AccountCode",
              "AccountID", "ItemCode", "LineAmount"}  # fmt: skip


@dataclass
class Desk:
    """The document whose lines are being written, and what has been said about them so far."""

    books: Books
    type: str
    complete: bool  # whether its status needs accounts, quantities and prices
    line_amount_types: str
    places: int  # of unit amounts
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def write_lines(desk: Desk, given: list[dict[str, Any]], current: list[Record]) -> list[Record]:
    """The document's new lines, in order; those not given are gone.

    A line with a known LineItemID keeps what is not given. Faults go to the desk.
    """
    known = {line["LineItemID"]: line for line in current}
    written = []
    for raw in given:
        line = known.get(str(raw.get("LineItemID")).lower())
        try:
            written.append(_write(desk, _over(line, raw) if line else raw, line))
        except RefusedError as error:
            desk.faults += error.messages
    return written


def _over(line: Record, raw: Given) -> Record:
    """What is given over what was there; the costs are reckoned anew where anything moves them."""
    sent = {name for name, value in raw.items() if value is not None}
    stale = {"LineAmount", "TaxAmount"} if sent & _NEW_COSTS else set()
    if "AccountCode" in sent:
        stale.add("AccountID")
    kept = {name: value for name, value in line.items() if name not in stale}
    return kept | {name: raw[name] for name in sent}


def _write(desk: Desk, raw: Given, line: Record | None) -> Record:
    item = coding.find_item(desk.books, text(raw, "ItemCode", 30))
    details = coding.item_details(item, desk.type)
    account = coding.find_account(desk, raw, details)
    written: Record = {
        "LineItemID": line["LineItemID"] if line else str(uuid4()),
        "Description": text(raw, "Description") or coding.item_description(item, desk.type),
        "ItemCode": item["Code"] if item else None,
        "AccountCode": account.get("Code") if account else None,
        "AccountID": account["AccountID"] if account else None,
        "TaxType": coding.choose_tax(desk, raw, details, account),
        "Tracking": coding.choose_tracking(desk.books, parts(raw, "Tracking") or []),
    }
    written |= _priced(desk, raw, details)
    _check_complete(desk, written)
    written |= _costs(desk, raw, written)
    return {name: value for name, value in written.items() if value is not None}


def _priced(desk: Desk, raw: Given, details: Given) -> Record:
    """Quantity, unit amount and discount; one may follow from the line's amount."""
    quantity, unit, amount = (number(raw, n) for n in ("Quantity", "UnitAmount", "LineAmount"))
    if unit is None:
        unit = number(details, "UnitPrice")
    if unit is None and amount is not None:
        unit = amount / (quantity or 1)
    if unit is not None and abs(unit) > LARGEST_AMOUNT:
        raise RefusedError(f"UnitAmount must not exceed {LARGEST_AMOUNT:,}")
    if quantity is None and unit is not None and not desk.complete:
        quantity = Decimal(1)
    rate, discount = number(raw, "DiscountRate"), number(raw, "DiscountAmount")
    if (rate or discount) and desk.type != "ACCREC":
        raise RefusedError("Discounts can only be given on sales invoices")
    if rate is not None and not -100 <= rate <= 100:
        raise RefusedError("DiscountRate must be between -100 and 100")
    return {
        "Quantity": quantity.quantize(_QUANTITY, ROUND_HALF_UP).normalize() + 0
        if quantity is not None and abs(quantity) < LARGEST_QUANTITY
        else quantity,
        "UnitAmount": unit_price(unit, desk.places) if unit is not None else None,
        "DiscountRate": rate,
        "DiscountAmount": cents(discount) if discount is not None and rate is None else None,
    }


def _check_complete(desk: Desk, line: Record) -> None:
    if not line["Description"]:
        desk.faults.append("Description must be specified")
    priced = [line[name] for name in ("Quantity", "UnitAmount", "AccountCode", "ItemCode")]
    is_comment = all(value is None for value in priced)
    if not desk.complete or is_comment:
        return
    if line["AccountCode"] is None and line["AccountID"] is None:
        desk.faults.append("Account code must be specified")
    if line["Quantity"] is None:
        desk.faults.append("Quantity must be specified")
    if line["UnitAmount"] is None:
        desk.faults.append("UnitAmount must be specified")


def _costs(desk: Desk, raw: Given, line: Record) -> Record:
    """The line's amount and tax, after the checks of what was given for them."""
    quantity, unit = line["Quantity"] or Decimal(0), line["UnitAmount"] or Decimal(0)
    if abs(quantity) >= LARGEST_QUANTITY:
        raise RefusedError("Quantity must have 13 digits or fewer")
    amount = line_amount(quantity, unit, line["DiscountRate"], line["DiscountAmount"])
    given = number(raw, "LineAmount")
    if given is not None and cents(given) != amount:
        desk.faults.append(
            f"The line total {cents(given)} does not match the expected line total {amount}"
        )
    if abs(amount) > LARGEST_AMOUNT:
        raise RefusedError(f"LineAmount must not exceed {LARGEST_AMOUNT:,}")
    rate = coding.effective_rate(desk.books, line["TaxType"])
    tax = line_tax(amount, rate, desk.line_amount_types)
    asked = number(raw, "TaxAmount")
    if asked is not None and desk.line_amount_types != "NoTax":
        tax = cents(asked)
    return {"LineAmount": amount, "TaxAmount": tax}
