"""What is offered of the organisation's accounts is what a sale can be booked to."""

from __future__ import annotations

from datetime import UTC, datetime

from connections.organisations import lists_of
from sync.core.organisation import Account, Reference


def account(code: str, kind: str, system: str = "", *, active: bool = True) -> Account:
    return Account(f"id-{code}", code, f"Account {code}", kind, "OUTPUT2", active, system)


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
