"""Which status an invoice may take, and what may still be edited in which."""

from sandbox.xero.errors import RefusedError

CREATABLE = ("DRAFT", "SUBMITTED", "AUTHORISED")
STATUSES = ("DRAFT", "SUBMITTED", "DELETED", "AUTHORISED", "PAID", "VOIDED")
FINAL = ("DELETED", "VOIDED")
COMPLETE = ("SUBMITTED", "AUTHORISED", "PAID")  # need a due date, accounts, quantities, prices
_NEXT = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
    "PAID": ("PAID",),
}
# What stays editable once money has been allocated; of a line only these three.
EDITABLE_WHEN_PAID = {
    "Reference", "DueDate", "InvoiceNumber", "BrandingThemeID", "Contact", "Url",
    "SentToContact", "ExpectedPaymentDate", "PlannedPaymentDate", "LineItems",
}  # fmt: skip
LINE_EDITABLE_WHEN_PAID = {"Description", "AccountCode", "AccountID", "Tracking"}


WRONG_CREATION = "Invoice not of valid status for creation"
WRONG_STATUS = "Invoice not of valid status for modification"
HAS_PAYMENT = "This document cannot be edited as it has a payment or credit note allocated to it."


def is_sale(type_: str) -> bool:
    """Whether a document of this type is a customer's: an invoice, a credit, money received."""
    return type_.startswith(("ACCREC", "RECEIVE"))


def check_move(status: str, wanted: str, *, has_payment: bool) -> None:
    """Raise RefusedError unless an invoice of this status may take the wanted one."""
    if has_payment and wanted != status:
        raise RefusedError(WRONG_STATUS, HAS_PAYMENT)
    if wanted not in next_after(status):
        raise RefusedError(WRONG_STATUS)


def next_after(status: str) -> tuple[str, ...]:
    """The statuses that a document of this status may take by somebody's word."""
    return _NEXT.get(status, ())
