"""Fields agree with what real orgs describe."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.salesforce.describing import describe
from sandbox.salesforce.org import org_of
from sandbox.world import World

CONTRACT = Path(__file__).parents[4] / "shared" / "contracts" / "salesforce_describe"
SAME = ("type", "length", "precision", "scale", "createable", "updateable", "nillable",
        "relationshipName", "restrictedPicklist", "soapType", "nameField", "compoundFieldName",
        "digits", "defaultedOnCreate", "custom", "filterable", "sortable", "groupable",
        "aggregatable", "defaultValue", "polymorphicForeignKey", "externalId", "unique",
        "calculated", "caseSensitive", "queryByDistance", "cascadeDelete")  # fmt: skip
KINDS = ("Account", "Contact", "Opportunity", "OpportunityContactRole")


pytestmark = pytest.mark.skipif(
    not CONTRACT.is_dir(), reason="the real orgs' describe answers are not beside this project"
)


def real(name: str) -> Any:
    return json.loads((CONTRACT / f"{name}.json").read_text(encoding="utf-8"))


def ours(kind: str, *features: str) -> dict[str, Any]:
    world = World()
    for name in features:
        world.set_setting("salesforce", name, True)
    org = org_of(world)
    return describe(org, org.catalogue.named(kind), "/services/data/v67.0")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_as_a_real_org_describes_it(kind: str) -> None:
    known = {field["name"]: field for field in real(kind)["fields"]}
    for field in ours(kind)["fields"]:
        theirs = known[field["name"]]
        assert field.keys() >= theirs.keys() - {"referenceTo"}
        same = set(SAME) - ({"relationshipName"} if field["name"].startswith("Jigsaw") else set())
        mine = {name: field[name] for name in same}
        assert mine == {name: theirs[name] for name in same}, field["name"]
        assert set(field["referenceTo"]) == set(theirs["referenceTo"])


@pytest.mark.parametrize("kind", KINDS)
def test_choices_are_those_of_a_real_org(kind: str) -> None:
    known = {field["name"]: field for field in real(kind)["fields"]}
    for field in ours(kind)["fields"]:
        if field["type"] == "picklist" and field["name"] != "StageName":
            theirs = [choice["value"] for choice in known[field["name"]]["picklistValues"]]
            assert [choice["value"] for choice in field["picklistValues"]] == theirs


@pytest.mark.parametrize("kind", KINDS)
def test_a_real_orgs_standard_fields_are_all_here(kind: str) -> None:
    here = {field["name"] for field in ours(kind)["fields"]}
    missing = {
        field["name"]
        for field in real(kind)["fields"]
        if not field["name"].endswith("__c") and field["name"] not in here
    }
    assert missing <= {
        "RecordTypeId",  # shown with record types only
        "IsPartner", "IsCustomerPortal", "ChannelProgramName", "ChannelProgramLevelName",
        "DandbCompanyId", "OperatingHoursId", "IndividualId",
        "LastAmountChangedHistoryId", "LastCloseDateChangedHistoryId",
    }  # fmt: skip


def test_person_accounts_are_as_a_real_org_describes_them() -> None:
    known = {field["name"]: field for field in real("Account_PersonAccount")["fields"]}
    for field in ours("Account", "person_accounts")["fields"]:
        if field["name"].startswith("Person") or field["name"] in ("FirstName", "LastName"):
            theirs = known[field["name"]]
            checked = ("type", "length", "createable", "updateable", "nillable", "soapType")
            assert {n: field[n] for n in checked} == {n: theirs[n] for n in checked}, field["name"]


def test_the_other_kinds_have_only_fields_that_salesforce_knows() -> None:
    sorts = {"xsd:double": "xsd:double", "tns:address": "urn:address"}
    for kind, theirs in real("standard_fields_v50").items():
        known = {field["name"]: field["type"] for field in theirs}
        for field in ours(kind)["fields"]:
            name = field["name"]
            if name == "Id" or (kind == "OpportunityLineItem" and name in ("Discount", "Subtotal")):
                continue  # in an enterprise WSDL the id belongs to every kind
            wanted = sorts.get(known[name], known[name])
            assert field["soapType"] == wanted, f"{kind}.{name}"
