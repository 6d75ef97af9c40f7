"""Customers and deals for the benchmarks, entered by hand in both sandboxed systems."""

from __future__ import annotations

from benchmarks.box import Box

CUSTOMERS = 100


def customers(box: Box) -> list[str]:
    """Make accounts whose Xero contacts carry their ids; return the accounts' ids."""
    made = []
    for number in range(CUSTOMERS):
        name = f"Benchmark Customer {number}"
        account = box.act("salesforce", "create", kind="Account", values={"Name": name})
        contact = {"Name": name, "ContactNumber": account}
        box.act("xero", "create", kind="Contact", values=contact)
        made.append(account)
    return made


def open_deals(box: Box, accounts: list[str], count: int, batch: str) -> list[str]:
    """Make open deals with an amount; return their ids."""
    return [
        box.act(
            "salesforce",
            "create",
            kind="Opportunity",
            values={
                "Name": f"{batch} deal {number}",
                "AccountId": accounts[number % len(accounts)],
                "StageName": "Negotiation/Review",
                "CloseDate": "2026-11-19",
                "Amount": f"{1000 + number}.00",
                "CurrencyIsoCode": "GBP",
            },
        )
        for number in range(count)
    ]


def win(box: Box, deals: list[str]) -> None:
    """Close the deals as won."""
    for deal in deals:
        box.act("salesforce", "close_won", opportunity_id=deal)
