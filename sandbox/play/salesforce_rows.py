"""What the page's Salesforce column shows: deals, accounts and contacts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest, nsmallest

from sandbox.store import Record
from sandbox.world import World

SHOWN = 40  # rows of a list; the search field finds the others


@dataclass(frozen=True)
class Deal:
    """An opportunity with its lines and the invoices that name it."""

    record: Record
    account: str
    currency: str
    lines: list[Record]
    invoices: list[Record]


@dataclass(frozen=True)
class Column:
    """Everything of one side, and how many there are in all."""

    deals: list[Deal]
    accounts: list[Record]
    contacts: list[tuple[Record, str]]
    counts: dict[str, int]


def column(world: World, search: str, invoices: Iterable[Record]) -> Column:
    """The Salesforce side; the caller holds the world's lock."""
    urgency = _urgency(world.clock.now())
    living = {kind: _living(world, kind) for kind in ("Opportunity", "Account", "Contact")}
    names = {record["Id"]: _name(record) for record in living["Account"]}
    deals = _found(living["Opportunity"], search, names)
    contacts = _found(living["Contact"], search, names)
    return Column(
        _deals(world, nsmallest(SHOWN, deals, key=urgency), names, list(invoices)),
        nlargest(SHOWN, _found(living["Account"], search, names), key=_changed),
        [
            (record, names.get(record.get("AccountId") or "", ""))
            for record in nlargest(SHOWN, contacts, key=_changed)
        ],
        {kind: len(records) for kind, records in living.items()}
        | {
            "won": sum(bool(deal.get("IsWon")) for deal in living["Opportunity"]),
            "open": sum(not deal.get("IsClosed") for deal in living["Opportunity"]),
        },
    )


def currencies(world: World) -> list[str]:
    """The currencies of the price book; none where Salesforce has only one currency."""
    if not world.setting("salesforce", "multicurrency"):
        return []
    prices = _living(world, "PricebookEntry")
    return sorted({str(price["CurrencyIsoCode"]) for price in prices})


def _deals(
    world: World, shown: list[Record], names: dict[str, str], invoices: list[Record]
) -> list[Deal]:
    lines: dict[str, list[Record]] = {record["Id"]: [] for record in shown}
    for line in _living(world, "OpportunityLineItem"):
        if line["OpportunityId"] in lines:
            lines[line["OpportunityId"]].append(line)
    return [
        Deal(
            record,
            names.get(record.get("AccountId") or "", ""),
            record.get("CurrencyIsoCode") or "GBP",
            lines[record["Id"]],
            [one for one in invoices if record["Id"] in str(one.get("Reference") or "")],
        )
        for record in shown
    ]


def _living(world: World, kind: str) -> list[Record]:
    table = world.table("salesforce", kind)
    return [record for record in table.values() if not record.get("IsDeleted")]


def _found(records: list[Record], search: str, names: dict[str, str]) -> list[Record]:
    if not search:
        return records
    wanted = search.casefold()
    return [
        record
        for record in records
        if wanted in _name(record).casefold()
        or wanted in names.get(record.get("AccountId") or "", "").casefold()
        or wanted == record["Id"].casefold()
    ]


def _name(record: Record) -> str:
    whole = f"{record.get('FirstName') or ''} {record.get('LastName') or ''}"
    return str(record.get("Name") or whole).strip()


def _urgency(now: datetime) -> Callable[[Record], tuple[bool, str, str]]:
    """The next to close on top. One closed today keeps its place, so that nobody loses it."""
    yesterday = (now - timedelta(days=1)).isoformat()

    def key(record: Record) -> tuple[bool, str, str]:
        settled = bool(record.get("IsClosed")) and _changed(record) < yesterday
        return settled, str(record.get("CloseDate") or ""), record["Id"]

    return key


def _changed(record: Record) -> str:
    return str(record.get("SystemModstamp") or "")
