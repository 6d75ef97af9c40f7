"""A value that a list of Salesforce's does not have is told before it decides anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mappings import conditions, fitting_conditions
from sync.core.fields import Org
from sync.core.flow import Condition, RuleSet, TableRow
from tests.mappings.test_fitting import FLOW, KNOWN, named

LISTED = (("Exempt", "Exempt"), ("Standard rated", "Standard rated"))
STATUS = replace(named("Tax_Status__c", "picklist"), choices=LISTED)
REGIONS = replace(named("Regions__c", "multipicklist"), choices=LISTED)


@pytest.mark.parametrize(
    ("operator", "wanted", "sentence"),
    [
        ("is", "Exempt", ""),
        ("is", " exempt ", ""),
        ("is", "", ""),
        ("is", "Exemptt", "Did you mean Exempt?"),
        ("is not", "Reduced", "“Reduced” is not in the list of “Tax_Status__c”"),
        ("in", "Exempt; Standard rated", ""),
        ("in", "Exempt; Standard", "“Standard” is not in the list"),
        ("contains", "rated", ""),
    ],
)
def test_a_value_that_is_not_in_the_list_is_told(operator: str, wanted: str, sentence: str) -> None:
    told = conditions.unlisted(Condition("Tax_Status__c", operator, wanted), STATUS)
    assert sentence in told
    assert bool(told) is bool(sentence)


def test_a_field_without_a_list_and_one_of_several_values() -> None:
    assert conditions.unlisted(Condition("Name", "is", "x"), named("Name")) == ""
    several = conditions.unlisted(Condition("Regions__c", "is", "Exempt"), REGIONS)
    assert "“contains” finds each of them" in several
    assert conditions.unlisted(Condition("Regions__c", "contains", "Exempt"), REGIONS) == ""
    assert conditions.unlisted(Condition("Regions__c", "is", ""), REGIONS) == ""


def test_the_row_is_named_once_for_each_table_that_asks() -> None:
    kinds = {**KNOWN.org.kinds, "Account": {"Tax_Status__c": STATUS}}
    known = replace(KNOWN, org=Org(kinds))
    when = (Condition("Account.Tax_Status__c", "is", "Exemptt"),)
    rules = RuleSet((), (TableRow("tax_type", "NONE", when, "Charities"),))
    (told,) = fitting_conditions.unlisted_values(FLOW, rules, known)
    assert told.startswith("Tax rates, “Charities”: “Exemptt” is not in the list")
    assert fitting_conditions.unlisted_values(FLOW, rules, known, "status") == []
