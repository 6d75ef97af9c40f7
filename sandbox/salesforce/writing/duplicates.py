"""The org's duplicate rules: Salesforce's two standard ones, and those the org made itself."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing import likeness
from sandbox.salesforce.writing.change import Change
from sandbox.store import Record

MESSAGE = "Use one of these records?"
Found = list[tuple[Record, float]]


class Standard(NamedTuple):
    """A matching rule that every org has: its keys, and its comparison."""

    keys: Callable[[Record], Iterable[str]]
    match: likeness.Match


STANDARD = {
    "Account": Standard(likeness.account_keys, likeness.match_accounts),
    "Contact": Standard(likeness.contact_keys, likeness.match_contacts),
}


def check_duplicates(org: Org, change: Change) -> None:
    """Raise DUPLICATES_DETECTED where one of the org's duplicate rules finds another record.

    The setting `standard_duplicate_rules` switches Salesforce's own on, which alert at a creation
    and at an edit report only. `duplicate_rules` is a list of kind, fields that must all agree,
    action (Block or Alert) and message. The caller may save in spite of an Alert, never of a Block.
    Records that are saved together are not compared with each other.
    """
    for rule in _rules(org, change.kind.name):
        allowed = change.author.allow_duplicates and rule["action"] == "Alert"
        if allowed or not _concerns(change, rule):
            continue
        if found := _found(org, change, rule):
            raise _refusal(change, rule, found)


def _rules(org: Org, kind: str) -> Iterable[Mapping[str, Any]]:
    if kind in STANDARD and org.world.setting(SYSTEM, "standard_duplicate_rules"):
        yield {
            "action": "Alert",
            "name": f"Standard_{kind}_Duplicate_Rule",
            "rule": f"Standard_{kind}_Match_Rule_v1_0",
            "engine": "FuzzyMatchEngine",
            "fields": (),
        }
    for rule in org.world.setting(SYSTEM, "duplicate_rules") or []:
        if rule["kind"] == kind:
            name = rule.get("name", f"{kind}_Duplicate_Rule")
            usual = {"action": "Block", "name": name, "rule": name, "engine": "ExactMatchEngine"}
            yield usual | rule


def _concerns(change: Change, rule: Mapping[str, Any]) -> bool:
    return change.moved(*rule["fields"]) if rule["fields"] else change.creates


def _found(org: Org, change: Change, rule: Mapping[str, Any]) -> Found:
    others = _likely(org, change, rule)
    return [pair for pair in others if pair[0]["Id"] not in org.saved_together]


def _likely(org: Org, change: Change, rule: Mapping[str, Any]) -> Found:
    if rule["fields"]:
        return [(other, 100.0) for other in _alike(org, change, rule["fields"])]
    standard = STANDARD[change.kind.name]
    near = org.near(change.kind.name, standard.keys, change.new)
    sure = ((other, standard.match(change.new, other)) for other in near)
    found = [pair for pair in sure if pair[1] and pair[0]["Id"] != change.key]
    return sorted(found, key=lambda pair: -pair[1])


def _alike(org: Org, change: Change, fields: list[str]) -> list[Record]:
    if any(change.new.get(name) is None for name in fields):
        return []
    first, *rest = fields
    return [
        other
        for other in org.all_with(change.kind.name, first, change.new[first])
        if other["Id"] != change.key
        and all(str(other.get(f)).casefold() == str(change.new[f]).casefold() for f in rest)
    ]


def _refusal(change: Change, rule: Mapping[str, Any], found: Found) -> RefusedError:
    message, kind = rule.get("message", MESSAGE), change.kind.name
    matches = {
        "entityType": kind,
        "errors": [],
        "matchEngine": rule["engine"],
        "matchRecords": [_match(change, other, sure) for other, sure in found],
        "rule": rule["rule"],
        "size": len(found),
        "success": True,
    }
    result = {
        "allowSave": rule["action"] == "Alert",
        "duplicateRule": rule["name"],
        "duplicateRuleEntityType": kind,
        "errorMessage": message,
        "matchResults": [matches],
    }
    return RefusedError("DUPLICATES_DETECTED", message, more={"duplicateResult": result})


def _match(change: Change, other: Record, sure: float) -> dict[str, Any]:
    kind = change.kind.name
    url = f"/services/data/v67.0/sobjects/{kind}/{other['Id']}"
    told = ("Name", "Phone", "Email", "BillingCity", "BillingCountry")
    shown = {name: other[name] for name in told if change.author.show_duplicates and name in other}
    return {
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": sure,
        "record": {"attributes": {"type": kind, "url": url}, "Id": other["Id"], **shown},
    }
