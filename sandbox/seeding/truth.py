"""What is known of the seeded address books: which records are of one and the same customer."""

from collections.abc import Iterable
from typing import Any

from sandbox.store import Record
from sandbox.world import World


def tell(
    world: World,
    case: str,
    accounts: Iterable[str] = (),
    contacts: Iterable[str] = (),
    group: str = "",
) -> None:
    """Note a customer: its Salesforce accounts, its Xero contacts, and what is special about it.

    Customers of one `group`, such as a company and its branches, are different ones all the same.
    """
    table = world.table("truth", "Customer")
    key = f"C{len(table) + 1:05}"
    table[key] = {
        "customer": key,
        "case": case,
        "group": group,
        "salesforce": list(accounts),
        "xero": list(contacts),
    }


def told(world: World) -> dict[str, Any]:
    """All customers, and every pair of an account and a contact that belong together."""
    customers: list[Record] = list(world.table("truth", "Customer").values())
    pairs = [
        {"salesforce": account, "xero": contact, "case": one["case"]}
        for one in customers
        for account in one["salesforce"]
        for contact in one["xero"]
    ]
    return {"customers": customers, "pairs": pairs}
