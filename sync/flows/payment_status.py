"""Flow: what finance knows of invoices and customers is told to deals and accounts."""

from __future__ import annotations

from sync.core.flow import TO_SALESFORCE, FieldRule, Flow, Owner
from sync.core.matching import Wanted
from sync.core.projection import Projection
from sync.core.records import System

from .shapes import account_figures, deal_figures


def _told(target: str, name: str, compare: str = "") -> FieldRule:
    return FieldRule(
        target,
        f"Counterpart_{name}__c",
        owner=Owner.XERO,
        writes=TO_SALESFORCE,
        optional=True,
        compare=compare,
    )


FIELDS = (
    _told("payment_status", "Payment_Status"),
    _told("invoice_count", "Invoice_Count"),
    _told("invoice_currency", "Invoice_Currency"),
    _told("invoice_paid", "Invoice_Paid"),
    _told("invoice_credited", "Invoice_Credited"),
    _told("invoice_amount_due", "Invoice_Amount_Due"),
    _told("invoice_due_date", "Invoice_Due_Date"),
    _told("invoice_paid_on", "Invoice_Paid_On"),
    _told("invoice_days_overdue", "Invoice_Days_Overdue"),
    _told("invoice_online_url", "Invoice_Online_Url"),
    _told("invoice_payments", "Invoice_Payments", "text"),
    _told("invoice_as_of", "Invoice_As_Of"),
    _told("account.outstanding", "Outstanding"),
    _told("account.overdue", "Overdue"),
    _told("account.oldest_days_overdue", "Oldest_Days_Overdue"),
    _told("account.open_invoices", "Open_Invoices"),
    _told("account.last_payment", "Last_Payment"),
    _told("account.last_payment_on", "Last_Payment_On"),
    _told("account.balances", "Balances", "text"),
    _told("account.days_to_pay", "Days_To_Pay"),
    _told("account.as_of", "Finance_As_Of"),
)

LABELS = {
    "payment_status": "Deal: payment status",
    "invoice_count": "Deal: number of invoices",
    "invoice_currency": "Deal: currency of the invoices",
    "invoice_paid": "Deal: paid",
    "invoice_credited": "Deal: credited",
    "invoice_amount_due": "Deal: due",
    "invoice_due_date": "Deal: due date",
    "invoice_paid_on": "Deal: paid on",
    "invoice_days_overdue": "Deal: days overdue",
    "invoice_online_url": "Deal: online invoice",
    "invoice_payments": "Deal: payments and credits",
    "invoice_as_of": "Deal: as of",
    "account.balances": "Account: balances by currency",
    "account.days_to_pay": "Account: usual days to pay",
}

FLOW = Flow(
    key="payment_status",
    title="Payment status of deals and accounts",
    salesforce_kind="Opportunity",
    xero_kind="Invoice",
    starts_on=frozenset({(System.XERO, "Invoice"), (System.XERO, "Contact")}),
    creates_in=frozenset(),
    fields=FIELDS,
    tables=(),
    unwanted=lambda record: "",
    marker=lambda key: "",
    wanted=lambda record: Wanted(""),
    subject_of=lambda candidate: "",
    to_shared=lambda system, couple, around: {},
    to_body=lambda system, shared, couple, around: {},
    indexes=("Invoice", "Contact"),
    labels=LABELS,
    batch=1000,
    projects=Projection(
        of_deal=deal_figures.figures,
        of_account=account_figures.figures,
        as_of=frozenset({"invoice_as_of", "account.as_of"}),
    ),
)
