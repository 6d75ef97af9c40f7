"""Money received and spent: plain, in advance (prepayments) or too much (overpayments)."""

from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4

from sandbox.store import Record
from sandbox.xero import contact_writing, numbering, transitions
from sandbox.xero.books import Books
from sandbox.xero.countries import tax_free
from sandbox.xero.credits import CREDITS, is_used
from sandbox.xero.documents import add_up, given_lines
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.invoice_fields import (
    LINE_AMOUNT_TYPES,
    check_open,
    complete_currency,
    faults_of_choices,
    faults_of_day,
)
from sandbox.xero.lines import Desk, write_lines
from sandbox.xero.money import ZERO, line_amount, unit_price
from sandbox.xero.reading import (
    Given,
    choice,
    currency_rate,
    day,
    flag,
    guid,
    number,
    part,
    text,
)

TYPES = tuple(f"{way}{more}" for way in ("RECEIVE", "SPEND")
              for more in ("", "-OVERPAYMENT", "-PREPAYMENT"))  # fmt: skip
STATUSES = ("AUTHORISED", "DELETED", "VOIDED")
NOTHING: Record = {}
WRONG_STATUS = "Bank transaction not of valid status for modification"
_SYSTEM = {True: "DEBTORS", False: "CREDITORS"}  # where overpayments stand, of sales or not
_COPIED = (
    "Type", "Contact", "Date", "LineAmountTypes", "LineItems", "SubTotal", "TotalTax", "Total",
    "CurrencyCode", "CurrencyRate",
)  # fmt: skip


class Written(NamedTuple):
    """A bank transaction as it is kept, and what Xero warns of."""

    transaction: Record
    warnings: list[str]


def write_transaction(
    books: Books, given: Given, *, create_only: bool = False, places: int = 2
) -> Written:
    """Create or change a bank transaction, with the credit that comes of it. Raises RefusedError.

    A prepayment or overpayment is born here and ends here: with its transaction's deletion.
    """
    key = guid(given, "BankTransactionID")
    current = books.record("BankTransaction", key) if key else None
    if key and not current:
        raise RefusedError("The bank transaction could not be found.")
    if current and create_only:
        raise RefusedError("A bank transaction with the specified BankTransactionID exists.")
    kind = current["Type"] if current else text(given, "Type")
    if kind not in TYPES:
        raise RefusedError(f"Bank transaction Type must be one of {', '.join(TYPES)}")
    if current:
        _check_change(books, current)
    if text(given, "Status") == "DELETED":
        return Written(_delete(books, current), [])
    return _finish(books, given, current or NOTHING, kind, places)


def credit_of(books: Books, transaction: Record) -> tuple[str, Record] | None:
    """The kind and record of the prepayment or overpayment that a transaction brought."""
    for kind in ("Prepayment", "Overpayment"):
        found = books.record(kind, transaction.get(CREDITS[kind].id_field) or "")
        if found:
            return kind, found
    return None


def _check_change(books: Books, current: Record) -> None:
    if current["Status"] != "AUTHORISED":
        raise RefusedError(WRONG_STATUS)
    if current["IsReconciled"]:
        raise RefusedError("This transaction has been reconciled and cannot be edited.")
    check_open(books, current)
    credit = credit_of(books, current)
    if credit and is_used(credit[1]):
        raise RefusedError(transitions.HAS_PAYMENT)


def _delete(books: Books, current: Record | None) -> Record:
    if not current:
        raise RefusedError(WRONG_STATUS)
    if credit := credit_of(books, current):
        kind, record = credit
        ended = {**record, "Status": "VOIDED", "RemainingCredit": ZERO}
        books.save(kind, ended)
        note(books, record[CREDITS[kind].id_field], "Voided")
    note(books, current["BankTransactionID"], "Deleted")
    return books.save("BankTransaction", {**current, "Status": "DELETED"})


def _finish(books: Books, given: Given, current: Record, kind: str, places: int) -> Written:
    """Check everything together, and only then keep contact, transaction and credit."""
    faults: list[str] = []
    account = _bank(books, part(given, "BankAccount") or current.get("BankAccount") or NOTHING)
    if not account:
        faults.append("A valid bank account must be specified")
    record = _read(books, given, current, kind, account or NOTHING)
    contact, changes = _contact(books, current, given, faults)
    desk = Desk(books, kind, True, record["LineAmountTypes"], places, faults)
    record["LineItems"] = _lines(desk, given, current)
    add_up(record, record["LineAmountTypes"])
    record.pop("TotalDiscount")
    if record["Total"] <= 0:
        faults.append("The total of the transaction must be greater than zero")
    if account and record["CurrencyCode"] != account["CurrencyCode"]:
        faults.append("The currency must be that of the bank account")
    faults += [*faults_of_choices(books, record), *faults_of_day(books, record["Date"])]
    if faults:
        raise RefusedError(*dict.fromkeys(faults))
    if changes:
        contact = contact_writing.keep_contact(books, contact)
    record["Contact"] = {"ContactID": contact["ContactID"]}
    return Written(_keep(books, record, current, given), desk.warnings)


