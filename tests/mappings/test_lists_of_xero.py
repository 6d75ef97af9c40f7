"""What is offered of the organisation's accounts and tax rates is what a sale can have."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from connections.models import Pair
from connections.organisations import lists_of
from mappings import choices, fitting, words
from sync.core.flow import TableRow
from sync.core.organisation import Account, Reference, TaxRate
from tests.mappings.test_fitting import FLOW

TAXES = words.tables_of(FLOW)["tax_type"]


def account(code: str, kind: str, system: str = "", *, active: bool = True) -> Account:
    return Account(f"id-{code}", code, f"Account {code}", kind, "OUTPUT2", active, system)


def rate(code: str, *classes: str) -> TaxRate:
    return TaxRate(code, f"{code} 20%", Decimal(20), active=True, classes=frozenset(classes))


def test_a_rate_of_expenses_is_not_offered_and_yet_not_refused(pair: Pair) -> None:
    rates = (rate("OUTPUT2", "REVENUE", "ASSET"), rate("INPUT2", "EXPENSE", "LIABILITY"))
    read = Reference(
        *(datetime.now(UTC), "Fernhill", "GB", "GBP", "Europe/London"),
        tax_rates=(*rates, rate("OWN")),
    )
    pair.xero.organisation = {"lists": lists_of(read)}
    offered = [code for code, _ in choices.active(pair, TAXES)]
    assert offered == ["OUTPUT2", "OWN"]
    assert fitting.value_misfits(pair, TAXES, TableRow("tax_type", "INPUT2,OUTPUT2")) == []
    assert fitting.value_misfits(pair, TAXES, TableRow("tax_type", "INPUT9")) != []


def test_accounts_that_no_sale_is_booked_to_are_not_offered() -> None:
    accounts = (
        account("200", "REVENUE"),
        account("825", "CURRLIAB"),
        account("090", "BANK"),
        account("610", "CURRENT", "DEBTORS"),
        account("270", "REVENUE", active=False),
        account("", "REVENUE"),
    )
    read = Reference(datetime.now(UTC), "Fernhill", "GB", "GBP", "Europe/London", accounts=accounts)
    assert [code for code, _ in lists_of(read)["accounts"]] == ["200", "825"]
