"""What a person does with credit in Xero's own screens: credit, allocate, prepay, refund, void."""

from typing import Any

from sandbox.store import Record
from sandbox.world import World
from sandbox.xero import allocations
from sandbox.xero.books import Books
from sandbox.xero.credits import CREDITS
from sandbox.xero.entering import books_of, create, edit, entered
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.payments import delete_payment, write_payment
from sandbox.xero.setting_up import write_account


def credit_invoice(
    world: World, invoice_id: str, amount: Any = None, *, allocate: bool = True
) -> str:
    """Credit an invoice whole, or an amount with its tax; the approved credit note's id.

    As in Xero it is set off against the invoice at once, as far as something is due there, unless
    `allocate` is false. Raises RefusedError.
    """
    books, invoice = books_of(world, "Invoice", invoice_id)
    if invoice["Status"] not in ("AUTHORISED", "PAID") or invoice["Type"] != "ACCREC":
        raise RefusedError("Only an approved sales invoice can be credited.")
    key = create(world, "CreditNote", _credit_note(invoice, books.today, amount), books.tenant)
    if allocate and invoice["AmountDue"] > 0:
        allocate_credit(world, "CreditNote", key, invoice_id)
    return key


def _credit_note(invoice: Record, today: str, amount: Any) -> Record:
    copied = ("Contact", "CurrencyCode", "CurrencyRate", "LineAmountTypes")
    lines = [_credited(line) for line in invoice["LineItems"] if line["LineAmount"]]
    if amount is not None:
        lines = [{**lines[0], "Quantity": 1, "UnitAmount": amount, "Description": "Credit"}]
    values = {name: invoice[name] for name in copied} | {
        "Type": "ACCRECCREDIT",
        "Status": "AUTHORISED",
        "Date": today,
        "Reference": invoice.get("InvoiceNumber"),
        "LineItems": lines,
    }
    # What a person gives back is named with its tax.
    return values | ({} if amount is None else {"LineAmountTypes": "Inclusive"})


def _credited(line: Record) -> Record:
    """An invoice's line as one of a credit note, which knows no discounts."""
    named = ("Description", "AccountCode", "TaxType", "Tracking")
    kept = {name: line[name] for name in named if line.get(name)}
    return kept | {"Quantity": 1, "UnitAmount": line["LineAmount"]}


def allocate_credit(world: World, kind: str, id: str, invoice_id: str, amount: Any = None) -> str:
    """Set a credit off against an invoice, all that can be or an amount; the allocation's id.

    `kind` is CreditNote, Prepayment or Overpayment. Raises RefusedError.
    """
    books, record = books_of(world, kind, id)
    _, invoice = books_of(world, "Invoice", invoice_id)
    most = min(record["RemainingCredit"], invoice["AmountDue"])
    given = {
        "Invoice": {"InvoiceID": invoice_id},
        "Amount": most if amount is None else amount,
        "Date": books.today,
    }
    made = entered(lambda b, v: allocations.allocate(b, CREDITS[kind], id, v), books, given)
    return str(made["AllocationID"])


def remove_allocation(world: World, id: str) -> None:
    """Take an allocation back: the invoice is due again. Raises RefusedError."""
    books, record = books_of(world, "Allocation", id)
    source = record["Source"]
    with world.batch():
        allocations.remove(books, CREDITS[source["Kind"]], source["ID"], id)


def prepay(world: World, contact_id: str, amount: Any, currency: str = "") -> str:
    """Book money that a customer paid in advance, tax within it; the prepayment's id."""
    books, _ = books_of(world, "Contact", contact_id)
    line = {"Description": "Paid in advance", "UnitAmount": amount, "AccountCode": "200"}
    return _receive(books, "Prepayment", contact_id, line, currency)


def overpay(world: World, invoice_id: str, surplus: Any) -> str:
    """Book a payment of all that is due on an invoice and some more; the overpayment's id."""
    books, invoice = books_of(world, "Invoice", invoice_id)
    line = {"Description": "Paid too much", "UnitAmount": surplus}
    if invoice["AmountDue"] > 0:
        account = {"AccountID": bank_account(books, invoice["CurrencyCode"])}
        paid = {"Invoice": {"InvoiceID": invoice_id}, "Account": account}
        entered(write_payment, books, {**paid, "Amount": invoice["AmountDue"]})
    contact, currency = invoice["Contact"]["ContactID"], invoice["CurrencyCode"]
    return _receive(books, "Overpayment", contact, line, currency)


def _receive(books: Books, kind: str, contact_id: str, line: Record, currency: str) -> str:
    values = {
        "Type": f"RECEIVE-{kind.upper()}",
        "Contact": {"ContactID": contact_id},
        "BankAccount": {"AccountID": bank_account(books, currency)},
        "LineAmountTypes": "Inclusive",
        "LineItems": [{"Quantity": 1, **line}],
    }
    key = create(books.world, "BankTransaction", values, books.tenant)
    transaction = books.record("BankTransaction", key) or {}
    return str(transaction[CREDITS[kind].id_field])


def bank_account(books: Books, currency: str = "") -> str:
    """The id of a bank account in a currency, the base one usually; opened where there is none."""
    base = books.organisation["BaseCurrency"]
    wanted = currency or base
    banks = [one for one in books.records("Account") if one["Type"] == "BANK"]
    for one in banks:
        if one.get("CurrencyCode", base) == wanted and one["Status"] == "ACTIVE":
            return str(one["AccountID"])
    opened = {"Code": f"BANK-{wanted}", "Name": f"Bank {wanted}", "Type": "BANK"}
    values = {**opened, "CurrencyCode": wanted}
    return str(entered(write_account, books, values)["AccountID"])


def refund(world: World, kind: str, id: str, amount: Any = None) -> str:
    """Pay a credit back, all that is left of it or an amount; the payment's id."""
    books, record = books_of(world, kind, id)
    payment = {
        kind: {CREDITS[kind].id_field: id},
        "Account": {"AccountID": bank_account(books, record["CurrencyCode"])},
        "Amount": record["RemainingCredit"] if amount is None else amount,
    }
    return str(entered(write_payment, books, payment)["PaymentID"])


def void_credit(world: World, kind: str, id: str) -> None:
    """Void an approved credit of which nothing was used. Raises RefusedError."""
    if kind == "CreditNote":
        edit(world, kind, id, {"Status": "VOIDED"})
        return
    books, _ = books_of(world, kind, id)
    field = CREDITS[kind].id_field
    found = (one for one in books.records("BankTransaction") if one.get(field) == id)
    edit(world, "BankTransaction", next(found)["BankTransactionID"], {"Status": "DELETED"})


def remove_payment(world: World, id: str) -> None:
    """Delete a payment or a refund: its document is open again. Raises RefusedError."""
    books, payment = books_of(world, "Payment", id)
    with world.batch():
        delete_payment(books, payment)


def promise_payment(world: World, invoice_id: str, day: str) -> None:
    """Note the day on which a customer promised to pay an invoice; "" takes the promise back."""
    if day:
        edit(world, "Invoice", invoice_id, {"ExpectedPaymentDate": day})
        return
    books, invoice = books_of(world, "Invoice", invoice_id)
    books.save("Invoice", {**invoice, "ExpectedPaymentDate": None})
    note(books, invoice_id, "Edited")
