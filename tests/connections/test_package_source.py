"""The package is sound in itself, and the same wherever its fields are named."""

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from connections.salesforce import packaging, purposes
from connections.salesforce.kinds import KINDS
from connections.salesforce.packaging import Part, Sender
from sandbox.salesforce.catalogue import custom_field
from sandbox.salesforce.metadata.fields import as_record
from sandbox.salesforce.metadata.reading import Component
from sandbox.salesforce.package import PACKAGE
from sync.flows.registry import every_flow

NAMESPACE = f"{{{packaging.NAMESPACE}}}"
SENDER = Sender("https://counterpart.example/hook?a=1&b=2", "sync@fernhill.example")
VALIDATOR = Path(__file__).parents[3] / "shared" / "contracts" / "validate_metadata.py"
SOURCES = [one for part in Part for one in packaging.sources(part)]
FIELDS = [one for one in SOURCES if "/fields/" in one.path]
NAMING = ("Text", "Email", "Number")


def tree(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def said(body: ElementTree.Element, tag: str) -> str:
    return body.findtext(f"{NAMESPACE}{tag}") or ""


def unpacked(parts: list[Part]) -> dict[str, str]:
    archive = zipfile.ZipFile(io.BytesIO(packaging.pack(parts, SENDER)))
    return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("source", FIELDS, ids=lambda one: one.path)
def test_a_field_is_ours_optional_and_explained(source: packaging.Source) -> None:
    body = tree(source.text)
    assert said(body, "fullName") == source.name
    assert re.fullmatch(r"Counterpart_\w+__c", source.name)
    assert len(source.name) <= 43
    assert 0 < len(said(body, "label")) <= 40
    assert said(body, "description").endswith(".")
    assert said(body, "required") in ("", "false")
    assert (said(body, "externalId") == "true") == (said(body, "unique") == "true")
    if said(body, "externalId") == "true":
        assert said(body, "type") in NAMING
        assert said(body, "caseSensitive") == "false"
    if said(body, "type") == "Currency":
        assert (said(body, "precision"), said(body, "scale")) == ("18", "2")


def test_every_kind_that_is_made_has_its_external_id_in_the_package() -> None:
    for kind in KINDS.values():
        if kind.external_id.startswith("Counterpart_"):
            assert kind.external_id in packaging.fields()[kind.name]


@pytest.mark.parametrize("name", [packaging.OUR_PERMISSIONS, packaging.PEOPLE_PERMISSIONS])
def test_each_permission_set_shows_every_field(name: str) -> None:
    (source,) = [one for one in SOURCES if one.name == name]
    shown = {}
    for one in tree(source.text).findall(f"{NAMESPACE}fieldPermissions"):
        assert said(one, "readable") == "true"
        shown[said(one, "field")] = said(one, "editable") == "true"
    wanted = {f"{kind}.{field}" for kind, own in packaging.fields().items() for field in own}
    wanted |= {f"Event.{field}" for field in packaging.fields()["Task"]}
    assert set(shown) == wanted
    if name == packaging.OUR_PERMISSIONS:
        assert all(shown.values())
    else:
        assert not any(
            edits for field, edits in shown.items() if "Xero" in field or "Id__" in field
        )


def test_each_field_serves_a_flow_and_each_flow_finds_its_fields() -> None:
    served: dict[str, set[str]] = {}
    for kinds in purposes.PURPOSES.values():
        for kind, names in kinds.items():
            assert served.setdefault(kind, set()).isdisjoint(names)
            served[kind] |= set(names)
    assert served == {kind: set(names) for kind, names in packaging.fields().items()}


def test_what_a_flows_shipped_rows_name_is_in_the_package() -> None:
    for key, flow in every_flow().items():
        ours = [f"{kind}.{name}" for kind, own in purposes.PURPOSES.get(key, {}).items()
                for name in own]  # fmt: skip
        for rule in flow.fields:
            for source in rule.sources:
                if source.startswith("Counterpart_"):
                    kinds = (
                        purposes.PURPOSES.get(key, {}) if flow.projects else [flow.salesforce_kind]
                    )
                    assert any(f"{kind}.{source}" in ours for kind in kinds), f"{key}: {source}"


def test_the_sandboxs_prepared_org_has_exactly_these_fields() -> None:
    packed = {}
    for source in FIELDS:
        name = source.path.split("/")[1]
        part = Component("CustomField", f"{name}.{source.name}", source.path, tree(source.text))
        record = {key: value for key, value in as_record(part).items() if key != "guarded"}
        packed["Task" if name == "Activity" else name, source.name] = custom_field(**record)
    prepared = {(kind, one["name"]): custom_field(**one) for kind, own in PACKAGE.items()
                for one in own}  # fmt: skip
    assert prepared == packed


def test_the_list_names_exactly_what_the_file_holds() -> None:
    files = unpacked(list(Part))
    listed = {
        (said(types, "name"), member.text)
        for types in tree(files["package.xml"]).findall(f"{NAMESPACE}types")
        for member in types.findall(f"{NAMESPACE}members")
    }
    fields = {("CustomField", f"{one.path.split('/')[1]}.{one.name}") for one in FIELDS}
    assert listed == fields | {
        ("PermissionSet", packaging.OUR_PERMISSIONS),
        ("PermissionSet", packaging.PEOPLE_PERMISSIONS),
        ("ListView", "Opportunity.Counterpart_Overdue"),
        ("ListView", "Account.Counterpart_At_Risk"),
        ("Report", "Counterpart"),
        ("Report", "Counterpart/Overdue_Invoices"),
        ("WorkflowOutboundMessage", "Opportunity.Counterpart_Opportunity_Won"),
        ("Flow", "Counterpart_Opportunity_Won"),
    }


def test_the_document_lists_exactly_these_fields() -> None:
    text = (Path(__file__).parents[2] / "docs" / "salesforce-package.md").read_text()
    told = set(re.findall(r"^\| (\w+): `(\w+)` \|", text, re.MULTILINE))
    assert told == {(kind, name) for kind, own in packaging.fields().items() for name in own}


def test_nothing_is_ever_deleted_by_it() -> None:
    assert not any("destructive" in name.lower() for name in unpacked(list(Part)))


def test_only_the_wanted_parts_are_packed_and_always_into_the_same_bytes() -> None:
    plain = unpacked([])
    assert {name.split("/")[0] for name in plain} == {"objects", "permissionsets", "package.xml"}
    assert "listViews" not in plain["objects/Account.object"]
    assert "listViews" in unpacked([Part.LIST_VIEWS])["objects/Account.object"]
    assert packaging.pack([]) == packaging.pack([Part.FIELDS])


def test_the_outbound_message_goes_where_it_is_told_to() -> None:
    message = tree(unpacked([Part.OUTBOUND_MESSAGE])["workflows/Opportunity.workflow"])
    (sent,) = message.findall(f"{NAMESPACE}outboundMessages")
    assert said(sent, "endpointUrl") == SENDER.endpoint
    assert said(sent, "integrationUser") == SENDER.username
    assert said(sent, "includeSessionId") == "false"
    with pytest.raises(ValueError, match="sender"):
        packaging.pack([Part.OUTBOUND_MESSAGE])


@pytest.mark.skipif(
    not VALIDATOR.is_file(), reason="the check against Salesforce's WSDL is not beside this project"
)
@pytest.mark.slow
def test_every_file_keeps_salesforces_own_schema(tmp_path: Path) -> None:
    files = [str(path) for path in packaging.SOURCE.rglob("*.xml")]
    for name, text in unpacked(list(Part)).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        files.append(str(path))
    checked = subprocess.run(
        [sys.executable, str(VALIDATOR), *files], capture_output=True, text=True, check=False
    )
    lines = checked.stdout.splitlines()
    assert [line for line in lines if not line.startswith("OK ")] == [], checked.stderr
    assert len(lines) == len(files)
