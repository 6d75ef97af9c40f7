"""What each field of the package is for: the flow that leaves it out where an org lacks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Purposes = Mapping[str, Mapping[str, tuple[str, ...]]]
Fields = Callable[[str], Mapping[str, str]]


def _ours(*names: str) -> tuple[str, ...]:
    return tuple(f"Counterpart_{name}__c" for name in names)


PURPOSES: Purposes = {
    "won_opportunity_invoice": {
        "Opportunity": _ours(
            "Invoice_Id", "Invoice_Number", "Invoice_Status", "Invoice_Total", "Invoice_Url"
        ),
    },
    "account_contact": {
        "Account": _ours(
            "Xero_Contact_Id",
            "Billing_Email",
            "Tax_Number",
            "Company_Number",
            "Payment_Terms",
            "Do_Not_Sync",
            "Do_Not_Sync_Reason",
        ),
        "Contact": _ours("Xero_Contact_Id", "Billing_Contact"),
    },
    "payment_status": {
        "Opportunity": _ours(
            "Payment_Status",
            "Invoice_Count",
            "Invoice_Currency",
            "Invoice_Paid",
            "Invoice_Credited",
            "Invoice_Amount_Due",
            "Invoice_Due_Date",
            "Invoice_Paid_On",
            "Invoice_Days_Overdue",
            "Invoice_Online_Url",
            "Invoice_Payments",
            "Invoice_As_Of",
        ),
        "Account": _ours(
            "Outstanding",
            "Overdue",
            "Oldest_Days_Overdue",
            "Open_Invoices",
            "Last_Payment",
            "Last_Payment_On",
            "Balances",
            "Days_To_Pay",
            "Finance_As_Of",
        ),
    },
    "credit_risk": {
        "Account": _ours("Credit_Limit", "Credit_Status", "Credit_Reasons"),
        "Task": _ours("Rule_Key", "Severity", "Snoozed_Until", "Disputed", "Promised_On"),
    },
    "quote_opportunity": {
        "Opportunity": _ours("Quote_Id", "Quote_Number", "Quote_Status", "Quote_Url"),
        "OpportunityLineItem": _ours("Xero_Line_Id"),
    },
    "product_catalogue": {"Product2": _ours("Xero_Item_Id")},
}
TITLES = {
    "won_opportunity_invoice": "Won deals and their invoices",
    "account_contact": "Accounts and contacts",
    "payment_status": "Payment status",
    "credit_risk": "Credit risk",
    "quote_opportunity": "Quotes",
    "product_catalogue": "Products",
}
KINDS = tuple(dict.fromkeys(kind for kinds in PURPOSES.values() for kind in kinds))


def lacking(flow: str, fields: Fields) -> tuple[str, ...]:
    """Return the package's fields of a flow that an org does not show, as `Account.Name__c`.

    `fields` gives the names and types of a kind's fields as the org shows them. A flow that the
    package has nothing for lacks nothing.
    """
    return tuple(
        f"{kind}.{name}"
        for kind, names in PURPOSES.get(flow, {}).items()
        for shown in [fields(kind)]
        for name in names
        if name not in shown
    )
