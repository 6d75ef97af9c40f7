"""Describes kinds and their fields as Salesforce does."""

from base64 import b64encode
from typing import Any

from sandbox.salesforce.choices import choices_of
from sandbox.salesforce.countries import COUNTRIES
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import NUMBERS, Field, Kind
from sandbox.salesforce.writing.values import label_of
from sandbox.store import Record

MASTER = "012000000000000AAA"
_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
    **dict.fromkeys(NUMBERS, "xsd:double"),
}
_NEVER = (
    "aiPredictionField",
    "autoNumber",
    "calculated",
    "dependentPicklist",
    "deprecatedAndHidden",
    "displayLocationInDecimal",
    "encrypted",
    "formulaTreatNullNumberAsZero",
    "highScaleNumber",
    "htmlFormatted",
    "restrictedDelete",
    "searchPrefilterable",
    "writeRequiresMasterRead",
)
_NOTHING = (
    "calculatedFormula",
    "controllerName",
    "defaultValueFormula",
    "extraTypeInfo",
    "filteredLookupInfo",
    "inlineHelpText",
    "mask",
    "maskType",
    "referenceTargetField",
    "relationshipOrder",
)


def summary(kind: Kind, root: str) -> dict[str, Any]:
    """A kind without its fields; `root` begins its addresses."""
    base = f"{root}/sobjects/{kind.name}"
    return {
        "activateable": False,
        "createable": kind.can("create"),
        "custom": False,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": kind.can("delete"),
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": kind.prefix,
        "label": kind.label,
        "labelPlural": kind.plural,
        "layoutable": kind.can("create"),
        "mergeable": kind.can("merge"),
        "mruEnabled": False,
        "name": kind.name,
        "queryable": True,
        "replicateable": "SystemModstamp" in kind.fields,
        "retrieveable": True,
        "searchable": kind.can("undelete"),
        "triggerable": kind.can("create"),
        "undeletable": kind.can("undelete"),
        "updateable": kind.can("update"),
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }


def describe(org: Org, kind: Kind, root: str) -> dict[str, Any]:
    """A kind with its fields and the relationships to those below it."""
    below = [
        {
            "cascadeDelete": one.cascade,
            "childSObject": one.kind,
            "deprecatedAndHidden": False,
            "field": one.field,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": one.name,
            "restrictedDelete": False,
        }
        for one in kind.below
    ]
    return summary(kind, root) | {
        "actionOverrides": [],
        "childRelationships": below,
        "compactLayoutable": kind.can("create"),
        "fields": [describe_field(org, kind, one) for one in kind.fields.values()],
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": _record_types(org, kind),
        "searchLayoutable": kind.can("undelete"),
        "supportedScopes": [{"label": f"All {kind.plural.lower()}", "name": "everything"}],
    }


def describe_field(org: Org, kind: Kind, field: Field) -> dict[str, Any]:
    """One field."""
    number = field.type in NUMBERS
    length = 0 if number or field.type == "int" else field.length
    usual: dict[str, Any] = dict.fromkeys(_NEVER, False) | dict.fromkeys(_NOTHING)
    described = {
        "byteLength": length * 3 if _SOAP.get(field.type) is None else length,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound or None,
        "custom": field.custom,
        "defaultValue": _default(field),
        "digits": field.length if field.type == "int" else 0,
        "externalId": field.has("x"),
        "idLookup": field.has("L") or field.has("x"),
        "label": label_of(kind, field),
        "length": length,
        "name": field.name,
        "nameField": field.has("N"),
        "picklistValues": _choices(org, field),
        "precision": field.length if number else 0,
        "restrictedPicklist": field.has("R"),
        "scale": field.scale or 0,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "type": field.type,
        "unique": field.has("q"),
    }
    described |= _controlled(field)
    return usual | described | _permissions(field) | _pointing(field) | _in_queries(field)


def _controlled(field: Field) -> dict[str, Any]:
    """By which picklist the field's choices are narrowed: states by their country."""
    prefix, state, _ = field.name.partition("StateCode")
    return {"controllerName": f"{prefix}CountryCode", "dependentPicklist": True} if state else {}


def _in_queries(field: Field) -> dict[str, Any]:
    address = field.type == "address"
    grouped = field.type not in (*NUMBERS, "datetime")
    return {
        "aggregatable": field.comparable and field.type != "boolean",
        "filterable": field.comparable or address,
        "groupable": grouped and (field.comparable or field.has("F")),
        "queryByDistance": address,
        "sortable": field.comparable,
    }


def _permissions(field: Field) -> dict[str, Any]:
    writable = field.has("c") or field.has("u")
    return {
        "createable": field.has("c"),
        "defaultedOnCreate": field.has("d"),
        "nillable": field.has("n"),
        "permissionable": field.type == "address" or (field.has("n") and writable),
        "updateable": field.has("u"),
    }


def _pointing(field: Field) -> dict[str, Any]:
    return {
        "cascadeDelete": False,  # lookups all; what is deleted with what, the kind above tells
        "namePointing": field.polymorphic,
        "polymorphicForeignKey": field.polymorphic,
        "referenceTo": list(field.to),
        "relationshipName": field.relationship or None,
    }


def _default(field: Field) -> Any:
    return field.default == "true" if field.type == "boolean" and field.default else None


def _choices(org: Org, field: Field) -> list[dict[str, Any]]:
    return [
        {
            "active": True,
            "defaultValue": choice.default,
            "label": choice.label,
            "validFor": _valid_for(choice.valid_for) if choice.valid_for else None,
            "value": choice.value,
        }
        for choice in choices_of(org, field)
    ]


def _valid_for(country: str) -> str:
    """The countries of a state as describe tells them: a bit for each entry of their list."""
    bits = bytearray(-(-len(COUNTRIES) // 8))
    place = list(COUNTRIES).index(country)
    bits[place // 8] = 0x80 >> place % 8
    return b64encode(bits).decode()


def _record_types(org: Org, kind: Kind) -> list[dict[str, Any]]:
    own = [
        _record_type(one["Id"], one["Name"], one["DeveloperName"], main=place == 0)
        for place, one in enumerate(org.all_with("RecordType", "SobjectType", kind.name))
        if one["IsActive"] and "RecordTypeId" in kind.fields and _shows(kind, one)
    ]
    master = _record_type(MASTER, "Master", "Master", main=not own)
    return [*own, {**master, "master": True}]


def _shows(kind: Kind, record_type: Record) -> bool:
    """Whether the org has a use for the type: that of persons goes with person accounts alone."""
    return not record_type.get("IsPersonType") or "IsPersonAccount" in kind.fields


def _record_type(key: str, name: str, developer_name: str, *, main: bool) -> dict[str, Any]:
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": main,
        "developerName": developer_name,
        "master": False,
        "name": name,
        "recordTypeId": key,
    }
