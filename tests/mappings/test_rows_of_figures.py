"""Rows of a flow that tells figures fill fields of two kinds; both are known to the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connections.models import Connection, Pair
from connections.remote import Lane
from mappings.checking import every_fault
from mappings.choices import salesforce_fields
from mappings.completeness import problems
from mappings.drafted import field_rows
from mappings.drafting import draft_of
from mappings.forms import FieldForm
from mappings.rules import rules_for
from mappings.shipped import ensure
from sync.flows.registry import every_flow
from tests.factories import PairFactory

FLOW = every_flow()["payment_status"]
FIELDS = {"Opportunity": {"StageName": "picklist"}, "Account": {"AnnualRevenue": "currency"}}


class Org:
    """An org whose deals and accounts have one field each."""

    def fields(self, kind: str) -> Mapping[str, str]:
        """Return the fields of a kind."""
        return FIELDS[kind]


def org(connection: Connection, lane: Lane) -> Any:
    """Open the org."""
    return Org()


@pytest.fixture
def pair(db: None) -> Pair:
    """A pair with the shipped rows."""
    made = PairFactory.create()
    ensure(made, FLOW)
    return made


@pytest.mark.parametrize(
    ("source", "good"), [("AnnualRevenue", True), ("StageName", True), ("Nothing__c", False)]
)
def test_a_row_may_name_a_field_of_either_kind_and_no_other(
    pair: Pair, source: str, good: bool
) -> None:
    one = field_rows(draft_of(pair, FLOW.key))["account.outstanding"]
    rule = next(rule for rule in FLOW.fields if rule.target == "account.outstanding")
    typed = {"source": source, "active": "on", "seen": one.seen}
    form = FieldForm(one, rule, salesforce_fields(pair, FLOW, org), typed)
    assert form.is_valid() is good, form.errors


def test_what_an_org_lacks_stops_nothing(pair: Pair) -> None:
    assert every_fault(FLOW, rules_for(pair, FLOW.key)) == []
    assert problems(pair, FLOW.key, FIELDS["Opportunity"]) == []
