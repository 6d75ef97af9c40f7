"""List views, reports, messages and flows: checked for what they name, and kept as they came."""

import re
from collections.abc import Collection
from xml.etree import ElementTree

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.metadata.reading import NAMESPACE, Component
from sandbox.salesforce.org import Org
from sandbox.world import Table

_CUSTOM = re.compile(r"(?:(\w+)\.)?(\w+__c)")
Deployed = Collection[tuple[str, str]]


def kept(org: Org) -> Table:
    """What has been deployed, by type and name."""
    return org.world.table(f"{SYSTEM}/metadata", "Component")


def problem(org: Org, component: Component, deployed: Deployed) -> str:
    """Why Salesforce refuses it, or nothing; `deployed` are types and names of the same file."""
    for path, field in _named_fields(component):
        above = path or component.name.split(".")[0]
        kind = org.catalogue.kinds.get(above.lower())
        there = kind is not None and kind.find(field) is not None
        if not there and ("CustomField", f"{above}.{field}") not in deployed:
            return f"Could not resolve list view column: {field}"
    return _CHECKS[component.type](org, component, deployed) if component.type in _CHECKS else ""


def put(org: Org, component: Component) -> bool:
    """Keep it; whether it was new."""
    key = f"{component.type} {component.name}"
    is_new = key not in kept(org)
    text = ElementTree.tostring(component.body, encoding="unicode")
    org.keep(kept(org), key, {"Type": component.type, "Name": component.name, "Text": text})
    return is_new


def _named_fields(component: Component) -> list[tuple[str, str]]:
    if component.type not in ("ListView", "Report"):
        return []
    texts = (one.text or "" for one in component.body.iter())
    return [found.groups("") for text in texts if (found := _CUSTOM.fullmatch(text))]  # type: ignore[misc]


def _report(org: Org, report: Component, deployed: Deployed) -> str:
    if "/" not in report.name:
        return "" if report.text("name") else "Required field is missing: name"
    folder = report.name.split("/")[0]
    if ("Report", folder) in deployed or f"Report {folder}" in kept(org):
        return ""
    return f"Cannot find folder:{folder}"


def _message(org: Org, message: Component, deployed: Deployed) -> str:
    user = message.text("integrationUser")
    if not org.all_with("User", "Username", user):
        return f"In field: integrationUser - no User named {user} found"
    if not re.match(r"https?://[^/]+", message.text("endpointUrl")):
        return "Endpoint URL: Invalid URL"
    return ""


def _flow(org: Org, flow: Component, deployed: Deployed) -> str:
    for action in flow.all("actionCalls"):
        name = action.findtext(f"{NAMESPACE}actionName") or ""
        if action.findtext(f"{NAMESPACE}actionType") != "outboundMessage":
            continue
        if ("WorkflowOutboundMessage", name) in deployed:
            continue
        if f"WorkflowOutboundMessage {name}" not in kept(org):
            return f"The outbound message action {name} does not exist"
    return ""


_CHECKS = {"Report": _report, "WorkflowOutboundMessage": _message, "Flow": _flow}
