"""What switching on a flow means where several organisations may have its records, with counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from connections.models import Connection, Pair
from mappings.admin.routing_places import address_of
from mappings.routing import rows_of
from sync.core.errors import SyncError
from sync.core.flow import TableRow
from sync.core.money import Money
from sync.core.records import System
from sync.core.routing import ACCOUNT, BY_ACCOUNT, CONTACT, DEAL, KINDS, QUOTE, Way, rows_of_kind
from sync.engine import routing
from sync.engine.assigning import pairs_of
from sync.engine.routing import Tried, TriedRows, Waiting
from sync.engine.work import OpenRemote
from sync.models import FlowSwitch

from .records import flow_title

FLOWS = {
    "won_opportunity_invoice": (DEAL,),
    "account_contact": (ACCOUNT, CONTACT),
    "quote_opportunity": (QUOTE,),
}
THINGS = {DEAL: "won deal", ACCOUNT: "account", CONTACT: "contact", QUOTE: "quote"}
SAY = "Say what belongs where"


@dataclass(frozen=True)
class Told:
    """A warning: its bold fact, what it means, and where it is mended."""

    bold: str
    words: str
    address: str
    leads: str = SAY


def warning(pair: Pair, flow: str, open_remote: OpenRemote) -> list[Told]:
    """Return what a person should know before a flow of a pair goes on; nothing stops it."""
    found = []
    for system in System:
        connection = pair.connection(system)
        kinds = [kind for kind in FLOWS.get(flow, ()) if kind in KINDS[system]]
        others = [each for each in pairs_of(connection.pk) if each.pk != pair.pk] if kinds else []
        if not others:
            continue
        rows = rows_of(connection.pk) or ()
        tried = _tried(connection, rows, open_remote)
        found += [_of_kind(pair, connection, kind, (rows, tried, others, flow)) for kind in kinds]
    return [each for each in found if each is not None]


def _tried(
    connection: Connection, rows: Sequence[TableRow], open_remote: OpenRemote
) -> dict[str, TriedRows]:
    """Return the recent records by kind; none where the system cannot be asked now."""
    try:
        return routing.try_rows(connection, rows, open_remote=open_remote)
    except (SyncError, ValueError):
        return {}


_Facts = tuple[Sequence[TableRow], dict[str, TriedRows], Sequence[Pair], str]


def _of_kind(pair: Pair, connection: Connection, kind: str, facts: _Facts) -> Told | None:
    rows, tried, others, flow = facts
    records = tried[kind].records if kind in tried else None
    address, own = address_of(connection.pk), rows_of_kind(rows, kind)
    if own:
        leads = any(row.value in (str(pair.pk), BY_ACCOUNT) for row in own)
        if not leads:
            bold = f"No row leads any {THINGS[kind]} to this organisation."
            return Told(bold, "Nothing will be made here until one does.", address)
        return Told(*_by_rows(pair, kind, records), address, "See the rows")
    if kind in (DEAL, QUOTE):
        rivals = _in_use(others, flow)
        return Told(*_asked(kind, records, rivals), address) if rivals else None
    count = "" if records is None else f", {_counted(kind, records)} of the last 90 days"
    return Told(
        f"No row says which {THINGS[kind]}s belong to this organisation.",
        f"It is matched, or made here, for every {THINGS[kind]}{count}.",
        address,
    )


def _in_use(pairs: Sequence[Pair], flow: str) -> list[Pair]:
    rows = FlowSwitch.objects.filter(pair__in=pairs, flow=flow).exclude(mode="off")
    used = set(rows.values_list("pair", flat=True))
    return [pair for pair in pairs if pair.pk in used]


def _asked(kind: str, records: Sequence[Tried] | None, rivals: Sequence[Pair]) -> tuple[str, str]:
    names = " and ".join(f"“{pair.name}”" for pair in rivals)
    has = "has" if len(rivals) == 1 else "have"
    bold = f"{names} {has} this flow, too, and no row says which {THINGS[kind]}s belong where."
    free = None if records is None else [each for each in records if not each.stands]
    if free is None:
        return bold, f"From then on every new {THINGS[kind]} is asked about, in both."
    return bold, (
        f"From then on every {THINGS[kind]} that stands nowhere yet is asked about: "
        f"{_counted(kind, free)} of the last 90 days{_worth(free)}."
    )


def _by_rows(pair: Pair, kind: str, records: Sequence[Tried] | None) -> tuple[str, str]:
    if records is None:
        return "Rows say what belongs here.", "How much could not be counted now."
    mine = [r for r in records if r.then.way is Way.PAIR and r.then.pair == pair.pk]
    asked = sum(1 for r in records if not r.then.known)
    belong = "belongs" if len(mine) == 1 else "belong"
    bold = f"By the rows {_counted(kind, mine)} of the last 90 days {belong} here{_worth(mine)}."
    rest = len(records) - len(mine) - asked
    return bold, f"{rest:,} belong elsewhere or nowhere, and {asked:,} are asked about."


def _counted(kind: str, records: Sequence[Tried]) -> str:
    count = len(records)
    return f"{count:,} {THINGS[kind]}{'' if count == 1 else 's'}"


def _worth(records: Sequence[Tried]) -> str:
    sums: dict[str, Decimal] = {}
    for each in records:
        if each.money is not None:
            code = each.money.currency
            sums[code] = sums.get(code, Decimal(0)) + each.money.amount
    money = ", ".join(str(Money(total, code)) for code, total in sorted(sums.items()))
    return f", over {money} before tax" if money else ""


def waits() -> list[str]:
    """Return in sentences what belongs to a pair in which its flow is off."""
    return [_waits(each) for each in routing.waiting()]


def _waits(one: Waiting) -> str:
    money = ", ".join(str(Money(total, code)) for code, total in sorted(one.sums.items()) if code)
    worth = f", over {money} before tax" if money else ""
    records = "record belongs" if one.count == 1 else "records belong"
    return (
        f"{one.count:,} {records} to “{one.pair.name}”{worth}, where “{flow_title(one.flow)}” is "
        "off: nothing is made of them anywhere until it is on there."
    )