def _bank(books: Books, named: Given) -> Record | None:
    key, code = guid(named, "AccountID"), text(named, "Code")
    found = books.record("Account", key) if key else None
    if not key and code:
        found = books.first("Account", "Code", code)
    if not found or found["Type"] != "BANK" or found["Status"] != "ACTIVE":
        return None
    return {"CurrencyCode": books.organisation["BaseCurrency"], **found}


def _read(books: Books, given: Given, current: Record, kind: str, account: Record) -> Record:
    usual = account.get("CurrencyCode") or books.organisation["BaseCurrency"]
    blank: Record = {
        "Type": kind,
        "Status": "AUTHORISED",
        "Date": books.today,
        "LineAmountTypes": "Exclusive",
        "IsReconciled": False,
        "CurrencyCode": usual,
    }
    sent: Record = {
        "Date": day(given, "Date"),
        "Reference": text(given, "Reference", 255),
        "Url": text(given, "Url", 2000),
        "CurrencyCode": (text(given, "CurrencyCode") or "").upper() or None,
        "CurrencyRate": currency_rate(given),
        "LineAmountTypes": choice(given, "LineAmountTypes", LINE_AMOUNT_TYPES),
        "IsReconciled": flag(given, "IsReconciled"),
        "BankAccount": {"AccountID": account["AccountID"]} if account else None,
    }
    if kind.endswith("OVERPAYMENT"):
        sent["LineAmountTypes"] = "NoTax"
    record = (current or blank) | {name: v for name, v in sent.items() if v is not None}
    moved, rated = bool(sent["CurrencyCode"]), sent["CurrencyRate"]
    complete_currency(books, record, moved=moved, rated=rated)
    return record


def _contact(books: Books, current: Record, given: Given, faults: list[str]) -> tuple[Record, bool]:
    block: dict[str, Any] = part(given, "Contact")
    if not block and current:
        return books.record("Contact", current["Contact"]["ContactID"]) or NOTHING, False
    try:
        return contact_writing.in_invoice(books, block, new=not current)
    except RefusedError as error:
        faults.extend(error.messages)
        return NOTHING, False


def _lines(desk: Desk, given: Given, current: Record) -> list[Record]:
    before = current.get("LineItems", [])
    types_moved = desk.line_amount_types != current.get("LineAmountTypes")
    lines, kept = given_lines(given, before, types_moved=types_moved)
    if not lines:
        desk.faults.append("One or more line items must be specified")
    if not desk.type.endswith("OVERPAYMENT"):
        desk.places = 4 if kept else desk.places
        return write_lines(desk, lines, before)
    if kept:
        return list(before)
    if len(lines) > 1:
        desk.faults.append("An overpayment has one line item")
    return [_overpaid(desk, line) for line in lines]


def _overpaid(desk: Desk, given: Given) -> Record:
    """An overpayment's line: on the account of what is owed, and without tax."""
    system = _SYSTEM[transitions.is_sale(desk.type)]
    accounts = desk.books.records("Account")
    account = next((one for one in accounts if one.get("SystemAccount") == system), NOTHING)
    if text(given, "AccountCode", 10) not in (None, "", account.get("Code")):
        desk.faults.append("An overpayment must be coded to the account of what is owed")
    quantity = number(given, "Quantity") or Decimal(1)
    unit = number(given, "UnitAmount")
    unit = number(given, "LineAmount") if unit is None else unit
    unit = unit_price(unit or ZERO, desk.places)
    return {
        "LineItemID": str(uuid4()),
        "Description": text(given, "Description") or "",
        "Quantity": quantity,
        "UnitAmount": unit,
        "AccountCode": account.get("Code"),
        "AccountID": account.get("AccountID"),
        "TaxType": tax_free(desk.books.organisation["Version"]),
        "LineAmount": line_amount(quantity, unit),
        "TaxAmount": ZERO,
        "Tracking": [],
    }


def _keep(books: Books, record: Record, current: Record, given: Given) -> Record:
    _, _, name = record["Type"].partition("-")
    if name:
        kind = name.capitalize()
        record |= _keep_credit(books, kind, record, current, text(given, "Reference", 255))
        record.pop("Reference", None)  # of a bank transaction only where it is a plain one
    kept = books.save("BankTransaction", record)
    note(books, kept["BankTransactionID"], "Edited" if current else "Created")
    return kept


def _keep_credit(
    books: Books, kind: str, record: Record, current: Record, reference: str | None
) -> Record:
    """Keep the prepayment or overpayment beside its transaction; the field that names it."""
    field = CREDITS[kind].id_field
    known = books.record(kind, current.get(field) or "") or NOTHING
    credit = {**known, **{name: record[name] for name in _COPIED}}
    credit |= {"Status": "AUTHORISED", "RemainingCredit": record["Total"]}
    if kind == "Overpayment":
        credit["Reference"] = reference if reference is not None else known.get("Reference")
    elif transitions.is_sale(record["Type"]) and not known:
        # A prepayment of a customer takes its number from the invoices' own.
        credit["InvoiceNumber"] = credit["Reference"] = numbering.next_invoice_number(books)
        credit["BrandingThemeID"] = numbering.usual_theme(books)
    kept = books.save(kind, credit)
    note(books, kept[field], "Edited" if known else "Created")
    return {field: kept[field]}
