"""What each shared field takes, by flow: type and longest text, for those who choose its source.

Lengths are Xero's where a field is written there (its pages on invoices, contacts and items), and
those of what is told where it fills a Salesforce field.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.core.fields import Holds, Takes

from .item_codes import CODE_ROOM, NAME_ROOM
from .lengths import XERO
from .party_fields import PARTS, PLACES

NUMBER, DATE, TIME = Takes(Holds.NUMBER), Takes(Holds.DATE), Takes(Holds.TIME)
REFERENCE = Takes(Holds.TEXT, 18)
ID, LINK, WORD = Takes(Holds.TEXT, 36), Takes(Holds.TEXT, 0), Takes(Holds.TEXT, 20)

OF_PLACES = frozenset({"line", *PARTS})
WIDE = frozenset({"street", "country"})
"""Salesforce’s own may hold more than Xero takes: such a text is a question when it comes."""

_INVOICE: Mapping[str, Takes] = {
    "date": DATE,
    "due_date": DATE,
    "reference": Takes(Holds.TEXT),  # cut by the flow itself, which keeps the deal's id
    "line.description": Takes(Holds.TEXT, 4000),
    "line.quantity": NUMBER,
    "line.unit_amount": NUMBER,
    "line.discount_rate": NUMBER,
    "line.item_code": Takes(Holds.TEXT, 255),  # one that Xero lacks is left out
    "invoice_id": ID,
    "invoice_number": Takes(Holds.TEXT),
    "invoice_status": WORD,
    "invoice_total": NUMBER,
    "invoice_url": LINK,
}

_PARTY: Mapping[str, Takes] = {
    **{name: Takes(Holds.TEXT, size) for name, size in XERO.items() if name not in OF_PLACES},
    **{
        f"{place}_{part}": Takes(Holds.TEXT, 0 if part in WIDE else XERO[part])
        for place in PLACES
        for part in PARTS
    },
    "website": LINK,
    "currency": Takes(Holds.TEXT),
    "payment_terms": Takes(Holds.TEXT),  # their words are read by the flow itself
    "xero_contact": ID,
}

_FIGURES: Mapping[str, Takes] = {
    "payment_status": WORD,
    "invoice_count": NUMBER,
    "invoice_currency": Takes(Holds.TEXT, 3),
    "invoice_paid": NUMBER,
    "invoice_credited": NUMBER,
    "invoice_amount_due": NUMBER,
    "invoice_due_date": DATE,
    "invoice_paid_on": DATE,
    "invoice_days_overdue": NUMBER,
    "invoice_online_url": LINK,
    "invoice_payments": Takes(Holds.TEXT),
    "invoice_as_of": TIME,
    "account.outstanding": NUMBER,
    "account.overdue": NUMBER,
    "account.oldest_days_overdue": NUMBER,
    "account.open_invoices": NUMBER,
    "account.last_payment": NUMBER,
    "account.last_payment_on": DATE,
    "account.balances": Takes(Holds.TEXT),
    "account.days_to_pay": NUMBER,
    "account.as_of": TIME,
}

_RISK: Mapping[str, Takes] = {
    "account.credit_status": WORD,
    "account.credit_reasons": Takes(Holds.TEXT),  # cut to what its field has room for
    "account.credit_limit": NUMBER,
}

_QUOTE: Mapping[str, Takes] = {
    "name": Takes(Holds.TEXT, 120),
    "stage": Takes(Holds.TEXT, 40),
    "amount": NUMBER,
    "close_date": DATE,
    "account": REFERENCE,
    "owner": REFERENCE,
    "currency": Takes(Holds.TEXT, 3),
    "description": Takes(Holds.TEXT, 4000),
    "pricebook": REFERENCE,
    "quote_id": ID,
    "quote_number": Takes(Holds.TEXT, 255),
    "quote_status": WORD,
    "quote_url": LINK,
}

_PRODUCT: Mapping[str, Takes] = {
    # what Xero has no room for is cut by the flow itself
    "code": Takes(Holds.TEXT, 255, gives=CODE_ROOM),
    "name": Takes(Holds.TEXT, 255, gives=NAME_ROOM),
    "description": Takes(Holds.TEXT, 4000, gives=4000),
    "active": Takes(Holds.YES_NO),
    "item_id": ID,
}

TAKES: Mapping[str, Mapping[str, Takes]] = {
    "won_opportunity_invoice": _INVOICE,
    "account_contact": _PARTY,
    "payment_status": _FIGURES,
    "credit_risk": _RISK,
    "quote_opportunity": _QUOTE,
    "product_catalogue": _PRODUCT,
}
"""By flow and target: everything that is written, besides what the flow makes of no one field."""
