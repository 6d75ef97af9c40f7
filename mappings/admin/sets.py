"""One pair's rows for one flow, as the screens show them: its tabs, its state, its faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse

from connections.models import Pair
from connections.numbers import number_in
from mappings import checking, content, tried, words
from mappings.checking_rules import faults_of
from mappings.choices import OpenRemote, SalesforceFields, salesforce_fields
from mappings.completeness import unknown_fields
from mappings.drafting import ChangedMeanwhile, Draft, discard
from mappings.models import DraftChange, FieldMapping, PublishedRules, ValueRow, by_set, newest
from mappings.rules import rules_of
from mappings.sheet_files import CONTROL
from sync.core.flow import Flow, RuleSet
from sync.flows.registry import every_flow

VERSIONS = "versions"
PUBLISH = "mappings.publish_mapping"
LONGEST_REASON = 500
DRAFTED = "Kept in the draft. Nothing uses it until it is published."


@dataclass(frozen=True)
class Tab:
    """One page of the set: its title, how many rows it has and whether it is the one shown."""

    title: str
    count: int
    address: str
    here: bool


def reason(request: HttpRequest) -> str:
    """Return why a person publishes, as it was typed; empty where nothing is said."""
    return CONTROL.sub("", request.POST.get("why", "")).strip()[:LONGEST_REASON]


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
    if pair_id and flow_key:
        return find_set(number_in(pair_id), flow_key)
    if _set_count() != 1:
        return None
    return find_set(Pair.objects.get().pk, next(iter(every_flow())))


def seen_now(request: HttpRequest, parts: Any) -> QueryDict:
    """Return what was typed, as if the person had seen the row as it stands now."""
    typed = request.POST.copy()
    typed["seen"] = content.mark(parts)
    return typed


def taken_out(request: HttpRequest, draft: Draft, place: str) -> str:
    """Take a change out of the draft unless it moved since; return what to say of it."""
    try:
        discard(draft.pair, draft.flow, place, seen=request.POST.get("seen", ""))
    except ChangedMeanwhile as error:
        messages.error(request, f"{error} Nothing was taken out: look once more.")
        return ""
    return "Taken out of the draft: it stays as it is in force."


def fields_address(pair_id: int, flow: str, target: str = "") -> str:
    """Return the address of the fields' page, at one target's row."""
    address = reverse("admin:mappings_fields", args=[pair_id, flow])
    return f"{address}#{anchor(target)}" if target else address


def table_address(pair_id: int, flow: str, table: str) -> str:
    """Return the address of one table's page."""
    return reverse("admin:mappings_table", args=[pair_id, flow, table])


def place_address(pair_id: int, flow: Flow, place: str) -> str:
    """Return the address of a table, or of a target's row."""
    of_table = place in words.tables_of(flow)
    return (table_address if of_table else fields_address)(pair_id, flow.key, place)


def title_of(flow: Flow, place: str) -> str:
    """Return what people call a table, or the field of a target."""
    table = words.tables_of(flow).get(place)
    return table.title if table else flow.labels.get(place) or words.title_of(place)


def draft_address(pair_id: int, flow: str) -> str:
    """Return the address of the page that shows what the draft changes."""
    return reverse("admin:mappings_draft", args=[pair_id, flow])


def versions_address(pair_id: int, flow: str) -> str:
    """Return the address of the list of versions."""
    return reverse("admin:mappings_versions", args=[pair_id, flow])


def anchor(target: str) -> str:
    """Return the id of a target's row within its page."""
    return "row-" + target.replace(".", "-")


def context(draft: Draft, here: str, open_remote: OpenRemote) -> dict[str, Any]:
    """Return what every page of the set shows; `here` is a table's name, empty for the fields."""
    pair, flow = draft.pair, every_flow()[draft.flow]
    known = salesforce_fields(pair, flow, open_remote)
    found = tried.of(draft)
    return {
        "tried": found,
        "follows": found.follows_in_words(flow.key) if found else "",
        "pair": pair,
        "flow": flow,
        "tabs": _tabs(draft, flow, here),
        "known": known,
        "problems": faults_of(pair, flow, draft.rules, known),
        "draft": draft,
        "version": draft.number,
        "next_version": draft.number + 1,
        "draft_address": draft_address(pair.pk, flow.key),
        "many": _set_count() > 1,
    }


def _tabs(draft: Draft, flow: Flow, here: str) -> list[Tab]:
    pair, counted = draft.pair, dict[str, int]()
    for row in draft.content["rows"]:
        counted[row["table"]] = counted.get(row["table"], 0) + 1
    tables = [
        Tab(t.title, counted.get(name, 0), table_address(pair.pk, flow.key, name), name == here)
        for name, t in words.tables_of(flow).items()
    ]
    versions = versions_address(pair.pk, flow.key)
    return [
        Tab("Fields", len(flow.fields), fields_address(pair.pk, flow.key), not here),
        *tables,
        Tab("Versions", draft.number, versions, here == VERSIONS),
    ]


def missing_fields(rules: RuleSet, known: SalesforceFields) -> dict[str, list[str]]:
    """Return the paths by target that Salesforce does not have, optional ones included."""
    found: dict[str, list[str]] = {}
    if known.record:
        for unknown in unknown_fields(rules, known.record, known.lines):
            found.setdefault(unknown.argument, []).append(unknown.path)
    return found


def _set_count() -> int:
    return Pair.objects.count() * len(every_flow())


def every_set() -> list[dict[str, Any]]:
    """Return one entry a pair and flow: version, what is edited, drafted and offered."""
    pairs = list(Pair.objects.all())
    fields = by_set(FieldMapping.objects.order_by("id"))
    values = by_set(ValueRow.objects.order_by("position", "id"))
    keys = [(pair.pk, flow) for pair in pairs for flow in every_flow()]
    versions, drafted = newest(keys), dict[tuple[int, str], int]()
    for key in DraftChange.objects.values_list("pair", "flow"):
        drafted[key] = drafted.get(key, 0) + 1
    return [
        _entry(flow, pair, fields, values, versions) | {"drafted": drafted.get((pair.pk, flow.key))}
        for flow in every_flow().values()
        for pair in pairs
    ]


def _entry(
    flow: Flow,
    pair: Pair,
    fields: Mapping[tuple[int, str], Sequence[FieldMapping]],
    values: Mapping[tuple[int, str], Sequence[ValueRow]],
    versions: Mapping[tuple[int, str], PublishedRules],
) -> dict[str, Any]:
    key = (pair.pk, flow.key)
    every, version = [*fields.get(key, []), *values.get(key, [])], versions.get(key)
    said = version.content if version else content.EMPTY
    return {
        "pair": pair,
        "flow": flow,
        "version": version.number if version else 0,
        "edited": sum(r.is_edited or r.shipped_as is None for r in every),
        "offered": sum(r.offered is not None for r in every),
        "faults": checking.every_fault(flow, rules_of(flow, said)),
        "address": fields_address(pair.pk, flow.key),
    }
