"""Which customers belong is said by rows: the shipped ones, and those of an administrator."""

from __future__ import annotations

from sync.core.flow import Condition, RuleSet, TableRow
from sync.flows.account_contact import FLOW
from sync.flows.shapes import book
from sync.flows.shapes.party_tables import BELONGS
from tests.flows import customers

RULES = RuleSet(FLOW.fields, FLOW.tables)
WON = [{"Id": "0065g00000001AAAA", "IsWon": True}]


def with_rows(*rows: TableRow) -> RuleSet:
    """Return the shipped rules with other rows of which records belong."""
    others = tuple(row for row in FLOW.tables if row.table != BELONGS)
    return RuleSet(FLOW.fields, (*rows, *others))


def test_an_account_belongs_once_a_deal_of_it_is_won() -> None:
    assert book.left_out(customers.account(Opportunities=WON), RULES) == ""
    assert "won" in book.left_out(customers.account(Opportunities=[]), RULES)


def test_a_contact_belongs_once_it_was_invoiced() -> None:
    assert book.left_out(customers.xero_contact(IsCustomer=True), RULES) == ""
    assert "invoice" in book.left_out(customers.xero_contact(IsCustomer=False), RULES)


def test_a_row_takes_in_accounts_by_any_field() -> None:
    partner = TableRow(BELONGS, "yes", (Condition("Type", "is", "Customer"),))
    account = customers.account(Opportunities=[], Type="Customer")
    assert book.left_out(account, with_rows(partner)) == ""
    assert book.left_out(customers.account(Opportunities=WON), with_rows(partner)) != ""


def test_the_first_row_that_holds_may_also_leave_out_and_says_so() -> None:
    internal = TableRow(BELONGS, "no", (Condition("Type", "is", "Internal"),), "Our own firms")
    rules = with_rows(internal, *(row for row in FLOW.tables if row.table == BELONGS))
    account = customers.account(Opportunities=WON, Type="Internal")
    assert "Our own firms" in book.left_out(account, rules)
    assert book.left_out(customers.account(Opportunities=WON), rules) == ""
