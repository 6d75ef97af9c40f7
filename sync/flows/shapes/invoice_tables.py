"""The value tables of an invoice: what each decides, and which values it may give."""

from __future__ import annotations

from sync.core.flow import ValueTable
from sync.core.tax import Amounts

_ID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
WORDS = "words"
"""A table that fields read by their rows, see the transform look_up."""
_SALE = ("=amount", "=currency")
_RATE = r"(?=.*[1-9])\d{1,9}(\.\d{1,9})?"

TABLES = (
    ValueTable(
        "account_code",
        "Accounts",
        {
            "=item": "the item's own sales account",
            "=first revenue": "the organisation's first revenue account",
        },
        listed="accounts",
        several=True,
        of_lines=True,
        gives="lines",
        knows=_SALE,
    ),
    ValueTable(
        "tax_type",
        "Tax rates",
        {
            "=contact": "the customer's own default in Xero",
            "=item": "the item's tax rate",
            "=account": "the account's tax rate",
        },
        listed="tax_rates",
        several=True,
        of_lines=True,
        gives="lines",
        needs_rest=True,
        knows=(*_SALE, "=account", "=item"),
    ),
    ValueTable(
        "payment_terms",
        "Payment terms",
        {
            "=contact": "the customer's terms in Xero",
            "=organisation": "the organisation's terms in Xero",
        },
        free=r"\d{1,3}",
        several=True,
        gives="due_date",
        knows=_SALE,
    ),
    ValueTable(
        "status",
        "Status",
        {
            "DRAFT": "a draft",
            "SUBMITTED": "awaiting approval",
            "AUTHORISED": "approved, awaiting payment",
        },
        free="",
        knows=_SALE,
    ),
    ValueTable(
        "amounts_are",
        "Prices",
        {
            Amounts.EXCLUSIVE.value: "before tax",
            Amounts.INCLUSIVE.value: "with tax",
            Amounts.NO_TAX.value: "without any tax",
        },
        free="",
        knows=_SALE,
    ),
    ValueTable(
        "currency",
        "Currency",
        free=rf"[A-Z]{{3}}( by (salesforce|{_RATE}))?",
        listed="conversions",
        hint="Without a row a deal is billed in its own currency. “GBP by salesforce” converts by "
        "Salesforce's rate of the close date, “GBP by 0.79” by that many pounds for one unit of "
        "the currency that its condition names.",
        knows=_SALE,
    ),
    ValueTable(
        "rate",
        "Rates",
        {
            "xero": "Xero's own rate of the day",
            "salesforce": "Salesforce's rate of the close date",
        },
        free=_RATE,
        hint="“xero” leaves it to Xero, “salesforce” takes Salesforce's of the close date; a "
        "number is how much of the currency that its condition names one unit of the "
        "organisation's own is worth.",
        knows=_SALE,
    ),
    ValueTable(
        "rounding",
        "Rounding differences",
        {
            "leave": "leave the difference",
            "line": "add a rounding line",
        },
        free="",
        gives="lines",
        knows=(*_SALE, "=difference"),
    ),
    ValueTable(
        WORDS,
        "Words",
        free=r".*",
        of_lines=True,
        hint="Texts of your own by conditions. A field reads them with “translated by” and =words.",
        knows=_SALE,
    ),
    ValueTable("theme", "Theme", free=_ID, listed="themes", knows=_SALE),
    *(
        ValueTable(
            name,
            title,
            free=f"{_ID}/{_ID}",
            listed="tracking",
            of_lines=True,
            gives="lines",
            knows=_SALE,
        )
        for name, title in (("tracking_1", "Tracking 1"), ("tracking_2", "Tracking 2"))
    ),
)
