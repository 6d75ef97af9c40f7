"""Deploys a package: every component is checked, and all are put in or none."""

from collections.abc import Iterable
from typing import NamedTuple

from sandbox.salesforce.catalogue import EVERYTHING, SYSTEM
from sandbox.salesforce.metadata import fields, others, permissions
from sandbox.salesforce.metadata.reading import Component, Listed
from sandbox.salesforce.org import Org

# Fields first, as the others name them.
_ORDER = ("CustomField", "PermissionSet", "WorkflowOutboundMessage", "Report", "ListView", "Flow")


class Outcome(NamedTuple):
    """One component, why it was refused (or nothing), and whether it was new."""

    component: Component
    problem: str
    created: bool = False


def deploy(
    org: Org, found: list[Component], listed: Listed, *, check: bool
) -> tuple[list[Outcome], list[str]]:
    """Put the components in, unless one is refused or it is but a check.

    What came of each, and what the list names but the file lacks. The org shows everything here.
    """
    org.catalogue.look_as(EVERYTHING)
    here = {(one.type, one.name) for one in found}
    lacking = [
        f"An object '{name}' of type {kind} was named in package.xml, but was not found in zipped "
        "directory"
        for kind, name in sorted(listed - here)
    ]
    outcomes = [Outcome(one, _problem(org, one, found, listed)) for one in found]
    if check or lacking or any(one.problem for one in outcomes):
        return outcomes, lacking
    with org.transaction():
        return [Outcome(one, "", _put(org, one)) for one in _in_order(found)], []


def _in_order(found: Iterable[Component]) -> list[Component]:
    return sorted(found, key=lambda one: _ORDER.index(one.type))


def _problem(org: Org, one: Component, found: list[Component], listed: Listed) -> str:
    refused = org.world.setting(SYSTEM, "refused_components") or {}
    if one.name in refused:
        return str(refused[one.name])
    if one.fault:
        return one.fault
    if (one.type, one.name) not in listed:
        return (
            f"The object '{one.name}' of type {one.type} is in the zipped directory, but was not "
            "named in package.xml"
        )
    if one.type == "CustomField":
        return fields.problem(org, one)
    if one.type == "PermissionSet":
        own = [each for each in found if each.type == "CustomField"]
        required = [each.name for each in own if fields.is_required(each)]
        return permissions.problem(org, one, [each.name for each in own], required)
    return others.problem(org, one, {(each.type, each.name) for each in found})


def _put(org: Org, one: Component) -> bool:
    if one.type == "CustomField":
        return fields.put(org, one)
    if one.type == "PermissionSet":
        return permissions.put(org, one)
    return others.put(org, one)
