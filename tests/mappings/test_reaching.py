"""A path through several records is looked at whole: its last step must be there too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse

from connections.models import Connection, Pair
from connections.remote import Lane
from mappings import checking_rules
from mappings.admin import FieldMappingAdmin
from mappings.models import DraftChange, FieldMapping
from mappings.reaching import reaching
from sync.core.errors import TryAgain
from sync.core.fields import FieldFacts, Kinds
from sync.core.flow import Condition, RuleSet, TableRow
from tests.fakes.remote import FakeSalesforce
from tests.mappings.conftest import seen, signed_in
from tests.mappings.test_fitting import FLOW, KEY, KNOWN, named


def leading(name: str, relationship: str, kind: str) -> FieldFacts:
    facts = named(name, "reference", 18)
    return replace(facts, relationship=relationship, leads_to=kind)


FAR: Kinds = {
    "User": {"Name": named("Name"), "RoleId": leading("RoleId", "UserRole", "UserRole")},
    "UserRole": {"Name": named("Name"), "AboveId": leading("AboveId", "Above", "Realm__c")},
    "Realm__c": {"Name": named("Name"), "Opens__c": named("Opens__c", "date")},
}


class Wide(FakeSalesforce):
    """A Salesforce that describes its kinds, and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Sequence[str]] = []
        self.silent = False

    def open(self, connection: Connection, lane: Lane) -> Wide:
        if self.silent:
            raise TryAgain("Salesforce does not answer.")
        return self

    def described(self, kinds: Sequence[str]) -> Kinds:
        self.asked.append(kinds)
        known = {**KNOWN.org.kinds, **FAR}
        return {kind: known[kind] for kind in kinds if kind in known}


def rules(path: str, condition: str = "Name") -> RuleSet:
    shipped = next(rule for rule in FLOW.fields if rule.target == "reference")
    rule = replace(shipped, source=path, transform="copy", argument="")
    return RuleSet((rule,), (TableRow("status", "DRAFT", (Condition(condition, "is", "x"),)),))


def test_what_a_row_leads_through_is_described_one_call_a_step(pair: Pair) -> None:
    org = Wide()
    said = rules("Account.Owner.UserRole.Above.Name", "Owner.UserRole.Name")
    known = reaching(pair, FLOW, said, KNOWN, org.open)
    assert org.asked == [["User"], ["UserRole"], ["Realm__c"]]
    assert known.org.find("Opportunity", "Account.Owner.UserRole.Above.Opens__c") is not None
    assert reaching(pair, FLOW, said, known, org.open) == known
    assert len(org.asked) == 3


def test_a_kind_that_the_org_hides_is_asked_for_once_and_stays_unknown(pair: Pair) -> None:
    org = Wide()
    kinds = {"Opportunity": {"LordId": leading("LordId", "Lord", "Lord__c")}}
    known = replace(KNOWN, org=replace(KNOWN.org, kinds=kinds))
    assert reaching(pair, FLOW, rules("Lord.Name"), known, org.open).org.kinds == kinds
    assert org.asked == [["Lord__c"]]


def test_a_silent_salesforce_leaves_it_unknown(pair: Pair) -> None:
    org = Wide()
    org.silent = True
    assert reaching(pair, FLOW, rules("Owner.UserRole.Name"), KNOWN, org.open) == KNOWN


@pytest.fixture
def wide(pair: Pair) -> Iterator[Wide]:
    screen = admin.site.get_model_admin(FieldMapping)
    assert isinstance(screen, FieldMappingAdmin)
    org, before = Wide(), screen.open_remote
    cache.clear()
    screen.open_remote = org.open
    yield org
    screen.open_remote = before
    cache.clear()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("Account.Owner.UserRole.Nmae", "“Account.Owner.UserRole.Nmae” is no field"),
        ("Owner.UserRole.Above.Name", ""),
    ],
)
def test_a_misspelt_field_far_away_is_refused_on_saving(
    wide: Wide, pair: Pair, path: str, sentence: str
) -> None:
    finance = signed_in("Finance")
    row = FieldMapping.objects.get(pair=pair, flow=KEY, target="reference")
    sent = {"source": path, "transform": "copy", "owner": "shared", "empty": "keep", "active": "on"}
    sent |= {"act": "save", "row": str(row.pk), "seen": seen(pair, KEY, "field:reference")}
    text = finance.post(_page(pair), sent).content.decode()
    assert sentence in text
    assert DraftChange.objects.exists() is not bool(sentence)
    fault = checking_rules.check(pair, FLOW, wide.open)(rules(path))
    assert any("is no field" in each for each in fault) is bool(sentence)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("Owner.UserRole.Nmae", "is no field"), ("Owner.UserRole.Above.Opens__c", "“x” is none")],
)
def test_a_condition_far_away_is_held_against_its_field(
    wide: Wide, pair: Pair, path: str, sentence: str
) -> None:
    finance = signed_in("Finance")
    sent = {"act": "add", "name": "", "value": "DRAFT", "active": "on"}
    sent |= {"path_0": path, "operator_0": "is", "wanted_0": "x"}
    text = finance.post(_table(pair), sent).content.decode()
    assert sentence in text
    assert not DraftChange.objects.exists()


def _page(pair: Pair) -> str:
    return reverse("admin:mappings_fields", args=[pair.pk, KEY])


def _table(pair: Pair) -> str:
    return reverse("admin:mappings_table", args=[pair.pk, KEY, "status"])
