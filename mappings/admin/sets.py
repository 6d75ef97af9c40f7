"""One pair's rows for one flow, as the screens show them: its tabs, its state, its faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse

from connections.models import Pair
from mappings import checking, shipped, words
from mappings.choices import OpenRemote, SalesforceFields, salesforce_fields
from mappings.completeness import problems, unknown_fields
from mappings.models import FieldMapping, MappingVersion, ValueRow, by_set
from mappings.rules import rules_for, rules_of
from sync.core.flow import Flow
from sync.flows.registry import every_flow


@dataclass(frozen=True)
class Tab:
    """One page of the set: its title, how many rows it has and whether it is the one shown."""

    title: str
    count: int
    address: str
    here: bool


def find_set(pair_id: int, flow_key: str) -> tuple[Pair, Flow]:
    """Return the pair and the flow; raises Http404."""
    flow = every_flow().get(flow_key)
    pair = Pair.objects.select_related("salesforce", "xero").filter(pk=pair_id).first()
    if flow is None or pair is None:
        raise Http404("There is no such mapping.")
    return pair, flow


def asked_for(request: HttpRequest) -> tuple[Pair, Flow] | None:
    """Return the set that the address names by `pair` and `flow`, or the only one there is."""
    pair_id, flow_key = request.GET.get("pair", ""), request.GET.get("flow", "")
    if pair_id.isdigit() and flow_key:
        return find_set(int(pair_id), flow_key)
    if _set_count() != 1:
        return None
    return find_set(Pair.objects.get().pk, next(iter(every_flow())))


def seen_now(request: HttpRequest, row: FieldMapping | ValueRow) -> QueryDict:
    """Return what was typed, as if the person had seen the row as it stands now."""
    typed = request.POST.copy()
    typed["seen"] = row.changed_at.isoformat()
    return typed


def fields_address(pair_id: int, flow: str, target: str = "") -> str:
    """Return the address of the fields' page, at one target's row."""
    address = reverse("admin:mappings_fields", args=[pair_id, flow])
    return f"{address}#{anchor(target)}" if target else address


def table_address(pair_id: int, flow: str, table: str) -> str:
    """Return the address of one table's page."""
    return reverse("admin:mappings_table", args=[pair_id, flow, table])


def anchor(target: str) -> str:
    """Return the id of a target's row within its page."""
    return "row-" + target.replace(".", "-")


def context(pair: Pair, flow: Flow, here: str, open_remote: OpenRemote) -> dict[str, Any]:
    """Return what every page of the set shows; `here` is a table's name, empty for the fields."""
    known = salesforce_fields(pair, flow, open_remote)
    return {
        "pair": pair,
        "flow": flow,
        "tabs": _tabs(pair, flow, here),
        "known": known,
        "problems": problems_of(pair, flow, known),
        "version": rules_for(pair, flow.key).version,
        "changed": _last_change(pair, flow),
        "many": _set_count() > 1,
    }


def _tabs(pair: Pair, flow: Flow, here: str) -> list[Tab]:
    counted: dict[str, int] = {}
    for table in ValueRow.objects.filter(pair=pair, flow=flow.key).values_list("table", flat=True):
        counted[table] = counted.get(table, 0) + 1
    first = Tab("Fields", len(flow.fields), fields_address(pair.pk, flow.key), not here)
    return [
        first,
        *(
            Tab(
                table.title,
                counted.get(name, 0),
                table_address(pair.pk, flow.key, name),
                name == here,
            )
            for name, table in words.tables_of(flow).items()
        ),
    ]


def problems_of(pair: Pair, flow: Flow, known: SalesforceFields) -> list[str]:
    """Return what must be mended; fields are held against Salesforce where they are known."""
    if known.record:
        return problems(pair, flow.key, known.record, known.lines)
    return checking.every_fault(flow, rules_for(pair, flow.key))


def missing_fields(pair: Pair, flow: Flow, known: SalesforceFields) -> dict[str, list[str]]:
    """Return the paths by target that Salesforce does not have, optional ones included."""
    found: dict[str, list[str]] = {}
    if known.record:
        for unknown in unknown_fields(rules_for(pair, flow.key), known.record, known.lines):
            found.setdefault(unknown.argument, []).append(unknown.path)
    return found


def _last_change(pair: Pair, flow: Flow) -> FieldMapping | ValueRow | None:
    by_people = [
        row
        for rows in (
            FieldMapping.objects.filter(pair=pair, flow=flow.key),
            ValueRow.objects.filter(pair=pair, flow=flow.key),
        )
        for row in rows.exclude(changed_by=shipped.BY).order_by("-changed_at")[:1]
    ]
    return max(by_people, key=lambda row: row.changed_at, default=None)


def _set_count() -> int:
    return Pair.objects.count() * len(every_flow())


def every_set() -> list[dict[str, Any]]:
    """Return one entry a pair and flow: version, what is edited, what is offered, its address."""
    numbers = {(v.pair_id, v.flow): v.number for v in MappingVersion.objects.all()}
    fields = by_set(FieldMapping.objects.order_by("id"))
    values = by_set(ValueRow.objects.order_by("position", "id"))
    found = []
    for flow in every_flow().values():
        for pair in Pair.objects.all():
            key = (pair.pk, flow.key)
            own, rows = fields.get(key, []), values.get(key, [])
            every = [*own, *rows]
            found.append(
                {
                    "pair": pair,
                    "flow": flow,
                    "version": numbers.get(key, 0),
                    "edited": sum(r.is_edited or r.shipped_as is None for r in every),
                    "offered": sum(r.offered is not None for r in every),
                    "faults": checking.every_fault(flow, rules_of(flow, own, rows)),
                    "address": fields_address(pair.pk, flow.key),
                }
            )
    return found
