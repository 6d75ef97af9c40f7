"""Permission sets: checked and put in as they are deployed, and what they show to whom."""

from collections.abc import Collection
from xml.etree import ElementTree

from sandbox.salesforce.catalogue import SYSTEM, Access
from sandbox.salesforce.defaults import by_hand
from sandbox.salesforce.metadata.reading import NAMESPACE, Component
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing import saving


def problem(
    org: Org, permissions: Component, deployed: Collection[str], required: Collection[str]
) -> str:
    """Why Salesforce refuses a permission set, or nothing.

    `deployed` and `required` are fields of the same deployment, as `Account.Name__c`.
    """
    if not permissions.text("label"):
        return "Required field is missing: label"
    seen: set[str] = set()
    for one in permissions.all("fieldPermissions"):
        field = _text(one, "field")
        if field in seen:
            return f"Duplicate fieldPermissions: {field}"
        seen.add(field)
        above, _, name = field.partition(".")
        declared = f"Activity.{name}" if above in ("Task", "Event") else field
        if declared in required:
            return f"You cannot deploy to a required field: {field}"
        if declared not in deployed and not _is_there(org, above, name):
            return f"In field: field - no CustomField named {field} found"
        if _text(one, "editable") == "true" and _text(one, "readable") != "true":
            return f"Read permission is needed to edit: {field}"
    return ""


def put(org: Org, permissions: Component) -> bool:
    """Bring the permission set into the form deployed, nothing besides; whether it was new."""
    author = by_hand(org)
    name = permissions.name
    values = {tag.title(): permissions.text(tag) or None for tag in ("label", "description")}
    found = org.all_with("PermissionSet", "Name", name)
    kind = org.catalogue.named("PermissionSet")
    if found:
        key = str(found[0]["Id"])
        saving.update(org, author, kind, key, values)
    else:
        key = saving.insert(org, author, kind, {"Name": name, **values})
    _put_fields(org, key, permissions)
    return not found


def _put_fields(org: Org, key: str, permissions: Component) -> None:
    author, kind = by_hand(org), org.catalogue.named("FieldPermissions")
    for old in org.all_with("FieldPermissions", "ParentId", key):
        org.drop(org.table("FieldPermissions"), old["Id"])
    for one in permissions.all("fieldPermissions"):
        field = _text(one, "field")
        rights = {
            "ParentId": key,
            "SobjectType": field.split(".")[0],
            "Field": field,
            "PermissionsRead": _text(one, "readable") == "true",
            "PermissionsEdit": _text(one, "editable") == "true",
        }
        saving.insert(org, author, kind, rights)


def access_of(org: Org, user: str) -> Access:
    """The guarded fields that a user does not see (False) or may only read (True)."""
    custom = org.world.setting(SYSTEM, "custom_fields") or {}
    guarded = [
        (kind, one["name"]) for kind, own in custom.items() for one in own if one.get("guarded")
    ]
    if not guarded:
        return frozenset()
    rights = _rights(org, user)
    found = ((kind, name, rights.get(f"{kind}.{name}")) for kind, name in guarded)
    return frozenset((kind, name, edits is False) for kind, name, edits in found if not edits)


def _rights(org: Org, user: str) -> dict[str, bool]:
    """By field, whether the user may edit it; what is not in it is hidden."""
    found: dict[str, bool] = {}
    for given in org.all_with("PermissionSetAssignment", "AssigneeId", user):
        for one in org.all_with("FieldPermissions", "ParentId", given["PermissionSetId"]):
            if one["PermissionsRead"]:
                edits = bool(one["PermissionsEdit"])
                found[one["Field"]] = found.get(one["Field"], False) or edits
    return found


def _is_there(org: Org, above: str, name: str) -> bool:
    kind = org.catalogue.kinds.get("task" if above == "Event" else above.lower())
    return kind is not None and kind.find(name) is not None


def _text(one: ElementTree.Element, tag: str) -> str:
    return (one.findtext(f"{NAMESPACE}{tag}") or "").strip()
