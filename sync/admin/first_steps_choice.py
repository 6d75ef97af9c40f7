"""Whose first steps are shown: a pair, or two connections that are none yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.http import urlencode

from connections import unopened
from connections.models import Connection, Pair
from connections.numbers import number_in
from connections.way_back import PLACE
from sync.core.records import System
from sync.models import FlowSwitch

NEW = "new"


@dataclass(frozen=True)
class Choice:
    """A pair; or, without one, the connections that would be it, as far as there are any."""

    pair: Pair | None
    salesforce: Connection | None = None
    xero: Connection | None = None
    is_another: bool = False
    """Whether there are other pairs already."""

    @property
    def fields(self) -> dict[str, str]:
        """What an address or a form keeps of it."""
        if self.pair is not None:
            return {"pair": str(self.pair.pk)}
        kept = {"salesforce": self.salesforce, "xero": self.xero}
        chosen = {name: str(one.pk) for name, one in kept.items() if one is not None}
        return {"pair": NEW, **chosen}

    @property
    def connected(self) -> bool:
        """Whether there is anything yet: a pair, or one connection of it."""
        return any((self.pair, self.salesforce, self.xero))

    @property
    def address(self) -> str:
        """The page's address for it."""
        return f"{reverse('first_steps')}?{urlencode(self.fields)}"

    @property
    def back(self) -> str:
        """What is put into the address of a page that shall lead back here (see way_back)."""
        return urlencode({"from": PLACE, **self.fields})

    @property
    def name(self) -> str:
        """A name for a pair of the two, as long as it may be."""
        if self.salesforce is None or self.xero is None:
            return ""
        ours = self.salesforce.name
        books = self.xero.organisation_name or self.xero.name
        return f"{ours} and {books}"[:200]

    def connection(self, system: System) -> Connection | None:
        """Return the connection to the system, of the pair or of what would be one."""
        if self.pair is not None:
            return self.pair.connection(system)
        return self.salesforce if system is System.SALESFORCE else self.xero


def choice_of(values: Mapping[str, str]) -> Choice:
    """Return whose steps are asked for: by `pair`, `salesforce` and `xero`, or what is next.

    Without a word it is the first pair that does not write yet, else the first one.
    """
    asked = values.get("pair", "")
    pairs = unopened.pairs()
    if asked != NEW:
        found = pairs.filter(pk=number_in(asked)).first()
        found = found or _next_pair()
        if found is not None:
            return Choice(found)
    return _unpaired(values)


def connections_to(system: System) -> list[Connection]:
    """Return the connections to a system, the newest first; disconnected ones if no other is."""
    rows = unopened.connections().filter(system=system)
    found = list(rows.order_by("-created_at", "-pk"))
    return [one for one in found if one.disconnected_at is None] or found


def _next_pair() -> Pair | None:
    writes = FlowSwitch.objects.filter(pair=OuterRef("pk"), mode=FlowSwitch.Mode.ON)
    rows = unopened.pairs()
    told = rows.annotate(writes=Exists(writes)).order_by("-active", "writes", "created_at", "pk")
    return told.first()


def _unpaired(values: Mapping[str, str]) -> Choice:
    """Return the two that are asked for, else those that stand in no pair yet."""
    made = list(Pair.objects.values_list("salesforce_id", "xero_id"))
    orgs, books = (connections_to(system) for system in System)
    org = _asked(orgs, values.get("salesforce", "")) or _free(orgs, {one for one, _ in made})
    org = org or (orgs[0] if orgs else None)
    taken = {xero for salesforce, xero in made if org is not None and salesforce == org.pk}
    left = [one for one in books if one.pk not in taken]
    found = _asked(left, values.get("xero", "")) or _free(left, {xero for _, xero in made})
    return Choice(None, org, found, is_another=bool(made))


def _asked(rows: Iterable[Connection], pk: str) -> Connection | None:
    return next((one for one in rows if one.pk == number_in(pk)), None)


def _free(rows: Iterable[Connection], taken: set[int]) -> Connection | None:
    """Return the newest one that stands in no pair, rather one that can be used."""
    free = [one for one in rows if one.pk not in taken]
    return next((one for one in free if one.is_usable), free[0] if free else None)
