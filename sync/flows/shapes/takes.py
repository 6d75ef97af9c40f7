"""What each shared field takes, by flow: type and longest text, for those who choose its source.

Lengths are Xero's where a field is written there (its pages on invoices, contacts and items), and
those of what is told where it fills a Salesforce field.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.core.fields import Holds, Takes

from .lengths import XERO
from .party_fields import PARTS, PLACES

NUMBER, DATE, TIME = Takes(Holds.NUMBER), Takes(Holds.DATE), Takes(Holds.TIME)
ID, LINK, WORD = Takes(Holds.TEXT, 36), Takes(Holds.TEXT, 0), Takes(Holds.TEXT, 20)

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
    **{name: Takes(Holds.TEXT, size) for name, size in XERO.items() if name != "line"},
    **{f"{place}_{part}": Takes(Holds.TEXT) for place in PLACES for part in PARTS},
    "website": LINK,
    "currency": Takes(Holds.TEXT),
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

_QUOTE: Mapping[str, Takes] = {
    "name": Takes(Holds.TEXT),
    "close_date": DATE,
}

_PRODUCT: Mapping[str, Takes] = {
    "code": Takes(Holds.TEXT, 255),  # what Xero has no room for is cut by the flow itself
    "name": Takes(Holds.TEXT, 255),
    "description": Takes(Holds.TEXT, 4000),
}

TAKES: Mapping[str, Mapping[str, Takes]] = {
    "won_opportunity_invoice": _INVOICE,
    "account_contact": _PARTY,
    "payment_status": _FIGURES,
    "quote_opportunity": _QUOTE,
    "product_catalogue": _PRODUCT,
}
"""By flow and target; what is not named here is not checked."""
