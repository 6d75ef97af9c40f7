"""Why Salesforce refuses a part of the package, in plain words."""

from __future__ import annotations

import re

KINDS = {
    "CustomField": "the field",
    "CustomObject": "the object",
    "PermissionSet": "the permission set",
    "ListView": "the list view",
    "Report": "the report",
    "ReportFolder": "the report folder",
    "Workflow": "the workflow",
    "WorkflowOutboundMessage": "the outbound message",
    "Flow": "the flow",
}
# What stands in a problem's text, and what to do about it; the first that is found counts.
MEANINGS = (
    (
        r"cannot deploy to a required field",
        "An administrator made this field a required one. Make it optional again, then install.",
    ),
    (
        r"no CustomField named (\S+) found",
        "The field {0} is not in the org, or was refused itself: see the other lines.",
    ),
    (
        r"(?:cannot|can't) (?:change|update|convert).*type|different type|field type",
        "The org has a field of this name with another type. Delete or rename that one, "
        "then install.",
    ),
    (
        r"duplicate value",
        "Several records have the same value in it, so that it cannot be made unique. Correct "
        "them, then install.",
    ),
    (
        r"maximum number of|reached the limit|exceeded the maximum|too many",
        "The org has no room for another one of these. Delete some that are not used, or ask "
        "Salesforce for more.",
    ),
    (
        r"already (?:in use|exists)|duplicate developer name",
        "The org has something else of this name. Rename or delete that one, then install.",
    ),
    (
        r"insufficient (?:access|rights|privileges)|not (?:authorized|permitted)",
        "Counterpart’s user may not change this. Give it the right, or have an administrator "
        "deploy the package’s source.",
    ),
    (
        r"is not active|not available for|not enabled|not supported for this organi[sz]ation",
        "This org’s edition or settings do not have what it needs. Leave this part out.",
    ),
    (
        r"(?:integrationUser|no user|in field: integrationUser)",
        "Salesforce does not know the user in whose name it is to be sent. Sign in again, then "
        "install.",
    ),
)


def named(component: str, full_name: str) -> str:
    """Return a component as people call it: `the field Account.Counterpart_Overdue__c`."""
    return f"{KINDS.get(component, component)} {full_name}".strip()


def words(problem: str) -> str:
    """Return what a component's problem means and what to do; else Salesforce's own words."""
    for pattern, meaning in MEANINGS:
        found = re.search(pattern, problem, re.IGNORECASE)
        if found:
            return meaning.format(*found.groups())
    return f"Salesforce says: {problem.rstrip('.')}."
