"""Metadata is deployed to the sandbox's Salesforce as to a real org: whole or not at all."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.salesforce import acts
from sandbox.salesforce.defaults import integration_user
from sandbox.salesforce.metadata.resource import deployments
from sandbox.salesforce.org import org_of
from sandbox.server import running
from tests.sandbox.salesforce.conftest import Org

NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
TEXT = "<length>40</length><type>Text</type>"
SOON = 0.0


@pytest.fixture
def org() -> Iterator[Org]:
    """An org without our fields, whose deployments end at once."""
    with running(systems=["salesforce"]) as box:
        box.world.set_setting("salesforce", "bare", True)
        box.world.set_setting("salesforce", "deploy_seconds", SOON)
        yield Org(box)


def field(name: str, body: str = TEXT, label: str = "A label") -> str:
    return f"<fields><fullName>{name}</fullName><label>{label}</label>{body}</fields>"


def permissions(*fields: str, editable: str = "true") -> str:
    rows = "".join(
        f"<fieldPermissions><editable>{editable}</editable><field>{one}</field>"
        "<readable>true</readable></fieldPermissions>"
        for one in fields
    )
    return f"<PermissionSet {NAMESPACE}>{rows}<label>Ours</label></PermissionSet>"


def account(*fields: str) -> str:
    return f"<CustomObject {NAMESPACE}>{''.join(fields)}</CustomObject>"


def packed(files: dict[str, str], **members: list[str]) -> bytes:
    types = "".join(
        f"<types>{''.join(f'<members>{one}</members>' for one in names)}<name>{kind}</name></types>"
        for kind, names in members.items()
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("package.xml", f"<Package {NAMESPACE}>{types}</Package>")
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def start(org: Org, data: bytes, **options: Any) -> str:
    form = {"deployOptions": {"rollbackOnError": True, "singlePackage": True, **options}}
    files = {
        "json": (None, json.dumps(form), "application/json"),
        "file": ("package.zip", data, "application/zip"),
    }
    answer = org.call("POST", "/metadata/deployRequest", files=files)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def result(org: Org, key: str) -> dict[str, Any]:
    told = org.ok("GET", f"/metadata/deployRequest/{key}", params={"includeDetails": "true"})
    found: dict[str, Any] = told["deployResult"]
    return found


def let_pass(org: Org, key: str, seconds: float) -> None:
    """Let a deployment be so much older."""
    table = deployments(org_of(org.world))
    one = table[key]
    table[key] = {**one, "began": one["began"] - seconds, "ends": one["ends"] - seconds}


def deployed(org: Org, data: bytes, **options: Any) -> dict[str, Any]:
    return result(org, start(org, data, **options))


def problems(org: Org, data: bytes) -> list[str]:
    found = deployed(org, data)
    assert not found["success"]
    return [one["problem"] for one in found["details"]["componentFailures"]]


def fields(org: Org, kind: str = "Account") -> dict[str, dict[str, Any]]:
    described = org.ok("GET", f"/sobjects/{kind}/describe")
    return {one["name"]: one for one in described["fields"]}


def tier(*names: str) -> bytes:
    return packed(
        {
            "objects/Account.object": account(field("Tier__c")),
            "permissionsets/Ours.permissionset": permissions(*(names or ("Account.Tier__c",))),
        },
        CustomField=["Account.Tier__c"],
        PermissionSet=["Ours"],
    )


def assign(org: Org) -> dict[str, str]:
    (key,) = org.column("SELECT Id FROM PermissionSet WHERE Name = 'Ours'")
    return {"PermissionSetId": key, "AssigneeId": integration_user(org_of(org.world))}


def test_a_new_field_is_hidden_until_a_permission_set_shows_it(org: Org) -> None:
    assert deployed(org, tier())["status"] == "Succeeded"
    assert "Tier__c" not in fields(org)
    hidden = org.refused("GET", "/query", params={"q": "SELECT Tier__c FROM Account"})
    assert hidden[:2] == (400, "INVALID_FIELD")
    assert (
        org.refused("POST", "/sobjects/Account", json={"Name": "A", "Tier__c": "Gold"})[1]
        == "INVALID_FIELD"
    )
    given = assign(org)
    org.make("PermissionSetAssignment", **given)
    key = org.make("Account", Name="A", Tier__c="Gold")
    assert org.read("Account", key)["Tier__c"] == "Gold"
    again = org.refused("POST", "/sobjects/PermissionSetAssignment", json=given)
    assert again[1] == "DUPLICATE_VALUE"


def test_read_access_alone_does_not_let_a_field_be_written(org: Org) -> None:
    files = {
        "objects/Account.object": account(field("Tier__c")),
        "permissionsets/Ours.permissionset": permissions("Account.Tier__c", editable="false"),
    }
    data = packed(files, CustomField=["Account.Tier__c"], PermissionSet=["Ours"])
    assert deployed(org, data)["success"]
    org.make("PermissionSetAssignment", **assign(org))
    assert fields(org)["Tier__c"]["updateable"] is False
    answer = org.refused("POST", "/sobjects/Account", json={"Name": "A", "Tier__c": "Gold"})
    assert answer[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_person_at_salesforces_own_screens_is_not_held_up(org: Org) -> None:
    deployed(org, tier())
    key = acts.create(org.world, "Account", {"Name": "A", "Tier__c": "Gold"})
    assert "Tier__c" not in org.read("Account", key)


def test_a_check_changes_nothing(org: Org) -> None:
    found = deployed(org, tier(), checkOnly=True)
    assert (found["success"], found["checkOnly"], found["numberComponentsTotal"]) == (True, True, 2)
    assert org.rows("SELECT Id FROM PermissionSet") == []
    assert org.world.setting("salesforce", "custom_fields") == {}


def test_one_refused_component_takes_all_back(org: Org) -> None:
    data = tier("Account.Tier__c", "Account.Nowhere__c")
    assert problems(org, data) == [
        "In field: field - no CustomField named Account.Nowhere__c found"
    ]
    assert org.world.setting("salesforce", "custom_fields") == {}


def test_deploying_again_changes_nothing_and_repeats_nothing(org: Org) -> None:
    deployed(org, tier())
    before = org.world.setting("salesforce", "custom_fields")
    assert deployed(org, tier())["success"]
    assert org.world.setting("salesforce", "custom_fields") == before
    assert len(org.rows("SELECT Id FROM PermissionSet WHERE Name = 'Ours'")) == 1
    assert len(org.rows("SELECT Id FROM FieldPermissions")) == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<type>Money</type>", "'Money' is not a valid value for the enum 'FieldType'"),
        ("<type>Text</type>", "Must specify a length between 1 and 255"),
        ("<type>Currency</type>", "Must specify a precision between 1 and 18"),
        ("<type>Checkbox</type>", "Must specify 'defaultValue' for a CustomField of type Checkbox"),
        ("<type>Picklist</type>", "Must specify either picklist or globalPicklist"),
        (
            "<length>300</length><type>LongTextArea</type>",
            "Must specify 'visibleLines' for a CustomField of type LongTextArea",
        ),
        (
            "<type>Date</type><unique>true</unique>",
            "Can not specify 'unique' for a CustomField of type Date",
        ),
        (
            TEXT + "<mandatory>true</mandatory>",
            "Error parsing file: Element mandatory invalid at this location in type CustomField",
        ),
    ],
)
def test_a_field_that_cannot_be_is_refused(org: Org, body: str, problem: str) -> None:
    data = packed(
        {"objects/Account.object": account(field("Tier__c", body))},
        CustomField=["Account.Tier__c"],
    )
    assert problems(org, data) == [problem]


def test_a_field_keeps_its_type_and_a_value_that_repeats_is_not_unique(org: Org) -> None:
    acts.add_custom_field(org.world, "Account", "Tier__c", "Number")
    assert "another field type" in problems(org, tier())[0]
    acts.remove_custom_field(org.world, "Account", "Tier__c")
    acts.add_custom_field(org.world, "Account", "Tier__c", "Text")
    for name in ("A", "B"):
        org.make("Account", Name=name, Tier__c="gold")
    unique = field("Tier__c", TEXT + "<unique>true</unique>")
    data = packed({"objects/Account.object": account(unique)}, CustomField=["Account.Tier__c"])
    assert "duplicate values" in problems(org, data)[0]


def test_a_required_field_may_not_be_in_a_permission_set(org: Org) -> None:
    files = {
        "objects/Account.object": account(field("Tier__c", TEXT + "<required>true</required>")),
        "permissionsets/Ours.permissionset": permissions("Account.Tier__c"),
    }
    data = packed(files, CustomField=["Account.Tier__c"], PermissionSet=["Ours"])
    assert problems(org, data) == ["You cannot deploy to a required field: Account.Tier__c"]


def test_what_the_list_names_must_be_in_the_file_and_the_other_way_round(org: Org) -> None:
    listed = packed({"objects/Account.object": account()}, CustomField=["Account.Tier__c"])
    assert "was not found in zipped directory" in problems(org, listed)[0]
    unlisted = packed({"objects/Account.object": account(field("Tier__c"))})
    assert "was not named in package.xml" in problems(org, unlisted)[0]


def test_fields_of_tasks_are_those_of_activities(org: Org) -> None:
    files = {
        "objects/Activity.object": account(field("Rule__c")),
        "permissionsets/Ours.permissionset": permissions("Task.Rule__c", "Event.Rule__c"),
    }
    data = packed(files, CustomField=["Activity.Rule__c"], PermissionSet=["Ours"])
    assert deployed(org, data)["success"]
    org.make("PermissionSetAssignment", **assign(org))
    assert "Rule__c" in fields(org, "Task")
    wrong = packed({"objects/Task.object": account(field("Rule__c"))}, CustomField=["Task.Rule__c"])
    assert "bad value for restricted picklist field: Task" in problems(org, wrong)[0]


def test_a_file_that_is_no_package_fails_as_a_whole(org: Org) -> None:
    found = deployed(org, b"no zip at all")
    assert (found["status"], found["errorMessage"]) == (
        "Failed",
        "The zip file is not a valid zip archive.",
    )


def test_a_deployment_takes_its_time_and_ends_without_being_asked(org: Org) -> None:
    org.set("deploy_seconds", 1_000)
    key = start(org, tier())
    first = result(org, key)
    assert (first["done"], first["status"]) == (False, "Pending")
    let_pass(org, key, 500)
    assert result(org, key)["status"] == "InProgress"
    let_pass(org, key, 500)
    assert org.column("SELECT Name FROM PermissionSet") == ["Ours"]
    assert result(org, key)["status"] == "Succeeded"


def test_only_who_may_deploy_or_assign_does(org: Org) -> None:
    deployed(org, tier())
    org.set("may_assign", False)
    refused = org.refused("POST", "/sobjects/PermissionSetAssignment", json=assign(org))
    assert refused[1] == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    org.set("may_deploy", False)
    files = {"json": (None, "{}", "application/json")}
    answer = org.call("POST", "/metadata/deployRequest", files=files)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (403, "INSUFFICIENT_ACCESS")
