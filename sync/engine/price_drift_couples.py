"""Which products and items are held against each other: those linked, or that codes will link."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from connections.models import Pair
from sync.core.flow import Surroundings
from sync.core.records import Record
from sync.flows.registry import every_flow
from sync.flows.shapes import product
from sync.models import KnownKey, Link

from . import indexing

FLOW, ITEM = "product_catalogue", "Item"
CHUNK = 2000


def linked(pair: Pair, only: Collection[str] = ()) -> dict[str, str]:
    """Return by product the item that it is linked to, of several generations the last.

    `only` are the ids of the products to be looked at, all where empty.
    """
    rows = Link.objects.filter(pair=pair, salesforce_kind=product.KIND, xero_kind=ITEM)
    rows = rows.filter(salesforce_id__in=only) if only else rows
    return dict(rows.order_by("generation").values_list("salesforce_id", "xero_id"))


def to_be_linked(pair: Pair, only: Collection[str] = ()) -> dict[str, str]:
    """Return by product the item of its code, where neither is linked and no other has the code."""
    ours, theirs = _by_code(pair.salesforce_id, product.KIND), _by_code(pair.xero_id, ITEM)
    found = {ours[code]: theirs[code] for code in ours.keys() & theirs.keys()}
    known = linked(pair)
    taken = set(known.values())
    return {
        one: other
        for one, other in found.items()
        if one not in known and other not in taken and (not only or one in only)
    }


def belong(ours: Record, theirs: Record, around: Surroundings) -> bool:
    """Return whether a product and an item that are not linked yet may be, by the tables."""
    flow = every_flow()[FLOW]
    return not any(flow.left_out(record, around.rules) for record in (ours, theirs))


def couples(pair: Pair, ends: Mapping[str, str]) -> Iterator[tuple[Record, Record]]:
    """Yield the product and the item of each, as far as both are known."""
    every = sorted(ends.items())
    for start in range(0, len(every), CHUNK):
        part = dict(every[start : start + CHUNK])
        ours = indexing.records(pair.salesforce_id, product.KIND, part)
        theirs = indexing.records(pair.xero_id, ITEM, part.values())
        for one, other in part.items():
            if one in ours and other in theirs:
                yield ours[one], theirs[other]


def _by_code(connection_id: int, kind: str) -> Mapping[str, str]:
    """Return by code the id of the one living and selling record that has it."""
    rows = KnownKey.objects.filter(
        connection_id=connection_id,
        kind=kind,
        name="code",
        record__gone="",
        record__facts__values__unwanted="",
    )
    found: dict[str, str] = {}
    twice: set[str] = set()
    for code, remote_id in rows.values_list("value", "record__remote_id"):
        if code in found:
            twice.add(code)
        found[code] = remote_id
    return {code: remote_id for code, remote_id in found.items() if code not in twice}
