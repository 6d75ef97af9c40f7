"""Which status a quote may take, and in which it may still be edited (Xero, Quotes)."""

from sandbox.xero.errors import RefusedError

CREATABLE = ("DRAFT", "SENT")
STATUSES = ("DRAFT", "SENT", "DECLINED", "ACCEPTED", "INVOICED", "DELETED")
FINAL = "DELETED"
CLOSED = "INVOICED"  # nothing of it changes, unless it is sent anew
COMPLETE = ("SENT", "DECLINED", "ACCEPTED", "INVOICED")  # a customer has seen it: it needs lines
_NEXT = {
    "DRAFT": ("DRAFT", "SENT", "DELETED"),
    "SENT": ("SENT", "ACCEPTED", "DECLINED", "DELETED"),
    "ACCEPTED": ("ACCEPTED", "INVOICED", "SENT", "DELETED"),
    "DECLINED": ("DECLINED", "SENT", "DELETED"),
    "INVOICED": ("INVOICED", "SENT", "DELETED"),
}

WRONG_CREATION = "Quote not of valid status for creation"
WRONG_STATUS = "Quote not of valid status for modification"


def check_move(status: str, wanted: str) -> None:
    """Raise RefusedError unless a quote of this status may take the wanted one."""
    if wanted not in _NEXT.get(status, ()):
        raise RefusedError(WRONG_STATUS)
