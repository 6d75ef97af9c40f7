"""What the first steps say of each template: what it does, what it would write, and in money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sync.engine.setting_up import MoneyCount, title_of

DOES: Mapping[str, str] = {
    "won_opportunity_invoice": "Each deal that is won becomes one invoice in Xero.",
    "payment_status": "Deals and accounts are told how far their invoices are paid.",
    "account_contact": "Customers find each other and are kept the same.",
    "quote_opportunity": "Each quote in Xero becomes one deal, billed once.",
    "credit_risk": "Customers who pay late get a credit status and a task.",
    "product_catalogue": "Products, their prices and Xero’s items are one catalogue.",
}
WRITES: Mapping[str, str] = {
    "won_opportunity_invoice": "Invoices in Xero, as drafts unless a row of yours says otherwise, "
    "with a contact where the customer has none; their number, status and total go into "
    "Counterpart’s fields of the deal. What is billed already is linked, not billed again. "
    "Nothing is e-mailed to anybody.",
    "payment_status": "Counterpart’s own fields of deals and accounts in Salesforce, and nothing "
    "else. Nothing is made, and nothing in Xero changes.",
    "account_contact": "Contacts in Xero, accounts and their people in Salesforce, and the fields "
    "in which two linked ones differ, by the rows under Mappings. Nothing is merged, archived or "
    "deleted.",
    "quote_opportunity": "Deals with their lines in Salesforce, and what changes in their quotes. "
    "In Xero nothing changes unless a row of yours says so.",
    "credit_risk": "The credit status of accounts, and one task for each account and rule. "
    "Nothing in Xero changes, and no other task.",
    "product_catalogue": "Products with their prices in Salesforce, and items in Xero. No quantity "
    "is ever changed, and nothing is deleted.",
}
NOUNS: Mapping[str, tuple[str, str]] = {
    "won_opportunity_invoice": ("invoice", "invoices"),
    "payment_status": ("deal or account", "deals and accounts"),
    "account_contact": ("customer", "customers"),
    "quote_opportunity": ("deal", "deals"),
    "credit_risk": ("account with a task", "accounts with tasks"),
    "product_catalogue": ("product or item", "products and items"),
}
VERBS = {"create": ("+", "would be made"), "update": ("~", "would be changed")}
TOLD = frozenset({"payment_status"})
"""Templates that only tell: what they change is told something new."""
CUSTOMERS = "account_contact"
TOGETHER = f"Start it together with “{title_of(CUSTOMERS)}”, which finds its customers."
NO_EVENTS = (
    "Both systems are asked for changes every few minutes, and that is enough to begin with. With "
    "an address for their events it becomes seconds."
)
RECOMMENDED = (CUSTOMERS, "won_opportunity_invoice", "payment_status")
"""What most begin with: each of these leans on the one before."""


@dataclass
class Line:
    """So many records that would be made or changed, with the money of each currency."""

    sign: str
    count: int
    noun: str
    verb: str
    sums: list[tuple[Decimal, str]] = field(default_factory=list)


def lines(flow: str, counts: Iterable[MoneyCount]) -> list[Line]:
    """Return what plans come to in words, what is made first; each currency's sum by itself."""
    told = []
    for action, (sign, verb) in VERBS.items():
        mine = [one for one in counts if one.action == action]
        total = sum(one.count for one in mine)
        if total:
            one_of, many = NOUNS.get(flow, ("record", "records"))
            if flow == "credit_risk" and action == "update":
                one_of, many = "account", "accounts"
            said = "would be told something new" if flow in TOLD else verb
            told.append(Line(sign, total, one_of if total == 1 else many, said, _sums(mine)))
    return told


def linked(count: int) -> Line:
    """Return the line of customers that are linked by themselves once their template is on.

    In shadow every link is a question, also one without a doubt; on, those are no questions.
    """
    noun = "customer" if count == 1 else "customers"
    return Line("=", count, noun, "would be linked, and get what only the other side says of them")


def asked(counts: Iterable[MoneyCount]) -> tuple[int, list[tuple[Decimal, str]]]:
    """Return how many plans wait for an answer, and their money by currency."""
    mine = [one for one in counts if one.action == "question"]
    return sum(one.count for one in mine), _sums(mine)


def _sums(counts: Sequence[MoneyCount]) -> list[tuple[Decimal, str]]:
    return [(one.amount, one.currency) for one in counts if one.amount and one.currency]
