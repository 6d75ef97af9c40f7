"""Checks custom fields as they are deployed, and turns them into fields of the org."""

import re
from xml.etree import ElementTree

from sandbox.salesforce.catalogue import SYSTEM, custom_field
from sandbox.salesforce.metadata.reading import NAMESPACE, Component
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import KINDS
from sandbox.store import Record

_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c")
_WORDS = {"LongTextArea": "Long Text", "DateTime": "datetime"}
_TYPES = (
    *("Text", "Url", "Email", "Phone", "Currency", "Number", "Percent", "Date", "DateTime"),
    *("Picklist", "Checkbox", "LongTextArea"),
)
_NUMBERS = ("Currency", "Number", "Percent")
_NAMING = ("Text", "Email", "Number")
_TAGS = {
    *("fullName", "caseSensitive", "defaultValue", "description", "externalId", "label"),
    *("inlineHelpText", "length", "precision", "required", "scale", "type", "unique"),
    *("valueSet", "visibleLines", "trackHistory", "trackTrending", "trackFeedHistory"),
}
MOST_EXTERNAL_IDS = 25


def kind_name(component: Component) -> str:
    """The kind whose records show the field: those of activities are shown by tasks."""
    above = component.name.split(".")[0]
    return "Task" if above == "Activity" else above


def problem(org: Org, field: Component) -> str:
    """Why Salesforce refuses a field, or nothing."""
    above, _, name = field.name.partition(".")
    if above == "Task" or kind_name(field) not in KINDS:
        return f"Entity Enumeration Or ID: bad value for restricted picklist field: {above}"
    if not _NAME.fullmatch(name) or len(name) > 43:
        return f"The Custom Field name {name} can only contain alphanumeric characters"
    for tag in field.tags():
        if tag not in _TAGS:
            return f"Error parsing file: Element {tag} invalid at this location in type CustomField"
    return _shape(field) or _against(org, field)


def _shape(field: Component) -> str:
    """What is wrong with the field in itself."""
    sort, length = field.text("type"), _number(field, "length")
    faults = {
        f"'{sort}' is not a valid value for the enum 'FieldType'": sort not in _TYPES,
        "Required field is missing: label": not field.text("label"),
        "Label: data value too large (max length=40)": len(field.text("label")) > 40,
        "Must specify a length between 1 and 255": sort == "Text" and not 1 <= length <= 255,
        "Must specify a length between 256 and 131072": sort == "LongTextArea"
        and not 256 <= length <= 131_072,
        "Must specify 'visibleLines' for a CustomField of type LongTextArea": sort == "LongTextArea"
        and not field.text("visibleLines"),
        "Must specify a precision between 1 and 18": sort in _NUMBERS
        and not 1 <= _number(field, "precision") <= 18,
        "Must specify 'defaultValue' for a CustomField of type Checkbox": sort == "Checkbox"
        and field.text("defaultValue") not in ("true", "false"),
        "Must specify either picklist or globalPicklist": sort == "Picklist"
        and not field.all("valueSet"),
        **{
            f"Can not specify '{tag}' for a CustomField of type {sort}": sort not in _NAMING
            and field.text(tag) == "true"
            for tag in ("externalId", "unique")
        },
    }
    return next((words for words, holds in faults.items() if holds), "")


def _against(org: Org, field: Component) -> str:
    """What stands against it in this org."""
    kind = kind_name(field)
    new = custom_field(**as_record(field))
    own = stored(org, kind)
    old = own.get(new.name)
    if old and custom_field(**old).type != new.type:
        return "Cannot change the type of this field: it is used with another field type"
    others = [one for name, one in own.items() if name != new.name and one.get("external_id")]
    if new.has("x") and len(others) >= MOST_EXTERNAL_IDS:
        return f"You have reached the limit of external ID fields on {kind}"
    if new.has("q") and _repeated(org, kind, new.name):
        return f"There are duplicate values in {new.name}; it cannot be made unique"
    return ""


def _repeated(org: Org, kind: str, name: str) -> bool:
    values = [str(one[name]).casefold() for one in org.table(kind).values() if one.get(name)]
    return len(values) != len(set(values))


def stored(org: Org, kind: str) -> dict[str, Record]:
    """The fields that the org has added to a kind, by name."""
    known = (org.world.setting(SYSTEM, "custom_fields") or {}).get(kind, [])
    return {one["name"]: one for one in known}


def as_record(field: Component) -> Record:
    """The field as the org keeps it; nobody sees it before a permission set shows it."""
    sort = field.text("type")
    kept: Record = {"name": field.name.split(".", 1)[1], "type": _WORDS.get(sort, sort)}
    size = _number(field, "precision" if sort in _NUMBERS else "length")
    kept |= {"length": size} if size else {}
    kept |= {"scale": _number(field, "scale")} if sort in _NUMBERS else {}
    kept |= {
        name: True
        for name, tag in (("external_id", "externalId"), ("unique", "unique"))
        if field.text(tag) == "true"
    }
    if choices := [_name_of(value) for value in field.body.iter(f"{NAMESPACE}value")]:
        kept["choices"] = choices
    return kept | {"guarded": True}


def _name_of(value: ElementTree.Element) -> str:
    return value.findtext(f"{NAMESPACE}fullName") or ""


def _number(field: Component, tag: str) -> int:
    text = field.text(tag)
    return int(text) if text.isdigit() else 0


def put(org: Org, field: Component) -> bool:
    """Add the field to the org, or change it; whether it was new. One that people saw stays so."""
    kind, new = kind_name(field), as_record(field)
    own = stored(org, kind)
    old = own.get(new["name"])
    if old is not None and not old.get("guarded"):
        new.pop("guarded")
    known = org.world.setting(SYSTEM, "custom_fields") or {}
    fields = list({**own, new["name"]: new}.values())
    org.world.set_setting(SYSTEM, "custom_fields", {**known, kind: fields})
    return old is None


def is_required(field: Component) -> bool:
    """Whether it must be filled in every record."""
    return field.text("required") == "true"
