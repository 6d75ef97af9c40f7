"""Two customers for the attacks, and the few things that each of them does with a town."""

from __future__ import annotations

from sync.core.records import Key
from sync.models import FlowSwitch, Link, ReviewItem
from tests.engine.books.town import FLOW, Town

KESTREL = {"name": "Kestrel Quay Ltd", "billing_city": "Bristol", "tax_number": "GB123456789"}
TWIN = {**KESTREL, "name": "Kestrel Quay Limited"}
MALLOW = {"name": "Mallow Foundry plc", "billing_city": "Hull", "tax_number": "GB987654321"}


def switch(mode: str) -> None:
    """Switch the flow on, off or into shadow."""
    FlowSwitch.objects.filter(flow=FLOW).update(mode=mode)


def bonds(role: str = "main") -> set[tuple[str, str]]:
    """Return the links of accounts and contacts with a role, as pairs of ids."""
    rows = Link.objects.filter(xero_kind="Contact", role=role)
    return set(rows.values_list("salesforce_id", "xero_id"))


def bond(ours: Key, theirs: Key) -> tuple[str, str]:
    """Return two records as a pair of ids."""
    return ours.id, theirs.id


def bind(town: Town, ours: Key, theirs: Key, role: str = "further") -> Link:
    """Bind two records as a person would have had it."""
    return Link.objects.create(
        pair=town.pair, flow=FLOW, salesforce_kind="Account", salesforce_id=ours.id,
        xero_kind="Contact", xero_id=theirs.id, role=role, origin="person",
    )  # fmt: skip


def asked_about(town: Town, key: Key) -> ReviewItem:
    """Return the match that is asked about as this record's."""
    found = [q for q in town.questions("match") if q.details["subject"]["key"] == str(key)]
    assert len(found) == 1
    return found[0]
