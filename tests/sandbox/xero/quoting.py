"""Quotes for the tests: raised and moved on over HTTP."""

from typing import Any

from .conftest import Xero

LINE = {"Description": "Survey", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}


def draft(xero: Xero, **more: Any) -> dict[str, Any]:
    """The body of a quote of 100.00 net for Aire Valley."""
    contact = more.pop("Contact", None) or {"ContactID": xero.contact()}
    return {"Contact": contact, "Date": "2026-03-01", "LineItems": [LINE], **more}


def quoted(xero: Xero, **more: Any) -> dict[str, Any]:
    """A new quote as it comes back."""
    made = xero.put("Quotes", draft(xero, **more))[0]
    assert made["StatusAttributeString"] == "OK", made
    return dict(made)


def moved(xero: Xero, quote: dict[str, Any], status: str, **more: Any) -> dict[str, Any]:
    """The quote's element with another status, as Xero wants it."""
    who = {"ContactID": quote["Contact"]["ContactID"]}
    date = quote["DateString"][:10]
    return {"QuoteID": quote["QuoteID"], "Contact": who, "Date": date, "Status": status, **more}
