"""What a payment or an allocation does to its invoice, when it comes and when it goes."""

from decimal import Decimal

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.money import ZERO


def settle(
    books: Books, invoice: Record, date: str, *, paid: Decimal = ZERO, credited: Decimal = ZERO
) -> Record:
    """Add amounts, or take them away where they are negative; the invoice as it is then kept.

    With nothing left to pay it is PAID on that day, otherwise it is open (again).
    """
    paid, credited = invoice["AmountPaid"] + paid, invoice["AmountCredited"] + credited
    due = invoice["Total"] - paid - credited
    settled = due == ZERO
    changes: Record = {
        "AmountPaid": paid,
        "AmountCredited": credited,
        "AmountDue": due,
        "Status": "PAID" if settled else "AUTHORISED",
        "FullyPaidOnDate": date if settled else None,
    }
    return books.save("Invoice", {**invoice, **changes})
